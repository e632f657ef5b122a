// SPDX-License-Identifier: GPL-3.0-or-later
//! The row that says who vouches for an image on this computer.

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Trust, TrustState};

use super::names::capitalised;
use super::readings::Read;
use super::{Line, LineEnd, Tone};

/// What is known of who vouches for an image. A row that waits is as high as most answers.
pub(super) fn of(trust: &Read<Trust>) -> Line {
    let title = gettext("Signature");
    match trust {
        Read::Waiting => {
            // Translators: two lines that stand beside “Signature” for a moment.
            let words = gettext("Not known yet\nWhat this computer demands of this image is being looked up");
            Line { end: LineEnd::Waiting, ..Line::fact(title, words) }
        }
        Read::There(trust) => told(title, trust),
        Read::Failed(error) => {
            // Translators: stands beside “Signature”; {reason} is a sentence without a full stop.
            let words = gettext("Could not be read\n{reason}");
            Line::fact(title, words.replace("{reason}", &wording::client_error(error).what))
        }
    }
}

fn told(title: String, trust: &Trust) -> Line {
    let (icon, tone) = match trust.state {
        _ if trust.is_enforced() => (Some("isotope-row-done-symbolic"), Tone::Good),
        TrustState::Unknown => (None, Tone::Quiet),
        _ => (Some("isotope-row-attention-symbolic"), Tone::Warning),
    };
    let words = [Some(capitalised(&wording::trust_label(trust))), Some(wording::trust(trust)), lies_there(trust)];
    Line { icon, tone, ..Line::fact(title, words.into_iter().flatten().collect::<Vec<_>>().join("\n")) }
}

/// That a signature was seen, where one is demanded; without a full stop.
pub(super) fn lies_there(trust: &Trust) -> Option<String> {
    (trust.signed == Some(true) && trust.is_enforced() && (trust.keys.is_empty() || trust.demands_sigstore()))
        .then(|| gettext("The registry has a signature for it; it is checked while the image is downloaded"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;
    use isotope_model::TrustProblem;

    use super::super::test_states::trust;
    use super::*;

    #[test]
    fn the_word_comes_before_the_sentence_and_what_is_not_checked_is_marked() {
        let line = |state, problem| {
            let trust = Trust { problem, ..trust("ostree-unverified-registry:quay.io/lab/gnome:stable", state) };
            of(&Read::There(Arc::new(trust)))
        };
        let marks = [
            (TrustState::Verified, None, "Demanded\nInstalled only if", Tone::Good),
            (TrustState::Verified, Some(TrustProblem::CommitOnly), "Demanded of a part\n", Tone::Warning),
            (TrustState::DefaultOnly, None, "Demanded by the general rule\n", Tone::Good),
            (TrustState::Unchecked, None, "Not checked\nInstalled without", Tone::Warning),
            (TrustState::Refused, Some(TrustProblem::NotSigned), "Refused\nNot installed", Tone::Warning),
            (TrustState::Unknown, None, "Not known\nNobody can say", Tone::Quiet),
        ];
        for (state, problem, words, tone) in marks {
            let line = line(state, problem);
            assert!(line.subtitle.starts_with(words), "{}", line.subtitle);
            assert_eq!(line.tone, tone, "{words}");
        }
    }

    #[test]
    fn what_is_not_known_yet_takes_two_lines_as_an_answer_does() {
        let waiting = of(&Read::Waiting);
        assert_eq!(waiting.subtitle.lines().count(), 2);
        assert_eq!(waiting.spoken(), "Signature: not known yet");
        let failed = of(&Read::Failed(Arc::new(ClientError::ServiceMissing)));
        assert!(failed.subtitle.contains("is not installed") && failed.end == LineEnd::Nothing);
    }

    #[test]
    fn a_signature_that_was_found_is_told_where_it_counts() {
        let trust = trust("ostree-image-signed:docker://quay.io/lab/gnome:stable", TrustState::Verified);
        let words = |trust: Trust| of(&Read::There(Arc::new(trust))).subtitle;
        assert!(words(trust.clone().with_signed(true)).contains("has a signature for it"));
        assert!(!words(trust).contains("has a signature for it"));
    }
}
