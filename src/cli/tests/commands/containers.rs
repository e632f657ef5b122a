// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts of bootc: what is asked of the service, what cannot be done there, what is held back.

use std::time::Duration;

use isotope_model::{Backend, OperationKind, Outcome, PublishedVersion, Refusal, Snapshot};

use crate::bus::Bus;
use crate::hosts::{composefs, held_back, of_containers, plain, updated};
use crate::isotopectl::{Run, run};
use crate::stage::{Play, Work};

fn work(outcome: Outcome) -> Play {
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

fn staged() -> Outcome {
    Outcome::Staged { deployment: updated().deployments[0].id.clone(), replaced: None, pinned: None, released: None }
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn how_far_an_update_goes_is_asked_for_as_the_bus_has_it() {
    for (line, mode, soft) in [
        ("update", None, false),
        ("update --download-only", Some("download-only"), false),
        ("update --from-downloaded", Some("from-downloaded"), false),
        ("update --soft-restart", None, true),
    ] {
        let bus = Bus::start(plain(), work(staged())).await;
        assert_eq!(typed(&bus, line).await.code, 0, "{line}");
        let request = &bus.requests()[0];
        assert_eq!((request.option("mode").as_deref(), request.flag("soft-restart")), (mode, soft), "{line}");
    }
    let bus = Bus::start(plain(), work(staged())).await;
    let expect = format!("update --from-downloaded --expect {}", "3".repeat(64));
    for line in [
        "update --download-only --from-downloaded",
        "update --download-only --soft-restart",
        "update --from-downloaded --soft-restart",
        &expect,
    ] {
        let refused = typed(&bus, line).await;
        assert_eq!((refused.code, refused.output.as_str()), (2, ""), "{line}");
        assert!(refused.errors.contains("cannot be used with"), "{}", refused.errors);
    }
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_held_back_is_told_and_so_is_its_release() {
    let bus = Bus::start(plain(), work(staged())).await;
    bus.then(held_back());
    let held = typed(&bus, "update --download-only").await;
    assert_eq!(
        held.output,
        "Version 10.3 is downloaded and held back: a restart does not start it, and drops it.\n\
         To let the next restart start it: isotopectl update --from-downloaded\n\
         To install the newest version, this one or a newer one: isotopectl update\n"
    );
    let status = typed(&bus, "status").await.output;
    assert!(status.contains("Ready, but held back") && status.contains("update --from-downloaded"), "{status}");
    bus.then(Snapshot { soft_restart: true, ..updated() });
    let released = typed(&bus, "update --from-downloaded").await;
    assert_eq!(released.code, 0, "{}", released.errors);
    assert!(released.output.starts_with("Version 10.3 is no longer held back. It starts with"), "{}", released.output);
    assert!(released.output.contains("That restart is a short one"), "{}", released.output);
    assert!(typed(&bus, "status").await.output.contains("That restart is a short one"));
    assert_eq!(typed(&bus, "status --json").await.json()["snapshot"]["soft-restart"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn bare_digits_are_expected_as_a_digest() {
    for digits in ["3".repeat(64), format!("sha256:{}", "3".repeat(64))] {
        let bus = Bus::start(of_containers(plain()), work(staged())).await;
        assert_eq!(run(&bus, &["update", "--expect", &digits]).await.code, 0);
        assert_eq!(bus.requests()[0].option("expected-checksum"), Some(format!("sha256:{}", "3".repeat(64))));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_switch_takes_a_container_image_as_it_was_typed() {
    for image in ["quay.io/alma/kde:10", "docker://quay.io/alma/kde", "oci:/var/kde"] {
        let bus = Bus::start(of_containers(plain()), work(staged())).await;
        bus.then(of_containers(updated()));
        let done = run(&bus, &["switch", image, "--soft-restart", "--yes"]).await;
        assert_eq!(done.code, 0, "{}", done.errors);
        assert!(done.output.contains("could not be prepared as a short restart"), "{}", done.output);
        let request = &bus.requests()[0];
        assert_eq!((request.kind, request.argument.as_deref()), (OperationKind::Switch, Some(image)));
        assert!(request.flag("soft-restart"));
        assert_eq!(request.option("state-token"), Some(of_containers(plain()).token.0));
    }
    let bus = Bus::start(of_containers(plain()), Play::Refuse(Refusal::Unknown)).await;
    for (image, code, error) in [
        ("kde", 2, "malformed-reference"),
        ("alma:desktop/10/kde", 2, "malformed-reference"),
        ("quay.io/alma/gnome:10", 0, "already-followed"),
        ("docker://quay.io/alma/gnome:10", 0, "already-followed"),
    ] {
        let refused = run(&bus, &["switch", image, "--yes", "--json"]).await;
        assert_eq!((refused.code, refused.json()["error"]["code"].as_str()), (code, Some(error)), "{image}");
    }
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_bootc_has_no_word_for_is_refused_before_anything_is_asked() {
    for (snapshot, lines) in [
        (of_containers(plain()), &["deploy 10.0"][..]),
        (
            composefs(),
            &["deploy 10.0", "pin booted", "unpin 1", "remove 1", "set-default 1", "discard", "cleanup", "cleanup -y"],
        ),
    ] {
        let bus = Bus::start(snapshot, Play::Refuse(Refusal::Unknown)).await;
        for line in lines {
            let refused = typed(&bus, line).await;
            assert_eq!((refused.code, refused.output.as_str()), (9, ""), "{line}: {}", refused.errors);
            assert_eq!(refused.errors.lines().count(), 3, "{line}: {}", refused.errors);
            let json = typed(&bus, &format!("{line} --json")).await;
            assert_eq!(json.json()["error"]["code"], "not-with-backend", "{line}");
        }
        assert!(bus.requests().is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn refusals_that_only_bootc_gives_have_their_codes() {
    let (reference, detail) = (|| "quay.io/alma/kde:10".to_owned(), || "the words of bootc".to_owned());
    for (refusal, code) in [
        (Refusal::NotSupported { program: "bootc".into(), option: "--download-only".into() }, 9),
        (Refusal::NotWithBackend { backend: Backend::Bootc, composefs: true }, 9),
        (Refusal::LocallyModified { detail: detail() }, 9),
        (Refusal::WouldLoseVerification { reference: reference() }, 10),
        (Refusal::NotBootable { reference: reference(), detail: detail() }, 10),
        (Refusal::WrongArchitecture { reference: reference(), found: None, expected: None, detail: detail() }, 10),
        (Refusal::AccessDenied { reference: reference(), detail: detail() }, 1),
    ] {
        let bus = Bus::start(of_containers(plain()), Play::Refuse(refusal.clone())).await;
        let told = run(&bus, &["switch", &reference(), "-y", "--json"]).await;
        assert_eq!((told.code, &told.json()["error"]), (code, &serde_json::to_value(&refusal).unwrap()));
        assert!(told.errors.lines().count() >= 3, "{}", told.errors);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_composefs_host_says_how_old_its_reading_is_and_what_it_cannot_do() {
    let bus = Bus::start(composefs(), Play::Refuse(Refusal::Unknown)).await;
    let words = typed(&bus, "status").await.output;
    assert!(words.contains("As of            2025-11-18 09:25 ("), "{words}");
    assert!(words.contains("to look for updates: isotopectl check") && !words.contains("Not offered"), "{words}");
    let verbose = typed(&bus, "status -v").await.output;
    for line in ["bootc, because this system is made of composefs images", "Not offered      Chosen version · "] {
        assert!(verbose.contains(line), "{line}: {verbose}");
    }
    assert!(verbose.contains(&format!("digest sha256:{}\n", "2".repeat(64))), "{verbose}");
    let json = typed(&bus, "status --json").await.json();
    assert_eq!(serde_json::from_value::<Snapshot>(json["snapshot"].clone()).unwrap(), composefs());
    assert!(typed(&bus, "show booted").await.output.contains("\nDigest             sha256:2222"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_whole_is_one_line_through_all_phases() {
    let slow = Work { steps: 4, pause: Duration::from_millis(100), outcome: staged(), cancelled: None };
    let bus = Bus::start(of_containers(plain()), Play::Work(Box::new(slow))).await;
    bus.then(of_containers(updated()));
    let told = typed(&bus, "update").await;
    let lines: Vec<_> = told.errors.lines().collect();
    assert_eq!(
        lines[lines.len() - 3..],
        ["50%, Downloading: 1.0 MB of 4.0 MB", "80%, Unpacking, for 2 s", "90%, Preparing the new version, for 2 s",]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_beginning_of_a_checksum_is_looked_up_first() {
    let offered = |checksum: &str, version: &str| PublishedVersion {
        checksum: format!("{checksum:0<64}"),
        version: Some(version.into()),
        built: Some(1_763_424_000),
    };
    let versions = || Outcome::Versions {
        versions: vec![
            offered("4444444444441", "9.9"),
            offered("5555555555551", "9.8"),
            offered("5555555555552", "9.7"),
        ],
    };
    let bus = Bus::start(plain(), work(versions())).await;
    let json = run(&bus, &["deploy", "444444444444", "-y", "--json"]).await;
    let requests = bus.requests();
    assert_eq!((json.code, requests.len()), (0, 2), "{}", json.errors);
    assert_eq!((requests[0].kind, requests[1].kind), (OperationKind::ListVersions, OperationKind::Deploy));
    assert_eq!(requests[1].argument, Some(format!("{:0<64}", "4444444444441")));
    for (digits, code, error, words) in [
        ("555555555555", 2, "ambiguous-version", "the checksums of 2 versions"),
        ("666666666666", 1, "version-not-found", "does not have version 666666666666"),
    ] {
        let bus = Bus::start(plain(), work(versions())).await;
        let told = run(&bus, &["deploy", digits, "-y", "--json"]).await;
        assert_eq!((told.code, told.json()["error"]["code"].as_str()), (code, Some(error)));
        assert!(told.errors.contains(words), "{}", told.errors);
        assert_eq!(bus.requests().len(), 1);
    }
    for version in ["10.0", "44444444444", &"4".repeat(64)] {
        let bus = Bus::start(plain(), work(staged())).await;
        assert_eq!(run(&bus, &["deploy", version, "-y"]).await.code, 0);
        assert_eq!(bus.requests().len(), 1, "{version}");
    }
}
