// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::prelude::*;
use relm4::{WidgetTemplate, adw, gtk, widget_template};

/// What a step with more than a few words looks like: its heading, what there is to know, and below that what it is about.
#[widget_template(pub(super))]
impl WidgetTemplate for StepPage {
    view! {
        gtk::ScrolledWindow {
            set_hscrollbar_policy: gtk::PolicyType::Never,

            #[name = "clamp"]
            adw::Clamp {
                set_maximum_size: 480,

                #[name = "body"]
                gtk::Box {
                    set_orientation: gtk::Orientation::Vertical,
                    add_css_class: "first-boot-step",

                    #[name = "heading"]
                    gtk::Label {
                        set_accessible_role: gtk::AccessibleRole::Heading,
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_justify: gtk::Justification::Center,
                        add_css_class: "title-1",
                    },

                    #[name = "words"]
                    gtk::Label {
                        set_wrap: true,
                        set_wrap_mode: gtk::pango::WrapMode::WordChar,
                        set_justify: gtk::Justification::Center,
                        add_css_class: "first-boot-words",
                    },
                },
            },
        }
    }
}
