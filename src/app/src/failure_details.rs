// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::gtk::prelude::*;
use relm4::{WidgetTemplate, gtk, widget_template};

/// What a failing program said in its own words, folded away until somebody wants to read it.
#[widget_template(pub(crate))]
impl WidgetTemplate for FailureDetails {
    view! {
        gtk::Expander {
            // Translators: what a failing program said in its own words, shown on request.
            set_label: Some(&gettext("_Details")),
            set_use_underline: true,
            add_css_class: "failure",
            // What can be selected holds the Tab key back, as long as it is folded away.
            connect_expanded_notify[detail] => move |expander| detail.set_selectable(expander.is_expanded()),

            #[name = "detail"]
            gtk::Label {
                set_xalign: 0.0,
                set_wrap: true,
                set_wrap_mode: gtk::pango::WrapMode::WordChar,
                add_css_class: "caption",
                add_css_class: "monospace",
                add_css_class: "failure-detail",
            },
        }
    }
}
