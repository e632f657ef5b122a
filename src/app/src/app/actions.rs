// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::actions::{AccelsPlus as _, ActionName as _, RelmAction, RelmActionGroup};
use relm4::gtk::prelude::*;
use relm4::{ComponentSender, adw, gtk};

use super::{App, AppInput, Page, PreferencesEvent, PresenceInput};
use crate::view_model::{Meaning, MenuEntry, Topic};

relm4::new_action_group!(WindowActions, "win");
relm4::new_stateless_action!(Check, WindowActions, "check");
relm4::new_stateless_action!(DownloadOnly, WindowActions, "download-only");
relm4::new_stateless_action!(Cancel, WindowActions, "cancel");
relm4::new_stateless_action!(Switch, WindowActions, "switch");
relm4::new_stateless_action!(Versions, WindowActions, "versions");
relm4::new_stateless_action!(CleanUp, WindowActions, "clean-up");
relm4::new_stateless_action!(ShowPreferences, WindowActions, "preferences");
relm4::new_stateless_action!(Shortcuts, WindowActions, "shortcuts");
relm4::new_stateless_action!(About, WindowActions, "about");
relm4::new_stateless_action!(Quit, WindowActions, "quit");
relm4::new_stateless_action!(Refresh, WindowActions, "refresh");
relm4::new_stateless_action!(ShowSystem, WindowActions, "show-system");
relm4::new_stateless_action!(ShowDesktops, WindowActions, "show-desktops");
relm4::new_stateless_action!(ShowHistory, WindowActions, "show-history");

/// The part of the menu that is about the program itself.
pub(super) fn about_the_program() -> gtk::gio::Menu {
    let menu = gtk::gio::Menu::new();
    menu.append(Some(&gettext("_Preferences")), Some(&ShowPreferences::action_name()));
    menu.append(Some(&gettext("_Keyboard Shortcuts")), Some(&Shortcuts::action_name()));
    menu.append(Some(&gettext("_About Isotope")), Some(&About::action_name()));
    menu.append(Some(&gettext("_Quit")), Some(&Quit::action_name()));
    menu
}

/// The action of an entry of the menu.
pub(super) fn name_of(entry: MenuEntry) -> String {
    match entry {
        MenuEntry::Check => Check::action_name(),
        MenuEntry::DownloadOnly => DownloadOnly::action_name(),
        MenuEntry::Versions => Versions::action_name(),
        MenuEntry::Switch => Switch::action_name(),
        MenuEntry::CleanUp => CleanUp::action_name(),
    }
}

/// Gives the window its actions and their keys; returns those of the menu's entries.
pub(super) fn register(
    window: &adw::ApplicationWindow,
    content: &adw::ToolbarView,
    sender: &ComponentSender<App>,
) -> Vec<(MenuEntry, gtk::gio::SimpleAction)> {
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
    let download_only = input(|| AppInput::DownloadOnlyChosen);
    let download_only = RelmAction::<DownloadOnly>::new_stateless(move |_| download_only());
    let versions = input(|| AppInput::Opened(Topic::Versions));
    let versions = RelmAction::<Versions>::new_stateless(move |_| versions());
    let switch = input(|| AppInput::SwitchChosen);
    let switch = RelmAction::<Switch>::new_stateless(move |_| switch());
    let clean_up = input(|| AppInput::Opened(Topic::CleanUp));
    let clean_up = RelmAction::<CleanUp>::new_stateless(move |_| clean_up());
    let live = vec![
        (MenuEntry::Check, check.gio_action().clone()),
        (MenuEntry::DownloadOnly, download_only.gio_action().clone()),
        (MenuEntry::Versions, versions.gio_action().clone()),
        (MenuEntry::Switch, switch.gio_action().clone()),
        (MenuEntry::CleanUp, clean_up.gio_action().clone()),
    ];
    group.add_action(check);
    group.add_action(download_only);
    group.add_action(versions);
    group.add_action(switch);
    group.add_action(clean_up);
    group.add_action(RelmAction::<Cancel>::new_stateless(move |_| cancel()));
    let preferences = input(|| AppInput::Preferences(PreferencesEvent::Opened));
    group.add_action(RelmAction::<ShowPreferences>::new_stateless(move |_| preferences()));
    group.add_action(RelmAction::<Shortcuts>::new_stateless(move |_| shortcuts()));
    group.add_action(RelmAction::<About>::new_stateless(move |_| about()));
    let refresh = input(|| AppInput::RefreshPressed);
    group.add_action(RelmAction::<Refresh>::new_stateless(move |_| refresh()));
    let system = input(|| AppInput::PageChosen(Page::System));
    group.add_action(RelmAction::<ShowSystem>::new_stateless(move |_| system()));
    let desktops = input(|| AppInput::PageChosen(Page::Desktops));
    group.add_action(RelmAction::<ShowDesktops>::new_stateless(move |_| desktops()));
    let history = input(|| AppInput::PageChosen(Page::History));
    group.add_action(RelmAction::<ShowHistory>::new_stateless(move |_| history()));
    // The program ends with the window where nothing else keeps it.
    let quit = input(|| AppInput::Presence(PresenceInput::CloseRequested));
    group.add_action(RelmAction::<Quit>::new_stateless(move |_| quit()));
    group.register_for_widget(window);

    let application = relm4::main_application();
    application.set_accelerators_for_action::<Refresh>(&["<Control>r", "F5"]);
    application.set_accelerators_for_action::<ShowSystem>(&["<Alt>1"]);
    application.set_accelerators_for_action::<ShowDesktops>(&["<Alt>2"]);
    application.set_accelerators_for_action::<ShowHistory>(&["<Alt>3", "<Control>h"]);
    application.set_accelerators_for_action::<ShowPreferences>(&["<Control>comma"]);
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
