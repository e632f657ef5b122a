// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashMap;

use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use super::{Card, CardInput, StatusInput, StatusOutput, StatusPage};
use crate::rows::{LineGroupBox, LineOutput, show_groups};
use crate::view_model::{Choice, DesktopsView, Offers, StatusView};

/// The second page: which desktops this computer can be switched to.
#[derive(Debug)]
pub(crate) struct DesktopsPage {
    view: DesktopsView,
    status: Controller<StatusPage>,
    cards: FactoryVecDeque<Card>,
    groups: FactoryVecDeque<LineGroupBox>,
    pictures: HashMap<String, gtk::gdk::Texture>,
    searched: String,
    narrow: bool,
}

/// What the page is told.
#[derive(Debug)]
pub(crate) enum DesktopsInput {
    /// Show this from now on.
    Show(Box<DesktopsView>),
    /// This is the picture of this entry.
    Pictured(String, gtk::gdk::Texture),
    /// There is little room, or enough again.
    Narrow(bool),
    /// Read this out: it can be seen anyhow.
    Announce(String),
    /// The button of what is said was pressed.
    StatusPressed,
    /// The person wants to see what takes the place of what runs.
    WayOnPressed,
    /// The card at this place was activated.
    CardActivated(i32),
    /// The person looks for this.
    Searched(String),
}

#[component(pub(crate))]
impl SimpleComponent for DesktopsPage {
    type Init = Box<DesktopsView>;
    type Input = DesktopsInput;
    type Output = Choice;

    view! {
        page = gtk::Box {
            set_orientation: gtk::Orientation::Vertical,

            adw::Banner {
                #[watch]
                set_title: model.offers().and_then(|it| it.outdated.as_ref()).map_or("", |outdated| &outdated.words),
                #[watch]
                set_revealed: model.offers().is_some_and(|it| it.outdated.is_some()),
                set_use_markup: false,
                #[watch]
                set_button_label: model.way_on().map(|(_, label)| label.as_str()),
                connect_button_clicked => DesktopsInput::WayOnPressed,
            },

            adw::Clamp {
                set_maximum_size: 400,
                #[watch]
                set_visible: model.offers().is_some_and(|it| it.search.is_some()),

                #[name = "search"]
                gtk::SearchEntry {
                    add_css_class: "page-search",
                    set_placeholder_text: Some(&gettext("Search")),
                    update_property: &[gtk::accessible::Property::Label(&gettext("Search"))],
                    connect_search_changed[sender] => move |entry| {
                        sender.input(DesktopsInput::Searched(entry.text().into()));
                    },
                    connect_stop_search => move |entry| entry.set_text(""),
                },
            },

            #[name = "stack"]
            gtk::Stack {
                set_vexpand: true,
                set_vhomogeneous: false,
                add_child: model.status.widget(),

                #[local_ref]
                lists -> adw::PreferencesPage {
                    add = &adw::PreferencesGroup {
                        #[watch]
                        set_title: &gtk::glib::markup_escape_text(model.family()),
                        #[watch]
                        set_visible: model.offers().is_some_and(|it| !it.cards.is_empty()),

                        #[local_ref]
                        cards -> gtk::FlowBox {
                            set_selection_mode: gtk::SelectionMode::None,
                            set_homogeneous: true,
                            // GTK does not know how high it is as long as the number of columns is open.
                            #[watch]
                            set_min_children_per_line: model.columns(),
                            #[watch]
                            set_max_children_per_line: model.columns(),
                            set_column_spacing: 12,
                            set_row_spacing: 12,
                            add_css_class: "desktop-cards",
                            #[watch]
                            update_property: &[gtk::accessible::Property::Label(model.family())],
                            connect_child_activated[sender] => move |_, child| {
                                sender.input(DesktopsInput::CardActivated(child.index()));
                            },
                        },
                    },
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let status = StatusPage::builder()
            .launch(StatusView::loading())
            .forward(sender.input_sender(), |StatusOutput::Pressed| DesktopsInput::StatusPressed);
        let groups =
            FactoryVecDeque::builder().launch(adw::PreferencesPage::new()).forward(sender.output_sender(), |output| {
                match output {
                    LineOutput::Chosen(choice) => choice,
                    LineOutput::CopyPressed(text) => Choice::Copy(text),
                }
            });
        let cards = FactoryVecDeque::builder().launch(gtk::FlowBox::default()).detach();
        let (pictures, searched) = (HashMap::new(), String::new());
        let mut model = Self { view: *view, status, cards, groups, pictures, searched, narrow: false };
        let (lists, cards) = (model.groups.widget().clone(), model.cards.widget().clone());
        let widgets = view_output!();
        widgets.page.add_controller(typing_ahead(&widgets.search));
        model.show_body();
        model.turn(&widgets.stack);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            DesktopsInput::Show(view) => {
                self.view = *view;
                self.show_body();
            }
            DesktopsInput::Pictured(entry, texture) => {
                if let Some(place) = self.cards.iter().position(|card| card.entry() == entry) {
                    self.cards.send(place, CardInput::Pictured(texture.clone()));
                }
                self.pictures.insert(entry, texture);
            }
            DesktopsInput::Narrow(narrow) => self.narrow = narrow,
            DesktopsInput::Announce(text) => {
                let lists = self.groups.widget().upcast_ref::<gtk::Widget>();
                lists.announce(&text, gtk::AccessibleAnnouncementPriority::Medium);
            }
            DesktopsInput::StatusPressed => {
                if let DesktopsView::Status(_, choice) = &self.view {
                    let _ = sender.output(choice.clone());
                }
            }
            DesktopsInput::WayOnPressed => {
                if let Some((entry, _)) = self.way_on() {
                    let _ = sender.output(Choice::ShowVariant(entry.clone()));
                }
            }
            DesktopsInput::CardActivated(index) => {
                let card = usize::try_from(index).ok().and_then(|index| self.cards.get(index));
                if let Some(card) = card.filter(|card| !card.is_forbidden()) {
                    let _ = sender.output(Choice::ShowVariant(card.entry().to_owned()));
                }
            }
            DesktopsInput::Searched(text) => {
                if self.searched != text {
                    self.searched.clone_from(&text);
                    let _ = sender.output(Choice::Search(text));
                }
            }
        }
    }

    fn post_view() {
        self.turn(&widgets.stack);
        Self::keep_focus(&widgets.search);
    }
}

/// Letters that are typed anywhere on the page go into the entry. GTK’s own way of doing so takes Enter from the rows.
fn typing_ahead(entry: &gtk::SearchEntry) -> gtk::EventControllerKey {
    let controller = gtk::EventControllerKey::new();
    let entry = entry.downgrade();
    controller.connect_key_pressed(move |controller, key, _, state| {
        let command = gtk::gdk::ModifierType::CONTROL_MASK | gtk::gdk::ModifierType::ALT_MASK;
        let letter = key.to_unicode().is_some_and(|letter| letter.is_alphanumeric()) && !state.intersects(command);
        let Some(entry) = entry.upgrade().filter(|entry| letter && entry.is_mapped()) else {
            return gtk::glib::Propagation::Proceed;
        };
        take_focus(&entry);
        let taken = entry.delegate().and_downcast::<gtk::Text>().is_some_and(|text| controller.forward(&text));
        if taken { gtk::glib::Propagation::Stop } else { gtk::glib::Propagation::Proceed }
    });
    controller
}

/// Goes on where the last letter was typed.
fn take_focus(entry: &gtk::SearchEntry) {
    if let Some(text) = entry.delegate().and_downcast::<gtk::Text>() {
        text.grab_focus_without_selecting();
    }
}

impl DesktopsPage {
    /// The focus is lost where what had it is not among what was found: then the entry gets it.
    fn keep_focus(entry: &gtk::SearchEntry) {
        let window = entry.root().and_downcast::<gtk::Window>();
        if entry.is_mapped() && window.is_some_and(|window| GtkWindowExt::focus(&window).is_none()) {
            take_focus(entry);
        }
    }

    fn offers(&self) -> Option<&Offers> {
        self.view.offers()
    }

    /// How many cards stand beside each other.
    fn columns(&self) -> u32 {
        if self.narrow { 2 } else { 3 }
    }

    fn family(&self) -> &str {
        self.offers().map_or("", |offers| &offers.family)
    }

    fn way_on(&self) -> Option<&(String, String)> {
        self.offers()?.outdated.as_ref()?.way_on.as_ref()
    }

    fn turn(&self, stack: &gtk::Stack) {
        match &self.view {
            DesktopsView::Status(..) => stack.set_visible_child(self.status.widget()),
            DesktopsView::Offers(_) => stack.set_visible_child(self.groups.widget()),
        }
    }

    fn show_body(&mut self) {
        match &self.view {
            DesktopsView::Status(view, _) => self.status.sender().emit(StatusInput::Show(view.clone())),
            DesktopsView::Offers(offers) => {
                show_groups(&mut self.groups, &offers.groups);
                let same =
                    self.cards.iter().map(Card::entry).eq(offers.cards.iter().map(|it| it.picture.entry.as_str()));
                if same {
                    for (place, card) in offers.cards.iter().enumerate() {
                        self.cards.send(place, CardInput::Show(Box::new(card.clone())));
                    }
                    return;
                }
                let mut cards = self.cards.guard();
                cards.clear();
                for card in &offers.cards {
                    cards.push_back((card.clone(), self.pictures.get(&card.picture.entry).cloned()));
                }
            }
        }
    }
}
