// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;

use super::*;

const SUM: &str = "sha256:439d7f3e8c42f515ec5a68a2e417aa44d6ca021d97f11695ce9e61673538fbcd";

#[test]
fn references_of_origin_files_are_taken_apart_and_put_together() {
    use Transport::{ContainersStorage, DockerDaemon, Oci, OciArchive, Registry};
    use Verification::{Policy, PolicyOrNothing};
    let remote = || Verification::OstreeRemote("fedora".to_owned());
    let table = [
        ("ostree-image-signed:docker://quay.io/o/s:1", Policy, Registry, "quay.io/o/s:1", None),
        (
            "ostree-image-signed:registry:quay.io/o/s",
            Policy,
            Registry,
            "quay.io/o/s",
            Some("ostree-image-signed:docker://quay.io/o/s"),
        ),
        ("ostree-unverified-registry:ghcr.io/o/s:latest", PolicyOrNothing, Registry, "ghcr.io/o/s:latest", None),
        (
            "ostree-unverified-image:docker://localhost:5000/alma/gnome:latest",
            PolicyOrNothing,
            Registry,
            "localhost:5000/alma/gnome:latest",
            Some("ostree-unverified-registry:localhost:5000/alma/gnome:latest"),
        ),
        ("ostree-remote-image:fedora:docker://quay.io/o/s:43", remote(), Registry, "quay.io/o/s:43", None),
        (
            "ostree-remote-registry:fedora:quay.io/o/s:43",
            remote(),
            Registry,
            "quay.io/o/s:43",
            Some("ostree-remote-image:fedora:docker://quay.io/o/s:43"),
        ),
        ("ostree-unverified-image:oci:/var/oci:tag", PolicyOrNothing, Oci, "/var/oci:tag", None),
        ("ostree-unverified-image:oci-archive:/var/a.tar", PolicyOrNothing, OciArchive, "/var/a.tar", None),
        (
            "ostree-unverified-image:containers-storage:localhost/os:latest",
            PolicyOrNothing,
            ContainersStorage,
            "localhost/os:latest",
            None,
        ),
        ("ostree-image-signed:containers-storage:[/var/lib/x]os", Policy, ContainersStorage, "[/var/lib/x]os", None),
        ("ostree-unverified-image:docker-daemon:os:1", PolicyOrNothing, DockerDaemon, "os:1", None),
        ("ostree-unverified-registry:fedora-bootc", PolicyOrNothing, Registry, "fedora-bootc", None),
        ("ostree-unverified-registry:[::1]:5000/os", PolicyOrNothing, Registry, "[::1]:5000/os", None),
    ];
    for (text, verification, transport, name, written) in table {
        let reference = ContainerReference::from_origin(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(reference, ContainerReference { verification, transport, name: name.to_owned() }, "{text}");
        assert_eq!(reference.to_string(), written.unwrap_or(text));
        assert_eq!(ContainerReference::from_origin(&reference.to_string()), Ok(reference));
    }
}

#[test]
fn what_is_no_reference_is_refused() {
    let long = format!("ostree-unverified-registry:quay.io/{}", "a".repeat(2000));
    for text in [
        "",
        ":",
        "ostree-image-signed:",
        "ostree-image-signed:docker:",
        "ostree-image-signed:docker:quay.io/o/s",
        "ostree-image-signed:docker://",
        "ostree-image-signed:teleport:x",
        "ostree-unverified-registry:",
        "ostree-unverified-registry:-rf",
        "ostree-unverified-registry:docker://quay.io/o/s",
        "ostree-unverified-registry:quay.io/o/s:la test",
        "ostree-unverified-registry:quay.io/o/../s",
        "ostree-unverified-registry:quay.io//s",
        "ostree-unverified-registry:quay.io/o/s:",
        "ostree-unverified-registry:quay.io/o/s@sha256:12",
        "ostree-unverified-registry:quay.io:port/o/s",
        "ostree-unverified-registry:quay.io:+80/o/s",
        "ostree-unverified-registry:[::1]x/o/s",
        "ostree-unverified-registry:quay.io/o/s\n",
        "ostree-unverified-image:oci:--apply",
        "ostree-remote-image:docker://quay.io/o/s",
        "ostree-remote-image:-r:docker://quay.io/o/s",
        "ostree-remote-registry:quay.io",
        "docker://quay.io/o/s",
        &long,
    ] {
        assert!(ContainerReference::from_origin(text).is_err(), "{text:?}");
    }
}

#[test]
fn names_in_registries_have_parts() {
    let full = format!("quay.io/o/s:1@{SUM}");
    let digested = format!("quay.io/o/s@{SUM}");
    let table = [
        ("quay.io/o/s:1", Some("quay.io"), "quay.io/o/s", Some("1"), None),
        ("localhost:5000/alma/gnome", Some("localhost:5000"), "localhost:5000/alma/gnome", None, None),
        ("fedora-bootc:43", None, "fedora-bootc", Some("43"), None),
        (full.as_str(), Some("quay.io"), "quay.io/o/s", Some("1"), Some(SUM)),
        (digested.as_str(), Some("quay.io"), "quay.io/o/s", None, Some(SUM)),
    ];
    for (name, registry, repository, tag, digest) in table {
        let reference = ContainerReference::new(Verification::Policy, Transport::Registry, name).unwrap();
        assert_eq!(reference.registry(), registry, "{name}");
        assert_eq!(reference.repository(), repository, "{name}");
        assert_eq!(reference.tag(), tag, "{name}");
        assert_eq!(reference.digest(), digest, "{name}");
    }
    let folder = ContainerReference::new(Verification::Policy, Transport::Oci, "/var/oci:1").unwrap();
    assert_eq!((folder.registry(), folder.tag(), folder.repository()), (None, None, "/var/oci:1"));
}

#[test]
fn a_person_may_leave_out_what_checks_the_image() {
    let policy = Verification::Policy;
    for (text, becomes) in [
        ("quay.io/o/s:1", "ostree-image-signed:docker://quay.io/o/s:1"),
        ("docker://quay.io/o/s:1", "ostree-image-signed:docker://quay.io/o/s:1"),
        ("localhost:5000/o/s", "ostree-image-signed:docker://localhost:5000/o/s"),
        ("localhost/s", "ostree-image-signed:docker://localhost/s"),
        ("oci:/var/oci", "ostree-image-signed:oci:/var/oci"),
        ("containers-storage:localhost/os", "ostree-image-signed:containers-storage:localhost/os"),
        ("ostree-unverified-registry:quay.io/o/s", "ostree-unverified-registry:quay.io/o/s"),
    ] {
        assert_eq!(ContainerTarget::from_person(text).unwrap().on(&policy).to_string(), becomes);
    }
    for text in
        ["", "s", "o/s", "fedora:43", "fedora:fedora/43/x86_64/silverblue", "--apply", "oci:", "quay.io/", "a b"]
    {
        assert!(ContainerTarget::from_person(text).is_err(), "{text:?}");
    }
}

#[test]
fn a_reference_travels_as_the_text_of_its_origin() {
    let reference = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/s:1").unwrap();
    let text = serde_json::to_string(&reference).unwrap();
    assert_eq!(text, r#""ostree-image-signed:docker://quay.io/o/s:1""#);
    assert_eq!(serde_json::from_str::<ContainerReference>(&text).unwrap(), reference);
    assert!(serde_json::from_str::<ContainerReference>(r#""ostree-unverified-registry:--apply""#).is_err());
}

fn references() -> impl Strategy<Value = ContainerReference> {
    let verification = prop_oneof![
        Just(Verification::Policy),
        Just(Verification::PolicyOrNothing),
        "[a-z][a-z0-9_.-]{0,9}".prop_map(Verification::OstreeRemote),
    ];
    let image = prop_oneof![
        "([a-z]{1,8}\\.[a-z]{2,3}(:[0-9]{1,4})?/)?[a-z0-9]{1,8}(/[a-z0-9]{1,8}){0,3}(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,9})?(@sha256:[0-9a-f]{64})?"
            .prop_map(|name| (Transport::Registry, name)),
        (prop::sample::select(&Transport::ALL[1..]), "[/\\[][!-~]{1,40}"),
    ];
    (verification, image).prop_filter_map("a reference", |(verification, (transport, name))| {
        ContainerReference::new(verification, transport, &name).ok()
    })
}

proptest! {
    #[test]
    fn every_reference_survives_being_written_and_read(reference in references()) {
        prop_assert_eq!(ContainerReference::from_origin(&reference.to_string()), Ok(reference.clone()));
        let target = ContainerTarget::from_person(&reference.to_string()).unwrap();
        prop_assert_eq!(target.on(&Verification::Policy), reference);
    }

    #[test]
    fn no_text_brings_it_down_and_none_becomes_an_option(text in "\\PC{0,60}|(ostree-(image-signed|unverified-registry|remote-image):)?[ -~]{0,40}") {
        for reference in [
            ContainerReference::from_origin(&text).ok(),
            ContainerTarget::from_person(&text).ok().map(|target| target.on(&Verification::Policy)),
        ].into_iter().flatten() {
            prop_assert!(!reference.name().starts_with('-') && !reference.name().contains(char::is_whitespace));
            prop_assert!(!reference.image().is_empty() && !reference.repository().is_empty());
        }
    }
}
