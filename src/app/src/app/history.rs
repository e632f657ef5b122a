// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{HistoryEntry, Snapshot, StateToken};
use relm4::{Component as _, ComponentController as _, Controller, Sender};

use super::views::Page;
use super::{App, AppInput};
use crate::helper_worker::{Answer, Order, Reading};
use crate::pages::{HistoryPage, HistoryPageInput, HistoryPageOutput};
use crate::view_model::{Calendar, HistoryFilter, HistoryView, Read};

/// What the person does on the page with the history.
#[derive(Debug)]
pub(crate) enum HistoryInput {
    /// Only this part is to be shown.
    Filtered(HistoryFilter),
    /// What could not be read is to be read again.
    Retried,
}

/// The page with the history, and what was read for it.
#[derive(Debug)]
pub(super) struct HistoryOnPage {
    page: Controller<HistoryPage>,
    view: HistoryView,
    entries: Read<Vec<HistoryEntry>>,
    read_for: Option<Mark>,
    /// How often it was asked for.
    asked: u64,
    filter: HistoryFilter,
}

/// What has to change before it is read again: the deployments, which operation was the last, and which start.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    token: StateToken,
    operation: Option<String>,
    boot: Option<u64>,
}

impl HistoryOnPage {
    /// The page before anything was read.
    pub(super) fn new(input: &Sender<AppInput>) -> Self {
        let view = HistoryView::loading();
        let page = HistoryPage::builder().launch(Box::new(view.clone())).forward(input, |output| match output {
            HistoryPageOutput::Filtered(filter) => AppInput::History(HistoryInput::Filtered(filter)),
            HistoryPageOutput::Retried => AppInput::History(HistoryInput::Retried),
            HistoryPageOutput::Chosen(choice) => AppInput::Chosen(choice),
        });
        Self { page, view, entries: Read::Waiting, read_for: None, asked: 0, filter: HistoryFilter::default() }
    }

    /// The page.
    pub(super) fn page(&self) -> &Controller<HistoryPage> {
        &self.page
    }

    /// Does what the person wants.
    pub(super) fn hear_person(&mut self, input: HistoryInput) {
        match input {
            HistoryInput::Filtered(filter) => self.filter = filter,
            HistoryInput::Retried => self.ask_again(),
        }
    }

    /// It has to be read again, also where it could be read.
    pub(super) fn ask_again(&mut self) {
        self.read_for = None;
        self.entries.ask_again();
    }

    /// Takes in what the newest reading told. What could be read once is better than nothing; then why it is old is
    /// returned.
    pub(super) fn hear(&mut self, number: u64, answer: Answer<Vec<HistoryEntry>>) -> Option<String> {
        if number != self.asked {
            return None;
        }
        match &answer {
            Err(error) if self.entries.there().is_some() => {
                let words = gettext("The history could not be read again: {reason}");
                Some(words.replace("{reason}", &wording::client_error(error).what))
            }
            _ => {
                self.entries = answer.into();
                None
            }
        }
    }

    /// The reading that is missing for this state; it is returned once for each change, and when nothing runs.
    fn missing(&mut self, state: &ServiceState) -> Option<Reading> {
        let now = mark(state);
        let outdated = match &self.read_for {
            None => true,
            Some(before) => state.running().is_none() && *before != now,
        };
        if outdated {
            self.read_for = Some(now);
            self.asked += 1;
        }
        outdated.then_some(Reading::History(self.asked))
    }

    fn show(&mut self, snapshot: &Snapshot, calendar: &Calendar) {
        let view = HistoryView::of(&self.entries, self.filter, snapshot, calendar);
        if view != self.view {
            self.page.sender().emit(HistoryPageInput::Show(Box::new(view.clone())));
            self.view = view;
        }
    }
}

impl App {
    /// Shows on the page with the history what there is, and reads what is missing there.
    pub(super) fn paint_history(&mut self) {
        let Some(state) = self.session.state().filter(|_| self.views.is_turned_to(Page::History)) else { return };
        if let Some(reading) = self.history.missing(&state) {
            self.order(Order::Read(reading));
        }
        self.history.show(&state.snapshot, &Calendar::here_and_now());
    }
}

fn mark(state: &ServiceState) -> Mark {
    Mark {
        token: state.snapshot.token.clone(),
        operation: state.running().is_none().then(|| state.operation_path.as_ref().map(ToString::to_string)).flatten(),
        boot: state.snapshot.last_boot.as_ref().map(|boot| boot.time),
    }
}
