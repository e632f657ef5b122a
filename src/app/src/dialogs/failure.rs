// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording::Explanation;
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

/// Says what went wrong, what that means for the computer and what to do about it.
pub(crate) fn present_failure(parent: &impl IsA<gtk::Widget>, explanation: &Explanation) {
    let body = format!("{}\n\n{}", explanation.means, explanation.remedy);
    let dialog = adw::AlertDialog::new(Some(&explanation.what), Some(&body));
    dialog.add_response("close", &gettext("_Close"));
    dialog.set_close_response("close");
    dialog.set_default_response(Some("close"));
    if let Some(detail) = &explanation.detail {
        dialog.set_extra_child(Some(&details(detail)));
    }
    dialog.present(Some(parent));
}

/// What the failing program said, folded away.
fn details(text: &str) -> gtk::Expander {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .xalign(0.0)
        .css_classes(["caption", "monospace", "failure-detail"])
        .build();
    label.update_property(&[gtk::accessible::Property::Label(text)]);
    // Translators: what a failing program said in its own words, shown on request.
    let expander = gtk::Expander::builder()
        .label(gettext("_Details"))
        .use_underline(true)
        .child(&label)
        .css_classes(["failure"])
        .build();
    // What can be selected holds the Tab key back, as long as it is folded away.
    expander.connect_expanded_notify(move |expander| label.set_selectable(expander.is_expanded()));
    expander
}
