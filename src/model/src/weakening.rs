// SPDX-License-Identifier: GPL-3.0-or-later
use crate::{Trust, TrustState, Verification};

/// What is lost where an image takes the place of another that is checked better.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weakening {
    /// What could not be checked was not installed; then nothing is checked.
    RefusedToNothing,
    /// Signatures were checked; whether they still are, nobody can say.
    CheckedToUnknown,
    /// All was checked; then only a part is.
    WholeToPart,
    /// Signatures were checked; then they are not.
    CheckedToNothing,
    /// The image was followed in the form that is refused where the policy accepts everything by default.
    StrictToOpen,
}

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

impl Weakening {
    /// What is lost, if anything is.
    pub fn between(present: &Trust, other: &Trust) -> Option<Self> {
        let (before, after) = (Strength::of(present), Strength::of(other));
        match (before, after) {
            (Strength::NotInstalled, Strength::Nothing) => Some(Self::RefusedToNothing),
            (Strength::NotInstalled | Strength::Part | Strength::Whole, Strength::NotKnown) => {
                Some(Self::CheckedToUnknown)
            }
            (Strength::Whole, Strength::Part) => Some(Self::WholeToPart),
            (Strength::Whole | Strength::Part, Strength::Nothing) => Some(Self::CheckedToNothing),
            _ if is_strict(present) && !is_strict(other) && after != Strength::NotInstalled => Some(Self::StrictToOpen),
            _ => None,
        }
    }
}

/// It is followed in the form that is refused where the policy accepts everything by default.
fn is_strict(trust: &Trust) -> bool {
    trust.image.container().is_some_and(|image| *image.verification() == Verification::Policy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ImageReference, TrustProblem};

    fn of(scheme: &str, state: TrustState, problem: Option<TrustProblem>) -> Trust {
        let image = ImageReference::Container { reference: format!("{scheme}q.io/o/s") };
        Trust { state, problem, ..Trust::unknown(image) }
    }

    #[test]
    fn whatever_makes_a_check_weaker_is_told_and_nothing_else() {
        use Weakening::{CheckedToNothing, CheckedToUnknown, RefusedToNothing, WholeToPart};
        let open = |state| of("ostree-unverified-registry:", state, None);
        let whole = || open(TrustState::Verified);
        let general = || open(TrustState::DefaultOnly);
        let part = || of("ostree-unverified-registry:", TrustState::Verified, Some(TrustProblem::CommitOnly));
        let (unknown, nothing) = (|| open(TrustState::Unknown), || open(TrustState::Unchecked));
        let refused = || open(TrustState::Refused);
        let table = [
            (whole(), nothing(), Some(CheckedToNothing)),
            (general(), nothing(), Some(CheckedToNothing)),
            (part(), nothing(), Some(CheckedToNothing)),
            (refused(), nothing(), Some(RefusedToNothing)),
            (whole(), unknown(), Some(CheckedToUnknown)),
            (part(), unknown(), Some(CheckedToUnknown)),
            (whole(), part(), Some(WholeToPart)),
            (whole(), general(), None),
            (general(), whole(), None),
            (part(), whole(), None),
            (nothing(), nothing(), None),
            (nothing(), unknown(), None),
            (unknown(), nothing(), None),
            (whole(), refused(), None),
            (nothing(), refused(), None),
        ];
        for (present, other, expected) in table {
            assert_eq!(Weakening::between(&present, &other), expected, "{present:?} {other:?}");
        }
    }

    #[test]
    fn who_leaves_the_strict_form_is_told() {
        let strict = |state| of("ostree-image-signed:docker://", state, None);
        let open = |state| of("ostree-unverified-registry:", state, None);
        let between = |present: Trust, other: Trust| Weakening::between(&present, &other);
        assert_eq!(between(strict(TrustState::Verified), open(TrustState::Verified)), Some(Weakening::StrictToOpen));
        assert_eq!(between(open(TrustState::Verified), strict(TrustState::Verified)), None);
        assert_eq!(between(strict(TrustState::Verified), strict(TrustState::DefaultOnly)), None);
    }
}
