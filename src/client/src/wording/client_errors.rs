// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

use super::{Explanation, refusal, restart_refused};
use crate::ClientError;

/// Which version of its interface the service speaks, and which one this program.
pub fn versions_of_the_interface(found: u32, known: u32) -> String {
    gettext("The service speaks version {found} of its interface, this program version {known}")
        .replace("{found}", &found.to_string())
        .replace("{known}", &known.to_string())
}

/// Words for not reaching the service at all, or for its refusal.
pub fn client_error(error: &ClientError) -> Explanation {
    match error {
        ClientError::Refused(reason) => refusal(reason),
        ClientError::ServiceMissing => Explanation::new(
            gettext("The Isotope service is not installed"),
            gettext("This program shows and asks; the service does the work."),
            gettext("Install the package isotope-helper of your distribution."),
        ),
        ClientError::ServiceFailed(detail) => Explanation::new(
            gettext("The Isotope service does not answer"),
            gettext("Nothing can be shown or changed until it does."),
            gettext("Try again. If it stays so, the journal of isotope-helper.service says why."),
        )
        .detail(detail),
        ClientError::Restart(reason) => restart_refused(reason),
        ClientError::NoBus(detail) => Explanation::new(
            gettext("The system bus is not there"),
            gettext("Nothing can be shown or changed until it is."),
            gettext("Usually this passes by itself, for example while the computer restarts."),
        )
        .detail(detail),
        ClientError::Incompatible { found, known } => Explanation::new(
            gettext("The Isotope service is of another version"),
            gettext("This program and the service do not understand each other."),
            gettext("Update both to the same version."),
        )
        .detail(&versions_of_the_interface(*found, *known)),
        ClientError::Unexpected(detail) => Explanation::new(
            gettext("The Isotope service answered something unexpected"),
            gettext("Nothing can be said about the system now."),
            gettext("The program and the service may be of different versions. Update both and try again."),
        )
        .detail(detail),
    }
}
