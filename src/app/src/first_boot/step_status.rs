// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

use crate::view_model::StatusView;

/// Shows this on the page: its words, and above them its icon, or a spinner that turns.
pub(super) fn show(page: &adw::StatusPage, view: &StatusView) {
    page.set_title(&view.title);
    page.set_description(Some(&gtk::glib::markup_escape_text(&view.description)));
    match view.icon {
        Some(icon) => {
            page.set_paintable(gtk::gdk::Paintable::NONE);
            page.set_icon_name(Some(icon));
        }
        None if page.paintable().is_some_and(|paintable| paintable.is::<adw::SpinnerPaintable>()) => {}
        None => page.set_paintable(Some(&adw::SpinnerPaintable::new(Some(page)))),
    }
}
