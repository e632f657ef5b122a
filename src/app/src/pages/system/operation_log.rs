// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, adw, component, gtk};

use crate::spoken::Spoken as _;
use crate::view_model::OperationLogView;

/// What was seen of the operation that runs, or of the last one; folded away until somebody wants it.
#[derive(Debug)]
pub(super) struct OperationLogBox {
    view: Option<OperationLogView>,
}

/// What the person does with it.
#[derive(Debug)]
pub(super) enum OperationLogOutput {
    /// The text is to be copied.
    CopyPressed(String),
}

/// What it is told.
#[derive(Debug)]
pub(super) enum OperationLogInput {
    /// Show this from now on.
    Show(Option<OperationLogView>),
    /// The button was pressed.
    CopyPressed,
}

#[component(pub(super))]
impl SimpleComponent for OperationLogBox {
    type Init = ();
    type Input = OperationLogInput;
    type Output = OperationLogOutput;

    view! {
        gtk::ListBox {
            set_selection_mode: gtk::SelectionMode::None,
            add_css_class: "boxed-list",
            add_css_class: "operation-log",
            #[watch]
            set_visible: model.view.is_some(),
            // Translators: what a list is called where it is read out.
            update_property: &[gtk::accessible::Property::Label(&gettext("What Was Done"))],

            adw::ExpanderRow {
                set_use_markup: false,
                #[watch]
                set_title: model.view.as_ref().map_or("", |view| &view.title),
                #[watch]
                set_subtitle: model.view.as_ref().map_or("", |view| &view.subtitle),
                #[watch]
                set_spoken: model.view.as_ref().map_or("", |view| &view.title),
                // What can be selected holds the Tab key back, as long as it is folded away.
                connect_expanded_notify[text] => move |row| text.set_selectable(row.is_expanded()),

                add_row = &gtk::ListBoxRow {
                    set_activatable: false,
                    set_focusable: false,
                    #[watch]
                    update_property: &[gtk::accessible::Property::Label(
                        model.view.as_ref().map_or("", |view| &view.title),
                    )],

                    gtk::Box {
                        set_spacing: 6,
                        add_css_class: "operation-log-lines",

                        #[name = "text"]
                        gtk::Label {
                            set_xalign: 0.0,
                            set_hexpand: true,
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            add_css_class: "caption",
                            add_css_class: "numeric",
                            #[watch]
                            set_label: model.text(),
                            #[watch]
                            update_property: &[gtk::accessible::Property::Label(model.text())],
                        },

                        gtk::Button {
                            set_icon_name: "isotope-copy-symbolic",
                            set_valign: gtk::Align::Start,
                            set_tooltip_text: Some(&gettext("Copy Details")),
                            update_property: &[gtk::accessible::Property::Label(&gettext("Copy Details"))],
                            add_css_class: "flat",
                            connect_clicked => OperationLogInput::CopyPressed,
                        },
                    },
                },
            },
        }
    }

    fn init((): (), root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { view: None };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            OperationLogInput::Show(view) => self.view = view,
            OperationLogInput::CopyPressed => {
                let _ = sender.output(OperationLogOutput::CopyPressed(self.text().to_owned()));
            }
        }
    }
}

impl OperationLogBox {
    fn text(&self) -> &str {
        self.view.as_ref().map_or("", |view| &view.text)
    }
}
