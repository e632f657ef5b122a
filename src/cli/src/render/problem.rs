// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ClientError;
use isotope_client::wording::{self, Explanation};
use isotope_model::{OperationStatus, Refusal};

use super::{Line, View, operation};

/// What happened, what it means, what to do; last, and dimmed, the words of the program that failed.
pub(crate) fn of_error(error: &ClientError, view: &View) -> Vec<Line> {
    match error {
        ClientError::Refused(refusal) => of_refusal(refusal, view),
        _ => explained(&wording::client_error(error), view),
    }
}

/// The same for a refusal.
pub(crate) fn of_refusal(refusal: &Refusal, view: &View) -> Vec<Line> {
    let mut words = on_the_command_line(refusal, wording::refusal(refusal));
    if matches!(refusal, Refusal::NoSpace { .. }) && !view.verbose {
        // The numbers say it better.
        words.detail = None;
    }
    explained(&words, view)
}

/// Names the commands, where the words of the app point to what it shows.
fn on_the_command_line(refusal: &Refusal, words: Explanation) -> Explanation {
    match refusal {
        Refusal::Failed { .. } | Refusal::Unknown => {
            Explanation { means: gettext("How the system stands now: isotopectl status"), ..words }
        }
        _ => Explanation { remedy: remedy(refusal, words.remedy), ..words },
    }
}

/// What to do about a refusal, with the commands for that.
pub(super) fn remedy(refusal: &Refusal, words: String) -> String {
    match refusal {
        // Translators: leave the commands as they are.
        Refusal::NoSpace { place: Some(place), .. } if place == "/boot" => gettext(
            "If there is nothing to unpin or remove, /boot is too small for this image. Remove a version that you do not \
             need, and try again: isotopectl unpin, isotopectl remove, isotopectl cleanup",
        ),
        // Translators: leave the command as it is.
        Refusal::AlreadyFollowed { .. } => gettext("To get its newest version: isotopectl update"),
        Refusal::MalformedReference { .. } | Refusal::UnknownRemote { .. } | Refusal::WrongArchitecture { .. } => {
            // Translators: leave the command as it is.
            let list = gettext("To see which desktops there are: isotopectl catalog list");
            [words, list].join(" ")
        }
        Refusal::NeedsReset { .. } => to_reset(),
        // Translators: leave the commands as they are.
        Refusal::NothingToKeep => gettext(
            "After the next switch, and a restart, you can say whether you keep it or go back. What was pinned by hand, or \
             switched from with --no-pin, is not asked about; if it is still there: isotopectl rollback",
        ),
        _ => words,
    }
}

/// How to switch without what was changed with rpm-ostree.
pub(super) fn to_reset() -> String {
    // Translators: leave the command as it is.
    gettext("To have it taken back with the switch, and add afterwards what you miss: isotopectl switch --reset IMAGE")
}

/// Why something cannot be asked for, where nothing was asked for yet.
pub(crate) fn of_capability(reason: &Refusal, view: &View) -> Vec<Line> {
    let mut lines = of_refusal(reason, view);
    lines.remove(1);
    lines
}

/// What went wrong where something else runs: who started what, and how to see it.
pub(crate) fn busy(error: &ClientError, running: Option<&OperationStatus>, view: &View) -> Vec<Line> {
    let mut lines = of_error(error, view);
    if let Some(running) = running {
        lines.push(Line::plain(operation::started(running, view)));
    }
    lines.push(Line::plain(gettext("To see how far it is: isotopectl watch")));
    lines
}

/// The same for whatever else is explained.
pub(crate) fn explained(explanation: &Explanation, view: &View) -> Vec<Line> {
    let mut lines =
        vec![Line::strong(&explanation.what), Line::plain(&explanation.means), Line::plain(&explanation.remedy)];
    if let Some(detail) = &explanation.detail {
        let said = Line::said(detail);
        lines.extend(if view.verbose { said } else { said.into_iter().take(1).collect() });
    }
    lines
}

#[cfg(test)]
mod tests {
    use isotope_model::OperationKind;

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn the_words_of_others_come_last_and_only_whole_when_asked_for() {
        let refusal = Refusal::Network { detail: "first\x1b[2J\nsecond".into() };
        let lines = shown(&of_refusal(&refusal, &samples::view()));
        assert_eq!(lines.len(), 4);
        assert_eq!(lines[3], "first\\u{1b}[2J");
        let verbose = View { verbose: true, ..samples::view() };
        assert_eq!(shown(&of_refusal(&refusal, &verbose))[4], "second");
    }

    #[test]
    fn a_full_disk_is_told_in_numbers_and_its_detail_only_when_asked_for() {
        let refusal = Refusal::no_space("write: ENOSPC");
        assert_eq!(shown(&of_refusal(&refusal, &samples::view())).len(), 3);
        let verbose = View { verbose: true, ..samples::view() };
        assert_eq!(shown(&of_refusal(&refusal, &verbose))[3], "write: ENOSPC");
    }

    #[test]
    fn the_commands_are_named() {
        let failed = Refusal::Failed { detail: String::new() };
        let full = |place: Option<&str>| Refusal::NoSpace {
            detail: String::new(),
            place: place.map(str::to_owned),
            needed: None,
            free: None,
        };
        for (refusal, line, command) in [
            (failed, 1, "isotopectl status"),
            (Refusal::Unknown, 1, "isotopectl status"),
            (full(Some("/boot")), 2, "isotopectl unpin, isotopectl remove, isotopectl cleanup"),
            (Refusal::AlreadyFollowed { reference: "a:b".into() }, 2, "isotopectl update"),
            (Refusal::malformed_reference("kde"), 2, "isotopectl catalog list"),
            (Refusal::UnknownRemote { remote: "a".into() }, 2, "isotopectl catalog list"),
            (Refusal::NothingToKeep, 2, "isotopectl rollback"),
            (Refusal::NeedsReset { reference: "quay.io/alma/kde:10".into() }, 2, "isotopectl switch --reset IMAGE"),
        ] {
            let text = shown(&of_error(&ClientError::Refused(refusal), &samples::view()));
            assert!(text[line].ends_with(command), "{text:?}");
        }
        assert!(shown(&of_refusal(&full(None), &samples::view()))[2].starts_with("Delete files"));
    }

    #[test]
    fn every_refusal_says_what_happened_what_it_means_and_what_to_do() {
        for refusal in samples::refusals() {
            let lines = shown(&of_refusal(&refusal, &samples::view()));
            assert!((3..=4).contains(&lines.len()), "{lines:?}");
            for line in lines.iter().take(3) {
                assert!(
                    line.chars().count() > 5
                        && !line.contains(['{', '}'])
                        && !line.contains("ostree-image-signed:docker://quay"),
                    "{line}"
                );
            }
            let whole = |line: &str| line.ends_with('.') || line.contains(": isotopectl ");
            assert!(!lines[0].ends_with('.') && whole(&lines[1]) && whole(&lines[2]), "{lines:?}");
        }
    }

    #[test]
    fn what_is_special_about_containers_is_said_in_words() {
        for (code, words) in [
            ("access-denied", "The server does not give out the image quay.io/alma/kde:10"),
            ("not-bootable", "The image quay.io/alma/kde:10 is not a system that can be started"),
            ("wrong-architecture", "is made for computers of another kind"),
            ("locally-modified", "with rpm-ostree"),
            ("needs-reset", "What was changed with rpm-ostree cannot be carried over to quay.io/alma/kde:10"),
            ("update-driver", "Updates of this computer are driven by Zincati"),
            ("program-unavailable", "rpm-ostree does not answer"),
            ("program-ended", "rpm-ostree ended unexpectedly"),
            ("would-lose-verification", "Signatures would no longer be checked after switching to quay.io/alma/kde:10"),
            ("not-supported", "The version of bootc on this computer cannot do this"),
            ("not-with-backend", "bootc, which takes care of this system, cannot do this"),
            ("signature-refused", "this computer’s policy accepts everything by default"),
        ] {
            let refusal = samples::refusals().into_iter().find(|refusal| refusal.code() == code).unwrap();
            let text = shown(&of_refusal(&refusal, &samples::view()));
            assert!(text[0].contains(words), "{text:?}");
        }
    }

    #[test]
    fn a_busy_system_names_who_keeps_it_busy() {
        let error = ClientError::Refused(Refusal::Busy { operation: Some(OperationKind::Update) });
        let lines = shown(&busy(&error, Some(&samples::operation(None)), &samples::view())).join("\n");
        assert!(lines.contains("person") && lines.contains("isotopectl watch"), "{lines}");
        assert!(shown(&busy(&error, None, &samples::view())).join("\n").contains("isotopectl watch"));
    }
}
