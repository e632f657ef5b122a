// SPDX-License-Identifier: GPL-3.0-or-later
mod told_file;

use gettextrs::gettext;
use relm4::Sender;
use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

pub(super) use self::told_file::ToldFile;
use super::restarting::RestartInput;
use super::{App, AppInput};
use crate::preferences::Preferences;
use crate::view_model::{Matter, Notification, NotificationChange, Told};

/// What the button of a notification does.
const RESTART: &str = "restart";

/// Makes known what the buttons of notifications do.
pub(super) fn register(input: &Sender<AppInput>) {
    let input = input.clone();
    let restart = gio::SimpleAction::new(RESTART, None);
    restart.connect_activate(move |_, _| input.emit(AppInput::Restarting(RestartInput::Shown)));
    relm4::main_application().add_action(&restart);
}

impl App {
    /// Sends what the person does not see in the window, and withdraws what is out of date.
    pub(super) fn notify(&mut self) {
        let Some(state) = self.session.state() else { return };
        let to = Told {
            uid: self.uid,
            watched: self.presence.is_watched(),
            wanted: Preferences::of_this_person().notifications(),
            closed_boot: self.closed_notice.boot(),
        };
        let application = relm4::main_application();
        for change in self.notifier.see(&state, &to) {
            match change {
                NotificationChange::Send(notification) => {
                    application.send_notification(Some(notification.matter.id()), &built(&notification));
                }
                NotificationChange::Withdraw(matter) => application.withdraw_notification(matter.id()),
            }
        }
        self.told_file.keep(self.notifier.told());
    }
}

fn built(notification: &Notification) -> gio::Notification {
    let built = gio::Notification::new(&notification.title);
    built.set_body(Some(&notification.body));
    built.set_priority(match notification.matter {
        Matter::UpdateFound | Matter::OperationEnded => gio::NotificationPriority::Normal,
        Matter::UpdateReady | Matter::Failed | Matter::Boot => gio::NotificationPriority::High,
    });
    if notification.restarts {
        built.add_button(&gettext("Restart…"), &format!("app.{RESTART}"));
    }
    built
}
