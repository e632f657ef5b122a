// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine boots, updates, is switched off the hard way, and comes up as a real one would.

#[path = "fixture/lab.rs"]
mod fixture;

use std::time::Duration;

use fixture::{lab, ok, upgrade};
use isotope_lab::{Lab, Power, Publication};

/// What the machine's package database has.
fn packages(lab: &Lab) -> Vec<String> {
    let all = ok(lab, "person", &["rpm", "--query", "--all", "--queryformat", "%{NAME}-%{EVR}\n"]);
    let mut all: Vec<String> = all.lines().map(str::to_owned).collect();
    all.sort();
    all
}

#[test]
fn a_staged_update_is_finalised_at_shutdown_and_boots() {
    let lab = lab();
    assert_eq!(lab.machine_state().unwrap().power, Power::Off);
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap();
    assert_eq!(old.image_version.as_deref(), Some("10.1.20261030"));
    assert_eq!(old.title, "Lab Atomic Desktop 10.1 · GNOME 10.1.20261030 (ostree:0)");
    assert!(ok(&lab, "root", &["ostree", "admin", "status"]).contains(&format!("* lab {}.0", old.checksum)));
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("VARIANT_ID=gnome"));
    assert_eq!(packages(&lab), ["lab-common-10-1", "lab-desktop-gnome-10.1.20261030-1", "lab-release-10.1.20261030-1"]);

    let checksum = lab.publish(Publication::new("gnome", "10.2.20261118").with_delta()).unwrap();
    upgrade(&lab);
    assert!(ok(&lab, "root", &["ostree", "admin", "status"]).contains(&format!("lab {checksum}.0 (staged)")));
    assert_eq!(lab.boot_entries().unwrap().len(), 1, "a staged deployment has no boot entry yet");
    lab.shut_down().unwrap();
    assert_eq!(lab.machine_state().unwrap().power, Power::Off);
    let menu: Vec<String> = lab.boot_entries().unwrap().into_iter().map(|entry| entry.checksum).collect();
    assert_eq!(menu, [checksum.clone(), old.checksum]);

    lab.boot().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, checksum);
    assert!(packages(&lab).contains(&"lab-release-10.2.20261118-1".to_owned()), "they are the image's");
    let status = ok(&lab, "root", &["ostree", "admin", "status"]);
    assert!(status.contains(&format!("* lab {checksum}.0")) && status.contains("(rollback)"), "{status}");
    let folder = lab.folder().to_owned();
    lab.destroy().unwrap();
    assert!(!folder.exists());
}

#[test]
fn pulling_the_plug_loses_what_was_only_staged() {
    let lab = lab();
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap().checksum;
    lab.publish(Publication::new("gnome", "10.2.20261118")).unwrap();
    upgrade(&lab);
    lab.pull_plug().unwrap();
    assert!(lab.run("root", &["true"]).is_err(), "a machine that is off runs nothing");
    lab.boot().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, old);
    assert!(!ok(&lab, "root", &["ostree", "admin", "status"]).contains("staged"));
}

#[test]
fn cutting_finalisation_short_leaves_a_machine_that_boots() {
    let lab = lab();
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap().checksum;
    let mut new = String::new();
    for (round, milliseconds) in [0, 15, 60].into_iter().enumerate() {
        if lab.booted().unwrap().unwrap().checksum == new {
            ok(&lab, "root", &["ostree", "admin", "set-default", "1"]);
            lab.restart().unwrap();
        }
        new = lab.publish(Publication::new("gnome", format!("10.2.{round}"))).unwrap();
        upgrade(&lab);
        let cut = lab.shut_down_cut_after(Duration::from_millis(milliseconds)).unwrap();
        assert!(cut || milliseconds > 0, "nothing is finalised in no time");
        lab.boot().unwrap();
        let booted = lab.booted().unwrap().unwrap().checksum;
        assert!(booted == old || booted == new, "{booted} is neither the old nor the new image");
        assert!(cut || booted == new, "what was finalised boots");
    }
}

#[test]
fn restart_and_rollback() {
    let lab = lab();
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap().checksum;
    lab.publish(Publication::new("gnome", "10.2.20261118")).unwrap();
    upgrade(&lab);
    lab.restart().unwrap();
    assert_ne!(lab.booted().unwrap().unwrap().checksum, old);
    assert_eq!(lab.machine_state().unwrap().boots, 2);
    ok(&lab, "root", &["ostree", "admin", "set-default", "1"]);
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, old);
}
