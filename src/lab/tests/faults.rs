// SPDX-License-Identifier: GPL-3.0-or-later
//! What a test can make go wrong goes wrong, for libostree's own program as well.

#[path = "fixture/lab.rs"]
mod fixture;

use fixture::{fails, lab, ok, options, upgrade};
use isotope_lab::{Damage, Lab, LabOptions, Publication, Signing};

const UPGRADE: [&str; 4] = ["ostree", "admin", "upgrade", "--stage"];

#[test]
fn what_an_expired_key_signed_is_called_expired() {
    let lab = lab();
    lab.boot().unwrap();
    lab.publish(Publication::new("gnome", "10.2.1").signing(Signing::Expired)).unwrap();
    let said = fails(&lab, "root", &UPGRADE);
    assert!(said.contains("expired"), "{said}");
}

#[test]
fn a_second_remote_asks_for_no_signature() {
    let lab = lab();
    lab.boot().unwrap();
    let checksum = lab.publish(Publication::new("kde", "10.2.1").signing(Signing::None)).unwrap();
    let branch = format!("lab/{}/kde", std::env::consts::ARCH);
    fails(&lab, "root", &["ostree", "pull", "lab", &branch]);
    ok(&lab, "root", &["ostree", "pull", "unsigned", &branch]);
    let found = ok(&lab, "root", &["ostree", "rev-parse", &format!("unsigned:{branch}")]);
    assert_eq!(found.trim(), checksum);
}

#[test]
fn damage_is_noticed_and_undone() {
    let lab = lab();
    lab.boot().unwrap();
    let checksum = lab.publish(Publication::new("gnome", "10.2.1")).unwrap();
    let summary = std::fs::read(lab.remote_repository().join("summary")).unwrap();
    for (damage, words) in [
        (Damage::CorruptSummary, "ormal form"),
        (Damage::HalfObject, "ontent object"),
        (Damage::CorruptObject, "orrupt"),
    ] {
        lab.damage(&checksum, damage).unwrap();
        lab.damage(&checksum, damage).unwrap();
        let said = fails(&lab, "root", &UPGRADE);
        println!("{damage:?}: {said}");
        assert!(said.contains(words), "{damage:?}: {said}");
        lab.repair().unwrap();
    }
    assert_eq!(std::fs::read(lab.remote_repository().join("summary")).unwrap(), summary);
    upgrade(&lab);
}

#[test]
fn a_disk_that_is_read_only_stays_so_until_it_is_made_writable() {
    let lab = lab();
    lab.boot().unwrap();
    lab.publish(Publication::new("gnome", "10.2.1")).unwrap();
    lab.set_disk_read_only(true).unwrap();
    for command in [&["touch", "/var/tmp/new"][..], &["ostree", "admin", "pin", "0"], &UPGRADE] {
        let said = fails(&lab, "root", command).to_lowercase();
        // libostree's attempt to remount a write-protected disk is refused.
        assert!(["read-only", "permission denied"].iter().any(|words| said.contains(words)), "{command:?}: {said}");
    }
    lab.set_disk_read_only(false).unwrap();
    ok(&lab, "root", &["touch", "/var/tmp/new"]);
    upgrade(&lab);
}

#[test]
fn a_disk_that_is_being_written_is_made_read_only_as_the_kernel_does_with_a_damaged_one() {
    let lab = lab();
    lab.boot().unwrap();
    let open = std::fs::File::create(lab.sysroot().join("open")).unwrap();
    lab.set_disk_read_only(true).unwrap();
    let said = fails(&lab, "root", &["touch", "/var/tmp/new"]).to_lowercase();
    assert!(said.contains("read-only"), "{said}");
    fails(&lab, "root", &["ostree", "admin", "pin", "0"]);
    drop(open);
    assert!(lab.set_disk_read_only(false).is_err(), "a damaged disk is not written while the machine runs");
    lab.pull_plug().unwrap();
    lab.set_disk_read_only(false).unwrap();
    lab.boot().unwrap();
    ok(&lab, "root", &["ostree", "admin", "pin", "0"]);
}

#[test]
fn a_boot_partition_can_be_too_small_and_the_machine_still_boots() {
    let lab = Lab::create(LabOptions { boot_bytes: Some(6 << 20), ..options() }).unwrap();
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap().checksum;
    let shown = ok(&lab, "root", &["findmnt", "--noheadings", "--output", "FSTYPE,OPTIONS", "/boot"]);
    assert!(shown.starts_with("ext4 ro,"), "{shown}");
    fails(&lab, "root", &["touch", "/boot/new"]);

    lab.publish(Publication::new("gnome", "10.2.1").initramfs(20 << 20)).unwrap();
    upgrade(&lab);
    let said = format!("{:#}", lab.shut_down().unwrap_err());
    assert!(said.contains("No space left") || said.contains("not finalised"), "{said}");
    println!("{said}");
    assert!(lab.sysroot().join("boot/ostree/finalize-failure.stamp").exists());
    lab.boot().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, old);
    assert!(!lab.sysroot().join("boot/ostree/finalize-failure.stamp").exists(), "boot-complete takes it away");

    let small = lab.publish(Publication::new("gnome", "10.2.2").initramfs(1 << 20)).unwrap();
    upgrade(&lab);
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, small);
}
