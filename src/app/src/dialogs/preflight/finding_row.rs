// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::factory::{DynamicIndex, FactoryComponent, FactorySender, FactoryView};
use relm4::gtk::prelude::*;
use relm4::{factory, gtk};

use crate::failure_details::FailureDetails;
use crate::view_model::FindingView;

/// One thing that was found: what it is, what it means, what to do.
///
/// Not an AdwActionRow: what to do stands apart from what it means, and commands in it can be copied.
#[derive(Debug)]
pub(super) struct FindingRow {
    view: FindingView,
}

#[factory(pub(super))]
impl FactoryComponent for FindingRow {
    type Init = FindingView;
    type Input = ();
    type Output = ();
    type CommandOutput = ();
    type ParentWidget = gtk::ListBox;

    view! {
        root = gtk::ListBoxRow {
            set_activatable: false,
            add_css_class: "finding",
            update_property: &[
                gtk::accessible::Property::Label(&self.view.spoken),
                gtk::accessible::Property::Description(&self.words()),
            ],

            gtk::Box {
                set_spacing: 12,

                gtk::Image {
                    set_icon_name: Some(self.view.icon),
                    set_accessible_role: gtk::AccessibleRole::Presentation,
                    set_valign: gtk::Align::Start,
                    add_css_class: self.view.style,
                },

                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    set_hexpand: true,
                    set_spacing: 6,

                    gtk::Label {
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_label: &self.view.title,
                    },

                    gtk::Label {
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        add_css_class: "caption",
                        set_visible: !self.view.means.is_empty(),
                        set_label: &self.view.means,
                        set_attributes: Some(&without_hyphens()),
                    },

                    gtk::Label {
                        set_xalign: 0.0,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        add_css_class: "caption",
                        set_visible: !self.view.remedy.is_empty(),
                        set_selectable: self.view.selectable,
                        set_label: &self.view.remedy,
                        set_attributes: Some(&without_hyphens()),
                        update_property: &[gtk::accessible::Property::Label(&self.view.remedy)],
                    },

                    #[template]
                    FailureDetails {
                        set_visible: self.view.detail.is_some(),

                        #[template_child]
                        detail {
                            set_label: self.detail(),
                            update_property: &[gtk::accessible::Property::Label(self.detail())],
                        },
                    },
                },
            },
        }
    }

    fn init_model(view: FindingView, _index: &DynamicIndex, _sender: FactorySender<Self>) -> Self {
        Self { view }
    }

    fn init_widgets(
        &mut self,
        _index: &DynamicIndex,
        root: Self::Root,
        _returned: &<gtk::ListBox as FactoryView>::ReturnedWidget,
        _sender: FactorySender<Self>,
    ) -> Self::Widgets {
        let widgets = view_output!();
        widgets
    }
}

impl FindingRow {
    /// What it means and what to do, to be read out.
    fn words(&self) -> String {
        [self.view.means.as_str(), self.view.remedy.as_str()].join(" ").trim().to_owned()
    }

    fn detail(&self) -> &str {
        self.view.detail.as_deref().unwrap_or_default()
    }
}

/// A hyphen at the end of a line would look like a part of a command.
fn without_hyphens() -> gtk::pango::AttrList {
    let attributes = gtk::pango::AttrList::new();
    attributes.insert(gtk::pango::AttrInt::new_insert_hyphens(false));
    attributes
}
