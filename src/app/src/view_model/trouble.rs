// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ClientError, wording};
use isotope_model::Refusal;

use crate::helper_worker::has_taken_too_long;

/// What to say of a reading that failed: a title, and what is known and can be done.
pub(super) fn of_reading(error: &ClientError) -> (String, String) {
    let explanation = wording::client_error(error);
    let title = match error {
        // The words for these are about something that was to be changed.
        ClientError::Refused(Refusal::Failed { .. } | Refusal::Unknown) => gettext("Could Not Be Read"),
        _ => explanation.what,
    };
    let words = [Some(explanation.remedy), explanation.detail];
    (title, words.into_iter().flatten().collect::<Vec<_>>().join("\n\n"))
}

/// What to say where a registry told nothing of an image: what is the matter, and what to do. Nothing was to be changed, so
/// that is not what it is about.
pub(super) fn of_lookup(error: &ClientError) -> (String, String) {
    let explanation = wording::client_error(error);
    match error {
        _ if has_taken_too_long(error) => (
            gettext("The registry has not answered in time"),
            gettext("It may have very much to do, or the network is slow. Try again later."),
        ),
        ClientError::Refused(Refusal::Busy { .. }) => {
            (gettext("Too many images are being looked up just now"), gettext("Try again in a moment."))
        }
        ClientError::Refused(Refusal::Network { .. }) => {
            (explanation.what, gettext("Check the network connection and try again."))
        }
        ClientError::Refused(Refusal::Failed { .. } | Refusal::Unknown) => of_reading(error),
        _ => (explanation.what, explanation.remedy),
    }
}

/// Whether trying again may help.
pub(super) fn may_pass(error: &ClientError) -> bool {
    !matches!(error, ClientError::Refused(Refusal::NotWithBackend { .. } | Refusal::NotSupported { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::helper_worker::took_too_long;

    #[test]
    fn why_a_registry_told_nothing_is_said_in_words_of_its_own() {
        let busy = of_lookup(&ClientError::Refused(Refusal::Busy { operation: None }));
        assert!(busy.0.contains("images are being looked up") && busy.1.contains("in a moment"));
        let late = of_lookup(&took_too_long());
        assert!(late.0.contains("not answered in time") && may_pass(&took_too_long()));
        let silent = of_lookup(&ClientError::ServiceFailed("no answer".into()));
        assert!(silent.0.contains("service does not answer"));
    }

    #[test]
    fn what_to_report_is_shown() {
        let failed = ClientError::Refused(Refusal::Failed { detail: "Input/output error".into() });
        let (title, words) = of_reading(&failed);
        assert_eq!(title, "Could Not Be Read");
        assert!(words.contains("report") && words.ends_with("Input/output error"));
        assert!(may_pass(&failed));
        let never = Refusal::NotWithBackend { backend: isotope_model::Backend::Bootc, composefs: true };
        assert!(!may_pass(&ClientError::Refused(never)));
        assert_eq!(of_reading(&ClientError::ServiceMissing).0, "The Isotope service is not installed");
    }
}
