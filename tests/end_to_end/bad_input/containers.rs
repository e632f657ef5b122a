// SPDX-License-Identifier: GPL-3.0-or-later
//! The cases of computers that follow a container image.

use isotope_lab::{Availability, Backend, LabOptions, Signing};
use zbus::zvariant::OwnedValue;

use super::asking::{huge_arguments, option, stale_token, switch, switch_to, two_writers, wrong_type};
use super::spoiling::{edit_boot_entry, fill_boot, lose_deployment, remote, repair, set_clock, signed, spoil_origin};
use super::{Case, PLAIN};

fn bootc(options: &mut LabOptions) {
    options.backend = Backend::Bootc;
}

fn bootc_signed(options: &mut LabOptions) {
    options.backend = Backend::BootcSigned;
}

const CONTAINER: Case = Case { options: bootc, ..PLAIN };

pub(super) fn cases() -> Vec<Case> {
    let mut cases = of_words();
    cases.extend(of_the_registry());
    cases.extend(of_the_computer());
    cases
}

fn of_words() -> Vec<Case> {
    vec![
        Case { name: "unknown image", ask: |c| switch_to(c, "nothing"), codes: &["image-not-found"], ..CONTAINER },
        Case {
            name: "unknown registry",
            ask: |c| switch(c, &["127.0.0.1:1/lab/kde:stable"]),
            codes: &["network"],
            ..CONTAINER
        },
        Case {
            name: "malformed reference",
            ask: |c| {
                let words =
                    &["", "gnome", "nobody:kde", "quay.io/", "quay.io/A/b", "docker://", "-lab", "oci:", "q.io/a\0"];
                switch(c, words)
            },
            codes: &["malformed-reference"],
            ..CONTAINER
        },
        Case {
            name: "option as reference",
            ask: |c| switch(c, &["--apply", "--retain", "docker://--apply", "oci:--apply"]),
            codes: &["malformed-reference"],
            ..CONTAINER
        },
        Case {
            name: "newline",
            ask: |c| switch(c, &["quay.io/o/kde\nquay.io/o/gnome", "quay.io\n/o/kde", "oci:/a\nb"]),
            codes: &["malformed-reference"],
            ..CONTAINER
        },
        Case {
            name: ";",
            ask: |c| switch(c, &["quay.io/o/kde;reboot", ";", "quay.io;/kde"]),
            codes: &["malformed-reference"],
            ..CONTAINER
        },
        Case {
            name: "4 MB arguments",
            ask: |c| Box::pin(huge_arguments(c)),
            codes: &["malformed-reference", "malformed-argument", "malformed-option", "unknown-option"],
            ..CONTAINER
        },
        Case {
            name: "unknown option",
            ask: |c| Box::pin(option(c, "colour", OwnedValue::from(1u32))),
            codes: &["unknown-option"],
            ..CONTAINER
        },
        Case {
            name: "wrong type of an option",
            ask: |c| Box::pin(option(c, "state-token", OwnedValue::from(1u32))),
            codes: &["malformed-option"],
            ..CONTAINER
        },
        Case {
            name: "wrong type of an argument",
            ask: |c| Box::pin(wrong_type(c)),
            codes: &["malformed-argument"],
            ..CONTAINER
        },
        Case { name: "stale state token", ask: |c| Box::pin(stale_token(c)), codes: &["state-changed"], ..CONTAINER },
    ]
}

fn of_the_registry() -> Vec<Case> {
    let network = |name, spoil| Case { name, spoil, codes: &["network"], mend: Some(repair), ..CONTAINER };
    let signature = |name, spoil| Case { name, options: bootc_signed, spoil, codes: &["signature-refused"], ..PLAIN };
    vec![
        network("registry down", |c| remote(c, Availability::Refused)),
        network("registry overloaded", |c| remote(c, Availability::Unavailable)),
        Case {
            name: "image that is none",
            spoil: |c| drop(c.publish(|publication| publication.not_bootable())),
            codes: &["not-bootable"],
            ..CONTAINER
        },
        Case {
            name: "another architecture",
            spoil: |c| drop(c.publish(|publication| publication.architecture("s390x"))),
            codes: &["wrong-architecture"],
            ..CONTAINER
        },
        signature("wrong signature", |c| signed(c, Signing::Untrusted)),
        signature("no signature", |c| signed(c, Signing::None)),
    ]
}

fn of_the_computer() -> Vec<Case> {
    vec![
        Case {
            name: "full disk",
            options: |options| {
                bootc(options);
                options.sysroot_bytes = 96 << 20;
            },
            spoil: |c| drop(c.publish(|publication| publication.payload(160 << 20))),
            codes: &["no-space"],
            ..CONTAINER
        },
        Case {
            name: "full /boot",
            options: |options| {
                bootc(options);
                options.boot_bytes = Some(8 << 20);
            },
            spoil: fill_boot,
            codes: &["no-space"],
            mend: Some(|c| drop(std::fs::remove_file(c.lab().sysroot().join("boot/filler")))),
            ..CONTAINER
        },
        Case {
            name: "read-only disk",
            spoil: |c| {
                c.publish(|publication| publication);
                c.lab().set_disk_read_only(true).unwrap();
            },
            codes: &["read-only"],
            mend: Some(|c| c.lab().set_disk_read_only(false).unwrap()),
            ..CONTAINER
        },
        Case {
            name: "no OSTree at all",
            spoil: |c| drop(c.root(&["mount", "-t", "tmpfs", "none", "/sysroot"])),
            codes: &["not-image-based"],
            mend: Some(|c| {
                c.root(&["umount", "/sysroot"]);
                c.publish(|publication| publication);
            }),
            ..CONTAINER
        },
        Case { name: "deployment directory missing", spoil: lose_deployment, codes: &["sysroot-damaged"], ..CONTAINER },
        Case {
            name: "unreadable origin",
            spoil: |c| spoil_origin(c, b"[origin\n\xff\xfe"),
            codes: &["sysroot-damaged"],
            ..CONTAINER
        },
        Case {
            name: "origin of nonsense",
            spoil: |c| spoil_origin(c, b"[origin]\ncontainer-image-reference=;\n"),
            codes: &["no-update-source"],
            ..CONTAINER
        },
        Case {
            name: "origin of a kind to come",
            spoil: |c| spoil_origin(c, b"[origin]\ncontainer-image-reference=ostree-teleported:quay.io/o/os\n"),
            codes: &["no-update-source"],
            ..CONTAINER
        },
        Case {
            name: "packages of rpm-ostree",
            spoil: |c| {
                let line = format!("[origin]\n{}\n[packages]\nrequested=vim;\n", c.origin_line("gnome"));
                spoil_origin(c, line.as_bytes());
            },
            codes: &["locally-modified", "no-update-source", "not-with-backend"],
            ..CONTAINER
        },
        Case {
            name: "boot entry edited by hand",
            spoil: |c| edit_boot_entry(c, "ostree=/ostree/boot", "ostree=/nowhere"),
            codes: &["sysroot-damaged"],
            mend: Some(|c| {
                edit_boot_entry(c, "ostree=/nowhere", "ostree=/ostree/boot");
                c.publish(|publication| publication);
            }),
            ..CONTAINER
        },
        Case {
            name: "two writers at once",
            ask: |c| Box::pin(two_writers(c)),
            codes: &["waits for bootc"],
            ..CONTAINER
        },
        Case {
            name: "clock in 1970",
            spoil: |c| {
                c.publish(|publication| publication);
                set_clock(c, "@1970-01-01 00:01:00");
            },
            codes: &["clock-wrong"],
            mend: Some(|c| {
                c.root(&["rm", "/etc/ld.so.preload", "/etc/faketimerc"]);
                c.lab().restart().unwrap();
            }),
            ..CONTAINER
        },
    ]
}
