// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

use crate::view_model::StatusView;

/// Puts the icon of this above the page, or a spinner that turns.
pub(super) fn paint(page: &adw::StatusPage, view: &StatusView) {
    match view.icon {
        Some(icon) => {
            page.set_paintable(gtk::gdk::Paintable::NONE);
            page.set_icon_name(Some(icon));
        }
        None if page.paintable().is_some_and(|paintable| paintable.is::<adw::SpinnerPaintable>()) => {}
        None => page.set_paintable(Some(&adw::SpinnerPaintable::new(Some(page)))),
    }
}
