// SPDX-License-Identifier: GPL-3.0-or-later
//! The image that is followed, and what bootc has to be told so that another one is checked in the same way.

use isotope_model::{ContainerReference, Refusal, Transport, Verification};
use serde_json::Value;

use super::features::{Feature, Features};

/// A switch that can be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switch {
    /// What is followed afterwards.
    reference: ContainerReference,
}

impl Switch {
    /// Works out what bootc has to be told so that this image is followed, and checked as the reference says.
    ///
    /// # Errors
    /// [`Refusal::WouldLoseVerification`] where bootc cannot be told of that check; [`Refusal::NotSupported`].
    pub(crate) fn plan(reference: ContainerReference) -> Result<Self, Refusal> {
        if let Verification::OstreeRemote(_) = reference.verification() {
            // bootc has no option for it, and would silently check less.
            return Err(Refusal::WouldLoseVerification { reference: reference.image() });
        }
        match reference.transport() {
            Transport::Dir | Transport::DockerArchive => {
                let option = format!("--transport={}", reference.transport().as_str());
                Err(Refusal::NotSupported { program: "bootc".to_owned(), option })
            }
            _ => Ok(Self { reference }),
        }
    }

    /// The command line for a bootc with these features.
    ///
    /// # Errors
    /// [`Refusal::WouldLoseVerification`] where it is too old to be told of the check.
    pub(crate) fn arguments(&self, features: &Features) -> Result<Vec<String>, Refusal> {
        let mut arguments = vec!["switch".to_owned()];
        if *self.reference.verification() == Verification::Policy {
            if !features.has(Feature::EnforcePolicy) {
                return Err(Refusal::WouldLoseVerification { reference: self.reference.image() });
            }
            arguments.push("--enforce-container-sigpolicy".to_owned());
        }
        arguments.push(format!("--transport={}", self.reference.transport().as_str()));
        arguments.push(self.reference.name().to_owned());
        Ok(arguments)
    }
}

/// The reference of an image as `bootc status` has it: `{image, transport, signature}`. A signature that is absent
/// means the same as `insecure`; one of a kind that is not known makes the whole unknown.
pub(crate) fn of_status(image: &Value) -> Option<ContainerReference> {
    let name = image.get("image")?.as_str()?;
    let transport = Transport::from_name(image.get("transport")?.as_str()?)?;
    let verification = match image.get("signature") {
        None | Some(Value::Null) => Verification::PolicyOrNothing,
        Some(Value::String(kind)) if kind == "insecure" => Verification::PolicyOrNothing,
        Some(Value::String(kind)) if kind == "containerPolicy" => Verification::Policy,
        Some(other) => Verification::OstreeRemote(other.get("ostreeRemote")?.as_str()?.to_owned()),
    };
    ContainerReference::new(verification, transport, name).ok()
}

#[cfg(test)]
mod tests {
    use isotope_model::ContainerTarget;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const SIGNED: &str = "ostree-image-signed:docker://quay.io/alma/gnome:10";
    const UNVERIFIED: &str = "ostree-unverified-registry:quay.io/alma/gnome:10";
    const REMOTE: &str = "ostree-remote-image:alma:docker://quay.io/alma/gnome:10";

    fn plan(followed: &str, target: &str, features: &Features) -> Result<Vec<String>, Refusal> {
        let followed = ContainerReference::from_origin(followed).unwrap();
        let target = ContainerTarget::from_person(target).unwrap();
        Switch::plan(target.on(followed.verification()))?.arguments(features)
    }

    #[test]
    fn a_switch_keeps_what_checks_the_image_or_is_refused() {
        let table = [
            (
                SIGNED,
                "quay.io/alma/kde:10",
                "switch --enforce-container-sigpolicy --transport=registry quay.io/alma/kde:10",
            ),
            (UNVERIFIED, "quay.io/alma/kde:10", "switch --transport=registry quay.io/alma/kde:10"),
            (
                UNVERIFIED,
                "ostree-image-signed:docker://quay.io/alma/kde:10",
                "switch --enforce-container-sigpolicy --transport=registry quay.io/alma/kde:10",
            ),
            (
                SIGNED,
                "ostree-unverified-registry:quay.io/alma/kde:10",
                "switch --transport=registry quay.io/alma/kde:10",
            ),
            (SIGNED, "oci:/var/oci", "switch --enforce-container-sigpolicy --transport=oci /var/oci"),
            (UNVERIFIED, "containers-storage:localhost/os", "switch --transport=containers-storage localhost/os"),
            // The same image, but checked from now on.
            (
                UNVERIFIED,
                "ostree-image-signed:docker://quay.io/alma/gnome:10",
                "switch --enforce-container-sigpolicy --transport=registry quay.io/alma/gnome:10",
            ),
            (REMOTE, "quay.io/alma/kde:10", "would-lose-verification"),
            (UNVERIFIED, "ostree-remote-registry:alma:quay.io/alma/kde:10", "would-lose-verification"),
            (
                REMOTE,
                "ostree-image-signed:docker://quay.io/alma/kde:10",
                "switch --enforce-container-sigpolicy --transport=registry quay.io/alma/kde:10",
            ),
            (UNVERIFIED, "dir:/var/x", "not-supported"),
        ];
        let features = Features::of_version("bootc 1.15.2").unwrap();
        for (followed, target, expected) in table {
            let told = match plan(followed, target, &features) {
                Ok(arguments) => arguments.join(" "),
                Err(refusal) => refusal.code(),
            };
            assert_eq!(told, expected, "{followed} {target}");
        }
    }

    #[test]
    fn a_bootc_that_cannot_enforce_does_not_switch_what_is_enforced() {
        let none = Features::default();
        let refusal = plan(SIGNED, "quay.io/alma/kde:10", &none).unwrap_err();
        assert_eq!(refusal, Refusal::WouldLoseVerification { reference: "docker://quay.io/alma/kde:10".into() });
        assert!(plan(UNVERIFIED, "quay.io/alma/kde:10", &none).is_ok());
    }

    #[test]
    fn references_of_the_status_are_those_of_the_origin() {
        let table = [
            (json!({"image": "quay.io/o/s", "transport": "registry"}), Some("ostree-unverified-registry:quay.io/o/s")),
            (
                json!({"image": "quay.io/o/s", "transport": "registry", "signature": "insecure"}),
                Some("ostree-unverified-registry:quay.io/o/s"),
            ),
            (
                json!({"image": "quay.io/o/s", "transport": "registry", "signature": "containerPolicy"}),
                Some("ostree-image-signed:docker://quay.io/o/s"),
            ),
            (
                json!({"image": "quay.io/o/s", "transport": "registry", "signature": {"ostreeRemote": "r"}}),
                Some("ostree-remote-image:r:docker://quay.io/o/s"),
            ),
            (json!({"image": "/var/oci", "transport": "oci"}), Some("ostree-unverified-image:oci:/var/oci")),
            (json!({"image": "x", "transport": "teleport"}), None),
            (json!({"image": "x", "transport": "registry", "signature": "notarised"}), None),
            (json!({"image": "--apply", "transport": "registry"}), None),
            (json!({"transport": "registry"}), None),
            (json!("quay.io/o/s"), None),
        ];
        for (status, expected) in table {
            assert_eq!(of_status(&status).map(|reference| reference.to_string()).as_deref(), expected, "{status}");
        }
    }

    proptest! {
        #[test]
        fn no_target_becomes_an_option(target in "[ -~]{1,30}|quay\\.io/[ -~]{1,20}|oci:[ -~]{1,20}") {
            let Ok(target) = ContainerTarget::from_person(&target) else { return Ok(()) };
            let followed = ContainerReference::from_origin(UNVERIFIED).unwrap();
            let switch = Switch::plan(target.on(followed.verification()));
            if let Ok(arguments) = switch.and_then(|switch| switch.arguments(&Features::default())) {
                prop_assert_eq!(arguments.len(), 3);
                prop_assert!(!arguments[2].starts_with('-'));
            }
        }
    }
}
