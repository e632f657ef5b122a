// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::actions::{AccelsPlus as _, ActionName as _, RelmAction, RelmActionGroup};
use relm4::gtk::prelude::*;
use relm4::{ComponentSender, adw, gtk};

use super::{App, AppInput};
use crate::view_model::{Meaning, Topic};

relm4::new_action_group!(WindowActions, "win");
relm4::new_stateless_action!(Check, WindowActions, "check");
relm4::new_stateless_action!(Cancel, WindowActions, "cancel");
relm4::new_stateless_action!(Switch, WindowActions, "switch");
relm4::new_stateless_action!(Versions, WindowActions, "versions");
relm4::new_stateless_action!(CleanUp, WindowActions, "clean-up");
relm4::new_stateless_action!(History, WindowActions, "history");
relm4::new_stateless_action!(Shortcuts, WindowActions, "shortcuts");
relm4::new_stateless_action!(About, WindowActions, "about");
relm4::new_stateless_action!(Quit, WindowActions, "quit");

/// The main menu.
pub(super) fn menu() -> gtk::gio::Menu {
    let first = gtk::gio::Menu::new();
    first.append(Some(&gettext("_Check for Updates")), Some(&Check::action_name()));
    first.append(Some(&gettext("_Other Versions…")), Some(&Versions::action_name()));
    first.append(Some(&gettext("_Switch Image…")), Some(&Switch::action_name()));
    first.append(Some(&gettext("Clean _Up…")), Some(&CleanUp::action_name()));
    first.append(Some(&gettext("_History")), Some(&History::action_name()));
    let second = gtk::gio::Menu::new();
    second.append(Some(&gettext("_Keyboard Shortcuts")), Some(&Shortcuts::action_name()));
    second.append(Some(&gettext("_About Isotope")), Some(&About::action_name()));
    second.append(Some(&gettext("_Quit")), Some(&Quit::action_name()));
    let menu = gtk::gio::Menu::new();
    menu.append_section(None, &first);
    menu.append_section(None, &second);
    menu
}

/// Gives every item of an open menu the name that it shows: GTK 4.18 leaves them without one for those who listen.
pub(super) fn name_items(widget: &gtk::Widget) {
    if widget.css_name() == "modelbutton" && widget.has_property_with_type("text", String::static_type()) {
        let text: Option<String> = widget.property("text");
        widget.reset_relation(gtk::AccessibleRelation::LabelledBy);
        widget.update_property(&[gtk::accessible::Property::Label(&text.unwrap_or_default().replace('_', ""))]);
    }
    let mut child = widget.first_child();
    while let Some(next) = child {
        name_items(&next);
        child = next.next_sibling();
    }
}

/// Gives the window its actions and their keys; returns those that need the service.
pub(super) fn register(
    window: &adw::ApplicationWindow,
    content: &adw::ToolbarView,
    sender: &ComponentSender<App>,
) -> Vec<gtk::gio::SimpleAction> {
    let input = |message: fn() -> AppInput| {
        let sender = sender.input_sender().clone();
        move || {
            let _ = sender.send(message());
        }
    };
    let (check, cancel) = (input(|| AppInput::Pressed(Meaning::Check)), input(|| AppInput::Pressed(Meaning::Cancel)));
    let (shortcuts, about) = (input(|| AppInput::ShortcutsChosen), input(|| AppInput::AboutChosen));
    let mut group = RelmActionGroup::<WindowActions>::new();
    let check = RelmAction::<Check>::new_stateless(move |_| check());
    let versions = input(|| AppInput::Opened(Topic::Versions));
    let versions = RelmAction::<Versions>::new_stateless(move |_| versions());
    let switch = input(|| AppInput::SwitchChosen);
    let switch = RelmAction::<Switch>::new_stateless(move |_| switch());
    let clean_up = input(|| AppInput::Opened(Topic::CleanUp));
    let clean_up = RelmAction::<CleanUp>::new_stateless(move |_| clean_up());
    let history = input(|| AppInput::Opened(Topic::History));
    let history = RelmAction::<History>::new_stateless(move |_| history());
    let live = vec![
        check.gio_action().clone(),
        versions.gio_action().clone(),
        switch.gio_action().clone(),
        clean_up.gio_action().clone(),
        history.gio_action().clone(),
    ];
    group.add_action(check);
    group.add_action(versions);
    group.add_action(switch);
    group.add_action(clean_up);
    group.add_action(history);
    group.add_action(RelmAction::<Cancel>::new_stateless(move |_| cancel()));
    group.add_action(RelmAction::<Shortcuts>::new_stateless(move |_| shortcuts()));
    group.add_action(RelmAction::<About>::new_stateless(move |_| about()));
    group.add_action(RelmAction::<Quit>::new_stateless(|_| relm4::main_application().quit()));
    group.register_for_widget(window);

    let application = relm4::main_application();
    application.set_accelerators_for_action::<Check>(&["<Control>r", "F5"]);
    application.set_accelerators_for_action::<History>(&["<Control>h"]);
    application.set_accelerators_for_action::<Shortcuts>(&["<Control>question"]);
    application.set_accelerators_for_action::<Quit>(&["<Control>q"]);
    application.set_accels_for_action("window.close", &["<Control>w"]);

    // Not for the whole window: in a dialog and in a menu Escape closes that.
    let escape = gtk::Shortcut::new(
        gtk::ShortcutTrigger::parse_string("Escape"),
        Some(gtk::NamedAction::new(&Cancel::action_name())),
    );
    let controller = gtk::ShortcutController::new();
    controller.add_shortcut(escape);
    content.add_controller(controller);
    live
}
