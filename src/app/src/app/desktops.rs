// SPDX-License-Identifier: GPL-3.0-or-later
mod open_variant;

use std::collections::HashSet;
use std::sync::Arc;

use isotope_client::ServiceState;
use isotope_model::{HostCatalogs, StateToken};
use relm4::gtk::gdk;
use relm4::{Component as _, ComponentController as _, ComponentSender, Controller, Sender};

pub(super) use self::open_variant::OpenVariant;
use super::views::Page;
use super::{App, AppInput};
use crate::helper_worker::{Answer, Order, Reading};
use crate::pages::{DesktopsInput, DesktopsPage};
use crate::pictures;
use crate::view_model::{Choice, DesktopsView, Offers, Read, Topic};

/// The page with the desktops, and what was read for it.
#[derive(Debug)]
pub(super) struct Desktops {
    page: Controller<DesktopsPage>,
    view: DesktopsView,
    catalogs: Read<HostCatalogs>,
    read_for: Option<StateToken>,
    search: String,
    read_out: bool,
    pictures: HashSet<String>,
}

impl Desktops {
    /// The page before anything was read.
    pub(super) fn new(input: &Sender<AppInput>) -> Self {
        let view = DesktopsView::loading();
        let page = DesktopsPage::builder().launch(Box::new(view.clone())).forward(input, |choice| match choice {
            Choice::Search(text) => AppInput::DesktopsSearched(text),
            Choice::Retry => AppInput::CatalogsAsked,
            other => AppInput::Chosen(other),
        });
        Self {
            page,
            view,
            catalogs: Read::Waiting,
            read_for: None,
            search: String::new(),
            read_out: false,
            pictures: HashSet::new(),
        }
    }

    /// The page.
    pub(super) fn page(&self) -> &Controller<DesktopsPage> {
        &self.page
    }

    /// There is little room, or enough again.
    pub(super) fn set_narrow(&self, narrow: bool) {
        self.page.sender().emit(DesktopsInput::Narrow(narrow));
    }

    /// What vendors publish, where that was read.
    pub(super) fn catalogs(&self) -> Option<&Arc<HostCatalogs>> {
        match &self.catalogs {
            Read::There(catalogs) => Some(catalogs),
            _ => None,
        }
    }

    /// Whether what vendors publish was read.
    pub(super) fn read(&self) -> &Read<HostCatalogs> {
        &self.catalogs
    }

    /// They have to be read again, also where they could be read.
    pub(super) fn ask_again(&mut self) {
        self.read_for = None;
        self.catalogs.ask_again();
    }

    /// Takes in what was read.
    pub(super) fn hear(&mut self, answer: Answer<HostCatalogs>) {
        // Those that could be read once are better than none.
        if answer.is_ok() || self.catalogs().is_none() {
            self.catalogs = answer.into();
        }
    }

    /// Only what has this in its name is shown.
    pub(super) fn search(&mut self, text: String) {
        self.search = text;
        self.read_out = true;
    }

    /// Whether they have to be read for this state; it is said once.
    fn out_of_date(&mut self, state: &ServiceState) -> bool {
        let token = &state.snapshot.token;
        let outdated = state.running().is_none() && self.read_for.as_ref() != Some(token);
        if outdated || self.read_for.is_none() {
            self.read_for = Some(token.clone());
            return true;
        }
        false
    }

    /// Shows how things stand; returns the entries whose pictures are to be read.
    fn show(&mut self, state: &ServiceState, hidden_vendors: &[String]) -> Vec<String> {
        let read_out = std::mem::take(&mut self.read_out);
        let view = DesktopsView::of(state, &self.catalogs, &self.search, hidden_vendors);
        if view == self.view {
            return Vec::new();
        }
        if let Some(hits) = view.offers().and_then(|offers| offers.hits.clone()).filter(|_| read_out) {
            self.page.sender().emit(DesktopsInput::Announce(hits));
        }
        self.page.sender().emit(DesktopsInput::Show(Box::new(view.clone())));
        self.view = view;
        let pictures = self.view.offers().into_iter().flat_map(Offers::pictures);
        pictures.filter(|entry| self.pictures.insert((*entry).to_owned())).map(ToOwned::to_owned).collect()
    }
}

impl App {
    /// Shows on the page with the desktops, and on that of a variant, how things stand, and reads what is missing there.
    pub(super) fn paint_desktops(&mut self) {
        let Some(state) = self.session.state() else { return };
        self.looked_up.see(&state.snapshot.token);
        if self.views.is_turned_to(Page::Desktops) {
            self.read_catalogs(&state);
            for entry in self.desktops.show(&state, &self.preferring.hidden_vendors()) {
                self.order(Order::Read(Reading::Picture(entry)));
            }
        }
        self.paint_variant(&state);
    }

    /// Reads what vendors publish where that is not known for this state.
    pub(super) fn read_catalogs(&mut self, state: &ServiceState) {
        if self.desktops.out_of_date(state) {
            self.order(Order::Read(Reading::Catalogs));
        }
    }

    /// Shows what is wrong with the catalogs.
    pub(super) fn open_catalog_problems(&mut self, sender: &ComponentSender<Self>) {
        if let Some(catalogs) = self.desktops.catalogs().cloned() {
            self.open(Topic::CatalogProblems(catalogs), sender);
        }
    }

    /// Takes in a picture; decoding one takes long enough to be seen.
    pub(super) fn show_picture(&self, entry: &str, answer: &Answer<Vec<u8>>, sender: &ComponentSender<Self>) {
        let Ok(bytes) = answer.clone() else { return };
        let (entry, input) = (entry.to_owned(), sender.input_sender().clone());
        relm4::spawn_blocking(move || {
            if let Some(texture) = pictures::decode(&bytes) {
                let _ = input.send(AppInput::Pictured(entry, texture));
            }
        });
    }

    /// Shows a picture that was decoded.
    pub(super) fn pictured(&mut self, entry: &str, texture: &gdk::Texture) {
        if let Some(variant) = &self.variant {
            variant.picture(entry, texture);
        }
        self.desktops.page.sender().emit(DesktopsInput::Pictured(entry.to_owned(), texture.clone()));
        self.pictures.insert(entry.to_owned(), texture.clone());
    }
}
