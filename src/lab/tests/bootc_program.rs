// SPDX-License-Identifier: GPL-3.0-or-later
//! `ISOTOPE_LAB_BOOTC` puts a program on the machine as it is.

#[path = "fixture/lab.rs"]
mod fixture;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::process::Command;

use fixture::{fails, ok};
use isotope_lab::{Backend, Lab, LabOptions};

/// Says what it is asked for, and fails with a number of its own.
const PROGRAM: &str = "#!/bin/sh\necho \"the program itself: $*\"\necho \"as $(id -un)\" >&2\nexit 42\n";

#[test]
fn bootc_is_the_program_that_the_environment_names_unchanged() {
    let folder = LabOptions::default().folder;
    let outside = tempfile::tempdir().unwrap();
    let program = outside.path().join("a bootc");
    std::fs::write(&program, PROGRAM).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();

    let mut create = Command::new(env!("CARGO_BIN_EXE_isotope-lab"));
    create.arg("create").arg(&folder).args(["--backend", "bootc", "--payload", "100000"]);
    let created = create.env("ISOTOPE_LAB_BOOTC", &program).output().unwrap();
    assert!(created.status.success(), "{created:?}");
    let lab = Lab::open(&folder).unwrap();
    assert_eq!((lab.backend().unwrap(), lab.bootc_program().unwrap()), (Backend::Bootc, Some(program.clone())));
    lab.boot().unwrap();
    let output = lab.run("root", &["bootc", "upgrade", "--check"]).unwrap();
    assert_eq!(output.status.code(), Some(42));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "the program itself: upgrade --check\n");
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "as root\n");
    assert_eq!(ok(&lab, "person", &["cat", "/usr/bin/bootc"]), PROGRAM);
    assert_eq!(ok(&lab, "person", &["sh", "-c", "command -v bootc"]), "/usr/bin/bootc\n");
    let known = std::fs::metadata(&program).unwrap();
    let seen = ok(&lab, "person", &["stat", "--format=%i %a %s", "/usr/bin/bootc"]);
    assert_eq!(seen.trim(), format!("{} 755 {}", known.ino(), PROGRAM.len()));
    fails(&lab, "root", &["sh", "-c", "echo >>/usr/bin/bootc"]);
    lab.restart().unwrap();
    assert_eq!(lab.run("root", &["bootc"]).unwrap().status.code(), Some(42), "it stays so");

    let shown = Command::new(env!("CARGO_BIN_EXE_isotope-lab")).arg("status").arg(&folder).output().unwrap();
    let shown = String::from_utf8(shown.stdout).unwrap();
    assert!(shown.contains(&format!("backend: bootc, {}\n", program.display())), "{shown}");
    lab.destroy().unwrap();

    let missing = Command::new(env!("CARGO_BIN_EXE_isotope-lab"))
        .arg("create")
        .arg(&folder)
        .args(["--backend", "bootc"])
        .env("ISOTOPE_LAB_BOOTC", outside.path().join("nothing"))
        .output()
        .unwrap();
    assert!(!missing.status.success() && !folder.exists(), "{missing:?}");
    assert!(String::from_utf8_lossy(&missing.stderr).contains("ISOTOPE_LAB_BOOTC: there is no "), "{missing:?}");
}
