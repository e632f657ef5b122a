// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Signature, SignatureProblem, SignatureState};

/// What libostree says about a deployment's signature, in one sentence.
pub fn signature(signature: &Signature) -> String {
    match (signature.state, &signature.signer) {
        // Translators: {name} is whom the key says that it belongs to.
        (SignatureState::Verified, Some(signer)) => {
            gettext("Verified with the key of {name}").replace("{name}", signer)
        }
        (SignatureState::Verified, None) => gettext("Verified"),
        (SignatureState::Missing, _) if signature.required => gettext("Not signed, although a signature is demanded"),
        (SignatureState::Missing, _) => gettext("Not signed; no signature is demanded"),
        (SignatureState::UntrustedKey, _) => gettext("Signed with a key that this computer does not trust"),
        (SignatureState::Invalid, _) => gettext("The signature does not match"),
        (SignatureState::Expired, _) => gettext("The signature, or its key, has expired"),
        (SignatureState::Revoked, _) => gettext("Signed with a key that was revoked"),
        (SignatureState::Unknown, _) => gettext("Nobody can say"),
    }
}

/// Why an image was refused for its signature. Of a container image no program tells whether a signature is from another
/// key or of another image.
pub(super) fn signature_problem(problem: SignatureProblem, container: bool) -> String {
    match problem {
        SignatureProblem::Missing => gettext("The image is not signed"),
        SignatureProblem::UntrustedKey => gettext("The image is signed with a key that this computer does not trust"),
        SignatureProblem::Invalid if container => {
            gettext("No signature on the image fits a key that this computer trusts")
        }
        SignatureProblem::Invalid => gettext("The signature does not match the image"),
        SignatureProblem::Expired => gettext("The signature of the image, or its key, has expired"),
        SignatureProblem::Revoked => gettext("The image is signed with a key that was revoked"),
        SignatureProblem::NoPolicy => {
            gettext("The image is to be checked, but this computer’s policy accepts everything by default")
        }
        SignatureProblem::Other => gettext("The signature of the image could not be verified"),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::Refusal;

    use crate::wording::refusal;

    use super::*;

    #[test]
    fn a_container_is_told_apart_from_a_branch() {
        let explained = |reference: &str| {
            let (reference, detail) = (|| reference.to_owned(), String::new);
            let problem = SignatureProblem::Invalid;
            let refused = refusal(&Refusal::SignatureRefused { problem, reference: reference(), detail: detail() });
            let missing = refusal(&Refusal::ImageNotFound { reference: reference(), detail: detail() });
            let denied = refusal(&Refusal::AccessDenied { reference: reference(), detail: detail() });
            [refused.what, missing.remedy, denied.remedy]
        };
        let told = [
            ("quay.io/o/kde:10", ["No signature on the image fits", "its name and its tag", "/etc/ostree/auth.json"]),
            ("alma:desktop/10/kde", ["does not match the image", "Check its name. ", "has to log in to the server"]),
        ];
        for (reference, words) in told {
            let texts = explained(reference);
            assert!(texts.iter().zip(words).all(|(text, words)| text.contains(words)), "{texts:?}");
        }
    }
}
