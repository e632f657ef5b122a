// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

/// Tells something in passing, below what this lays over.
pub(crate) fn tell(overlay: &adw::ToastOverlay, text: &str) -> adw::Toast {
    let toast = toast(text);
    overlay.add_toast(toast.clone());
    overlay.upcast_ref::<gtk::Widget>().announce(text, gtk::AccessibleAnnouncementPriority::Medium);
    toast
}

/// Something to be told in passing; all of it can be read in a narrow window too.
pub(super) fn toast(text: &str) -> adw::Toast {
    let label = gtk::Label::builder()
        .label(text)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .natural_wrap_mode(gtk::NaturalWrapMode::None)
        .xalign(0.0)
        .css_classes(["heading"])
        .build();
    adw::Toast::builder().custom_title(&label).build()
}
