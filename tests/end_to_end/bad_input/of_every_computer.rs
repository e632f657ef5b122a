// SPDX-License-Identifier: GPL-3.0-or-later
//! The cases of every computer, whatever it follows.

use zbus::zvariant::OwnedValue;

use super::Case;
use super::asking::{huge_arguments, option, stale_token, wrong_type};
use super::spoiling::{edit_boot_entry, fill_boot, lose_deployment, set_clock, spoil_origin};

/// These cases, on a computer as in this one.
pub(super) fn cases(base: Case) -> Vec<Case> {
    vec![
        Case {
            name: "4 MB arguments",
            ask: |c| Box::pin(huge_arguments(c)),
            codes: &["malformed-reference", "malformed-argument", "malformed-option", "unknown-option"],
            ..base
        },
        Case {
            name: "unknown option",
            ask: |c| Box::pin(option(c, "colour", OwnedValue::from(1u32))),
            codes: &["unknown-option"],
            ..base
        },
        Case {
            name: "wrong type of an option",
            ask: |c| Box::pin(option(c, "state-token", OwnedValue::from(1u32))),
            codes: &["malformed-option"],
            ..base
        },
        Case {
            name: "wrong type of an argument",
            ask: |c| Box::pin(wrong_type(c)),
            codes: &["malformed-argument"],
            ..base
        },
        Case { name: "stale state token", ask: |c| Box::pin(stale_token(c)), codes: &["state-changed"], ..base },
        Case {
            name: "full disk",
            options: |options| options.sysroot_bytes = 96 << 20,
            spoil: |c| drop(c.publish(|publication| publication.payload(160 << 20))),
            codes: &["no-space"],
            ..base
        },
        Case {
            name: "full /boot",
            options: |options| options.boot_bytes = Some(8 << 20),
            spoil: fill_boot,
            codes: &["no-space"],
            mend: Some(|c| drop(std::fs::remove_file(c.lab().sysroot().join("boot/filler")))),
            ..base
        },
        Case {
            name: "read-only disk",
            spoil: |c| {
                c.publish(|publication| publication);
                c.lab().set_disk_read_only(true).unwrap();
            },
            codes: &["read-only"],
            mend: Some(|c| c.lab().set_disk_read_only(false).unwrap()),
            ..base
        },
        Case {
            name: "no OSTree at all",
            spoil: |c| drop(c.root(&["mount", "-t", "tmpfs", "none", "/sysroot"])),
            codes: &["not-image-based"],
            mend: Some(|c| {
                c.root(&["umount", "/sysroot"]);
                c.publish(|publication| publication);
            }),
            ..base
        },
        Case { name: "deployment directory missing", spoil: lose_deployment, codes: &["sysroot-damaged"], ..base },
        Case {
            name: "unreadable origin",
            spoil: |c| spoil_origin(c, b"[origin\n\xff\xfe"),
            codes: &["sysroot-damaged"],
            ..base
        },
        Case {
            name: "boot entry edited by hand",
            spoil: |c| edit_boot_entry(c, "ostree=/ostree/boot", "ostree=/nowhere"),
            codes: &["sysroot-damaged"],
            mend: Some(|c| {
                edit_boot_entry(c, "ostree=/nowhere", "ostree=/ostree/boot");
                c.publish(|publication| publication);
            }),
            ..base
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
            ..base
        },
    ]
}
