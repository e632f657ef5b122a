// SPDX-License-Identifier: GPL-3.0-or-later
mod page;

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use self::page::{SheetPage, SheetPageInput, SheetPageOutput};
use crate::view_model::{Choice, SheetView};

/// A dialog with one page, or with a second one behind it.
#[derive(Debug)]
pub(crate) struct Sheet {
    page: Controller<SheetPage>,
    changes: Option<Controller<SheetPage>>,
    navigation: adw::NavigationView,
    toasts: adw::ToastOverlay,
    toast: Option<adw::Toast>,
}

/// What a sheet is told.
#[derive(Debug)]
pub(crate) enum SheetInput {
    /// Show this from now on.
    Show(Box<SheetView>),
    /// Tell this in passing.
    Tell(String),
    /// Read this out: it can be seen anyhow.
    Announce(String),
    /// What was told in passing has been read.
    Quiet,
    /// The person has chosen this.
    Chosen(Choice),
    /// The person wants this text in the clipboard.
    CopyPressed(String),
}

/// What a sheet tells.
#[derive(Debug)]
pub(crate) enum SheetOutput {
    /// The person has chosen this.
    Chosen(Choice),
    /// It was closed.
    Closed,
}

#[component(pub(crate))]
impl SimpleComponent for Sheet {
    type Init = Box<SheetView>;
    type Input = SheetInput;
    type Output = SheetOutput;

    view! {
        adw::Dialog {
            set_content_width: 500,
            connect_closed[sender] => move |_| {
                let _ = sender.output(SheetOutput::Closed);
            },

            #[wrap(Some)]
            #[local_ref]
            set_child = toasts -> adw::ToastOverlay {
                #[local_ref]
                navigation -> adw::NavigationView {},
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let SheetView { small, page, changes } = *view;
        root.set_title(&page.title);
        root.set_content_height(if small { 520 } else { 640 });
        let launch = |page| {
            SheetPage::builder().launch(Box::new(page)).forward(sender.input_sender(), |output| match output {
                SheetPageOutput::Chosen(choice) => SheetInput::Chosen(choice),
                SheetPageOutput::CopyPressed(text) => SheetInput::CopyPressed(text),
            })
        };
        let model = Self {
            page: launch(page),
            changes: changes.map(launch),
            navigation: adw::NavigationView::new(),
            toasts: adw::ToastOverlay::new(),
            toast: None,
        };
        model.navigation.add(model.page.widget());
        let (toasts, navigation) = (&model.toasts, &model.navigation);
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            SheetInput::Show(view) => self.show(*view),
            SheetInput::Tell(text) => self.tell(&text),
            SheetInput::Announce(text) => {
                let navigation = self.navigation.upcast_ref::<gtk::Widget>();
                navigation.announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            SheetInput::Quiet => {
                if let Some(toast) = self.toast.take() {
                    toast.dismiss();
                }
            }
            SheetInput::Chosen(Choice::ShowChanges) => {
                if let Some(changes) = &self.changes {
                    self.navigation.push(changes.widget());
                }
            }
            SheetInput::Chosen(choice) => {
                let _ = sender.output(SheetOutput::Chosen(choice));
            }
            SheetInput::CopyPressed(text) => {
                self.navigation.clipboard().set_text(&text);
                self.tell(&gettext("Copied"));
            }
        }
    }
}

impl Sheet {
    fn show(&self, view: SheetView) {
        self.page.sender().emit(SheetPageInput::Show(Box::new(view.page)));
        if let (Some(page), Some(changes)) = (&self.changes, view.changes) {
            page.sender().emit(SheetPageInput::Show(Box::new(changes)));
        }
    }

    /// The newest replaces the one before: they follow each other quickly here.
    fn tell(&mut self, text: &str) {
        if let Some(before) = self.toast.take() {
            before.dismiss();
        }
        self.toast = Some(super::tell(&self.toasts, text));
    }
}
