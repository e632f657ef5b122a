// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::names::APPLICATION_ID;
use relm4::adw::prelude::*;
use relm4::{adw, gtk};

/// Shows what this program is.
pub(crate) fn present_about(parent: &impl IsA<gtk::Widget>) {
    adw::AboutDialog::builder()
        .application_icon(APPLICATION_ID)
        // Translators: the name of the program; usually not translated.
        .application_name(gettext("Isotope"))
        .developer_name(gettext("The Isotope contributors"))
        .version(env!("CARGO_PKG_VERSION"))
        .comments(gettext("Update, roll back and switch the system image of an atomic desktop"))
        .license_type(gtk::License::Gpl30)
        .translator_credits(translators())
        .build()
        .present(Some(parent));
}

fn translators() -> String {
    // Translators: your name, as in "Name <address>"; it is shown under "Credits".
    let credits = gettext("translator-credits");
    if credits == "translator-credits" { String::new() } else { credits }
}
