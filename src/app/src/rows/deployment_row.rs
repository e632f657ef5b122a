// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::DeploymentId;
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender};
use relm4::gtk::prelude::*;
use relm4::{RelmWidgetExt as _, factory, gtk};

use crate::view_model::{DeploymentRowView, RowMeaning};

/// A deployment in the list "On This Computer".
///
/// Not an AdwActionRow: the badge stands beside the title, and in a narrow window the button stands below.
#[derive(Debug)]
pub(crate) struct DeploymentRow {
    view: DeploymentRowView,
    narrow: bool,
}

/// What a row is told.
#[derive(Clone, Debug)]
pub(crate) enum DeploymentRowInput {
    /// Show this from now on.
    Show(Box<DeploymentRowView>),
    /// There is little room, or enough again.
    Narrow(bool),
    /// Its button was pressed.
    Pressed,
}

/// What a row tells.
#[derive(Debug)]
pub(crate) enum DeploymentRowOutput {
    /// Its button was pressed, with this meaning.
    Pressed(RowMeaning),
}

#[factory(pub(crate))]
impl FactoryComponent for DeploymentRow {
    type Init = (DeploymentRowView, bool);
    type Input = DeploymentRowInput;
    type Output = DeploymentRowOutput;
    type CommandOutput = ();
    type ParentWidget = gtk::ListBox;

    view! {
        root = gtk::ListBoxRow {
            set_activatable: true,
            add_css_class: "deployment",
            #[watch]
            update_property: &[
                gtk::accessible::Property::Label(&self.view.spoken),
                gtk::accessible::Property::Description(&gettext("Shows the details")),
            ],

            gtk::Box {
                set_spacing: 12,

                gtk::Image {
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    #[watch]
                    set_icon_name: Some(self.view.icon),
                    #[watch]
                    set_class_active: ("accent", self.view.runs),
                },

                gtk::Box {
                    set_spacing: 9,
                    #[watch]
                    set_orientation: match self.narrow {
                        true => gtk::Orientation::Vertical,
                        false => gtk::Orientation::Horizontal,
                    },

                    gtk::Box {
                        set_orientation: gtk::Orientation::Vertical,
                        set_valign: gtk::Align::Center,
                        set_hexpand: true,
                        set_spacing: 3,

                        gtk::Box {
                            set_spacing: 9,

                            gtk::Label {
                                set_xalign: 0.0,
                                set_wrap: true,
                                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                                #[watch]
                                set_label: &self.view.title,
                            },

                            gtk::Box {
                                set_valign: gtk::Align::Center,
                                set_spacing: 4,
                                add_css_class: "badge",
                                #[watch]
                                set_visible: self.view.pinned.is_some(),

                                gtk::Image {
                                    set_icon_name: Some("isotope-pinned-symbolic"),
                                    set_pixel_size: 12,
                                    set_accessible_role: gtk::AccessibleRole::Presentation,
                                },
                                gtk::Label {
                                    #[watch]
                                    set_label: self.view.pinned.as_deref().unwrap_or_default(),
                                },
                            },
                        },

                        gtk::Label {
                            set_xalign: 0.0,
                            set_wrap: true,
                            set_wrap_mode: gtk::pango::WrapMode::WordChar,
                            add_css_class: "caption",
                            add_css_class: "dim-label",
                            #[watch]
                            set_label: &self.view.subtitle,
                        },
                    },

                    gtk::Button {
                        set_valign: gtk::Align::Center,
                        #[watch]
                        set_halign: if self.narrow { gtk::Align::Start } else { gtk::Align::End },
                        add_css_class: "text-button",
                        #[watch]
                        set_visible: self.view.action.is_some(),
                        #[watch]
                        set_sensitive: self.view.action.as_ref().is_some_and(|action| action.sensitive),
                        #[watch]
                        set_tooltip_text: self.view.action.as_ref().map(|action| action.reason.as_ref().unwrap_or(&action.spoken).as_str()),
                        #[watch]
                        update_property: &[
                            gtk::accessible::Property::Label(self.view.action.as_ref().map_or("", |action| &action.spoken)),
                            gtk::accessible::Property::Description(
                                self.view.action.as_ref().and_then(|action| action.reason.as_deref()).unwrap_or_default(),
                            ),
                        ],
                        connect_clicked => DeploymentRowInput::Pressed,

                        // A label of its own: that of the button would be read out instead of the whole sentence.
                        gtk::Label {
                            set_use_underline: true,
                            #[watch]
                            set_label: self.view.action.as_ref().map_or("", |action| &action.label),
                        },
                    },
                },

                gtk::Image {
                    set_icon_name: Some("isotope-open-symbolic"),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    add_css_class: "dim-label",
                },
            },
        }
    }

    fn init_model((view, narrow): Self::Init, _index: &DynamicIndex, _sender: FactorySender<Self>) -> Self {
        Self { view, narrow }
    }

    fn update(&mut self, message: Self::Input, sender: FactorySender<Self>) {
        match message {
            DeploymentRowInput::Show(view) => self.view = *view,
            DeploymentRowInput::Narrow(narrow) => self.narrow = narrow,
            DeploymentRowInput::Pressed => {
                if let Some(action) = &self.view.action {
                    let _ = sender.output(DeploymentRowOutput::Pressed(action.meaning));
                }
            }
        }
    }
}

impl DeploymentRow {
    /// Which deployment it shows.
    pub(crate) fn id(&self) -> &DeploymentId {
        &self.view.id
    }
}
