// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::prelude::*;
use relm4::{Component as _, ComponentController as _, ComponentSender};

use super::closed_notice::ClosedNotice;
use super::restarting::RestartInput;
use super::session::Session;
use super::{App, AppInput};
use crate::dialogs::SwitchInput;
use crate::pages::{StatusInput, SystemInput, SystemOutput, SystemPage};
use crate::view_model::{Calendar, Looker, Meaning, MenuEntry, Network, Screen, SystemView, Topic};

impl App {
    /// Shows what the session has come to.
    pub(super) fn paint(&mut self, sender: &ComponentSender<Self>) {
        let screen = Screen::of(self.session.link(), &self.looker());
        if screen == self.screen {
            return;
        }
        match &screen {
            Screen::Status(view) => {
                self.status.sender().emit(StatusInput::Show(view.clone()));
                self.views.show_status(self.status.widget().upcast_ref());
            }
            Screen::System(view) => {
                match &self.system {
                    Some(page) => page.sender().emit(SystemInput::Show(view.clone())),
                    None => self.add_system(view.clone(), sender),
                }
                self.views.show_pages();
            }
        }
        self.screen = screen;
    }

    fn add_system(&mut self, view: Box<SystemView>, sender: &ComponentSender<Self>) {
        let page = SystemPage::builder().launch(view).forward(sender.input_sender(), |output| match output {
            SystemOutput::Pressed(meaning) => AppInput::Pressed(meaning),
            SystemOutput::RestartPressed => AppInput::Pressed(Meaning::Restart),
            SystemOutput::CallOffPressed => AppInput::Restarting(RestartInput::CalledOff),
            SystemOutput::RowPressed(meaning) => AppInput::RowPressed(meaning),
            SystemOutput::Chosen(choice) => AppInput::Chosen(choice),
            SystemOutput::Opened(id) => AppInput::Opened(Topic::Details(id)),
            SystemOutput::NoticeClosed(boot) => AppInput::NoticeClosed(boot),
            SystemOutput::KeepPressed(before) => AppInput::KeepPressed(before),
            SystemOutput::GoBackPressed(before) => AppInput::GoBackPressed(before),
        });
        self.views.set_system(page.widget());
        self.system = Some(page);
    }

    /// Shows in what lies over the window how things stand; without the service nothing does.
    pub(super) fn paint_dialogs(&mut self) {
        let state = self.session.state();
        let entries = MenuEntry::ALL.map(|entry| entry.view(state.as_deref()));
        for (entry, action) in &self.actions {
            action.set_enabled(entries.iter().any(|view| view.entry == *entry && view.enabled));
        }
        if state.is_some() {
            self.menu.show(entries.into());
        }
        let Some(state) = state else {
            self.close_sheet();
            self.close_switch();
            self.close_preflight();
            return;
        };
        let looker = self.looker();
        if let Some(sheet) = &mut self.sheet {
            sheet.show(&state, &looker);
        }
        if let Some(dialog) = &self.switch {
            dialog.sender().emit(SwitchInput::Show(state.snapshot.clone(), self.session.idle()));
        }
        if let Some(preflight) = &self.preflight {
            preflight.show(state.snapshot.clone(), self.session.idle());
        }
    }

    /// Who looks.
    pub(super) fn looker(&self) -> Looker {
        Looker {
            expert_details: self.preferring.expert_details(),
            network: self.network.now(),
            seconds_left: self.operating.seconds_left(),
            scheduled_restart: self.restarting.scheduled(),
            ..looker(self.uid, &self.session, &self.closed_notice)
        }
    }
}

fn looker(uid: u32, session: &Session, closed: &ClosedNotice) -> Looker {
    let closed_boot = closed.boot().map(ToOwned::to_owned);
    Looker {
        uid,
        asked: session.asked(),
        closed_boot,
        network: Network::default(),
        calendar: Calendar::here_and_now(),
        expert_details: false,
        seconds_left: None,
        scheduled_restart: None,
    }
}
