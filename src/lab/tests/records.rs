// SPDX-License-Identifier: GPL-3.0-or-later
//! Starts and shutdowns are recorded as the unit for that says.

#[path = "fixture/lab.rs"]
mod fixture;

use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use fixture::{lab, ok, options};
use isotope_lab::{Installation, Lab, LabOptions, Publication};

const UNIT: &str = "usr/lib/systemd/system/isotope-boot.service";
const RECORDER: &str = "#!/bin/sh\necho \"$1 $(id -un) $(stat -c %U,%a /run/isotope/engine.sock) \
                        $(cat /proc/sys/kernel/random/boot_id)\" >>/var/lib/isotope/records\n";

/// The usual tree with another recorder.
fn tree(commands: &str) -> (tempfile::TempDir, Installation) {
    let folder = tempfile::tempdir().unwrap();
    let tree = folder.path().join("tree");
    let copied = Command::new("cp").arg("-a").arg(Installation::default().tree).arg(&tree).status().unwrap();
    assert!(copied.success());
    let recorder = tree.join("usr/libexec/recorder");
    std::fs::write(&recorder, RECORDER).unwrap();
    std::fs::set_permissions(&recorder, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(tree.join(UNIT), format!("[Service]\nUser=isotope\nStateDirectory=isotope\n{commands}\n")).unwrap();
    (folder, Installation { tree })
}

fn records(lab: &Lab) -> Vec<Vec<String>> {
    let text = std::fs::read_to_string(lab.sysroot().join("ostree/deploy/lab/var/lib/isotope/records")).unwrap();
    text.lines().map(|line| line.split(' ').map(str::to_owned).collect()).collect()
}

#[test]
fn starts_and_orderly_shutdowns_are_recorded_and_a_pulled_plug_is_not() {
    let (_folder, installation) =
        tree("ExecStart=-/usr/libexec/recorder start\nExecStop=-/usr/libexec/recorder stop\nTimeoutStopSec=5s");
    let lab = Lab::create(LabOptions { installation, ..options() }).unwrap();
    lab.boot().unwrap();
    let id = ok(&lab, "person", &["cat", "/proc/sys/kernel/random/boot_id"]);
    assert_eq!(id.trim().len(), 36);
    lab.restart().unwrap();
    lab.pull_plug().unwrap();
    lab.boot().unwrap();
    lab.shut_down().unwrap();
    let records = records(&lab);
    let kinds: Vec<&str> = records.iter().map(|record| record[0].as_str()).collect();
    assert_eq!(kinds, ["start", "stop", "start", "start", "stop"]);
    for record in &records {
        assert_eq!(record[1..3], ["isotope", "isotope,600"], "the engine's socket is there");
    }
    let ids: Vec<&str> = records.iter().map(|record| record[3].as_str()).collect();
    assert_eq!(ids[0], id.trim());
    assert!(ids[0] == ids[1] && ids[1] != ids[2] && ids[2] != ids[3] && ids[3] == ids[4], "{ids:?}");
}

#[test]
fn a_recorder_that_fails_or_hangs_holds_nothing_up() {
    let (_folder, installation) =
        tree("ExecStart=-/usr/bin/sleep 60\nTimeoutStartSec=1s\nExecStop=-/usr/libexec/missing");
    let lab = Lab::create(LabOptions { installation, ..options() }).unwrap();
    let began = Instant::now();
    lab.boot().unwrap();
    assert!(lab.processes("sleep").unwrap().is_empty());
    lab.shut_down().unwrap();
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let log = std::fs::read_to_string(lab.logs().join("supervisor.log")).unwrap();
    assert!(log.contains("the start was not recorded") && log.contains("the shutdown was not recorded"), "{log}");
}

#[test]
fn any_line_of_the_boot_menu_can_be_chosen() {
    let lab = lab();
    lab.boot().unwrap();
    let old = lab.booted().unwrap().unwrap().checksum;
    let new = lab.publish(Publication::new("gnome", "10.2.1")).unwrap();
    fixture::upgrade(&lab);
    lab.shut_down().unwrap();
    assert!(lab.boot_entry(2).is_err());
    lab.boot_entry(1).unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, old);
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().checksum, new);
}
