// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Snapshot, strict_form};

use super::Question;
use crate::helper_worker::Comparison;

impl Question {
    /// What to ask before another image is followed, on a host that says this of the present one and of the other.
    pub(crate) fn switch(snapshot: &Snapshot, comparison: &Comparison) -> Self {
        let Comparison { present, target } = comparison;
        let name = wording::image_name(&target.image);
        let stricter =
            present.as_ref().is_some_and(|present| strict_form(&present.image).as_ref() == Some(&target.image));
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
        let running = snapshot.booted().map(|booted| booted.label().to_owned()).unwrap_or_default();
        let replaced = snapshot
            .staged()
            .map(|staged| gettext("It replaces {version}, which is ready now.").replace("{version}", staged.label()));
        let weakened = present.as_ref().and_then(|present| wording::weakened(present, target));
        // Translators: {sentence} says who vouches for an image; it has no full stop.
        let vouches = gettext("{sentence}.").replace("{sentence}", &wording::trust(target));
        let paragraphs = [Some(means.replace("{running}", &running)), replaced, Some(vouches), weakened.clone()];
        Self {
            heading: heading.replace("{image}", &name),
            body: paragraphs.into_iter().flatten().collect::<Vec<_>>().join("\n\n"),
            yes: gettext("_Switch"),
            destructive: weakened.is_some(),
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::TrustState;

    use super::super::test_states::{booted, container_host, snapshot, staged, trust};
    use super::*;

    const GNOME: &str = "ostree-image-signed:docker://quay.io/lab/gnome:stable";
    const KDE: &str = "ostree-unverified-registry:quay.io/lab/kde:stable";

    fn asked(present: Option<TrustState>, target: TrustState) -> Question {
        let comparison = Comparison { present: present.map(|state| trust(GNOME, state)), target: trust(KDE, target) };
        Question::switch(&container_host(GNOME), &comparison)
    }

    #[test]
    fn losing_the_check_is_said_and_coloured_and_nothing_else_is() {
        use TrustState::{DefaultOnly, Refused, Unchecked, Unknown, Verified};
        for (present, target, loses) in [
            (Some(Verified), Unchecked, true),
            (Some(DefaultOnly), Unchecked, true),
            (Some(Verified), Unknown, true),
            (Some(Verified), Verified, false),
            (Some(Verified), DefaultOnly, false),
            (Some(Verified), Refused, false),
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
        let comparison = Comparison { present: None, target: trust(KDE, TrustState::Verified) };
        let replaces = Question::switch(&snapshot(vec![staged('2'), booted('1')]), &comparison);
        assert!(replaces.body.contains("replaces 10.2"));
    }

    #[test]
    fn the_same_image_in_its_strict_form_is_asked_for_in_other_words() {
        let open = "ostree-unverified-registry:quay.io/lab/gnome:stable";
        let present = Some(trust(open, TrustState::Verified));
        let question = |present| {
            let comparison = Comparison { present, target: trust(GNOME, TrustState::Verified) };
            Question::switch(&container_host(open), &comparison)
        };
        assert_eq!(question(present).heading, "Demand the Check of quay.io/lab/gnome:stable?");
        assert!(question(None).heading.starts_with("Switch to"));
    }
}
