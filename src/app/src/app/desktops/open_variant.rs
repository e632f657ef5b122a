// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;
use relm4::adw::prelude::*;
use relm4::gtk::gdk;
use relm4::{Component as _, ComponentController as _, ComponentSender, Controller};

use super::super::{App, AppInput};
use crate::helper_worker::{Order, Reading};
use crate::pages::{VariantInput, VariantOutput, VariantPage};
use crate::view_model::{Choice, Read, VariantChoice, VariantView};

/// The page of a variant that is open.
#[derive(Debug)]
pub(in crate::app) struct OpenVariant {
    name: String,
    choice: VariantChoice,
    view: VariantView,
    page: Controller<VariantPage>,
    /// What was found out and is not read out yet.
    read_out: bool,
}

impl OpenVariant {
    /// Shows the picture that the vendor has sent, where it is of this variant.
    pub(super) fn picture(&self, entry: &str, texture: &gdk::Texture) {
        if self.choice.entry == entry {
            self.page.sender().emit(VariantInput::Pictured(texture.clone()));
        }
    }

    fn show(&mut self, view: VariantView) {
        if view == self.view {
            return;
        }
        if let Some(text) = view.spoken_since(&self.view).filter(|_| std::mem::take(&mut self.read_out)) {
            self.page.sender().emit(VariantInput::Announce(text));
        }
        self.page.sender().emit(VariantInput::Show(Box::new(view.clone())));
        self.view = view;
    }
}

impl App {
    /// Opens the page of this entry of the catalogs.
    pub(in crate::app) fn open_variant(&mut self, entry: String, sender: &ComponentSender<Self>) {
        let Some(state) = self.session.state() else { return };
        let choice = VariantChoice { entry, stream: None };
        let Some(view) = self.variant_view(&choice, &state) else { return };
        if view.picture.sent && !self.pictures.contains_key(&choice.entry) {
            self.order(Order::Read(Reading::Picture(choice.entry.clone())));
        }
        let sent = self.pictures.get(&choice.entry).cloned();
        let page =
            VariantPage::builder().launch((Box::new(view.clone()), sent)).forward(sender.input_sender(), |output| {
                match output {
                    VariantOutput::StreamChosen(stream) => AppInput::StreamChosen(stream),
                    VariantOutput::Chosen(Choice::Retry) => AppInput::VariantRetried,
                    VariantOutput::Chosen(choice) => AppInput::Chosen(choice),
                }
            });
        self.opened += 1;
        let name = self.opened.to_string();
        page.widget().set_tag(Some(&name));
        self.views.navigation.push(page.widget());
        self.variant = Some(OpenVariant { name, choice, view, page, read_out: false });
    }

    /// The page of this name was left.
    pub(in crate::app) fn variant_left(&mut self, name: &str) {
        if self.variant.take_if(|variant| variant.name == name).is_some() {
            self.let_go();
        }
    }

    /// Another stream of the variant is to be shown.
    pub(in crate::app) fn choose_stream(&mut self, stream: String) {
        if let Some(variant) = &mut self.variant {
            variant.choice.stream = Some(stream);
        }
    }

    /// What could not be found out about the variant is asked again.
    pub(in crate::app) fn ask_variant_again(&mut self) {
        if let Some(image) = self.variant_wants() {
            self.order(Order::Read(Reading::Preflight(Some(image))));
        }
    }

    /// Looks at everything there is to know before a switch to the variant that is open.
    pub(in crate::app) fn switch_to_variant(&mut self, sender: &ComponentSender<Self>) {
        if let (Some(image), Some(variant)) = (self.variant_wants(), &self.variant) {
            let name = variant.view.full_name();
            self.look_before(image, Some(name), sender);
        }
    }

    /// The image that the open page of a variant is about, where it is one that can be switched to.
    pub(in crate::app) fn variant_wants(&self) -> Option<String> {
        let state = self.session.state()?;
        self.variant.as_ref()?.choice.wanted(&state, self.desktops.catalogs()?)
    }

    /// Shows on the page of a variant how things stand, and asks what is missing there as soon as nothing lies over it.
    pub(super) fn paint_variant(&mut self, state: &ServiceState) {
        let Some(variant) = &self.variant else { return };
        let Some(view) = self.variant_view(&variant.choice, state) else {
            self.views.navigation.pop();
            return;
        };
        if let Some(variant) = &mut self.variant {
            variant.show(view);
        }
        let free = self.sheet.is_none() && self.switch.is_none() && self.preflight.is_none();
        let Some(image) = self.variant_wants().filter(|_| free) else { return };
        if self.looked_up.answer(&image).is_none() && self.looked_up.waiting() != Some(&image) {
            if let Some(variant) = &mut self.variant {
                variant.read_out = true;
            }
            self.order(Order::Read(Reading::Preflight(Some(image))));
        }
    }

    fn variant_view(&self, choice: &VariantChoice, state: &ServiceState) -> Option<VariantView> {
        let catalogs = self.desktops.catalogs()?;
        let preflight = match choice.wanted(state, catalogs) {
            Some(image) => self.looked_up.read(&image),
            None => Read::Waiting,
        };
        VariantView::of(choice, state, catalogs, &preflight, self.session.idle(), &self.looker().calendar)
    }
}
