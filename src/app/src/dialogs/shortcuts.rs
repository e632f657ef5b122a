// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::gtk;
use relm4::gtk::prelude::*;

/// Shows what the keyboard can do.
pub(crate) fn present_shortcuts(parent: &impl IsA<gtk::Window>) {
    let system = group(
        gettext("System"),
        [
            (gettext("Check for Updates"), "<Control>r F5"),
            (gettext("Cancel the Operation"), "Escape"),
            (gettext("History"), "<Control>h"),
        ],
    );
    let desktops = group(
        gettext("Desktops"),
        [(gettext("Read the Catalogs Again"), "<Control>r F5"), (gettext("Back to the List"), "<Alt>Left Escape")],
    );
    let general = group(
        // Translators: the heading of keyboard shortcuts that concern the whole program.
        gettext("General"),
        [
            (gettext("Show System"), "<Alt>1"),
            (gettext("Show Desktops"), "<Alt>2"),
            (gettext("Open Menu"), "F10"),
            (gettext("Keyboard Shortcuts"), "<Control>question"),
            (gettext("Close Window"), "<Control>w"),
            (gettext("Quit"), "<Control>q"),
        ],
    );
    let section = gtk::ShortcutsSection::builder().section_name("shortcuts").visible(true).build();
    section.add_group(&system);
    section.add_group(&desktops);
    section.add_group(&general);
    let window = gtk::ShortcutsWindow::builder().modal(true).transient_for(parent).build();
    window.add_section(&section);
    window.present();
}

fn group<const N: usize>(title: String, shortcuts: [(String, &str); N]) -> gtk::ShortcutsGroup {
    let group = gtk::ShortcutsGroup::builder().title(title).build();
    for (title, accelerator) in shortcuts {
        group.add_shortcut(&gtk::ShortcutsShortcut::builder().title(title).accelerator(accelerator).build());
    }
    group
}
