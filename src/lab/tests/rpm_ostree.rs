// SPDX-License-Identifier: GPL-3.0-or-later
//! A machine with rpm-ostree: what its daemon does to the sysroot, and that it says so as recorded.
//!
//! With `ISOTOPE_LAB_RPM_OSTREED` these tests ask a real rpm-ostree.

#[path = "fixture/lab.rs"]
mod fixture;
#[path = "fixture/rpm_ostree.rs"]
mod rpm_ostree;

use std::collections::HashMap;

use fixture::ok;
use isotope_lab::{Backend, Lab, Publication};
use rpm_ostree::{
    Daemon, Event, NAME, OS, Options, Place, SYSROOT, deployments, dictionary, kinds, machine, none, outline, recorded,
    recorded_kinds, recorded_properties, string,
};
use serde_json::Value as Json;
use zbus::zvariant::{OwnedObjectPath, OwnedValue, Value};

/// What a machine of the lab has not, or has more of: its first commit has no kernel's version and other metadata.
const METADATA: &str = "base-commit-meta";

/// Objects and properties are those of a recording, and of the same kinds.
async fn assert_as_recorded(daemon: &Daemon, name: &str) {
    let recorded = recorded_properties(name);
    let reply = daemon.call_at(
        ("/org/projectatomic/rpmostree1", "org.freedesktop.DBus.ObjectManager"),
        "GetManagedObjects",
        &(),
    );
    let objects: HashMap<OwnedObjectPath, HashMap<String, HashMap<String, OwnedValue>>> =
        reply.await.unwrap().body().deserialize().unwrap();
    let interfaces = |path: &str| {
        let found = objects.iter().find(|(known, _)| known.as_str() == path);
        let mut names: Vec<String> = found.unwrap().1.keys().filter(|name| name.starts_with(NAME)).cloned().collect();
        names.sort();
        names
    };
    assert_eq!(interfaces(SYSROOT.0), [SYSROOT.1]);
    assert_eq!(interfaces(OS.0), [format!("{NAME}.OS"), format!("{NAME}.OSExperimental")]);

    for (at, suffix) in [(SYSROOT, ".Sysroot"), (OS, ".OS")] {
        let found = daemon.all(at).await;
        let (_, expected) = recorded.as_object().unwrap().iter().find(|(key, _)| key.ends_with(suffix)).unwrap();
        assert_eq!(kinds(&found), recorded_kinds(expected), "{name}: {suffix}");
        for (key, value) in expected.as_object().unwrap().iter().filter(|(_, value)| value.is_object()) {
            if key != "CachedUpdate" {
                assert_deployment(&dictionary(&found[key]), value, &format!("{name}: {key}"));
            }
        }
    }
    let (_, expected) = recorded.as_object().unwrap().iter().find(|(key, _)| key.ends_with(".Sysroot")).unwrap();
    let found = deployments(daemon).await;
    let expected = expected["Deployments"].as_array().unwrap();
    assert_eq!(found.len(), expected.len(), "{name}: {found:?}");
    for (found, expected) in found.iter().zip(expected) {
        assert_deployment(found, expected, name);
    }
}

fn assert_deployment(found: &HashMap<String, OwnedValue>, expected: &Json, name: &str) {
    assert_eq!(kinds(found), recorded_kinds(expected), "{name}: {found:?}");
    if found.is_empty() {
        return;
    }
    for flag in ["booted", "staged", "pinned"] {
        assert_eq!(*found[flag], Value::Bool(expected[flag].as_bool().unwrap()), "{name}: {flag}");
    }
    assert_eq!(string(found, "unlocked"), expected["unlocked"], "{name}");
    let (id, checksum) = (string(found, "id"), string(found, "checksum"));
    assert_eq!(id, format!("lab-{checksum}.0"), "{name}");
    for key in ["ostree.manifest-digest", "ostree.manifest", "ostree.container.image-config", "version"] {
        let found = dictionary(&found[METADATA]).contains_key(key);
        assert_eq!(found, expected[METADATA].get(key).is_some(), "{name}: {key}");
    }
}

fn assert_said_as_recorded(said: &[Event], name: &str) {
    let recorded = recorded(name);
    for place in [Place::Peer, Place::Bus] {
        assert_eq!(outline(said, place), outline(&recorded, place), "{name}: {said:#?}");
    }
    let position = |member: &str, text: &str| {
        said.iter().position(|event| event.member == member && event.text.starts_with(text)).unwrap()
    };
    assert!(position("Changed", "Deployments") < position("Finished", ""), "{said:#?}");
}

/// The differences between two deployments: names with what became of them.
async fn differences(daemon: &Daemon, from: &str, to: &str) -> Vec<(String, u32)> {
    let reply = daemon.call("GetDeploymentsRpmDiff", &(from, to)).await.unwrap();
    let found: Vec<(String, u32, HashMap<String, OwnedValue>)> = reply.body().deserialize().unwrap();
    let mut found: Vec<_> = found.into_iter().map(|(name, change, _)| (name, change)).collect();
    found.sort();
    found
}

/// Looks for an update, as was done before what was recorded.
async fn check(daemon: &Daemon) {
    let mode: Options<'_> = [("mode", Value::from("check"))].into();
    let said = daemon.perform("AutomaticUpdateTrigger", &(mode,)).await;
    assert!(said.iter().any(|event| event.text == "true "), "{said:#?}");
    let update = dictionary(&daemon.property(OS, "CachedUpdate").await);
    assert_eq!(string(&update, "version"), "10.2.1");
}

async fn rebase(lab: &Lab, refspec: &str) {
    let modifiers: Options<'_> = [("set-refspec", Value::from(refspec))].into();
    let said = Daemon::of(lab).await.perform("UpdateDeployment", &(modifiers, none())).await;
    assert!(said.iter().any(|event| event.text == "true "), "{refspec}: {said:#?}");
}

fn upgraded() -> Vec<(String, u32)> {
    vec![("lab-desktop-gnome".to_owned(), 2), ("lab-release".to_owned(), 2)]
}

fn version(lab: &Lab) -> String {
    lab.booted().unwrap().unwrap().image_version.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn rpm_ostree_updates_from_a_registry_as_recorded() {
    let lab = machine(Backend::RpmOstree);
    assert!(lab.processes("rpm-ostree").unwrap().is_empty(), "nobody has asked for it yet");
    let daemon = Daemon::of(&lab).await;
    assert_as_recorded(&daemon, "getall-01-booted").await;
    assert_eq!(lab.processes("rpm-ostree").unwrap().len(), 1);
    let reference = format!("ostree-unverified-registry:{}", lab.container_reference("gnome", "stable").unwrap());
    let booted = deployments(&daemon).await.remove(0);
    assert_eq!(string(&booted, "container-image-reference"), reference);

    let digest = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    check(&daemon).await;
    let said = daemon.perform("Upgrade", &(none(),)).await;
    assert_said_as_recorded(&said, "txn-upgrade-slow");
    assert_as_recorded(&daemon, "getall-03-staged").await;
    let staged = deployments(&daemon).await.remove(0);
    assert_eq!(string(&staged, "container-image-reference-digest"), digest);
    assert_eq!(string(&staged, "version"), "10.2.1");
    assert_eq!(differences(&daemon, &string(&booted, "id"), &string(&staged, "id")).await, upgraded());
    assert!(ok(&lab, "root", &["ostree", "admin", "status"]).contains(&string(&staged, "checksum")));
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, string(&staged, "checksum"));
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("VERSION=\"10.2.1 "));

    // To another image, and from there to a branch.
    lab.publish_container(Publication::new("kde", "10.2.1")).unwrap();
    lab.publish(Publication::new("gnome", "10.2.2")).unwrap();
    let kde = format!("ostree-unverified-registry:{}", lab.container_reference("kde", "stable").unwrap());
    let branch = format!("lab:{}", Publication::new("gnome", "1").branch());
    for (refspec, key, variant) in [(kde, "container-image-reference", "kde"), (branch, "origin", "gnome")] {
        rebase(&lab, &refspec).await;
        assert_eq!(string(&deployments(&Daemon::of(&lab).await).await[0], key), refspec);
        lab.restart().unwrap();
        assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains(&format!("VARIANT_ID={variant}")));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn rpm_ostree_updates_from_a_remote_as_recorded() {
    let lab = machine(Backend::RpmOstreeBranch);
    let daemon = Daemon::of(&lab).await;
    assert_as_recorded(&daemon, "getall-20-ostree-booted").await;
    let booted = deployments(&daemon).await.remove(0);
    let branch = Publication::new("gnome", "1").branch();
    assert_eq!(string(&booted, "origin"), format!("lab:{branch}"));

    let checksum = lab.publish(Publication::new("gnome", "10.2.1").payload(4 << 20)).unwrap();
    check(&daemon).await;
    let slow = isotope_lab::RemoteBehaviour { bytes_per_second: Some(1_500_000), ..Default::default() };
    lab.set_remote(slow).unwrap();
    let said = daemon.perform("Upgrade", &(none(),)).await;
    lab.set_remote(isotope_lab::RemoteBehaviour::default()).unwrap();
    assert_said_as_recorded(&said, "ostree-txn-upgrade");
    assert_as_recorded(&daemon, "getall-22-ostree-staged").await;
    let staged = deployments(&daemon).await.remove(0);
    assert_eq!((string(&staged, "checksum"), string(&staged, "version")), (checksum, "10.2.1".to_owned()));
    assert_eq!(differences(&daemon, &string(&booted, "id"), &string(&staged, "id")).await, upgraded());
    lab.restart().unwrap();
    assert_eq!(version(&lab), "10.2.1");

    lab.publish_container(Publication::new("kde", "10.2.2")).unwrap();
    let kde = format!("ostree-unverified-registry:{}", lab.container_reference("kde", "stable").unwrap());
    rebase(&lab, &kde).await;
    lab.restart().unwrap();
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("VARIANT_ID=kde"));
}
