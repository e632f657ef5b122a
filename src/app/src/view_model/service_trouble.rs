// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_client::wording::{self, Explanation};

use crate::sandbox::is_flatpak;

/// The longest detail that is shown, in characters.
const LONGEST: usize = 300;

/// The service has been asked, and has not said a word for as long as anybody waits.
pub(crate) fn never_answered() -> ClientError {
    ClientError::ServiceFailed(gettext("no answer at all"))
}

/// What to say where the service cannot be talked to.
pub(super) fn explain(error: &ClientError) -> Explanation {
    let explain = |what, means, remedy| Explanation { what, means, remedy, detail: None };
    match error {
        ClientError::Incompatible { found, known } if found < known => Explanation {
            detail: Some(wording::versions_of_the_interface(*found, *known)),
            ..explain(
                gettext("The Isotope service is too old"),
                gettext("This program is newer, and asks for what the service cannot do yet."),
                gettext("Update the package isotope-helper, or the system image that it is a part of."),
            )
        },
        ClientError::Incompatible { found, known } => Explanation {
            detail: Some(wording::versions_of_the_interface(*found, *known)),
            ..explain(
                gettext("The Isotope service is too new"),
                gettext("The service has learned to speak in a way that this program does not understand."),
                gettext("Update this program. What the service does goes on without it."),
            )
        },
        ClientError::ServiceFailed(detail) if detail.contains("AccessDenied") => Explanation {
            detail: Some(detail.clone()),
            ..explain(
                gettext("The Isotope service does not let you in"),
                gettext("This user may not talk to the service, not even to see how the computer is."),
                gettext("Somebody who looks after this computer has set that up, and can change it."),
            )
        },
        ClientError::ServiceMissing if is_flatpak() => missing_outside_of_the_flatpak(),
        _ => wording::client_error(error),
    }
}

/// The app came without the service, which has to be a part of the system.
fn missing_outside_of_the_flatpak() -> Explanation {
    Explanation {
        what: gettext("The Isotope service is not installed"),
        means: gettext(
            "This app came by itself, as a Flatpak. The service that does the work has to be a part of the system.",
        ),
        remedy: gettext("Install the package isotope-helper of your distribution, or use a system image that has it."),
        detail: None,
    }
}

/// That, as one text: what it means, what to do, and what to report.
pub(super) fn in_words(explanation: &Explanation) -> String {
    let detail = explanation.detail.as_deref().map(shortened).filter(|detail| !detail.is_empty());
    let words = [Some(explanation.means.clone()), Some(explanation.remedy.clone()), detail];
    words.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
}

fn shortened(detail: &str) -> String {
    let line = detail.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_old_and_too_new_are_told_apart_with_what_helps() {
        let explained = |found| explain(&ClientError::Incompatible { found, known: 2 });
        assert!(explained(1).what.contains("too old") && explained(1).remedy.contains("isotope-helper"));
        assert!(explained(3).what.contains("too new") && explained(3).remedy.contains("this program"));
        assert!(in_words(&explained(1)).contains("version 1 of its interface"));
    }

    #[test]
    fn an_app_that_came_alone_is_told_that_the_system_needs_the_service() {
        let explained = missing_outside_of_the_flatpak();
        assert!(explained.means.contains("Flatpak") && explained.remedy.contains("isotope-helper"));
    }

    #[test]
    fn who_is_not_let_in_is_told_whom_to_ask() {
        let denied = "org.freedesktop.DBus.Error.AccessDenied: Sender is not authorized".to_owned();
        assert!(explain(&ClientError::ServiceFailed(denied)).remedy.contains("looks after this computer"));
        let other = explain(&never_answered());
        assert!(other.what.contains("does not answer"), "{other:?}");
    }

    #[test]
    fn what_to_report_is_one_line_of_bounded_length() {
        let words = in_words(&explain(&ClientError::Unexpected(format!("a\n{}", "x".repeat(900)))));
        let detail = words.split("\n\n").last().unwrap();
        assert!(detail.starts_with("a x") && detail.chars().count() == LONGEST + 1);
        assert_eq!(in_words(&explain(&ClientError::ServiceMissing)).matches("\n\n").count(), 1);
    }
}
