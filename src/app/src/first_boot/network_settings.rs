// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

use crate::view_model::first_boot::settings_app;

/// What opens the settings of the network on the desktop that runs, where there is such a thing.
pub(super) fn find() -> Option<gio::AppInfo> {
    let desktop = std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default();
    let installed = gio::AppInfo::all();
    let of = |file: &str| installed.iter().find(|app| app.id().is_some_and(|id| id == file)).cloned();
    settings_app(&desktop, |file| of(file).is_some()).and_then(of)
}
