// SPDX-License-Identifier: GPL-3.0-or-later
//! A restart that leaves the kernel running: bootc prepares it, the login manager is asked for it, the machine does it.

#[path = "fixture/lab.rs"]
mod fixture;

use std::time::Duration;

use fixture::{bootc_machine, bootc_status, fails, login, ok, words};
use isotope_lab::{Backend, Lab, Publication, Start};

const SOFT: u64 = 1 << 2;
const SOFT_IF_NEXT_ROOT: u64 = 1 << 3;

fn restart(lab: &Lab, flags: u64) {
    let boots = lab.machine_state().unwrap().boots;
    ok(lab, "person", &words(&login("RebootWithFlags", &[&flags.to_string()])));
    lab.wait_for_boot(boots + 1, Duration::from_secs(20)).unwrap();
    assert_eq!(lab.machine_state().unwrap().reboot_flags, Some(flags));
}

/// The kernel's number and command line.
fn kernel(lab: &Lab) -> String {
    ok(lab, "person", &["cat", "/proc/sys/kernel/random/boot_id", "/proc/cmdline"])
}

fn running(lab: &Lab) -> String {
    assert!(bootc_status(lab)["status"]["booted"]["softRebootCapable"].as_bool().unwrap());
    let version = lab.booted().unwrap().unwrap().image_version.unwrap();
    let shown = ok(lab, "person", &["cat", "/usr/lib/os-release"]);
    assert!(shown.contains(&version), "{version}: {shown}");
    version
}

fn is_prepared(lab: &Lab) -> bool {
    let prepared = lab.run("person", &["findmnt", "--noheadings", "--output=OPTIONS", "/run/nextroot"]).unwrap();
    let note = lab.run("person", &["test", "-s", "/run/ostree/nextroot-booted"]).unwrap();
    assert_eq!(prepared.status.success(), note.status.success());
    if prepared.status.success() {
        let options = String::from_utf8(prepared.stdout).unwrap();
        assert_eq!(options.lines().count(), 1, "mounted once: {options}");
        assert!(options.split(',').any(|option| option == "ro"), "{options}");
    }
    prepared.status.success()
}

#[test]
fn a_soft_restart_is_prepared_and_the_machine_does_it() {
    let lab = bootc_machine(Backend::Bootc);
    let before = kernel(&lab);
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    let said = ok(&lab, "root", &["bootc", "upgrade", "--soft-reboot=auto"]);
    let words = "Staged deployment is soft-reboot capable, preparing for soft-reboot...\n";
    assert!(said.ends_with(words), "{said}");
    assert_eq!(bootc_status(&lab)["status"]["staged"]["softRebootCapable"], true);
    assert!(is_prepared(&lab));
    assert!(ok(&lab, "person", &["cat", "/run/nextroot/usr/lib/os-release"]).contains("10.2.1"));
    restart(&lab, SOFT_IF_NEXT_ROOT);
    assert_eq!((lab.machine_state().unwrap().start, running(&lab).as_str()), (Start::Soft, "10.2.1"));
    assert_eq!(kernel(&lab), before, "the kernel ran on");
    assert!(!is_prepared(&lab));

    let said = ok(&lab, "root", &["bootc", "rollback", "--soft-reboot=required"]);
    let words = "Next boot: rollback deployment\n\
                 Rollback deployment is soft-reboot capable, preparing for soft-reboot...\n";
    assert_eq!(said, words);
    restart(&lab, SOFT);
    assert_eq!((running(&lab).as_str(), kernel(&lab)), ("10.1.20261030", before.clone()));

    // Another update takes the place of the one that was prepared for.
    lab.publish_container(Publication::new("kde", "10.2.1")).unwrap();
    let kde = lab.container_reference("kde", "stable").unwrap();
    ok(&lab, "root", &["bootc", "switch", "--soft-reboot=required", &kde]);
    assert!(is_prepared(&lab));
    ok(&lab, "root", &["bootc", "upgrade", "--soft-reboot=auto"]);
    assert!(is_prepared(&lab));
    lab.publish_container(Publication::new("kde", "10.2.2")).unwrap();
    ok(&lab, "root", &["bootc", "upgrade"]);
    assert!(!is_prepared(&lab));
    restart(&lab, SOFT_IF_NEXT_ROOT);
    assert_eq!((lab.machine_state().unwrap().start, running(&lab).as_str()), (Start::Hard, "10.2.2"));
    assert_ne!(kernel(&lab), before);
}

#[test]
fn another_kernel_wants_a_restart_of_the_hardware() {
    let lab = bootc_machine(Backend::Bootc);
    let before = kernel(&lab);
    lab.publish_container(Publication::new("gnome", "10.2.1").initramfs(300_000)).unwrap();
    let said = fails(&lab, "root", &["bootc", "upgrade", "--soft-reboot=required"]);
    let reason = "Soft reboot was required but staged deployment is not soft-reboot capable";
    assert!(said.contains("error: Upgrading: Handling staged soft reboot: "), "{said}");
    assert!(said.trim().ends_with(reason), "{said}");
    assert_eq!(bootc_status(&lab)["status"]["staged"]["softRebootCapable"], false, "it is staged all the same");
    ok(&lab, "root", &["bootc", "upgrade", "--soft-reboot=auto"]);
    assert!(!is_prepared(&lab));

    // The same root comes up again, though something else is the default by then.
    restart(&lab, SOFT);
    assert_eq!((running(&lab).as_str(), kernel(&lab)), ("10.1.20261030", before.clone()));
    assert_eq!(lab.boot_entries().unwrap()[0].image_version.as_deref(), Some("10.2.1"));
    restart(&lab, SOFT_IF_NEXT_ROOT);
    assert_eq!((lab.machine_state().unwrap().start, running(&lab).as_str()), (Start::Hard, "10.2.1"));
    assert_ne!(kernel(&lab), before);
    for flags in ["6", "32"] {
        let said = fails(&lab, "person", &words(&login("RebootWithFlags", &[flags])));
        assert!(said.contains("org.freedesktop.DBus.Error.InvalidArgs"), "{said}");
    }
    let said = fails(&lab, "root", &["bootc", "rollback", "--soft-reboot=required"]);
    assert!(said.trim().ends_with(&reason.replace("staged", "rollback")), "{said}");
}
