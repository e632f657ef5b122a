// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{RuleChange, Standing, VerificationPath};

use super::{Line, View};

/// The steps, each with how it stands and what is to be done.
pub(super) fn lines(way: &VerificationPath, view: &View) -> Vec<Line> {
    let heading = gettext("To have this image installed only if its signature convinces:");
    let mut lines = behind(&Line::default(), Line::plain(heading), view);
    let steps = [
        (gettext("The vendor signs the image"), signed(way, view)),
        (gettext("This computer demands a signature"), demanded(way, view)),
        (gettext("It is followed in the form that is refused unchecked"), strict(way, view)),
    ];
    for ((number, standing), (title, details)) in (1..).zip(way.steps()).zip(steps) {
        let title = Line::strong(title).then(Line::plain(format!(" · {}", state(standing))));
        lines.extend(behind(&Line::plain(format!("{number}  ")), title, view));
        lines.extend(details);
    }
    lines
}

fn state(standing: Standing) -> String {
    match standing {
        // Translators: a step that somebody has to take is done, or is to be taken now, or only after the one before.
        Standing::Done => gettext("done"),
        Standing::ToDo => gettext("to do"),
        Standing::Later => gettext("after that"),
        Standing::NotKnown => gettext("not known"),
        // Translators: a step that cannot be taken on this computer.
        Standing::NotPossible => gettext("not possible here"),
    }
}

fn signed(way: &VerificationPath, view: &View) -> Vec<Line> {
    match way.signed {
        Standing::Done => Vec::new(),
        Standing::ToDo => {
            said(gettext("It carries no signature that this computer reads. Only its vendor can sign it."), view)
        }
        _ => said(gettext("To look: isotopectl inspect"), view),
    }
}

fn demanded(way: &VerificationPath, view: &View) -> Vec<Line> {
    let problem = way.problem.as_ref().filter(|_| way.demanded != Standing::Done);
    let mut lines: Vec<_> =
        problem.and_then(wording::trust_remedy).into_iter().flat_map(|text| said(text, view)).collect();
    let scope = match &way.write.rule {
        Some(RuleChange::Replace { scope }) => scope,
        _ => &way.scope,
    };
    let example = wording::policy_example(scope);
    if let Some(change) = &way.write.rule {
        let text = gettext("The vendor’s public key, which an administrator saves as {file}");
        lines.extend(said(text.replace("{file}", &example.key_file), view));
        let text = match change {
            // Translators: docker and transports are names of tables in a file; leave them as they are.
            RuleChange::Add => gettext("The rule, in {file}, to be added to “docker” within “transports”:"),
            RuleChange::Replace { .. } => {
                // Translators: docker and transports are names of tables in a file; leave them as they are.
                gettext("The rule, in {file}, instead of the same entry of “docker” within “transports”:")
            }
        };
        lines.extend(said(text.replace("{file}", wording::POLICY_FILE), view));
        lines.extend(copied(&example.rule));
    }
    if way.write.attachments {
        let text = gettext("Where to look for signatures, in {file}:");
        lines.extend(said(text.replace("{file}", &example.attachments_file), view));
        lines.extend(copied(&example.attachments));
    }
    lines
}

fn strict(way: &VerificationPath, view: &View) -> Vec<Line> {
    match (way.strict, &way.switch_to) {
        (_, Some(image)) => {
            let text = gettext("That form is refused where the policy of this computer accepts everything by default:");
            let mut lines = said(text, view);
            lines.extend(copied(&format!("isotopectl switch {image}")));
            lines
        }
        (Standing::NotPossible, None) => {
            let text = gettext(
                "{file} accepts by default what has no rule, and that form is refused then. The rule checks the image all \
                 the same, for as long as it is there. To go on, let its default be “reject”, and accept what else is \
                 needed by rules.",
            );
            said(text.replace("{file}", wording::POLICY_FILE), view)
        }
        _ => Vec::new(),
    }
}

/// A sentence under a step.
fn said(text: String, view: &View) -> Vec<Line> {
    behind(&Line::plain("   "), Line::plain(text), view)
}

/// What is to be typed or written as it stands: it is not broken, so that it can be copied.
fn copied(text: &str) -> Vec<Line> {
    text.lines().map(|line| Line::plain(format!("     {line}"))).collect()
}

/// A line behind what stands before it, over as many lines as the terminal needs; they begin in one column.
fn behind(first: &Line, line: Line, view: &View) -> Vec<Line> {
    let room = view.columns.map_or(usize::MAX, |columns| columns.saturating_sub(first.width()));
    let blank = Line::default().filled_to(first.width());
    let lines = line.wrapped(room).into_iter().enumerate();
    lines.map(|(number, line)| if number == 0 { first } else { &blank }.clone().then(line)).collect()
}

#[cfg(test)]
mod tests {
    use isotope_model::{ImageReference, Trust, TrustProblem, TrustState};

    use super::*;
    use crate::render::samples::{self, shown};

    const OPEN: &str = "ostree-unverified-registry:quay.io/alma/gnome:10";
    const STRICT: &str = "ostree-image-signed:docker://quay.io/alma/gnome:10";

    fn of(reference: &str, state: TrustState, problem: Option<TrustProblem>) -> Trust {
        Trust { state, problem, ..Trust::unknown(ImageReference::Container { reference: reference.into() }) }
    }

    fn told(present: &Trust, strict: &Trust, columns: Option<usize>) -> String {
        let way = VerificationPath::of(present, strict).unwrap();
        shown(&lines(&way, &View { columns, ..samples::view() })).join("\n")
    }

    #[test]
    fn what_is_left_is_told_step_by_step() {
        let rejected = of(STRICT, TrustState::Refused, Some(TrustProblem::Rejected));
        let text = told(&of(OPEN, TrustState::Unchecked, None), &rejected, None);
        let expected = r#"To have this image installed only if its signature convinces:
1  The vendor signs the image · not known
   To look: isotopectl inspect
2  This computer demands a signature · to do
   The vendor’s public key, which an administrator saves as /etc/pki/containers/quay-io-alma-gnome.pub
   The rule, in /etc/containers/policy.json, to be added to “docker” within “transports”:
     "quay.io/alma/gnome": [{"keyPath":"/etc/pki/containers/quay-io-alma-gnome.pub","signedIdentity":{"type":"matchRepository"},"type":"sigstoreSigned"}]
   Where to look for signatures, in /etc/containers/registries.d/quay-io-alma-gnome.yaml:
     docker:
       "quay.io/alma/gnome":
         use-sigstore-attachments: true
3  It is followed in the form that is refused unchecked · after that"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn with_a_rule_only_the_switch_is_left() {
        let verified = Trust { signed: Some(true), ..of(OPEN, TrustState::Verified, None) };
        let text = told(&verified, &of(STRICT, TrustState::Verified, None), None);
        assert_eq!(text.matches(" · done").count(), 2, "{text}");
        let command = "     isotopectl switch ostree-image-signed:docker://quay.io/alma/gnome:10";
        assert!(text.contains("3  It is followed in the form that is refused unchecked · to do\n"), "{text}");
        assert!(text.ends_with(command), "{text}");
    }

    #[test]
    fn what_stands_in_the_way_is_told_instead_of_an_example_that_does_not_help() {
        let missing = || Some(TrustProblem::KeyMissing { path: "/etc/a.pub".into() });
        let strict = || of(STRICT, TrustState::Refused, missing());
        let text = told(&of(OPEN, TrustState::Refused, missing()), &strict(), None);
        assert!(text.contains("public key as /etc/a.pub.") && !text.contains("sigstoreSigned"), "{text}");
        let unused = of(OPEN, TrustState::Refused, Some(TrustProblem::AttachmentsNotUsed));
        let text = told(&unused, &strict(), None);
        assert!(text.contains("use-sigstore-attachments") && !text.contains("sigstoreSigned"), "{text}");
        let unsigned = of(OPEN, TrustState::Refused, Some(TrustProblem::NotSigned));
        let unsigned = Trust { signed: Some(false), ..unsigned };
        let text = told(&unsigned, &of(STRICT, TrustState::Verified, None), None);
        assert!(text.contains("the image · to do\n   It carries no signature"), "{text}");
        assert!(text.contains("a signature · done\n"), "{text}");
    }

    #[test]
    fn a_form_that_would_be_refused_is_not_recommended() {
        let everything = of(STRICT, TrustState::Refused, Some(TrustProblem::PolicyAcceptsEverything));
        let text = told(&of(OPEN, TrustState::Verified, None), &everything, None);
        assert!(
            text.contains("unchecked · not possible here\n   /etc/containers/policy.json accepts by default"),
            "{text}"
        );
        assert!(!text.contains("isotopectl switch"), "{text}");
        let text = told(&everything.clone(), &everything, None);
        assert!(text.contains("let the default in /etc/containers/policy.json be “reject”"), "{text}");
    }

    #[test]
    fn on_a_terminal_sentences_are_broken_and_what_is_copied_is_not() {
        let rejected = of(STRICT, TrustState::Refused, Some(TrustProblem::Rejected));
        let text = told(&of(OPEN, TrustState::Unchecked, None), &rejected, Some(40));
        assert!(text.contains("3  It is followed in the form that is\n   refused unchecked · after that"), "{text}");
        assert!(text.contains("\n     \"quay.io/alma/gnome\": [{\"keyPath\":"), "{text}");
    }
}
