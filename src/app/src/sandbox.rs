// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::Path;

/// Whether the program runs inside a Flatpak: what it comes with is then not what the computer has.
pub(crate) fn is_flatpak() -> bool {
    Path::new("/.flatpak-info").exists()
}
