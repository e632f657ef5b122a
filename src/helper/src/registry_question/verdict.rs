// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Refusal, SignatureProblem, Trust, TrustState};

use crate::memory::Found;

/// What the rules of this host make of an image that a registry has.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is told: nothing checks it, or it was found to be good.
    Told,
    /// Only what pulls images can say whether its signature convinces.
    NotKnown,
    /// By all that is known it would be refused.
    WouldBeRefused(SignatureProblem),
}

impl Verdict {
    /// `trust` is absent where it cannot be worked out.
    pub(super) fn of(trust: Option<Trust>, found: &Found) -> Self {
        let trust = trust.map(|trust| match found.signed {
            Some(signed) => trust.with_signed(signed),
            None => trust,
        });
        match trust {
            Some(trust) if trust.state == TrustState::Refused => Self::WouldBeRefused(trust.signature_problem()),
            Some(trust) if trust.state == TrustState::Unchecked => Self::Told,
            Some(_) if found.confirmed => Self::Told,
            _ => Self::NotKnown,
        }
    }

    /// How the check ends if nobody can say more.
    pub(super) fn outcome(&self, found: &Found) -> Outcome {
        match self {
            Self::WouldBeRefused(problem) => Outcome::Failed {
                refusal: Refusal::SignatureRefused {
                    problem: *problem,
                    reference: found.update.image.to_string(),
                    detail: "by the rules of this computer for signatures; the image was not downloaded".into(),
                },
            },
            Self::Told | Self::NotKnown => Outcome::UpdateAvailable { update: found.update.clone() },
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{AvailableUpdate, ImageReference, TrustKey, TrustProblem};

    use super::*;

    fn found(signed: Option<bool>, confirmed: bool) -> Found {
        let image = ImageReference::Container { reference: "ostree-image-signed:docker://q.io/o/s".into() };
        let update = AvailableUpdate { image, checksum: "x".into(), version: None, built: None, download_bytes: None };
        Found { signed, confirmed, ..Found::from(update) }
    }

    fn trust(state: TrustState, keys: Vec<TrustKey>, problem: Option<TrustProblem>) -> Option<Trust> {
        Some(Trust { state, keys, problem, ..Trust::unknown(found(None, false).update.image) })
    }

    #[test]
    fn only_what_nothing_checks_or_was_found_good_is_told_without_asking_further() {
        let sigstore = || vec![TrustKey::Sigstore { paths: vec![] }];
        let gpg = || vec![TrustKey::Gpg { paths: vec![] }];
        let verified = |keys| trust(TrustState::Verified, keys, None);
        let missing = Verdict::WouldBeRefused(SignatureProblem::Missing);
        let table = [
            (trust(TrustState::Unchecked, vec![], None), Some(false), false, Verdict::Told),
            (verified(sigstore()), Some(true), false, Verdict::NotKnown),
            (verified(sigstore()), None, false, Verdict::NotKnown),
            (verified(sigstore()), Some(true), true, Verdict::Told),
            (verified(sigstore()), Some(false), true, missing),
            // Signatures of other kinds lie elsewhere.
            (verified(gpg()), Some(false), false, Verdict::NotKnown),
            (verified(gpg()), Some(false), true, Verdict::Told),
            (
                trust(TrustState::Refused, vec![], Some(TrustProblem::PolicyMissing)),
                Some(true),
                true,
                Verdict::WouldBeRefused(SignatureProblem::Other),
            ),
            (trust(TrustState::Unknown, vec![], None), None, false, Verdict::NotKnown),
            (None, Some(true), false, Verdict::NotKnown),
        ];
        for (trust, signed, confirmed, expected) in table {
            let told = format!("{trust:?} {signed:?} {confirmed}");
            assert_eq!(Verdict::of(trust, &found(signed, confirmed)), expected, "{told}");
        }
    }
}
