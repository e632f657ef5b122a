// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use isotope_client::ClientError;
use relm4::adw::prelude::*;
use relm4::gtk::glib;
use relm4::{ComponentSender, Sender, adw};

use super::{App, AppInput};
use crate::arguments::Start;
use crate::view_model::Link;

/// How long a program that was started without a window waits for somebody to ask for it.
const PATIENCE: Duration = Duration::from_secs(10);
/// What was told to the pages is taken in before the end: they cannot be told anything any more while they end.
const PAUSE: Duration = Duration::from_millis(100);

/// What concerns the window as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum PresenceInput {
    /// Somebody wants to see the window: the program was started again, or a notification was clicked.
    Activated,
    /// The person closes the window.
    CloseRequested,
    /// The person has turned to the window, or away from it.
    FocusChanged,
    /// Nobody has asked for the window for as long as can be waited for that.
    WaitedForActivation,
    /// Nothing was left to stay for a moment ago.
    Ending,
}

/// The window, and how long the program goes on without it: what runs is waited for, and told at its end.
#[derive(Debug)]
pub(super) struct Presence {
    window: adw::ApplicationWindow,
    start: Start,
    /// Nobody has asked for the window yet.
    awaited: bool,
    ending: bool,
    over: bool,
}

impl Presence {
    /// The presence of this window, in a program that was started in this way.
    pub(super) fn new(window: &adw::ApplicationWindow, start: Start, input: &Sender<AppInput>) -> Self {
        let tell = |message: PresenceInput| {
            let input = input.clone();
            move || input.emit(AppInput::Presence(message))
        };
        let activated = tell(PresenceInput::Activated);
        relm4::main_application().connect_activate(move |_| activated());
        let closed = tell(PresenceInput::CloseRequested);
        window.connect_close_request(move |_| {
            closed();
            glib::Propagation::Stop
        });
        let turned = tell(PresenceInput::FocusChanged);
        window.connect_is_active_notify(move |_| turned());
        glib::timeout_add_local_once(PATIENCE, tell(PresenceInput::WaitedForActivation));
        Self { window: window.clone(), start, awaited: true, ending: false, over: false }
    }

    /// Shows the window and brings it before the others.
    pub(super) fn show(&mut self) {
        self.awaited = false;
        self.window.present();
    }

    /// The person wants notifications from now on: the program stays for them, as if it had been started for that.
    pub(super) fn stay_for_news(&mut self) {
        self.start = Start::Background;
    }

    /// Takes the window away, with what lies over it.
    fn hide(&self) {
        let dialogs: Vec<_> = self.window.dialogs().iter::<adw::Dialog>().flatten().collect();
        for dialog in dialogs {
            dialog.force_close();
        }
        self.window.set_visible(false);
    }

    /// Whether the person has the window before them.
    pub(super) fn is_watched(&self) -> bool {
        self.window.is_visible() && self.window.is_active()
    }

    /// Whether the program is ending: nothing is to be shown any more.
    pub(super) fn is_over(&self) -> bool {
        self.over
    }

    /// Whether nothing is left to stay for.
    fn may_end(&self, busy: bool, tells: bool) -> bool {
        let stays = self.start == Start::Background && tells;
        !self.window.is_visible() && may_end_unseen(self.awaited, stays, busy)
    }
}

/// A program without a window ends, unless somebody is still expected to ask for it, it is there for notifications, or
/// something runs whose end is to be told.
fn may_end_unseen(awaited: bool, stays: bool, busy: bool) -> bool {
    !awaited && !stays && !busy
}

/// Something may come that is worth a notification: not where the service is missing, or has nothing to do.
fn has_news(link: &Link) -> bool {
    match link {
        Link::Lost(error) => !matches!(**error, ClientError::ServiceMissing),
        Link::Live(state) => state.snapshot.host.image_based,
        Link::Connecting | Link::Interrupted { .. } => true,
    }
}

impl App {
    /// Something concerns the window as a whole.
    pub(super) fn be_present(&mut self, input: PresenceInput) {
        match input {
            PresenceInput::Activated => self.presence.show(),
            PresenceInput::CloseRequested => {
                self.restarting.forget_wish();
                self.presence.hide();
            }
            PresenceInput::FocusChanged if self.presence.is_watched() => self.look_at_schedule(),
            PresenceInput::FocusChanged => {}
            PresenceInput::WaitedForActivation => self.presence.awaited = false,
            PresenceInput::Ending => {
                self.presence.ending = false;
                if self.may_end() {
                    self.presence.over = true;
                    relm4::main_application().quit();
                }
            }
        }
    }

    /// Ends the program where there is nothing left to stay for.
    pub(super) fn end_if_unseen(&mut self, sender: &ComponentSender<Self>) {
        if !self.presence.ending && self.may_end() {
            self.presence.ending = true;
            let input = sender.input_sender().clone();
            glib::timeout_add_local_once(PAUSE, move || input.emit(AppInput::Presence(PresenceInput::Ending)));
        }
    }

    fn may_end(&self) -> bool {
        let state = self.session.state();
        let runs = state.as_ref().is_some_and(|state| state.running().is_some());
        // Where a password is asked for, that goes away with who asked.
        let asked = self.session.asked().is_some() || self.preferring.is_asked() || self.restarting.is_asked();
        let busy = runs || asked || self.session.interruption().is_some();
        self.presence.may_end(busy, self.preferring.notifications() && has_news(self.session.link()))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ServiceState;
    use isotope_model::{Host, Snapshot};

    use super::*;

    #[test]
    fn nobody_stays_for_news_that_cannot_come() {
        let live = |image_based| {
            let snapshot = Snapshot { host: Host { image_based, ..Host::default() }, ..Snapshot::default() };
            Link::Live(Arc::new(ServiceState { snapshot: Arc::new(snapshot), ..ServiceState::default() }))
        };
        let lost = |error| Link::Lost(Arc::new(error));
        assert!(has_news(&Link::Connecting) && has_news(&live(true)));
        assert!(has_news(&lost(ClientError::NoBus("gone".into()))), "it may come back");
        assert!(!has_news(&live(false)) && !has_news(&lost(ClientError::ServiceMissing)));
    }

    #[test]
    fn without_a_window_it_ends_with_what_runs() {
        for (awaited, stays, busy, ends) in [
            (true, false, false, false),
            (false, true, false, false),
            (false, false, true, false),
            (false, false, false, true),
        ] {
            assert_eq!(may_end_unseen(awaited, stays, busy), ends);
        }
    }
}
