// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashMap;

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, component,
    gtk,
};

use super::step_page::StepPage;
use super::{COLUMNS, step_frame};
use crate::pages::{Card, CardInput, StatusInput, StatusOutput, StatusPage};
use crate::view_model::StatusView;
use crate::view_model::first_boot::{ChosenDesktop, DesktopCards, DesktopsStep};

/// The step in which a desktop is chosen.
#[derive(Debug)]
pub(super) struct DesktopsPage {
    step: DesktopsStep,
    status: Controller<StatusPage>,
    cards: FactoryVecDeque<Card>,
    pictures: HashMap<String, gtk::gdk::Texture>,
    columns: u32,
}

/// What the step is told.
#[derive(Debug)]
pub(super) enum DesktopsPageInput {
    /// Show this from now on.
    Show(Box<DesktopsStep>),
    /// This is the picture of this entry.
    Pictured(String, gtk::gdk::Texture),
    /// There is room for so many cards beside each other.
    Columns(u32),
    /// The card at this place was activated.
    Activated(i32),
}

/// What the step tells.
#[derive(Debug)]
pub(super) enum DesktopsPageOutput {
    /// The person wants this; nothing is what is installed.
    Chosen(Option<ChosenDesktop>),
    /// The person wants to see what others publish.
    MoreWanted,
    /// The catalogs have to be read again.
    Retried,
}

#[component(pub(super))]
impl SimpleComponent for DesktopsPage {
    type Init = ();
    type Input = DesktopsPageInput;
    type Output = DesktopsPageOutput;

    view! {
        #[name = "stack"]
        gtk::Stack {
            set_vhomogeneous: false,
            add_child: model.status.widget(),

            #[name = "choice"]
            #[template]
            add_child = &StepPage {
                #[template_child]
                clamp {
                    set_maximum_size: 600,
                },

                #[template_child]
                heading {
                    set_label: &gettext("Choose Your Desktop"),
                },

                #[template_child]
                words {
                    #[watch]
                    set_label: &model.words(),
                },

                #[template_child]
                body {
                    #[local_ref]
                    cards -> gtk::FlowBox {
                        // What is selected would follow the focus, and with it the Tab key would choose.
                        set_selection_mode: gtk::SelectionMode::None,
                        set_homogeneous: true,
                        set_valign: gtk::Align::Start,
                        #[watch]
                        set_min_children_per_line: model.columns,
                        #[watch]
                        set_max_children_per_line: model.columns,
                        set_column_spacing: 12,
                        set_row_spacing: 12,
                        add_css_class: "desktop-cards",
                        add_css_class: "first-boot-desktops",
                        update_property: &[gtk::accessible::Property::Label(&gettext("Desktops"))],
                        connect_child_activated[sender] => move |_, child| {
                            sender.input(DesktopsPageInput::Activated(child.index()));
                        },
                    },

                    #[name = "more"]
                    gtk::Button {
                        set_use_underline: true,
                        set_halign: gtk::Align::Center,
                        add_css_class: "pill",
                        add_css_class: "first-boot-more",
                        set_label: &gettext("Desktops From _Others"),
                        #[watch]
                        set_visible: model.cards().is_some_and(|cards| cards.more),
                        connect_clicked[sender] => move |_| {
                            let _ = sender.output(DesktopsPageOutput::MoreWanted);
                        },
                    },
                },
            },
        }
    }

    fn init((): Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let status = StatusPage::builder()
            .launch(StatusView::loading())
            .forward(sender.output_sender(), |StatusOutput::Pressed| DesktopsPageOutput::Retried);
        let model = Self {
            step: DesktopsStep::Status(StatusView::loading()),
            status,
            cards: FactoryVecDeque::builder().launch(gtk::FlowBox::default()).detach(),
            pictures: HashMap::new(),
            columns: COLUMNS,
        };
        let cards = model.cards.widget();
        let widgets = view_output!();
        step_frame::wrap(&widgets.more);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            DesktopsPageInput::Show(step) => {
                self.step = *step;
                self.show();
            }
            DesktopsPageInput::Pictured(entry, texture) => {
                if let Some(place) = self.cards.iter().position(|card| card.entry() == entry) {
                    self.cards.send(place, CardInput::Pictured(texture.clone()));
                }
                self.pictures.insert(entry, texture);
            }
            DesktopsPageInput::Columns(columns) => self.columns = columns,
            DesktopsPageInput::Activated(index) => {
                let place = usize::try_from(index).ok();
                let choice = place.and_then(|place| self.cards()?.cards.get(place));
                if let Some(choice) = choice.filter(|it| it.card.chosen != Some(true) && it.card.forbidden.is_none()) {
                    let _ = sender.output(DesktopsPageOutput::Chosen(choice.desktop.clone()));
                }
            }
        }
    }

    fn post_view() {
        match &self.step {
            DesktopsStep::Status(_) => stack.set_visible_child(self.status.widget()),
            DesktopsStep::Cards(_) => stack.set_visible_child(&**choice),
        }
    }
}

impl DesktopsPage {
    fn cards(&self) -> Option<&DesktopCards> {
        match &self.step {
            DesktopsStep::Cards(cards) => Some(cards),
            DesktopsStep::Status(_) => None,
        }
    }

    fn words(&self) -> String {
        let note = self.cards().and_then(|cards| cards.note.clone());
        note.unwrap_or_else(|| {
            gettext("Another one is downloaded at the end. Your personal files are the same in each.")
        })
    }

    fn show(&mut self) {
        let cards = match &self.step {
            DesktopsStep::Status(view) => {
                self.status.sender().emit(StatusInput::Show(view.clone()));
                return;
            }
            DesktopsStep::Cards(cards) => &cards.cards,
        };
        if self.cards.iter().map(Card::entry).eq(cards.iter().map(|it| it.card.picture.entry.as_str())) {
            for (place, card) in cards.iter().enumerate() {
                self.cards.send(place, CardInput::Show(Box::new(card.card.clone())));
            }
            return;
        }
        let mut shown = self.cards.guard();
        shown.clear();
        for card in cards {
            shown.push_back((card.card.clone(), self.pictures.get(&card.card.picture.entry).cloned()));
        }
    }
}
