// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;

use super::super::recordings::read_text;
use super::*;

/// What each recorded run wrote besides its output: no error, or one with this code.
pub(in super::super) const RECORDINGS: &[(&str, Option<&str>)] = &[
    ("rollback.stderr", None),
    ("switch.stderr", None),
    ("switch-multi.stderr", None),
    ("switch-cut.stderr", Some("network")),
    ("switch-enforce.stderr", Some("signature-refused")),
    ("switch-missing.stderr", Some("image-not-found")),
    ("switch-refused.stderr", Some("network")),
    ("unprivileged-status.stderr", Some("failed")),
    ("upgrade.stderr", None),
    ("upgrade-check.stderr", None),
    ("upgrade-concurrent-a.stderr", None),
    ("upgrade-concurrent-b.stderr", None),
    ("upgrade-download-only.stderr", None),
    ("upgrade-from-downloaded.stderr", None),
    ("upgrade-incompatible.stderr", Some("locally-modified")),
    ("upgrade-sigterm.stderr", None),
];

const REFERENCE: &str = "ostree-image-signed:docker://quay.io/example/os:latest";

#[test]
fn every_recorded_error_gets_its_meaning() {
    for (name, code) in RECORDINGS {
        let text = read_text(name);
        match code {
            None => assert!(!text.contains("error: "), "{name}"),
            Some(code) => {
                let refusal = refusal(&text, REFERENCE);
                assert_eq!(refusal.code(), *code, "{name}");
                let detail = serde_json::to_value(&refusal).unwrap()["detail"].as_str().unwrap().to_owned();
                assert_eq!(format!("error: {detail}\n"), text, "{name}");
            }
        }
    }
}

#[test]
fn a_policy_that_accepts_everything_is_told_from_a_bad_signature() {
    let refusal = refusal(&read_text("switch-enforce.stderr"), REFERENCE);
    assert!(matches!(
        refusal,
        Refusal::SignatureRefused { problem: SignatureProblem::NoPolicy, reference, .. } if reference == REFERENCE
    ));
}

#[test]
fn errors_get_their_meaning() {
    let table = [
        ("Upgrading: System not booted via bootc.", "not-booted"),
        ("Detected container; this command requires a booted host system.", "not-booted"),
        (
            "Upgrading: Preparing for write: Cannot perform this operation: /sysroot is on a read-only block device",
            "read-only",
        ),
        ("Upgrading: No image source specified", "no-update-source"),
        ("Rolling back: No rollback available", "nothing-to-roll-back-to"),
        ("Rolling back: Rollback is not container image based", "failed"),
        ("Upgrading: No staged deployment found", "nothing-staged"),
        (
            "Status: Preparing for write: Querying root privilege: This command must be executed as the root user",
            "failed",
        ),
        ("Upgrading: Merge conflicts found in etc", "failed"),
        ("Upgrading: Soft reboot was required but deployment is not soft-reboot capable", "failed"),
        ("Upgrading: System transaction in progress", "busy"),
        ("Acquiring lock on /sysroot/composefs: Resource temporarily unavailable (os error 11)", "busy"),
        ("Switching: Opening /sysroot: Permission denied: really", "failed"),
        ("Switching: Pulling: Preparing import: Target image does not have ostree.bootable label", "not-bootable"),
        ("Switching: Pulling: Preparing import: Image has architecture arm64; expected amd64", "wrong-architecture"),
        (
            r#"Fetching manifest: failed to invoke method OpenImage: choosing image instance: no image found in image index for architecture "s390x", variant "", OS "linux""#,
            "wrong-architecture",
        ),
        (
            "Fetching manifest: failed to invoke method GetManifest: reading manifest x in quay.io/o/s: unauthorized: access to the requested resource is not authorized",
            "access-denied",
        ),
        ("failed to invoke method OpenImage: reading manifest latest in ghcr.io/o/s: denied: denied", "access-denied"),
        (
            "OpenImage: pinging container registry quay.io: Get \"https://quay.io/v2/\": dial tcp: lookup quay.io: no such host",
            "network",
        ),
        (
            "OpenImage: pinging container registry q: Get \"https://q/v2/\": tls: failed to verify certificate: x509: certificate signed by unknown authority",
            "network",
        ),
        (
            "OpenImage: reading manifest latest in docker.io/o/s: toomanyrequests: You have reached your pull rate limit",
            "network",
        ),
        (
            "Importing: Parsing layer blob sha256:ab: failed to invoke method FinishPipe: write |1: broken pipe and client error: Writing content object: No space left on device",
            "no-space",
        ),
        ("Importing: min-free-space-percent '3%' would be exceeded, at least 4 MB requested", "no-space"),
        ("failed to invoke method FinishPipe: Digest did not match, expected sha256:aa, got sha256:bb", "corrupted"),
        (
            "OpenImage: Source image rejected: Running image docker://quay.io/o/s:1 is rejected by policy.",
            "signature-refused",
        ),
        ("Upgrading: nobody has seen this before", "failed"),
        ("", "failed"),
    ];
    for (chain, code) in table {
        assert_eq!(refusal(&format!("error: {chain}\n"), REFERENCE).code(), code, "{chain}");
    }
}

#[test]
fn how_a_run_ended_is_told_where_it_says_nothing() {
    let code = |ended, stopped, stderr: &str| {
        let ran = Ran { ended, stopped, stdout: String::new(), stderr: stderr.to_owned() };
        match check(&ran, REFERENCE) {
            Ok(()) => "well".to_owned(),
            Err(Refusal::Failed { detail }) => detail,
            Err(refusal) => refusal.code(),
        }
    };
    let cancelled = Some(Stopped::Cancelled);
    for (ended, stopped, stderr, expected) in [
        (Ended::Status(0), None, "Deploying...done (0 seconds)\n", "well"),
        (Ended::Status(0), cancelled, "", "well"),
        (Ended::Signal(15), cancelled, "", "cancelled"),
        (Ended::Status(143), cancelled, "", "cancelled"),
        (Ended::Signal(9), Some(Stopped::ByObserver), "", "cancelled"),
        (Ended::Status(1), None, "", "bootc ended with status 1"),
        (Ended::Signal(9), None, "", "bootc was ended by signal 9"),
        (Ended::Signal(9), None, "Deploying...\n", "bootc was ended by signal 9; before that it said: Deploying..."),
        (Ended::Status(1), None, "error: No staged deployment found\n", "nothing-staged"),
    ] {
        assert_eq!(code(ended, stopped, stderr), expected);
    }
}

#[test]
fn what_is_wrong_with_a_signature_is_told() {
    for (message, expected) in [
        ("Source image rejected: A signature was required, but no signature exists", SignatureProblem::Missing),
        (
            "A signature was required, but no signature exists (1 non-sigstore signatures, 0 sigstore non-signature attachments)",
            SignatureProblem::Missing,
        ),
        (
            "Source image rejected: cryptographic signature verification failed: invalid signature when validating ASN.1 encoded signature",
            SignatureProblem::Invalid,
        ),
        ("Source image rejected: Signature by key 1234 is not accepted", SignatureProblem::UntrustedKey),
        ("Source image rejected: None of the signatures were accepted, reasons: odd; odder", SignatureProblem::Other),
        (
            "Source image rejected: Running image docker://o/insecureAcceptAnything is rejected by policy.",
            SignatureProblem::Other,
        ),
        ("Parsing /etc/containers/policy.json: EOF while parsing a list at line 1 column 13", SignatureProblem::Other),
        (
            "Error loading trust policy: invalid policy in \"/etc/containers/policy.json\": unexpected end of JSON input",
            SignatureProblem::Other,
        ),
    ] {
        match refusal(&format!("error: Fetching manifest: OpenImage: {message}\n"), REFERENCE) {
            Refusal::SignatureRefused { problem, .. } => assert_eq!(problem, expected, "{message}"),
            other => panic!("{message}: {other:?}"),
        }
    }
}

#[test]
fn numbers_and_architectures_are_taken_from_the_words() {
    let text =
        "error: Pulling: Insufficient free space for quay.io/o/s:1 (available: 1.2\u{a0}GB required: 3.5\u{a0}GB)\n";
    match refusal(text, REFERENCE) {
        Refusal::NoSpace { needed, free, place, .. } => {
            assert_eq!((needed, free, place.as_deref()), (Some(3_500_000_000), Some(1_200_000_000), Some("/")));
        }
        other => panic!("{other:?}"),
    }
    match refusal("error: Preparing import: Image has architecture arm64; expected amd64\n", REFERENCE) {
        Refusal::WrongArchitecture { found, expected, .. } => {
            assert_eq!((found.as_deref(), expected.as_deref()), (Some("arm64"), Some("amd64")));
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_chain_is_found_among_other_lines() {
    for (stderr, expected) in [
        ("Deploying...done (0 seconds)\nerror: A: B\n", "A: B"),
        ("error: A\nmore of A\n", "A\nmore of A"),
        ("error: a warning\nerror: A\n", "A"),
        (
            "notice: x\nsetpriv: failed to execute bootc: No such file or directory\n",
            "setpriv: failed to execute bootc: No such file or directory",
        ),
        ("", ""),
    ] {
        assert_eq!(chain(stderr), expected);
    }
}

#[test]
fn an_option_that_is_not_known_is_named() {
    let text = "error: unexpected argument '--progress-fd' found\n\nUsage: bootc upgrade [OPTIONS]\n";
    assert_eq!(unknown_option(2, text), Some("--progress-fd"));
    assert_eq!(unknown_option(2, "error: unexpected argument '--format=json' found\n"), Some("--format"));
    assert_eq!(unknown_option(1, text), None);
    assert_eq!(unknown_option(2, "error: something else"), None);
}

proptest! {
    #[test]
    fn whatever_is_said_has_a_meaning(text in "(error: )?(\\PC|\n|Insufficient free space for|available: |required: |Image has architecture |architecture \"){0,40}") {
        let meaning = refusal(&text, REFERENCE);
        prop_assert_ne!(meaning.code(), "unknown");
    }
}
