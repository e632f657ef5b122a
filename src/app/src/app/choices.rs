// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use std::sync::Arc;

use isotope_client::{ServiceState, wording};
use isotope_model::{Refusal, UpdateMode, update_source};
use relm4::adw::prelude::*;
use relm4::{ComponentSender, gtk};

use super::open_sheet::OpenSheet;
use super::{App, AppInput, PreferencesEvent};
use crate::helper_worker::{Deed, Order, Reading};
use crate::view_model::{Choice, Question, Topic, impossible};

impl App {
    /// Opens the sheet on this topic.
    pub(super) fn open(&mut self, topic: Topic, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        if let Some(refusal) = topic.needs().and_then(|kind| impossible(&state, kind)) {
            self.fail(&wording::refusal(&refusal));
            return;
        }
        self.close_sheet();
        self.clear_toast();
        self.opened += 1;
        let looker = self.looker();
        let (parent, input) = (self.toasts.upcast_ref(), sender.input_sender());
        self.sheet = OpenSheet::open(self.opened, topic, &state, &looker, parent, input);
        self.read(state);
    }

    /// Does what was chosen in a sheet, or asks before.
    pub(super) fn choose(&mut self, choice: Choice, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        let snapshot = &state.snapshot;
        match choice {
            Choice::Release => self.start(Deed::Update(UpdateMode::FromDownloaded), state),
            Choice::Pin(id) => self.start(Deed::Pin(id), state),
            Choice::Unpin(id) => self.start(Deed::Unpin(id), state),
            Choice::CleanUp => self.order(Order::Start(Deed::CleanUp, state)),
            Choice::StartNext(id) => {
                let question = Question::start_next(snapshot, &id);
                self.ask_before(Deed::SetDefault(id), question, state, sender);
            }
            Choice::Discard(id) => {
                let question = Question::discard(snapshot, &id);
                self.ask_before(Deed::Discard(id), question, state, sender);
            }
            Choice::Remove(id) => {
                let question = Question::remove(snapshot, &id, self.sheet.as_ref().and_then(OpenSheet::usage));
                self.ask_before(Deed::Remove(id), question, state, sender);
            }
            Choice::Deploy(checksum) => {
                let version = self.sheet.as_ref().and_then(|sheet| sheet.version(&checksum));
                let question = version.ok_or(Refusal::StateChanged);
                let question = question.and_then(|version| Question::deploy(snapshot, version));
                self.ask_before(Deed::Deploy(checksum), question, state, sender);
            }
            Choice::Switch(image) => self.look_before(image, None, sender),
            Choice::SwitchToVariant => self.switch_to_variant(sender),
            Choice::NameImage => self.open_switch(sender),
            Choice::ShowVariant(entry) => self.open_variant(entry, sender),
            Choice::ShowPreferences => self.prefer(PreferencesEvent::Opened, sender),
            Choice::ShowCatalogProblems => self.open_catalog_problems(sender),
            Choice::OpenPage(address) => {
                let window = relm4::main_application().active_window();
                gtk::UriLauncher::new(&address).launch(window.as_ref(), gtk::gio::Cancellable::NONE, |_| {});
            }
            Choice::Copy(text) => {
                self.toasts.clipboard().set_text(&text);
                // A sheet says so itself.
                if self.sheet.is_none() {
                    self.tell(&gettext("Copied"));
                }
            }
            Choice::Show(id) => self.open(Topic::Details(id), sender),
            Choice::ShowPackageChanges(id) => self.open(Topic::PackageChanges(id), sender),
            Choice::ShowVerificationPath => self.open(Topic::VerificationPath, sender),
            Choice::LookUp => self.look_up(),
            Choice::LookAgain => {
                if self.sheet.as_mut().is_some_and(OpenSheet::look_again) {
                    self.look_up();
                }
                self.read(state);
            }
            Choice::Search(text) => {
                if let Some(sheet) = &mut self.sheet {
                    sheet.search(text);
                }
            }
            Choice::Retry => self.read(state),
            Choice::ShowChanges => {}
        }
    }

    /// Reads again what the open sheet shows, when that may have changed.
    pub(super) fn refresh_sheet(&mut self) {
        let Some(state) = self.session.state() else { return };
        if self.sheet.as_mut().is_some_and(|sheet| sheet.out_of_date(&state)) {
            let snapshot = &state.snapshot;
            for reading in self.sheet.iter().flat_map(|sheet| sheet.topic().readings(snapshot)).collect::<Vec<_>>() {
                self.order(Order::Read(reading));
            }
        }
    }

    /// Closes the open sheet, if one is open.
    pub(super) fn close_sheet(&mut self) {
        if let Some(sheet) = self.sheet.take() {
            self.let_go();
            sheet.close();
        }
    }

    /// Asks the service for everything that the open sheet shows.
    fn read(&mut self, state: Arc<ServiceState>) {
        let Some(sheet) = &mut self.sheet else { return };
        sheet.ask_again();
        if *sheet.topic() == Topic::Versions {
            self.order(Order::Start(Deed::ListVersions, state));
            return;
        }
        for reading in sheet.topic().readings(&state.snapshot) {
            self.order(Order::Read(reading));
        }
    }

    /// Asks the registry about the image that is followed.
    fn look_up(&mut self) {
        let Some(state) = self.session.state() else { return };
        if let (Some(sheet), Ok(image)) = (&mut self.sheet, update_source(&state.snapshot)) {
            sheet.ask_preview();
            self.order(Order::Read(Reading::Preview(image.to_string())));
        }
    }

    /// Has this done, unless something else is being done.
    fn start(&mut self, deed: Deed, state: Arc<ServiceState>) {
        if self.session.idle() {
            self.order(Order::Start(deed, state));
        }
    }

    pub(super) fn ask_before(
        &mut self,
        deed: Deed,
        question: Result<Question, Refusal>,
        state: Arc<ServiceState>,
        sender: &ComponentSender<Self>,
    ) {
        match question {
            Ok(question) => {
                let input = sender.input_sender().clone();
                self.ask(&question, move || {
                    let order = Order::Start(deed.clone(), state.clone());
                    let _ = input.send(AppInput::Agreed(Box::new(order)));
                });
            }
            Err(refusal) => self.fail(&wording::refusal(&refusal)),
        }
    }
}
