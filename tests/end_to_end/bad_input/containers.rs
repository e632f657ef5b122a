// SPDX-License-Identifier: GPL-3.0-or-later
//! The cases of computers that follow a container image.

use isotope_lab::{Availability, Backend, Signing};

use super::asking::{switch, switch_to, two_writers};
use super::spoiling::{remote, repair, signed, spoil_origin};
use super::{Case, PLAIN};

/// A computer that follows a container image which nobody checks.
pub(super) const CONTAINER: Case = Case { backend: Backend::Bootc, ..PLAIN };

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
    ]
}

fn of_the_registry() -> Vec<Case> {
    let network = |name, spoil| Case { name, spoil, codes: &["network"], mend: Some(repair), ..CONTAINER };
    let signature =
        |name, spoil| Case { name, backend: Backend::BootcSigned, spoil, codes: &["signature-refused"], ..PLAIN };
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
            codes: &["locally-modified"],
            ..CONTAINER
        },
        Case {
            name: "two writers at once",
            ask: |c| Box::pin(two_writers(c)),
            codes: &["waits for bootc"],
            ..CONTAINER
        },
    ]
}
