// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::factory::FactoryVecDeque;
use relm4::{
    Component as _, ComponentController as _, ComponentParts, ComponentSender, Controller, SimpleComponent, adw,
    component, gtk,
};

use crate::pages::{StatusInput, StatusOutput, StatusPage};
use crate::rows::{LineGroupBox, LineOutput, show_groups};
use crate::view_model::{Choice, SheetBody, SheetPageView, StatusView};

/// A page of a sheet: lists, or one thing that is to be said.
#[derive(Debug)]
pub(super) struct SheetPage {
    view: SheetPageView,
    status: Controller<StatusPage>,
    groups: FactoryVecDeque<LineGroupBox>,
    searched: String,
}

/// What the page is told.
#[derive(Debug)]
pub(super) enum SheetPageInput {
    /// Show this from now on.
    Show(Box<SheetPageView>),
    /// The button of what is said was pressed.
    Pressed,
    /// The person looks for this.
    Searched(String),
}

/// What the page tells.
#[derive(Debug)]
pub(super) enum SheetPageOutput {
    /// The person has chosen this.
    Chosen(Choice),
    /// The person wants this text in the clipboard.
    CopyPressed(String),
}

#[component(pub(super))]
impl SimpleComponent for SheetPage {
    type Init = Box<SheetPageView>;
    type Input = SheetPageInput;
    type Output = SheetPageOutput;

    view! {
        adw::NavigationPage {
            #[watch]
            set_title: &model.view.title,

            #[wrap(Some)]
            set_child = &adw::ToolbarView {
                add_top_bar = &adw::HeaderBar {},

                #[name = "search_bar"]
                add_top_bar = &adw::Clamp {
                    set_maximum_size: 400,
                    #[watch]
                    set_visible: model.view.search.is_some(),

                    #[name = "search"]
                    gtk::SearchEntry {
                        add_css_class: "sheet-search",
                        set_placeholder_text: Some(&gettext("Search")),
                        update_property: &[gtk::accessible::Property::Label(&gettext("Search"))],
                        connect_search_changed[sender] => move |entry| {
                            sender.input(SheetPageInput::Searched(entry.text().into()));
                        },
                    },
                },

                #[name = "stack"]
                gtk::Stack {
                    set_vhomogeneous: false,
                    add_child: model.status.widget(),
                    add_child: model.groups.widget(),
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let first = match &view.body {
            SheetBody::Status(status, _) => status.clone(),
            SheetBody::Lists(_) => StatusView::loading(),
        };
        let status = StatusPage::builder()
            .launch(first)
            .forward(sender.input_sender(), |StatusOutput::Pressed| SheetPageInput::Pressed);
        let groups =
            FactoryVecDeque::builder().launch(adw::PreferencesPage::new()).forward(sender.output_sender(), |output| {
                match output {
                    LineOutput::Chosen(choice) => SheetPageOutput::Chosen(choice),
                    LineOutput::CopyPressed(text) => SheetPageOutput::CopyPressed(text),
                }
            });
        let mut model = Self { view: *view, status, groups, searched: String::new() };
        model.show_body();
        let widgets = view_output!();
        widgets.search.connect_stop_search(leave_search);
        // Where there is so much, the person comes to look for something; and it is a long way by the keyboard.
        let search = widgets.search.clone();
        widgets.search_bar.connect_map(move |_| {
            search.grab_focus();
        });
        model.turn(&widgets.stack);
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            SheetPageInput::Show(view) => {
                self.view = *view;
                self.show_body();
            }
            SheetPageInput::Searched(text) => {
                if self.searched != text {
                    self.searched.clone_from(&text);
                    let _ = sender.output(SheetPageOutput::Chosen(Choice::Search(text)));
                }
            }
            SheetPageInput::Pressed => {
                if let SheetBody::Status(_, choice) = &self.view.body {
                    let _ = sender.output(SheetPageOutput::Chosen(choice.clone()));
                }
            }
        }
    }

    fn post_view() {
        self.turn(&widgets.stack);
    }
}

impl SheetPage {
    fn turn(&self, stack: &gtk::Stack) {
        match &self.view.body {
            SheetBody::Status(..) => stack.set_visible_child(self.status.widget()),
            SheetBody::Lists(_) => stack.set_visible_child(self.groups.widget()),
        }
    }

    fn show_body(&mut self) {
        match &self.view.body {
            SheetBody::Status(view, _) => self.status.sender().emit(StatusInput::Show(view.clone())),
            SheetBody::Lists(groups) => show_groups(&mut self.groups, groups),
        }
    }
}

/// Escape empties the entry first, and closes the sheet then.
fn leave_search(entry: &gtk::SearchEntry) {
    if !entry.text().is_empty() {
        entry.set_text("");
    } else if let Some(sheet) = entry.ancestor(adw::Dialog::static_type()).and_downcast::<adw::Dialog>() {
        sheet.close();
    }
}
