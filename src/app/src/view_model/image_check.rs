// SPDX-License-Identifier: GPL-3.0-or-later
//! What checks a container image before it becomes a version of the system.

use gettextrs::gettext;
use isotope_model::{ContainerReference, Transport, Verification};

/// What checks this image, in one sentence.
pub(super) fn sentence(image: &ContainerReference) -> String {
    match (image.verification(), image.transport()) {
        (Verification::Policy, _) => gettext("Its signature is checked as this computer’s policy says."),
        (Verification::PolicyOrNothing, Transport::Registry) => gettext(
            "Nothing checks its signature, unless this computer’s policy does: you trust whoever runs the registry.",
        ),
        (Verification::PolicyOrNothing, _) => {
            gettext("Nothing checks its signature, unless this computer’s policy does: you trust whoever made it.")
        }
        (Verification::OstreeRemote(remote), _) => {
            // Translators: {remote} is a name for a source of updates, in the settings of this computer.
            gettext("Its signature is checked with the keys of the remote {remote}.").replace("{remote}", remote)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_check_is_said_in_plain_words() {
        for (reference, word) in [
            ("ostree-image-signed:docker://quay.io/o/kde", "this computer’s policy"),
            ("ostree-unverified-registry:quay.io/o/kde", "whoever runs the registry"),
            ("ostree-unverified-image:oci:/var/oci", "whoever made it"),
            ("ostree-remote-registry:alma:quay.io/o/kde", "remote alma"),
        ] {
            let image = ContainerReference::from_origin(reference).unwrap();
            assert!(sentence(&image).contains(word), "{reference}");
        }
    }
}
