// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{bind_textdomain_codeset, bindtextdomain, textdomain};
use isotope_model::names::GETTEXT_DOMAIN;

/// Where the translations are installed.
const FOLDER: &str = match option_env!("ISOTOPE_LOCALEDIR") {
    Some(folder) => folder,
    None => "/usr/share/locale",
};

/// Lets every text appear in the person's language. Without a translation the English texts stand.
/// The language itself is chosen by GTK, which sets the locale when it starts.
pub(crate) fn set_up() {
    let bound = bindtextdomain(GETTEXT_DOMAIN, FOLDER)
        .and_then(|_| bind_textdomain_codeset(GETTEXT_DOMAIN, "UTF-8"))
        .and_then(|_| textdomain(GETTEXT_DOMAIN));
    if let Err(error) = bound {
        tracing::warn!("no translations: {error}");
    }
}
