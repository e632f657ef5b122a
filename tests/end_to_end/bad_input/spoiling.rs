// SPDX-License-Identifier: GPL-3.0-or-later
//! What is broken in each case.

use isotope_lab::{Availability, Damage, RemoteBehaviour, Signing};
use isotope_tests::Computer;

pub(super) fn remote(computer: &Computer, availability: Availability) {
    computer.publish(|publication| publication);
    computer.lab().set_remote(RemoteBehaviour { availability, ..RemoteBehaviour::default() }).unwrap();
}

pub(super) fn damage(computer: &Computer, damage: Damage) {
    let (_, checksum) = computer.publish(|publication| publication);
    computer.lab().damage(&checksum, damage).unwrap();
}

pub(super) fn repair(computer: &Computer) {
    computer.lab().repair().unwrap();
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
}

pub(super) fn signed(computer: &Computer, signing: Signing) {
    computer.publish(|publication| publication.signing(signing));
}

/// Leaves less room in /boot than another kernel needs.
pub(super) fn fill_boot(computer: &Computer) {
    computer.publish(|publication| publication.initramfs(4 << 20));
    computer.fill_boot(32 << 10);
}

/// Takes the directory of the deployment away that a rollback would go to.
pub(super) fn lose_deployment(computer: &Computer) {
    let old = computer.booted().deployment;
    computer.publish(|publication| publication);
    assert!(computer.person().isotopectl(&["update"]).status.success());
    computer.lab().restart().unwrap();
    computer.publish(|publication| publication);
    let outside = |arguments: &[&str]| {
        let status = std::process::Command::new(arguments[0]).args(&arguments[1..]).arg(&old).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    };
    outside(&["chattr", "-i"]);
    outside(&["rm", "-rf"]);
}

pub(super) fn spoil_origin(computer: &Computer, bytes: &[u8]) {
    let mut path = computer.booted().deployment.into_os_string();
    path.push(".origin");
    std::fs::write(std::path::PathBuf::from(path), bytes).unwrap();
}

pub(super) fn edit_boot_entry(computer: &Computer, old: &str, new: &str) {
    let folder = computer.lab().sysroot().join("boot/loader/entries");
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        std::fs::write(entry.path(), text.replace(old, new)).unwrap();
    }
}

/// Every program that is started on the machine from now on believes that it is this time.
pub(super) fn set_clock(computer: &Computer, time: &str) {
    let script = "echo \"$1\" > /etc/faketimerc && ls /usr/lib/*/faketime/libfaketimeMT.so.1 > /etc/ld.so.preload";
    computer.root(&["sh", "-c", script, "sh", time]);
}
