// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::DeploymentId;
use relm4::gtk::prelude::*;
use relm4::{ComponentParts, ComponentSender, SimpleComponent, component, gtk};

use crate::view_model::TrialNotice;

/// Asks, at the top of the page, whether what was switched to is kept.
#[derive(Debug)]
pub(crate) struct TrialCard {
    view: Option<TrialNotice>,
}

/// What the card is told.
#[derive(Debug)]
pub(crate) enum TrialCardInput {
    /// Show this from now on.
    Show(Option<TrialNotice>),
    /// The person keeps it.
    KeepPressed,
    /// The person wants to go back.
    GoBackPressed,
}

/// What the card tells.
#[derive(Debug)]
pub(crate) enum TrialCardOutput {
    /// The person keeps what runs; this was the way back.
    KeepPressed(DeploymentId),
    /// The person wants to go back to this.
    GoBackPressed(DeploymentId),
}

#[component(pub(crate))]
impl SimpleComponent for TrialCard {
    type Init = Option<TrialNotice>;
    type Input = TrialCardInput;
    type Output = TrialCardOutput;

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
                    set_icon_name: Some("isotope-row-running-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    set_valign: gtk::Align::Start,
                    add_css_class: "accent",
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

            gtk::Box {
                set_halign: gtk::Align::End,
                set_homogeneous: true,
                set_spacing: 9,
                add_css_class: "trial-buttons",

                gtk::Button {
                    set_use_underline: true,
                    set_can_shrink: true,
                    // Translators: a button: another system than the one before is not kept; a question follows.
                    set_label: &gettext("_Go Back…"),
                    #[watch]
                    set_sensitive: model.back_reason().is_none(),
                    #[watch]
                    set_tooltip_text: model.back_reason(),
                    connect_clicked => TrialCardInput::GoBackPressed,
                },

                gtk::Button {
                    set_use_underline: true,
                    set_can_shrink: true,
                    // Translators: a button: the system that was switched to is kept.
                    set_label: &gettext("_Keep It"),
                    #[watch]
                    set_sensitive: model.keep_reason().is_none(),
                    #[watch]
                    set_tooltip_text: model.keep_reason(),
                    connect_clicked => TrialCardInput::KeepPressed,
                },
            },
        }
    }

    fn init(view: Self::Init, root: Self::Root, sender: ComponentSender<Self>) -> ComponentParts<Self> {
        let model = Self { view };
        let widgets = view_output!();
        ComponentParts { model, widgets }
    }

    fn update(&mut self, message: Self::Input, sender: ComponentSender<Self>) {
        let output: fn(DeploymentId) -> TrialCardOutput = match message {
            TrialCardInput::Show(view) => {
                self.view = view;
                return;
            }
            TrialCardInput::KeepPressed => TrialCardOutput::KeepPressed,
            TrialCardInput::GoBackPressed => TrialCardOutput::GoBackPressed,
        };
        if let Some(view) = &self.view {
            let _ = sender.output(output(view.before.clone()));
        }
    }
}

impl TrialCard {
    fn text(&self, part: impl Fn(&TrialNotice) -> &String) -> &str {
        self.view.as_ref().map_or("", |view| part(view))
    }

    fn keep_reason(&self) -> Option<&str> {
        self.view.as_ref()?.keep_reason.as_deref()
    }

    fn back_reason(&self) -> Option<&str> {
        self.view.as_ref()?.back_reason.as_deref()
    }
}
