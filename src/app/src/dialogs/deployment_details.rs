// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

use crate::view_model::{DeploymentDetails, Detail};

/// Shows everything that is known of one deployment.
pub(crate) fn present_deployment_details(parent: &impl IsA<gtk::Widget>, details: &DeploymentDetails) {
    let group = adw::PreferencesGroup::builder().title(gtk::glib::markup_escape_text(&details.title)).build();
    for detail in &details.details {
        group.add(&row(detail));
    }
    let page = adw::PreferencesPage::new();
    page.add(&group);
    let view = adw::ToolbarView::builder().content(&page).build();
    view.add_top_bar(&adw::HeaderBar::new());
    adw::Dialog::builder().title(gettext("System Image")).content_width(460).child(&view).build().present(Some(parent));
}

fn row(detail: &Detail) -> adw::ActionRow {
    let row = adw::ActionRow::builder()
        .title(&detail.label)
        .subtitle(&detail.value)
        .subtitle_selectable(true)
        .use_markup(false)
        .css_classes(["property"])
        .build();
    // Translators: one thing that is known of a system image, read out, as in "Version: 10.2".
    let spoken = gettext("{label}: {value}").replace("{label}", &detail.label).replace("{value}", &detail.value);
    let widget = row.upcast_ref::<gtk::Widget>();
    widget.reset_relation(gtk::AccessibleRelation::LabelledBy);
    widget.update_property(&[gtk::accessible::Property::Label(&spoken)]);
    row
}
