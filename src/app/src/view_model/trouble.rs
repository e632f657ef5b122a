// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ClientError, wording};
use isotope_model::Refusal;

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

/// Whether trying again may help.
pub(super) fn may_pass(error: &ClientError) -> bool {
    !matches!(error, ClientError::Refused(Refusal::NotWithBackend { .. } | Refusal::NotSupported { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

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
