// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;
use isotope_model::{DiskUsage, OperationKind, Outcome, PublishedVersion, StateToken};
use relm4::adw::prelude::*;
use relm4::{Component as _, ComponentController as _, Controller, Sender, gtk};

use super::AppInput;
use crate::dialogs::{Sheet, SheetInput, SheetOutput};
use crate::helper_worker::{Fact, Found, Request};
use crate::view_model::{Looker, Published, Read, Readings, SheetView, Topic};

/// The sheet that lies over the window.
#[derive(Debug)]
pub(super) struct OpenSheet {
    number: u64,
    topic: Topic,
    readings: Readings,
    read_for: Mark,
    view: SheetView,
    sheet: Controller<Sheet>,
    read_out: bool,
}

/// What has to change before everything is read again: the deployments, or which operation was the last.
type Mark = (StateToken, Option<String>);

impl OpenSheet {
    /// Opens the sheet of this number, if there is anything to show on this topic.
    pub(super) fn open(
        number: u64,
        topic: Topic,
        state: &ServiceState,
        looker: &Looker,
        parent: &gtk::Widget,
        input: &Sender<AppInput>,
    ) -> Option<Self> {
        let readings = Readings::default();
        let view = SheetView::of(&topic, state, &readings, looker)?;
        let sheet = Sheet::builder().launch(Box::new(view.clone())).forward(input, move |output| match output {
            SheetOutput::Chosen(choice) => AppInput::Chosen(choice),
            SheetOutput::Closed => AppInput::SheetClosed(number),
        });
        sheet.widget().present(Some(parent));
        Some(Self { number, topic, readings, read_for: mark(state), view, sheet, read_out: false })
    }

    /// Which one it is.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// What it is about.
    pub(super) fn topic(&self) -> &Topic {
        &self.topic
    }

    /// What the deployments take on disk, where that was read.
    pub(super) fn usage(&self) -> Option<&DiskUsage> {
        self.readings.usage.there()
    }

    /// The version of this checksum that the server has.
    pub(super) fn version(&self, checksum: &str) -> Option<&PublishedVersion> {
        match self.readings.versions.there()? {
            Published::Versions(versions) => versions.iter().find(|version| version.checksum == checksum),
            Published::Tags(_) => None,
        }
    }

    /// What could not be read is waited for once more.
    pub(super) fn ask_again(&mut self) {
        self.readings.ask_again();
    }

    /// Everything about signatures is waited for anew; returns whether the registry was asked before.
    pub(super) fn look_again(&mut self) -> bool {
        self.readings.look_again();
        self.readings.preview.is_some()
    }

    /// The registry is being asked about the image that is followed.
    pub(super) fn ask_preview(&mut self) {
        self.readings.preview = Some(Read::Waiting);
    }

    /// Shows only what has this in its name.
    pub(super) fn search(&mut self, text: String) {
        self.readings.search = text;
        self.read_out = true;
    }

    /// Whether what was read is out of date; it is said once for each change, and when nothing runs any more.
    pub(super) fn out_of_date(&mut self, state: &ServiceState) -> bool {
        if state.running().is_some() || mark(state) == self.read_for {
            return false;
        }
        self.read_for = mark(state);
        true
    }

    /// Takes a fact in; returns whether it is told here, and nowhere else.
    pub(super) fn hear(&mut self, fact: &Fact) -> bool {
        let asked_here = Request::Start(OperationKind::ListVersions);
        self.read_out |= self.topic == Topic::VerificationPath && matches!(fact, Fact::Found(Found::Preview(..)));
        match fact {
            Fact::Found(found) => self.readings.take(&self.topic, found.clone()),
            Fact::Ended(request, outcome) if *request == asked_here => self.readings.take_versions(Ok(outcome.clone())),
            Fact::Refused(request, error) if *request == asked_here => self.readings.take_versions(Err(error.clone())),
            _ => return false,
        }
        matches!(fact, Fact::Found(_)) || self.topic == Topic::Versions
    }

    /// Whether this outcome leaves nothing of what it is about.
    pub(super) fn is_over_by(&self, outcome: &Outcome) -> bool {
        match outcome {
            Outcome::Removed { deployment, .. } | Outcome::Discarded { deployment } => {
                self.topic == Topic::Details(deployment.clone())
            }
            _ => false,
        }
    }

    /// Shows how things stand now; closes where there is nothing to show any more.
    pub(super) fn show(&mut self, state: &ServiceState, looker: &Looker) {
        let read_out = std::mem::take(&mut self.read_out);
        match SheetView::of(&self.topic, state, &self.readings, looker) {
            Some(view) if view == self.view => {}
            Some(view) => {
                self.sheet.sender().emit(SheetInput::Show(Box::new(view.clone())));
                if let Some(text) = view.page.spoken_since(&self.view.page).filter(|_| read_out) {
                    self.sheet.sender().emit(SheetInput::Announce(text));
                }
                self.view = view;
            }
            None => self.close(),
        }
    }

    /// Tells something in passing.
    pub(super) fn tell(&self, text: String) {
        self.sheet.sender().emit(SheetInput::Tell(text));
    }

    /// What was told in passing has been read.
    pub(super) fn quiet(&self) {
        self.sheet.sender().emit(SheetInput::Quiet);
    }

    /// Closes it; that it is closed is heard afterwards.
    pub(super) fn close(&self) {
        self.sheet.widget().force_close();
    }
}

fn mark(state: &ServiceState) -> Mark {
    (state.snapshot.token.clone(), state.operation_path.as_ref().map(ToString::to_string))
}
