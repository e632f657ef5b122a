// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

use crate::spoken::Spoken as _;

const WIDTH: i32 = 460;
const HEIGHT: i32 = 560;

/// Shows what the keyboard can do.
pub(crate) fn present_shortcuts(parent: &impl IsA<gtk::Widget>) {
    let system = group(
        gettext("System"),
        [(gettext("Check for Updates"), "<Control>r F5"), (gettext("Cancel the Operation"), "Escape")],
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
            (gettext("Show History"), "<Alt>3 <Control>h"),
            (gettext("Open Menu"), "F10"),
            (gettext("Preferences"), "<Control>comma"),
            (gettext("Keyboard Shortcuts"), "<Control>question"),
            (gettext("Close Window"), "<Control>w"),
            (gettext("Quit"), "<Control>q"),
        ],
    );
    let page = adw::PreferencesPage::new();
    [system, desktops, general].iter().for_each(|group| page.add(group));
    let view = adw::ToolbarView::builder().content(&page).build();
    view.add_top_bar(&adw::HeaderBar::new());
    let dialog = adw::Dialog::builder()
        .title(gettext("Keyboard Shortcuts"))
        .content_width(WIDTH)
        .content_height(HEIGHT)
        .child(&view)
        .build();
    dialog.present(Some(parent));
}

fn group<const N: usize>(title: String, shortcuts: [(String, &str); N]) -> adw::PreferencesGroup {
    let group = adw::PreferencesGroup::builder().title(title).build();
    for (title, accelerators) in shortcuts {
        let keys = gtk::Box::builder().orientation(gtk::Orientation::Vertical).spacing(6).build();
        keys.set_valign(gtk::Align::Center);
        for accelerator in accelerators.split(' ') {
            let label = gtk::ShortcutLabel::new(accelerator);
            label.set_halign(gtk::Align::End);
            keys.append(&label);
        }
        let row = adw::ActionRow::builder().title(&title).build();
        row.set_spoken_description(&spoken(accelerators));
        row.add_suffix(&keys);
        group.add(&row);
    }
    group
}

/// The keys as GTK names them in the person's language.
fn spoken(accelerators: &str) -> String {
    let label = |accelerator: &str| {
        let (key, modifiers) = gtk::accelerator_parse(accelerator)?;
        Some(gtk::accelerator_get_label(key, modifiers).to_string())
    };
    accelerators.split(' ').filter_map(label).collect::<Vec<_>>().join("; ")
}
