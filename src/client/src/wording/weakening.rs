// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Trust, TrustState, Verification};

/// How much of an image a computer checks before it installs it; the more, the greater. What is refused is not installed
/// at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Strength {
    Nothing,
    NotKnown,
    Part,
    Whole,
    NotInstalled,
}

impl Strength {
    fn of(trust: &Trust) -> Self {
        match trust.state {
            TrustState::Refused => Self::NotInstalled,
            TrustState::Verified | TrustState::DefaultOnly if trust.is_enforced() => Self::Whole,
            TrustState::Verified | TrustState::DefaultOnly => Self::Part,
            TrustState::Unknown => Self::NotKnown,
            TrustState::Unchecked => Self::Nothing,
        }
    }
}

/// What is lost where an image takes the place of another that is checked better, in a sentence; nothing where nothing is.
pub fn weakened(present: &Trust, other: &Trust) -> Option<String> {
    let (before, after) = (Strength::of(present), Strength::of(other));
    match (before, after) {
        (Strength::NotInstalled, Strength::Nothing) => Some(gettext(
            "So far this computer refuses to install what it cannot check; after this switch it checks nothing.",
        )),
        (Strength::NotInstalled | Strength::Part | Strength::Whole, Strength::NotKnown) => Some(gettext(
            "So far this computer checks the signature of what it installs; nobody can say whether it still does after \
             this switch.",
        )),
        (Strength::Whole, Strength::Part) => Some(gettext(
            "So far this computer checks all of what it installs; after this switch it checks only a part of it.",
        )),
        (Strength::Whole | Strength::Part, Strength::Nothing) => Some(gettext(
            "So far this computer checks the signature of what it installs; after this switch it does not.",
        )),
        _ if is_strict(present) && !is_strict(other) && after != Strength::NotInstalled => Some(gettext(
            "So far nothing is installed should this computer’s policy come to accept everything by default; after this \
             switch it would be, without a check.",
        )),
        _ => None,
    }
}

/// It is followed in the form that is refused where the policy accepts everything by default.
fn is_strict(trust: &Trust) -> bool {
    trust.image.container().is_some_and(|image| *image.verification() == Verification::Policy)
}

#[cfg(test)]
mod tests {
    use isotope_model::{ImageReference, TrustProblem};

    use super::*;

    fn of(scheme: &str, state: TrustState, problem: Option<TrustProblem>) -> Trust {
        let image = ImageReference::Container { reference: format!("{scheme}q.io/o/s") };
        Trust { state, problem, ..Trust::unknown(image) }
    }

    #[test]
    fn whatever_makes_a_check_weaker_is_told_and_nothing_else() {
        let open = |state| of("ostree-unverified-registry:", state, None);
        let whole = || open(TrustState::Verified);
        let general = || open(TrustState::DefaultOnly);
        let part = || of("ostree-unverified-registry:", TrustState::Verified, Some(TrustProblem::CommitOnly));
        let (unknown, nothing) = (|| open(TrustState::Unknown), || open(TrustState::Unchecked));
        let refused = || open(TrustState::Refused);
        let table = [
            (whole(), nothing(), Some("after this switch it does not")),
            (general(), nothing(), Some("after this switch it does not")),
            (part(), nothing(), Some("after this switch it does not")),
            (refused(), nothing(), Some("checks nothing")),
            (whole(), unknown(), Some("nobody can say")),
            (part(), unknown(), Some("nobody can say")),
            (whole(), part(), Some("only a part")),
            (whole(), general(), None),
            (general(), whole(), None),
            (part(), whole(), None),
            (nothing(), nothing(), None),
            (nothing(), unknown(), None),
            (unknown(), nothing(), None),
            (whole(), refused(), None),
            (nothing(), refused(), None),
        ];
        for (present, other, words) in table {
            let told = weakened(&present, &other);
            assert_eq!(told.is_some(), words.is_some(), "{present:?} {other:?}: {told:?}");
            assert!(words.is_none_or(|words| told.as_ref().unwrap().contains(words)), "{told:?}");
        }
    }

    #[test]
    fn who_leaves_the_strict_form_is_told() {
        let strict = |state| of("ostree-image-signed:docker://", state, None);
        let open = |state| of("ostree-unverified-registry:", state, None);
        let told = weakened(&strict(TrustState::Verified), &open(TrustState::Verified)).unwrap();
        assert!(told.contains("without a check"), "{told}");
        assert_eq!(weakened(&open(TrustState::Verified), &strict(TrustState::Verified)), None);
        assert_eq!(weakened(&strict(TrustState::Verified), &strict(TrustState::DefaultOnly)), None);
    }
}
