// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::ProgressMeter;
use proptest::prelude::*;

use super::super::recordings::{names, transactions};
use super::*;

/// Everything that would be shown, an event every 200 milliseconds.
fn shown(events: &[TransactionEvent]) -> Vec<Progress> {
    let (mut progress, mut meter) = (RpmOstreeProgress::default(), ProgressMeter::default());
    let mut milliseconds = 0;
    let mut all = Vec::new();
    for event in events {
        milliseconds += 200;
        all.extend(progress.take(event).map(|reading| meter.take(reading, milliseconds)));
    }
    all
}

fn phases(all: &[Progress]) -> Vec<Phase> {
    let mut phases: Vec<Phase> = all.iter().map(|progress| progress.phase).collect();
    phases.dedup();
    phases
}

/// The last that was shown of a phase.
fn last(all: &[Progress], phase: Phase) -> Progress {
    all.iter().rfind(|progress| progress.phase == phase).cloned().unwrap()
}

use Phase::{Checking, CleaningUp, Importing, Pulling, Staging};

/// A recording, which of its transactions, and the phases that it shows.
const PHASES: &[(&str, usize, &[Phase])] = &[
    ("txn-check-none.jsonl", 0, &[Checking]),
    ("txn-check-available.jsonl", 0, &[Checking]),
    ("txn-upgrade-none.jsonl", 0, &[Checking]),
    ("txn-upgrade-slow.jsonl", 0, &[Checking, Pulling, Staging]),
    ("txn-rebase-slow.jsonl", 0, &[Checking, Pulling, Staging]),
    ("txn-rebase-cancel-mid.jsonl", 0, &[Checking, Pulling]),
    ("txn-rebase-cut.jsonl", 0, &[Checking, Pulling]),
    ("txn-rebase-missing-tag.jsonl", 0, &[Checking]),
    ("txn-daemon-killed.jsonl", 0, &[Checking, Pulling]),
    // It is joined in the middle of a layer.
    ("txn-initiator-gone.jsonl", 0, &[Pulling, Staging]),
    ("txn-nobody-watching.jsonl", 0, &[CleaningUp]),
    ("txn-nobody-watching.jsonl", 1, &[Checking, Pulling]),
    ("txn-cleanup-all.jsonl", 0, &[CleaningUp]),
    ("kernelargs.jsonl", 0, &[Staging, CleaningUp]),
    ("layered-txn-check.jsonl", 0, &[Checking]),
    ("layered-txn-upgrade.jsonl", 0, &[Checking, Pulling, Importing, Staging]),
    ("layered-txn-rebase.jsonl", 0, &[Checking, Pulling, Importing, Staging, CleaningUp]),
    ("layered-txn-override-remove.jsonl", 0, &[Importing, Staging, CleaningUp]),
    ("txn-pkgchange-install.jsonl", 0, &[Importing, Staging]),
    ("ostree-txn-check.jsonl", 0, &[Checking]),
    ("ostree-txn-upgrade.jsonl", 0, &[Checking, Pulling, Staging]),
    ("ostree-txn-upgrade-cancel.jsonl", 0, &[Checking, Pulling]),
    ("ostree-txn-deploy-version.jsonl", 0, &[Checking, Staging]),
    ("ostree-txn-rebase-to-container.jsonl", 0, &[Checking, Pulling, Staging]),
];

#[test]
fn every_kind_of_transaction_shows_what_it_does() {
    for (name, which, expected) in PHASES {
        assert_eq!(&phases(&shown(&transactions(name)[*which])), expected, "{name} {which}");
    }
}

#[test]
fn nothing_recorded_runs_backwards() {
    let mut seen = 0;
    for name in names(".jsonl") {
        for transaction in transactions(&name) {
            check(&shown(&transaction)).unwrap_or_else(|error| panic!("{name}: {error}"));
            seen += 1;
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn of_a_container_image_layers_are_told_and_no_bytes_that_nobody_counts() {
    let all = shown(&transactions("txn-upgrade-slow.jsonl")[0]);
    let pulled = last(&all, Pulling);
    assert_eq!((pulled.layers, pulled.total_layers), (Some(7), Some(8)), "the last one is not known to be fetched");
    assert_eq!((pulled.layer_bytes, pulled.total_bytes, pulled.bytes), (Some(24_900), Some(11_800_000), None));
    let third = all.iter().find(|progress| progress.layers == Some(2)).unwrap();
    assert_eq!((third.layer_bytes, third.fraction()), (Some(1_800_000), Some(0.25)));
    let staging = last(&all, Staging);
    assert_eq!((staging.layers, staging.total_bytes, staging.overall), (None, None, None));
    // An image that others have added layers to counts those by themselves.
    let multi = last(&shown(&transactions("txn-nobody-watching.jsonl")[1]), Pulling);
    assert_eq!((multi.total_layers, multi.total_bytes), (Some(6), Some(13_000_000)));
    let mut both = RpmOstreeProgress::default();
    for text in ["ostree chunk layers needed: 8 (11.8\u{a0}MB)", "custom layers needed: 2 (1.0\u{a0}MB)"] {
        both.take(&TransactionEvent::message(text));
    }
    assert_eq!((both.now().total_layers, both.now().total_bytes), (Some(10), Some(12_800_000)));
}

#[test]
fn a_layer_that_says_done_when_the_connection_was_cut_is_not_counted() {
    for (name, layers) in [("txn-rebase-cut.jsonl", 1), ("txn-daemon-killed.jsonl", 0)] {
        let pulled = last(&shown(&transactions(name)[0]), Pulling);
        assert_eq!((pulled.layers, pulled.total_layers), (Some(layers), Some(5)), "{name}");
    }
}

#[test]
fn who_joins_in_the_middle_learns_as_much_as_is_told() {
    let all = shown(&transactions("txn-initiator-gone.jsonl")[0]);
    let first = all.first().unwrap();
    assert_eq!((first.layers, first.total_layers, first.total_bytes), (Some(1), Some(6), None));
    assert_eq!(first.layer_bytes, Some(2_000_000));
}

#[test]
fn of_a_branch_bytes_and_objects_are_told() {
    let all = shown(&transactions("ostree-txn-upgrade.jsonl")[0]);
    let pulled = last(&all, Pulling);
    assert_eq!((pulled.bytes, pulled.objects, pulled.total_objects), (Some(7_121_089), Some(19), Some(24)));
    assert_eq!((pulled.total_bytes, pulled.layers), (None, None));
    let numbers = DownloadProgress {
        metadata_outstanding: 3,
        content_fetched: 1,
        content_requested: 2,
        bytes: 5,
        ..DownloadProgress::default()
    };
    let take = |numbers| RpmOstreeProgress::default().take(&TransactionEvent::Download(numbers)).unwrap();
    assert_eq!((take(numbers).objects, take(numbers).total_objects), (Some(1), None), "more may turn up");
    let by_delta = DownloadProgress { delta_total_parts: 2, delta_total_size: 1000, ..numbers };
    let shown = take(by_delta);
    assert_eq!((shown.bytes, shown.total_bytes, shown.objects, shown.total_objects), (Some(5), Some(1000), None, None));
    let scanning = DownloadProgress { content_requested: 0, ..numbers };
    assert_eq!(take(scanning), Progress { phase: Checking, ..Progress::default() });
}

#[test]
fn packages_are_counted_by_the_text_and_never_said_to_be_all() {
    let (mut progress, mut seen) = (RpmOstreeProgress::default(), Vec::new());
    for event in &transactions("txn-pkgchange-install.jsonl")[0] {
        seen.extend(
            progress.take(event).filter(|now| now.phase == Importing).map(|now| (now.objects, now.total_objects)),
        );
    }
    let counted = [(None, None), (Some(1), Some(2)), (Some(2), None), (Some(3), Some(4)), (Some(4), None)];
    assert_eq!(seen, counted);
    // The percentage that comes with it is wrong.
    let mut progress = RpmOstreeProgress::default();
    let shown = progress.take(&TransactionEvent::percent("Importing packages (1/4)", 97)).unwrap();
    assert_eq!((shown.objects, shown.total_objects, shown.overall), (Some(1), Some(4), None));
    let before = progress.now();
    assert_eq!(progress.take(&TransactionEvent::percent("Importing rpm-md", 100)), None);
    assert_eq!(progress.now(), before);
}

#[test]
fn the_digest_is_taken_from_the_text() {
    let mut progress = RpmOstreeProgress::default();
    for event in &transactions("txn-upgrade-slow.jsonl")[0] {
        progress.take(event);
    }
    let digest = "sha256:55c550bb78da1e23f7006629ba44d41f476cecb6e15e4463db5151b5a4e673e0";
    assert_eq!(progress.digest(), Some(digest));
    for text in ["Importing: x (digest: sha256:no)", "Importing: (digest: ", "Importing: x", "Importing: (digest: )"] {
        progress.take(&TransactionEvent::message(text));
        assert_eq!(progress.digest(), Some(digest), "{text}");
    }
}

#[test]
fn what_tells_nothing_changes_nothing() {
    let mut progress = RpmOstreeProgress::default();
    for event in [
        TransactionEvent::ProgressEnd,
        TransactionEvent::TaskEnd,
        TransactionEvent::title("new-deployment"),
        TransactionEvent::message("something new"),
        TransactionEvent::task_begin("[9/3] Fetching layer x (1.0 MB)"),
        TransactionEvent::task_begin("[a/b] Fetching layer x"),
        TransactionEvent::message("layers needed: many"),
        TransactionEvent::finished(false, "Staging deployment"),
    ] {
        assert_eq!(progress.take(&event), None, "{event:?}");
    }
    assert_eq!(progress.now(), Progress { phase: Checking, ..Progress::default() });
}

/// What may never happen.
fn check(all: &[Progress]) -> Result<(), TestCaseError> {
    let (mut last, mut fraction) = (Progress::default(), 0.0);
    for progress in all {
        prop_assert!(progress.phase >= last.phase, "{last:?} {progress:?}");
        if progress.phase > last.phase {
            fraction = 0.0;
        } else {
            prop_assert!(progress.bytes >= last.bytes, "{last:?} {progress:?}");
            prop_assert!(progress.layers >= last.layers, "{last:?} {progress:?}");
            prop_assert!(progress.objects >= last.objects, "{last:?} {progress:?}");
        }
        if let Some(now) = progress.fraction() {
            prop_assert!((fraction..=1.0).contains(&now), "{last:?} {progress:?}");
            fraction = now;
        }
        prop_assert_eq!(progress.overall, None);
        last = progress.clone();
    }
    Ok(())
}

fn any_event() -> impl Strategy<Value = TransactionEvent> {
    let number = || prop_oneof![0u32..20, any::<u32>()];
    let text = prop_oneof![
        "\\PC{0,60}",
        (number(), number()).prop_map(|(n, m)| format!("[{n}/{m}] Fetching layer a ({m}.0\u{a0}MB)")),
        (number(), number()).prop_map(|(n, m)| format!("custom layers needed: {n} ({m}.1 GB)")),
        (number(), number()).prop_map(|(n, m)| format!("Checking out packages ({n}/{m})")),
        prop::sample::select(vec![
            "Staging deployment",
            "Checking out tree 1",
            "Pulling manifest: x",
            "Importing: x (digest: y)",
            "Freed: 1 byte",
            "cleanup",
            "upgrade (check only)",
            "upgrade",
            "(((",
            ")(/",
        ])
        .prop_map(str::to_owned),
    ];
    let small = || 0u32..30;
    let numbers = (small(), small(), small(), small(), any::<u64>(), any::<u64>());
    prop_oneof![
        4 => text.clone().prop_map(|text| TransactionEvent::message(&text)),
        4 => text.clone().prop_map(|text| TransactionEvent::task_begin(&text)),
        4 => (text.clone(), number()).prop_map(|(text, percentage)| TransactionEvent::percent(&text, percentage)),
        1 => text.prop_map(|text| TransactionEvent::title(&text)),
        3 => numbers.prop_map(|(outstanding, fetched, requested, parts, size, bytes)| {
            TransactionEvent::Download(DownloadProgress {
                metadata_outstanding: outstanding,
                content_fetched: fetched,
                content_requested: requested,
                delta_total_parts: parts,
                delta_total_size: size,
                bytes,
                ..DownloadProgress::default()
            })
        }),
        1 => Just(TransactionEvent::TaskEnd),
        1 => Just(TransactionEvent::ProgressEnd),
        1 => Just(TransactionEvent::SignatureSeen),
    ]
}

proptest! {
    #[test]
    fn whatever_is_told_nothing_runs_backwards(events in prop::collection::vec(any_event(), 1..80)) {
        check(&shown(&events))?;
    }
}
