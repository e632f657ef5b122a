// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, component, gtk};

use crate::failure_details::FailureDetails;
use crate::view_model::BootNotice;

/// Tells, at the top of the page, that the computer did not come up as expected.
#[derive(Debug)]
pub(crate) struct BootCard {
    view: Option<BootNotice>,
}

/// What the card is told.
#[derive(Debug)]
pub(crate) enum BootCardInput {
    /// Show this from now on.
    Show(Option<BootNotice>),
    /// Its button was pressed.
    Pressed,
}

/// What the card tells.
#[derive(Debug)]
pub(crate) enum BootCardOutput {
    /// The person has taken note of this start of the computer.
    Closed(String),
}

#[component(pub(crate))]
impl SimpleComponent for BootCard {
    type Init = Option<BootNotice>;
    type Input = BootCardInput;
    type Output = BootCardOutput;

    view! {
        gtk::Box {
            set_accessible_role: gtk::AccessibleRole::Group,
            set_orientation: gtk::Orientation::Vertical,
            set_spacing: 6,
            add_css_class: "card",
            add_css_class: "boot-card",
            #[watch]
            set_visible: model.view.is_some(),
            #[watch]
            update_property: &[gtk::accessible::Property::Label(model.text(|it| &it.explanation.what))],

            gtk::Box {
                set_spacing: 9,

                gtk::Image {
                    set_icon_name: Some("isotope-row-attention-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    set_valign: gtk::Align::Start,
                    add_css_class: "warning",
                },

                gtk::Label {
                    set_accessible_role: gtk::AccessibleRole::Heading,
                    set_xalign: 0.0,
                    set_wrap: true,
                    set_wrap_mode: gtk::pango::WrapMode::WordChar,
                    add_css_class: "heading",
                    #[watch]
                    set_label: model.text(|it| &it.explanation.what),
                },
            },

            gtk::Label {
                set_xalign: 0.0,
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                #[watch]
                set_label: model.text(|it| &it.explanation.means),
            },

            gtk::Label {
                set_xalign: 0.0,
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                #[watch]
                set_label: model.text(|it| &it.explanation.remedy),
            },

            #[template]
            FailureDetails {
                #[watch]
                set_visible: model.detail().is_some(),

                #[template_child]
                detail {
                    #[watch]
                    set_label: model.detail().unwrap_or_default(),
                    #[watch]
                    update_property: &[gtk::accessible::Property::Label(model.detail().unwrap_or_default())],
                },
            },

            gtk::Button {
                set_halign: gtk::Align::End,
                set_use_underline: true,
                // Translators: a button that puts a notice away, because it was read.
                set_label: &gettext("_Understood"),
                connect_clicked => BootCardInput::Pressed,
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { view };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        match message {
            BootCardInput::Show(view) => self.view = view,
            BootCardInput::Pressed => {
                if let Some(view) = &self.view {
                    let _ = sender.output(BootCardOutput::Closed(view.boot.clone()));
                }
            }
        }
    }
}

impl BootCard {
    fn text(&self, part: impl Fn(&BootNotice) -> &String) -> &str {
        self.view.as_ref().map_or("", |view| part(view))
    }

    fn detail(&self) -> Option<&str> {
        self.view.as_ref()?.explanation.detail.as_deref()
    }
}
