// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Host, Snapshot};
use proptest::prelude::*;
use serde_json::json;

use super::super::recordings::{read, read_text};
use super::*;

/// What each recorded status means, one word for each deployment in boot order and some for the host.
pub(in super::super) const RECORDINGS: &[(&str, &str)] = &[
    ("status-1-booted.json", "booted:gnome-1:soft"),
    ("status-2-cached-update.json", "booted:gnome-1:soft:update=2"),
    ("status-3-staged.json", "staged:gnome-2 booted:gnome-1:soft:update=2"),
    ("status-4-booted-rollback.json", "booted:gnome-2:soft rollback:gnome-1:update=2"),
    ("status-5-switch-staged.json", "staged:kde-1 booted:gnome-2:soft rollback:gnome-1:update=2 | follows kde"),
    ("status-6-pinned.json", "staged:kde-1 booted:gnome-2:pinned:soft rollback:gnome-1:update=2 | follows kde"),
    ("status-7-kde-booted.json", "booted:kde-1:soft rollback:gnome-2:pinned | follows kde"),
    ("status-8-rollback-queued.json", "queued:gnome-2:pinned booted:kde-1:soft | follows kde"),
    ("status-9-multi-staged.json", "staged:multi-3:soft booted:gnome-2:pinned:soft rollback:kde-1 | follows multi"),
    ("status-10-multi-booted.json", "booted:multi-3:soft rollback:gnome-2:pinned:soft | follows multi"),
    ("status-11-after-sigterm.json", "booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi"),
    (
        "status-12-staged-v5.json",
        "staged:multi-5:soft booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi",
    ),
    (
        "status-13-download-only.json",
        "staged:multi-6:soft:held booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi",
    ),
    (
        "status-14-from-downloaded.json",
        "staged:multi-6:soft booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi",
    ),
    (
        "status-15-usr-overlay.json",
        "staged:multi-6:soft booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi, writable /usr",
    ),
    (
        "status-16-staged-v7.json",
        "staged:multi-7:soft booted:multi-3:soft:update=4 rollback:gnome-2:pinned:soft | follows multi",
    ),
    (
        "status-17-layered-incompatible.json",
        "booted:incompatible:soft rollback:incompatible:soft other:incompatible:pinned:soft | not bootc, follows nothing",
    ),
];

/// A status in one line; that a host follows what it runs goes without saying.
fn in_one_line(status: &BootcStatus) -> String {
    let short = |name: &str| name.rsplit('/').next().unwrap().trim_end_matches(":latest").to_owned();
    let deployments = status.deployments();
    let entries = status.entries.iter().zip(&deployments).map(|(entry, deployment)| {
        let mut words = vec![
            match entry.place {
                Place::Staged => "staged",
                Place::Booted => "booted",
                _ if deployment.queued => "queued",
                Place::Rollback if deployment.rollback => "rollback",
                _ => "other",
            }
            .to_owned(),
        ];
        words.extend(
            entry.image.as_ref().map(|image| format!("{}-{}", short(&image.name), image.version.as_ref().unwrap())),
        );
        for (applies, word) in [
            (entry.incompatible, "incompatible"),
            (deployment.pinned, "pinned"),
            (entry.soft_reboot_capable, "soft"),
            (deployment.finalization_locked, "held"),
        ] {
            words.extend(applies.then(|| word.to_owned()));
        }
        words.extend(entry.cached_update.as_ref().map(|update| format!("update={}", update.version.as_ref().unwrap())));
        words.join(":")
    });
    let mut notes = Vec::new();
    notes.extend((!status.bootc_host).then(|| "not bootc".to_owned()));
    match status.followed.as_ref().map(|followed| short(followed.name())) {
        Some(name) if name == "gnome" => {}
        Some(name) => notes.push(format!("follows {name}")),
        None => notes.push("follows nothing".to_owned()),
    }
    notes.extend(
        status
            .usr_overlay
            .as_ref()
            .filter(|overlay| overlay.writable && overlay.transient)
            .map(|_| "writable /usr".to_owned()),
    );
    let line = entries.collect::<Vec<_>>().join(" ");
    if notes.is_empty() { line } else { format!("{line} | {}", notes.join(", ")) }
}

#[test]
fn every_recorded_status_means_what_it_meant() {
    for (name, meaning) in RECORDINGS {
        let status = BootcStatus::parse(&read_text(name)).unwrap();
        assert_eq!(in_one_line(&status), *meaning, "{name}");
        assert!(!status.read_only, "{name}");
        for entry in &status.entries {
            assert_eq!(entry.store, Some(Store::OstreeContainer), "{name}");
            assert!(matches!(&entry.backing, Backing::Ostree(id) if id.stateroot() == "alma"), "{name}");
            for image in entry.image.iter().chain(&entry.cached_update) {
                assert_eq!(image.architecture.as_deref(), Some("amd64"), "{name}");
                assert!(image.digest.as_ref().unwrap().starts_with("sha256:"), "{name}");
                assert!([1_795_218_175, 1_795_218_177].contains(&image.built.unwrap()), "{name}");
            }
        }
    }
}

#[test]
fn what_boots_next_is_what_the_model_says() {
    for (name, next) in [
        ("status-3-staged.json", "2"),
        ("status-8-rollback-queued.json", "2"),
        ("status-13-download-only.json", "3"),
        ("status-14-from-downloaded.json", "6"),
    ] {
        let deployments = BootcStatus::parse(&read_text(name)).unwrap().deployments();
        let snapshot =
            Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() };
        assert_eq!(snapshot.next().unwrap().label(), next, "{name}");
    }
}

#[test]
fn a_host_without_bootc_has_no_deployments() {
    let text = r#"{"apiVersion":"org.containers.bootc/v1","kind":"BootcHost","metadata":{"name":"host"},"spec":{"image":null,"bootOrder":"default"},"status":{"staged":null,"booted":null,"rollback":null,"rollbackQueued":false,"type":null}}"#;
    assert_eq!(BootcStatus::parse(text).unwrap(), BootcStatus::default());
}

#[test]
fn a_composefs_host_is_read() {
    let verity = "ab".repeat(64);
    let status = json!({"kind": "BootcHost", "status": {"type": "bootcHost", "readOnly": true, "booted": {
        "incompatible": false, "pinned": false, "store": "boxes",
        "image": {"image": {"image": "quay.io/o/s:1", "transport": "registry", "signature": "containerPolicy"},
                  "imageDigest": format!("sha256:{}", "1".repeat(64)), "architecture": "arm64", "version": null, "timestamp": null},
        "composefs": {"verity": verity, "bootType": "Uki", "bootloader": "of the future", "bootDigest": null},
    }}});
    let status = BootcStatus::parse(&status.to_string()).unwrap();
    let entry = status.entry(Place::Booted).unwrap();
    assert_eq!(entry.store, Some(Store::Unknown("boxes".into())));
    let (boot_type, bootloader) = (Some("Uki".into()), Some("of the future".into()));
    assert_eq!(entry.backing, Backing::Composefs { verity: verity.clone(), boot_type, bootloader });
    let deployments = status.deployments();
    assert_eq!(deployments[0].id.checksum(), verity);
    assert_eq!(deployments[0].label(), &verity[..12]);
    let reference = deployments[0].image.as_ref().unwrap().to_string();
    assert_eq!(reference, "ostree-image-signed:docker://quay.io/o/s:1");
    assert!(status.read_only && deployments[0].booted);
}

#[test]
fn what_is_odd_is_unknown_and_no_failure_of_the_whole() {
    let status = json!({"kind": "BootcHost", "more": [], "status": {"rollbackQueued": "yes", "booted": {
        "pinned": 1, "image": {"image": {"image": "quay.io/o/s", "transport": "teleport"}, "imageDigest": 5},
        "ostree": {"stateroot": "../..", "checksum": "x", "deploySerial": -1}, "store": {}, "of-the-future": {},
    }, "rollback": [], "staged": "soon", "otherDeployments": [null, 5, {}], "usrOverlay": {"accessMode": "odd"}}});
    let status = BootcStatus::parse(&status.to_string()).unwrap();
    let booted = status.entry(Place::Booted).unwrap();
    assert_eq!((booted.backing.clone(), booted.store.clone(), booted.pinned), (Backing::Unknown, None, false));
    let image = booted.image.as_ref().unwrap();
    assert_eq!((image.reference.clone(), image.digest.clone()), (None, None));
    assert_eq!(image.image_reference(), ImageReference::Unknown);
    assert_eq!((status.entries.len(), status.deployments().len()), (2, 0));
    assert_eq!(status.usr_overlay, Some(UsrOverlay::default()));
}

#[test]
fn what_is_no_status_is_told_so() {
    for text in ["", "error: x", "[]", "null", r#"{"kind":"Pod"}"#, &"[".repeat(10_000), &" ".repeat(LONGEST + 1)] {
        assert!(BootcStatus::parse(text).is_err(), "{text:.40}");
    }
}

proptest! {
    #[test]
    fn no_damage_brings_it_down((name, _) in prop::sample::select(RECORDINGS), damages in prop::collection::vec((any::<usize>(), any::<u8>()), 1..8)) {
        let mut text = read(name);
        for (place, byte) in damages {
            let place = place % text.len();
            text[place] = byte;
        }
        if let Ok(status) = BootcStatus::parse(&String::from_utf8_lossy(&text)) {
            prop_assert!(status.deployments().len() <= status.entries.len());
        }
    }
}
