// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ContainerTarget, ImageReference, Verification};

/// What a person calls an image: a container image by its name and tag, without what checks it.
pub fn image_name(image: &ImageReference) -> String {
    image.readable()
}

/// The same for an image of which only a text is known, in whatever form.
pub fn image_named(text: &str) -> String {
    match ContainerTarget::from_person(text) {
        Ok(target) => target.on(&Verification::Policy).readable(),
        Err(_) => text.to_owned(),
    }
}

/// Whether a text, in whatever form, names a container image.
pub(super) fn names_a_container(text: &str) -> bool {
    ContainerTarget::from_person(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_called_by_name_and_tag() {
        let table = [
            ("ostree-image-signed:docker://quay.io/o/kde:10", "quay.io/o/kde:10"),
            ("ostree-unverified-registry:localhost:5000/o/kde", "localhost:5000/o/kde"),
            ("ostree-remote-image:alma:oci:/var/oci", "oci:/var/oci"),
        ];
        for (reference, name) in table {
            let image = ImageReference::Container { reference: reference.into() };
            assert_eq!((image_name(&image), image_named(reference)), (name.to_owned(), name.to_owned()));
            assert!(names_a_container(reference), "{reference}");
        }
    }

    #[test]
    fn what_is_no_container_keeps_its_text() {
        let branch = ImageReference::from_refspec("fedora:fedora/43/x86_64/silverblue").unwrap();
        assert_eq!(image_name(&branch), branch.to_string());
        for text in ["alma:desktop/10/kde", "of-the-future:x", ""] {
            assert_eq!(image_named(text), text);
        }
        assert_eq!(image_named("docker://quay.io/o/kde"), "quay.io/o/kde");
        let unknown = ImageReference::Container { reference: "of-the-future:x".into() };
        assert_eq!(image_name(&unknown), "of-the-future:x");
        assert!(!names_a_container("alma:desktop/10/kde"));
    }
}
