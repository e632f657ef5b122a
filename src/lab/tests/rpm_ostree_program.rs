// SPDX-License-Identifier: GPL-3.0-or-later
//! `ISOTOPE_LAB_RPM_OSTREED` puts a program on the machine as it is, and the bus starts it as systemd would.

#[path = "fixture/lab.rs"]
mod fixture;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use fixture::{call, fails, ok, words};
use isotope_lab::{Backend, Lab, LabOptions, PolkitPreset, Publication};

/// Says what it is asked for, and fails with a number of its own.
const PROGRAM: &str =
    "#!/bin/sh\necho \"the program itself: $*\"\necho \"as $(id -un) in $(readlink /proc/self/ns/mnt)\" >&2\nexit 42\n";
const NAME: &str = "org.projectatomic.rpmostree1";

/// A lab whose machine has the program.
fn create(folder: &Path, backend: &str, program: &Path, more: &[&str]) -> std::process::Output {
    let mut create = Command::new(env!("CARGO_BIN_EXE_isotope-lab"));
    create.arg("create").arg(folder).args(["--backend", backend, "--payload", "100000"]).args(more);
    create.env("ISOTOPE_LAB_RPM_OSTREED", program).output().unwrap()
}

fn program_in(folder: &Path) -> std::path::PathBuf {
    let program = folder.join("an rpm-ostree");
    std::fs::write(&program, PROGRAM).unwrap();
    std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
    program
}

fn status(folder: &Path) -> String {
    let shown = Command::new(env!("CARGO_BIN_EXE_isotope-lab")).arg("status").arg(folder).output().unwrap();
    String::from_utf8(shown.stdout).unwrap()
}

#[test]
fn rpm_ostree_is_the_program_that_the_environment_names_unchanged() {
    let folder = LabOptions::default().folder;
    let outside = tempfile::tempdir().unwrap();
    let program = program_in(outside.path());
    let created = create(&folder, "rpm-ostree-branch", &program, &[]);
    assert!(created.status.success(), "{created:?}");
    let lab = Lab::open(&folder).unwrap();
    assert_eq!(lab.backend().unwrap(), Backend::RpmOstreeBranch);
    assert_eq!((lab.rpm_ostree_program().unwrap(), lab.bootc_program().unwrap()), (Some(program.clone()), None));
    assert!(lab.register_update_driver("Somebody", "some.service").is_err(), "the machine is off");
    lab.boot().unwrap();
    let output = lab.run("person", &["rpm-ostree", "status", "--json"]).unwrap();
    assert_eq!(output.status.code(), Some(42));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "the program itself: status --json\n");
    assert_eq!(ok(&lab, "person", &["cat", "/usr/bin/rpm-ostree"]), PROGRAM);
    let known = std::fs::metadata(&program).unwrap();
    let seen = ok(&lab, "person", &["stat", "--format=%i %a %s", "/usr/bin/rpm-ostree"]);
    assert_eq!(seen.trim(), format!("{} 755 {}", known.ino(), PROGRAM.len()));
    fails(&lab, "person", &["sh", "-c", "command -v bootc"]);

    // Whoever calls it makes the bus start it: as root, in a mount namespace of its own, heard in the machine's log.
    let reload = call(NAME, "/org/projectatomic/rpmostree1/Sysroot", &format!("{NAME}.Sysroot.Reload"), &[]);
    let said = fails(&lab, "person", &words(&reload));
    assert!(said.contains("exited with unknown return code 42"), "{said}");
    let namespace = ok(&lab, "root", &["readlink", "/proc/self/ns/mnt"]);
    let log = std::fs::read_to_string(lab.logs().join("machine.log")).unwrap();
    assert!(log.contains("the program itself: start-daemon\nas root in mnt:["), "{log}");
    assert!(!log.contains(&format!("as root in {}", namespace.trim())), "{log}");

    lab.register_update_driver("Somebody", "some.service").unwrap();
    let noted = ok(&lab, "person", &["cat", "/run/rpm-ostree/update-driver.gv"]);
    assert!(noted.contains("driver-name") && noted.contains("some.service"), "{noted}");
    lab.unregister_update_driver().unwrap();
    fails(&lab, "person", &["cat", "/run/rpm-ostree/update-driver.gv"]);
    assert!(status(&folder).contains(&format!("backend: rpm-ostree-branch, {}\n", program.display())));
    lab.restart().unwrap();
    assert_eq!(lab.run("root", &["rpm-ostree"]).unwrap().status.code(), Some(42), "it stays so");
    lab.destroy().unwrap();

    let missing = create(&folder, "rpm-ostree", &outside.path().join("nothing"), &[]);
    assert!(!missing.status.success() && !folder.exists(), "{missing:?}");
    assert!(String::from_utf8_lossy(&missing.stderr).contains("ISOTOPE_LAB_RPM_OSTREED: there is no "), "{missing:?}");
}

#[test]
fn the_bus_and_polkit_know_rpm_ostree_where_it_is() {
    let folder = LabOptions::default().folder;
    let outside = tempfile::tempdir().unwrap();
    let created = create(&folder, "rpm-ostree", &program_in(outside.path()), &["--with-bootc"]);
    assert!(created.status.success(), "{created:?}");
    let lab = Lab::open(&folder).unwrap();
    lab.boot().unwrap();
    let shown = status(&folder);
    assert!(shown.contains("backend: rpm-ostree, ") && shown.contains("\nbootc, besides: "), "{shown}");
    assert!(ok(&lab, "root", &["bootc", "status", "--format=json"]).contains("lab/gnome:stable"));
    let kde = lab.publish(Publication::new("kde", "1")).unwrap();
    ok(&lab, "root", &["ostree", "pull", "--commit-metadata-only", "lab", &Publication::new("kde", "1").branch()]);
    ok(&lab, "person", &["ostree", "show", &kde]);

    let (os, sysroot) = ("/org/projectatomic/rpmostree1/lab", "/org/projectatomic/rpmostree1/Sysroot");
    let properties = "org.freedesktop.DBus.Properties";
    for (path, method, everybody) in [
        (sysroot, format!("{NAME}.Sysroot.Reload"), true),
        (os, format!("{NAME}.OS.Upgrade"), true),
        (os, format!("{NAME}.OSExperimental.Moo"), false),
        (os, format!("{properties}.GetAll"), true),
        (os, format!("{properties}.Set"), false),
        ("/org/projectatomic/rpmostree1", "org.freedesktop.DBus.ObjectManager.GetManagedObjects".to_owned(), true),
        (os, "org.freedesktop.DBus.Introspectable.Introspect".to_owned(), true),
        (os, "org.freedesktop.DBus.Peer.Ping".to_owned(), false),
    ] {
        for (user, allowed) in [("person", everybody), ("root", true)] {
            let said = fails(&lab, user, &words(&call(NAME, path, &method, &[])));
            assert_eq!(said.contains("AccessDenied: Rejected send message"), !allowed, "{user} {method}: {said}");
        }
    }

    let actions = ok(&lab, "person", &["pkaction"]);
    assert_eq!(actions.lines().filter(|action| action.starts_with(NAME)).count(), 15, "{actions}");
    let details = ok(&lab, "person", &["pkaction", "--verbose", "--action-id", &format!("{NAME}.rebase")]);
    for line in ["implicit any:      auth_admin", "implicit active:   auth_admin_keep"] {
        assert!(details.lines().any(|said| said.trim() == line), "{details}");
    }
    let says = |action: &str| {
        let question = format!("exec pkcheck --action-id {NAME}.{action} --process $$");
        lab.run("person", &["sh", "-c", &question]).unwrap().status.code().unwrap()
    };
    lab.set_polkit(PolkitPreset::Active).unwrap();
    assert_eq!((says("client-management"), says("upgrade")), (0, 2));
    lab.destroy().unwrap();
}
