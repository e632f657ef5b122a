// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{ContainerReference, ContainerTarget, ImageReference, Transport, Verification};

/// What a person calls an image: a container image by its name and tag, without what checks it.
pub fn image_name(image: &ImageReference) -> String {
    image.container().map_or_else(|| image.to_string(), |container| name_of(&container))
}

/// The same for an image of which only a text is known, in whatever form.
pub fn image_named(text: &str) -> String {
    match ContainerTarget::from_person(text) {
        Ok(target) => name_of(&target.on(&Verification::Policy)),
        Err(_) => text.to_owned(),
    }
}

fn name_of(container: &ContainerReference) -> String {
    match container.transport() {
        Transport::Registry => container.name().to_owned(),
        _ => container.image(),
    }
}

/// What checks the signature of a container image before it is installed; nothing for what is none.
pub fn image_check(image: &ImageReference) -> Option<String> {
    Some(match image.container()?.verification() {
        // Translators: stands beside “Signature”.
        Verification::Policy => gettext("verified by this computer’s policy"),
        // Translators: stands beside “Signature”.
        Verification::PolicyOrNothing => gettext("nothing checks its signature, unless this computer’s policy does"),
        // Translators: stands beside “Signature”; {name} is the name of an OSTree remote.
        Verification::OstreeRemote(remote) => {
            gettext("checked as a commit of the remote {name}").replace("{name}", remote)
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_called_by_name_and_tag_and_say_what_checks_them() {
        let table = [
            ("ostree-image-signed:docker://quay.io/o/kde:10", "quay.io/o/kde:10", "verified by"),
            ("ostree-unverified-registry:localhost:5000/o/kde", "localhost:5000/o/kde", "nothing checks"),
            ("ostree-remote-image:alma:oci:/var/oci", "oci:/var/oci", "commit of the remote alma"),
        ];
        for (reference, name, check) in table {
            let image = ImageReference::Container { reference: reference.into() };
            assert_eq!((image_name(&image), image_named(reference)), (name.to_owned(), name.to_owned()));
            assert!(image_check(&image).unwrap().contains(check), "{reference}");
        }
    }

    #[test]
    fn what_is_no_container_keeps_its_text() {
        let branch = ImageReference::from_refspec("fedora:fedora/43/x86_64/silverblue").unwrap();
        assert_eq!((image_name(&branch), image_check(&branch)), (branch.to_string(), None));
        for text in ["alma:desktop/10/kde", "of-the-future:x", ""] {
            assert_eq!(image_named(text), text);
        }
        assert_eq!(image_named("docker://quay.io/o/kde"), "quay.io/o/kde");
        let unknown = ImageReference::Container { reference: "of-the-future:x".into() };
        assert_eq!((image_name(&unknown), image_check(&unknown)), ("of-the-future:x".to_owned(), None));
    }
}
