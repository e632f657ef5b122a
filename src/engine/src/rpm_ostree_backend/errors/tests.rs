// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::SignatureProblem;
use proptest::prelude::*;

use super::super::events::TransactionEvent;
use super::super::recordings::{lines, names, transactions};
use super::*;

const REFERENCE: &str = "ostree-unverified-registry:localhost:5101/alma/kde:latest";

/// The end of each transaction of a recording: what it means, or `well`; `lost` where it never came.
fn ends(name: &str) -> Vec<String> {
    let end = |events: &Vec<TransactionEvent>| {
        let mut ends = events.iter().filter_map(|event| match event {
            TransactionEvent::Finished { success: true, .. } => Some("well".to_owned()),
            TransactionEvent::Finished { message, .. } => Some(of_finished(message, REFERENCE).code()),
            _ => None,
        });
        ends.next().unwrap_or_else(|| "lost".to_owned())
    };
    transactions(name).iter().map(end).collect()
}

/// What the transactions of a recording came to.
const ENDS: &[(&str, &[&str])] = &[
    ("auto-policy.jsonl", &["well", "well", "well", "well"]),
    ("cancel-by-other-user.jsonl", &["cancelled"]),
    (
        "err-bad-args.jsonl",
        &[
            "malformed-reference",
            "malformed-reference",
            "malformed-reference",
            "malformed-reference",
            "no-update-source",
            "malformed-reference",
            "unknown-remote",
            "malformed-reference",
            "malformed-reference",
            "image-not-found",
            "image-not-found",
            "well",
            "well",
            "well",
            "well",
            "nothing-staged",
            "nothing-staged",
            "nothing-staged",
        ],
    ),
    ("finalize-locked-reboot.jsonl", &["well", "well"]),
    ("finalize-reboot.jsonl", &["failed", "well", "well", "failed", "failed", "failed", "failed", "well"]),
    ("kernelargs.jsonl", &["well"]),
    ("layered-txn-check.jsonl", &["well"]),
    ("layered-txn-cleanup.jsonl", &["well"]),
    ("layered-txn-override-remove.jsonl", &["well"]),
    ("layered-txn-rebase-no-layering.jsonl", &["already-followed"]),
    ("layered-txn-rebase.jsonl", &["well"]),
    ("layered-txn-upgrade.jsonl", &["well"]),
    ("misc-calls.jsonl", &["well"]),
    ("ostree-txn-bad-signature.jsonl", &["signature-refused"]),
    ("ostree-txn-check.jsonl", &["well"]),
    ("ostree-txn-deploy-version.jsonl", &["well", "well", "well", "well"]),
    (
        "ostree-txn-errors.jsonl",
        &["image-not-found", "unknown-remote", "version-not-found", "version-not-found", "well"],
    ),
    ("ostree-txn-rebase-branch.jsonl", &["well"]),
    ("ostree-txn-rebase-to-container.jsonl", &["well"]),
    ("ostree-txn-upgrade-cancel.jsonl", &["cancelled"]),
    ("ostree-txn-upgrade-cut.jsonl", &["network"]),
    ("ostree-txn-upgrade.jsonl", &["well"]),
    ("txn-check-available.jsonl", &["well"]),
    ("txn-check-none.jsonl", &["well"]),
    ("txn-check-when-staged.jsonl", &["well"]),
    ("txn-check-while-rollback-queued.jsonl", &["well"]),
    ("txn-cleanup-all.jsonl", &["well"]),
    ("txn-cleanup-pending.jsonl", &["well"]),
    ("txn-cleanup-pending2.jsonl", &["well"]),
    // The third has asked for the same as a transaction that had ended and was not closed yet.
    ("txn-concurrent-B.jsonl", &["cancelled", "cancelled", "cancelled", "well"]),
    ("txn-concurrent.jsonl", &["cancelled"]),
    ("txn-daemon-killed.jsonl", &["lost"]),
    ("txn-daemon-sigterm.jsonl", &["lost"]),
    ("txn-finalize-wrong-checksum.jsonl", &["failed"]),
    ("txn-force-close-30s.jsonl", &["well"]),
    ("txn-initiator-gone-X.jsonl", &["lost"]),
    ("txn-initiator-gone.jsonl", &["well"]),
    ("txn-never-started.jsonl", &["well"]),
    ("txn-nobody-watching.jsonl", &["well", "lost", "well"]),
    ("txn-pkgchange-install.jsonl", &["well"]),
    ("txn-pkgchange-missing.jsonl", &["failed"]),
    ("txn-pkgchange-present.jsonl", &["well"]),
    ("txn-rebase-cancel-early.jsonl", &["cancelled"]),
    ("txn-rebase-cancel-mid.jsonl", &["cancelled"]),
    ("txn-rebase-cut.jsonl", &["network"]),
    ("txn-rebase-download-only.jsonl", &["well"]),
    ("txn-rebase-lock-finalization.jsonl", &["well"]),
    ("txn-rebase-missing-tag.jsonl", &["image-not-found"]),
    ("txn-rebase-refused.jsonl", &["network"]),
    ("txn-rebase-signed-insecure-policy.jsonl", &["signature-refused"]),
    ("txn-rebase-slow.jsonl", &["well"]),
    ("txn-rebase-unresolvable-host.jsonl", &["network"]),
    ("txn-rollback-again.jsonl", &["well"]),
    ("txn-rollback-clear.jsonl", &["well"]),
    ("txn-rollback-when-staged.jsonl", &["failed"]),
    ("txn-rollback.jsonl", &["well"]),
    ("txn-sysroot-locked.jsonl", &["well"]),
    ("txn-upgrade-none.jsonl", &["well"]),
    ("txn-upgrade-slow.jsonl", &["well"]),
    ("txn-upgrade-when-staged.jsonl", &["well"]),
    ("unprivileged-polkit-allow.jsonl", &["well", "cancelled"]),
];

#[test]
fn every_recorded_end_gets_its_meaning() {
    for (name, expected) in ENDS {
        assert_eq!(&ends(name), expected, "{name}");
    }
    let names = names(".jsonl").into_iter().filter(|name| !transactions(name).is_empty());
    let table: Vec<&str> = ENDS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.collect::<Vec<_>>(), table, "every recorded transaction is here");
}

#[test]
fn what_is_wrong_with_arguments_is_told() {
    for (text, code) in [
        ("Invalid refspec docker://localhost:5101/alma/kde:latest", "malformed-reference"),
        ("Invalid refspec ", "malformed-reference"),
        (
            "Preparing import: Fetching manifest: failed to invoke method OpenImage: invalid reference format: repository name must be lowercase",
            "malformed-reference",
        ),
        ("Could not determine default ref to pull.", "no-update-source"),
        ("While pulling fedora/40/x86_64/silverblue: Remote \"fedora\" not found", "unknown-remote"),
        ("While pulling r: No such branch 'r' in repository summary", "image-not-found"),
        ("While pulling r: While fetching http://h/x: Server returned HTTP 404", "image-not-found"),
        ("While pulling Remote-x: something odd", "failed"),
        ("Version 99.9 not found in fedora:fedora/x86_64/kinoite", "version-not-found"),
        ("No pending staged deployment found", "nothing-staged"),
        ("No rollback deployment found", "nothing-to-roll-back-to"),
        ("Staged deployment (remove with cleanup -p)", "failed"),
        ("System transaction in progress", "busy"),
        (
            "Preparing import: Fetching manifest: failed to invoke method GetManifest: unauthorized: access",
            "access-denied",
        ),
        ("Importing: Unencapsulating base: Writing content object: No space left on device", "no-space"),
        ("While pulling r: Writing content object: min-free-space-percent '3%' would be exceeded", "no-space"),
        ("Writing commit: Read-only file system", "read-only"),
        (
            "Updating rpm-md repo 'fedora': cannot update repo 'fedora': Cannot download repomd.xml: Curl error (6): Couldn't resolve host name",
            "network",
        ),
        ("Could not depsolve transaction; 1 problem detected", "failed"),
        ("Old and new refs are equal: r:b", "already-followed"),
        ("", "failed"),
    ] {
        assert_eq!(of_finished(text, REFERENCE).code(), code, "{text}");
    }
    let malformed = of_finished("Invalid refspec docker://x", REFERENCE);
    assert_eq!(malformed, Refusal::MalformedReference { reference: "docker://x".into() });
    let version = of_finished("Version 99.9 not found in r:b", REFERENCE);
    assert_eq!(version, Refusal::VersionNotFound { version: "99.9".into() });
}

#[test]
fn a_stale_end_is_all_that_is_told_of_it() {
    let all = transactions("txn-concurrent-B.jsonl");
    assert_eq!(all[2], [TransactionEvent::finished(false, "Operation was cancelled")]);
}

#[test]
fn what_is_wrong_with_a_signature_is_told() {
    for (name, expected) in [
        ("ostree-txn-bad-signature.jsonl", SignatureProblem::UntrustedKey),
        ("txn-rebase-signed-insecure-policy.jsonl", SignatureProblem::NoPolicy),
    ] {
        let transactions = transactions(name);
        let end = transactions[0].iter().find_map(|event| match event {
            TransactionEvent::Finished { message, .. } => Some(of_finished(message, REFERENCE)),
            _ => None,
        });
        let Some(Refusal::SignatureRefused { problem, reference, detail }) = end else { panic!("{name}: {end:?}") };
        assert_eq!((problem, reference.as_str()), (expected, REFERENCE), "{name}");
        assert!(!detail.contains('\n'), "{detail}");
    }
}

#[test]
fn refused_methods_are_told_apart() {
    let of = |name: &str, text: &str| of_method_error(name, text, REFERENCE);
    let busy = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code26";
    let generic = "org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code0";
    let title = "Transaction in progress: rebase\n You can cancel the current transaction with `rpm-ostree cancel`";
    assert_eq!(of(busy, title), MethodError::TransactionInProgress { title: "rebase".into() });
    assert_eq!(of(busy, "System transaction in progress"), MethodError::SysrootLocked);
    for (name, text) in [
        ("org.freedesktop.DBus.Error.NoReply", "Message recipient disconnected from message bus without replying"),
        ("org.freedesktop.DBus.Error.ServiceUnknown", "The name org.projectatomic.rpmostree1 was not provided"),
        ("org.freedesktop.DBus.Error.Spawn.ChildExited", "Process exited with status 1"),
        ("org.freedesktop.systemd1.UnitMasked", "Unit rpm-ostreed.service is masked."),
        ("org.freedesktop.DBus.Error.UnknownMethod", "Object does not exist at path “/org/projectatomic/rpmostree1/x”"),
    ] {
        assert_eq!(of(name, text), MethodError::Unavailable { detail: text.into() });
    }
    for (name, text, code) in [
        ("org.freedesktop.DBus.Error.AccessDenied", "rpmostreed OS operation Upgrade not allowed for user", "failed"),
        ("org.freedesktop.DBus.Error.UnknownMethod", "No such method “X”", "failed"),
        ("org.projectatomic.rpmostreed.Error.InvalidRefspec", "Invalid refspec x", "malformed-reference"),
        (generic, "Reboot initiated, cannot start new transaction", "failed"),
        (generic, "Deployment with id 'nonsense' not found", "failed"),
    ] {
        let MethodError::Refused(refusal) = of(name, text) else { panic!("{text}") };
        assert_eq!(refusal.code(), code, "{text}");
    }
    for (error, code) in [
        (MethodError::SysrootLocked, "busy"),
        (of(busy, title), "busy"),
        (MethodError::Unavailable { detail: String::new() }, "program-unavailable"),
        (MethodError::Refused(Refusal::Cancelled), "cancelled"),
    ] {
        assert_eq!(error.into_refusal().code(), code);
    }
}

#[test]
fn the_recorded_methods_were_refused_for_these_reasons() {
    for (name, unavailable, in_transaction, locked) in [
        ("err-bad-args.jsonl", 2, 0, 0),
        ("txn-concurrent-B.jsonl", 0, 4, 0),
        ("txn-never-started.jsonl", 0, 1, 0),
        ("txn-sysroot-locked.jsonl", 0, 0, 1),
    ] {
        let recorded = lines(name);
        let of_bus = recorded.iter().filter(|line| line["ev"] == "error" && line["name"].is_string());
        let errors: Vec<MethodError> = of_bus
            .map(|line| of_method_error(line["name"].as_str().unwrap(), line["message"].as_str().unwrap(), REFERENCE))
            .collect();
        let count = |is: fn(&MethodError) -> bool| errors.iter().filter(|error| is(error)).count();
        assert_eq!(count(|error| matches!(error, MethodError::Unavailable { .. })), unavailable, "{name}: {errors:?}");
        let busy = count(|error| matches!(error, MethodError::TransactionInProgress { .. }));
        assert!(busy >= in_transaction.min(1) && (busy > 0) == (in_transaction > 0), "{name}: {busy}");
        assert_eq!(count(|error| *error == MethodError::SysrootLocked) > 0, locked > 0, "{name}");
    }
}

#[test]
fn details_are_short_and_plain() {
    let text = format!("Importing: proxy\u{1b}[1m failure: unexpected EOF\n{}", "x".repeat(9000));
    let Refusal::Network { detail } = of_finished(&text, REFERENCE) else { panic!() };
    assert_eq!(detail.chars().count(), LONGEST);
    assert!(detail.starts_with("Importing: proxy[1m failure: unexpected EOF x"));
}

proptest! {
    #[test]
    fn whatever_is_said_has_a_meaning(
        text in "(While pulling |Remote \"|Version | not found in |Invalid refspec|: |\" not found|\\PC|\n|\0){0,40}",
        name in "org\\.(freedesktop\\.DBus\\.Error|gtk)\\.[A-Za-z.]{0,20}",
    ) {
        prop_assert_ne!(of_finished(&text, REFERENCE).code(), "unknown");
        prop_assert_ne!(of_method_error(&name, &text, REFERENCE).into_refusal().code(), "unknown");
    }
}
