// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording::{self, Explanation};
use isotope_model::{ImagePreview, Snapshot, Trust, TrustState, strict_form};

use super::{Question, image_lookup, signature_line};
use crate::helper_worker::Comparison;

impl Question {
    /// What to ask before another image is followed, on a host that says this of the present one and of the other, where
    /// this was seen of it in the registry; or why that cannot be.
    pub(crate) fn switch(
        snapshot: &Snapshot,
        comparison: &Comparison,
        seen: Option<&ImagePreview>,
    ) -> Result<Self, Explanation> {
        let Comparison { present, running, target } = comparison;
        let name = wording::image_name(&target.image);
        // Whoever has asked the registry knows more than the rules alone.
        let target = &match seen.and_then(|seen| seen.trust.signed) {
            Some(signed) => target.clone().with_signed(signed),
            None => target.clone(),
        };
        if target.state == TrustState::Refused {
            return Err(refused(&name, target));
        }
        let stricter = target.is_enforced()
            && present.as_ref().is_some_and(|present| strict_form(&present.image).as_ref() == Some(&target.image));
        let heading = match stricter {
            // Translators: the same image is followed in a form that has to be checked.
            true => gettext("Demand the Check of {image}?"),
            false => gettext("Switch to {image}?"),
        };
        let means = match stricter {
            true => gettext(
                "From then on, should this computer lose its rule for the image, nothing is installed from it any more. \
                 This starts with the next restart. Your personal files stay as they are, and {running} is kept to go \
                 back to.",
            ),
            false => gettext(
                "The image is downloaded and starts with the next restart; updates come from it from then on. Your \
                 personal files stay as they are, and {running} is kept to go back to.",
            ),
        };
        let runs = snapshot.booted().map(|booted| booted.label().to_owned()).unwrap_or_default();
        let replaced = snapshot
            .staged()
            .map(|staged| gettext("It replaces {version}, which is ready now.").replace("{version}", staged.label()));
        let weakened = [present, running].into_iter().flatten().find_map(|now| wording::weakened(now, target));
        // Translators: {sentence} says who vouches for an image; it has no full stop.
        let sentence = |words: &str| gettext("{sentence}.").replace("{sentence}", words);
        let vouches = [Some(wording::trust(target)), signature_line::lies_there(target)].into_iter().flatten();
        let vouches = vouches.map(|words| sentence(&words)).collect::<Vec<_>>().join(" ");
        let told = seen.map(|seen| image_lookup::in_short(seen).join("\n")).filter(|told| !told.is_empty());
        let means = means.replace("{running}", &runs);
        let paragraphs = [Some(means), told, replaced, Some(vouches), weakened.clone()];
        Ok(Self {
            heading: heading.replace("{image}", &name),
            body: paragraphs.into_iter().flatten().collect::<Vec<_>>().join("\n\n"),
            yes: gettext("_Switch"),
            destructive: weakened.is_some(),
        })
    }
}

/// What keeps this image from being installed here, and what helps.
fn refused(name: &str, target: &Trust) -> Explanation {
    let remedy = target.problem.as_ref().and_then(wording::trust_remedy);
    let remedy = remedy.unwrap_or_else(|| gettext("Name another image, or ask the administrator of this computer."));
    Explanation {
        what: gettext("This Image Is Refused Here"),
        // Translators: {image} is a container image or a branch; {sentence} says why it is not installed and has no full stop.
        means: gettext("{image}\n\n{sentence}. Nothing was changed.")
            .replace("{image}", name)
            .replace("{sentence}", &wording::trust(target)),
        remedy,
        detail: None,
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{TrustKey, TrustProblem};

    use super::super::test_states::{booted, container_host, preview, snapshot, staged, trust};
    use super::*;

    const GNOME: &str = "ostree-image-signed:docker://quay.io/lab/gnome:stable";
    const OPEN: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";
    const KDE: &str = "ostree-unverified-registry:quay.io/lab/kde:stable";

    fn comparison(present: Option<TrustState>, target: TrustState) -> Comparison {
        Comparison { present: present.map(|state| trust(OPEN, state)), running: None, target: trust(KDE, target) }
    }

    fn asked(present: Option<TrustState>, target: TrustState) -> Question {
        Question::switch(&container_host(GNOME), &comparison(present, target), None).unwrap()
    }

    #[test]
    fn losing_the_check_is_said_and_coloured_and_nothing_else_is() {
        use TrustState::{DefaultOnly, Unchecked, Unknown, Verified};
        for (present, target, loses) in [
            (Some(Verified), Unchecked, true),
            (Some(DefaultOnly), Unchecked, true),
            (Some(Verified), Unknown, true),
            (Some(Verified), Verified, false),
            (Some(Verified), DefaultOnly, false),
            (Some(Unchecked), Unchecked, false),
            (Some(Unknown), Unchecked, false),
            (None, Unchecked, false),
        ] {
            let question = asked(present, target);
            assert_eq!(question.destructive, loses, "{present:?} to {target:?}");
            assert_eq!(question.body.contains("after this switch"), loses, "{present:?} to {target:?}");
        }
    }

    #[test]
    fn it_names_the_image_what_vouches_for_it_and_what_is_kept() {
        let question = asked(Some(TrustState::Unchecked), TrustState::Unchecked);
        assert_eq!(question.heading, "Switch to quay.io/lab/kde:stable?");
        assert!(question.body.contains("10.1 is kept") && question.body.contains("without a check of its signature."));
        let comparison = comparison(None, TrustState::Verified);
        let replaces = Question::switch(&snapshot(vec![staged('2'), booted('1')]), &comparison, None).unwrap();
        assert!(replaces.body.contains("replaces 10.2"));
    }

    #[test]
    fn the_same_image_in_its_strict_form_is_asked_for_in_other_words() {
        let present = Some(trust(OPEN, TrustState::Verified));
        let question = |present, state| {
            let comparison = Comparison { present, running: None, target: trust(GNOME, state) };
            Question::switch(&container_host(OPEN), &comparison, None).unwrap()
        };
        assert_eq!(
            question(present.clone(), TrustState::Verified).heading,
            "Demand the Check of quay.io/lab/gnome:stable?"
        );
        assert!(question(None, TrustState::Verified).heading.starts_with("Switch to"));
        assert!(question(present, TrustState::Unknown).heading.starts_with("Switch to"), "nothing is checked by that");
    }

    #[test]
    fn it_says_what_the_registry_told_before() {
        let keys = vec![TrustKey::Sigstore { paths: Vec::new() }];
        let by_rule = Trust { keys, ..trust(KDE, TrustState::Verified) };
        let of_kde = |signed| preview(by_rule.clone().with_signed(signed));
        let told = Comparison { target: by_rule.clone(), ..comparison(None, TrustState::Verified) };
        let question = Question::switch(&container_host(GNOME), &told, Some(&of_kde(true))).unwrap();
        for words in ["Version: 10.2\n", "To Download: 310.0", "The registry has a signature for it"] {
            assert!(question.body.contains(words), "{}", question.body);
        }
        assert!(!question.body.contains("Can Be Started"));
        let unfit = ImagePreview { bootable: false, ..of_kde(true) };
        let question = Question::switch(&container_host(GNOME), &told, Some(&unfit)).unwrap();
        assert!(question.body.contains("made for running in a container"));
        let refused = Question::switch(&container_host(GNOME), &told, Some(&of_kde(false))).unwrap_err();
        assert!(refused.means.contains("carries none"), "{}", refused.means);
    }

    #[test]
    fn what_is_refused_is_not_asked_for_and_what_helps_is_said() {
        let problems = [
            (Some(TrustProblem::NotSigned), "vendor"),
            (Some(TrustProblem::PolicyAcceptsEverything), "/etc/containers/policy.json"),
            (Some(TrustProblem::AttachmentsNotUsed), "/etc/containers/registries.d"),
            (None, "administrator"),
        ];
        for (problem, helps) in problems {
            let mut told = comparison(Some(TrustState::Verified), TrustState::Refused);
            told.target.problem = problem;
            let refused = Question::switch(&container_host(GNOME), &told, None).unwrap_err();
            assert!(refused.means.contains("\n\nNot installed: ") && refused.remedy.contains(helps), "{refused:?}");
            assert!(refused.means.starts_with("quay.io/lab/kde:stable"));
        }
    }

    #[test]
    fn what_runs_counts_as_well_as_what_is_staged() {
        let staged = Some(trust(KDE, TrustState::Unchecked));
        let running = Some(trust(GNOME, TrustState::Verified));
        let told = Comparison { present: staged, running, target: trust(KDE, TrustState::Unchecked) };
        let question = Question::switch(&container_host(GNOME), &told, None).unwrap();
        assert!(question.destructive && question.body.contains("after this switch it does not"));
    }
}
