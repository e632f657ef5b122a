// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Signature, SignatureState};

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
