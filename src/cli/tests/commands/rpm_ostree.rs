// SPDX-License-Identifier: GPL-3.0-or-later
//! What only rpm-ostree brings along: layered packages that a switch takes back, digests to install, lists of packages.

use std::time::Duration;

use isotope_model::{
    Backend, Concern, Finding, ImageReference, Layered, LayeredEffect, OperationKind, Outcome, Preflight, Refusal,
    Severity, Snapshot, UpdateDriver,
};
use serde_json::{Value, json};

use crate::bus::Bus;
use crate::hosts::{deployment, of_containers, plain, updated};
use crate::isotopectl::{Run, run};
use crate::readings::preflight;
use crate::session::{Session, plainly};
use crate::stage::{Findings, Play, Work};

const KDE: &str = "quay.io/alma/kde:10";

/// A host that follows a branch, with a package that was layered.
fn layered() -> Snapshot {
    let mut snapshot = plain();
    snapshot.host.backend = Backend::RpmOstree;
    snapshot.deployments[0].layered = Layered { packages: vec!["htop".into()], ..Layered::default() };
    snapshot
}

fn found() -> Preflight {
    let image = ImageReference::Container { reference: format!("ostree-image-signed:docker://{KDE}") };
    let mut found = Preflight { image, ..preflight(&of_containers(plain()), KDE) };
    let concern =
        Concern::Layered { layered: layered().deployments[0].layered.clone(), effect: LayeredEffect::NeedsReset };
    found.findings.insert(0, Finding { severity: Severity::Blocking, concern });
    found
}

fn staged() -> Play {
    let outcome = Outcome::Staged { deployment: deployment('3', "").id, replaced: None, pinned: None, released: None };
    Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }))
}

async fn bus(findings: Findings) -> Bus {
    let bus = Bus::start(layered(), staged()).await;
    bus.then(updated());
    bus.findings(findings);
    bus
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn packages_are_in_the_way_of_a_container_until_they_are_taken_back() {
    let bus = bus(Findings::Are(Box::new(found()))).await;
    let refused = typed(&bus, "switch quay.io/alma/kde:10 --yes").await;
    assert_eq!(refused.code, 9, "{}", refused.errors);
    for words in ["In the Way\n", "Added: htop.", "can damage the system", "isotopectl switch --reset IMAGE\n"] {
        assert!(refused.errors.contains(words), "{words}: {}", refused.errors);
    }
    assert_eq!(typed(&bus, "switch --preflight quay.io/alma/kde:10").await.code, 9);
    let looked = typed(&bus, "switch --preflight quay.io/alma/kde:10 --reset").await;
    assert!(looked.code == 0 && looked.output.ends_with("switch quay.io/alma/kde:10 --reset\n"), "{}", looked.output);
    assert!(bus.requests().is_empty());
    let done = typed(&bus, "switch quay.io/alma/kde:10 --yes --reset").await;
    assert_eq!(done.code, 0, "{}", done.errors);
    let list = "What was changed with rpm-ostree is taken back:\n  Added: htop\n";
    assert!(done.errors.contains(list) && !done.errors.contains("In the Way"), "{}", done.errors);
    assert!(bus.requests()[0].flag("reset") && bus.requests()[0].argument.as_deref() == Some(KDE));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_question_lists_what_is_taken_back() {
    let bus = bus(Findings::Are(Box::new(found()))).await;
    let unasked = run(&bus, &["switch", KDE, "--reset", "--no-ask"]).await;
    assert!(
        unasked.code == 2 && unasked.errors.contains("switch quay.io/alma/kde:10 --reset --yes"),
        "{}",
        unasked.errors
    );
    let mut session = Session::start(&bus, &["switch", KDE, "--reset"], "xterm");
    session.types("y\n");
    let (shown, exit) = session.end().await;
    let shown = plainly(&shown);
    assert_eq!(exit, Some(0), "{shown}");
    let list = "What was changed with rpm-ostree is taken back:\r\n  Added: htop\r\n";
    assert!(shown.contains(list) && shown.contains("Switch to quay.io/alma/kde:10? [y/N]"), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_look_is_told_of_the_packages_all_the_same() {
    let bus = bus(Findings::Refuses(Refusal::NotAuthorised { action: String::new() })).await;
    let refused = typed(&bus, "switch quay.io/alma/kde:10 --yes --json").await;
    assert_eq!((refused.code, &refused.json()["error"]["code"]), (9, &json!("needs-reset")));
    assert!(bus.requests().is_empty());
    let done = typed(&bus, "switch quay.io/alma/kde:10 --yes --reset").await;
    assert!(done.code == 0 && done.errors.contains("  Added: htop\n"), "{}", done.errors);
    assert!(bus.requests()[0].flag("reset"));
}

#[tokio::test(flavor = "multi_thread")]
async fn which_packages_change_is_listed() {
    let bus = bus(Findings::Hangs).await;
    let shown = typed(&bus, "changes").await;
    let expected = "\
From version 10.2, which runs now, to the update that was found
1 package newer.

Newer
  vim-minimal   1-1 → 2-1
";
    assert_eq!((shown.code, shown.output.as_str()), (0, expected), "{}", shown.errors);
    let json = typed(&bus, "changes --json").await.json();
    assert_eq!((&json["deployment"], &json["known"]), (&Value::Null, &json!(true)));
    assert_eq!(json["packages"]["upgraded"][0]["name"], "vim-minimal");
    let other = typed(&bus, "changes 1").await;
    assert!(other.code == 0 && other.output.contains("Nobody can say which packages change.\n"), "{}", other.output);
    assert_eq!(typed(&bus, "changes 1 --json").await.json()["known"], false);
    bus.change(plain()).await;
    let unknown = typed(&bus, "changes").await;
    assert!(unknown.code == 0 && unknown.output.contains("it is not in charge.\n"), "{}", unknown.output);
    assert_eq!(typed(&bus, "changes --json").await.json()["known"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_digest_is_installed_on_a_computer_of_containers() {
    let mut containers = of_containers(plain());
    containers.host.backend = Backend::RpmOstree;
    let bus = Bus::start(containers, staged()).await;
    let (digits, digest) = ("Ab".repeat(32), format!("sha256:{}", "ab".repeat(32)));
    for typed in [digits, digest.clone(), "10.1".into()] {
        assert_eq!(run(&bus, &["deploy", &typed, "--yes"]).await.code, 0, "{typed}");
    }
    let asked: Vec<_> = bus.requests().into_iter().map(|request| (request.kind, request.argument)).collect();
    let deploy = |text: &str| (OperationKind::Deploy, Some(text.to_owned()));
    assert_eq!(asked, [deploy(&digest), deploy(&digest), deploy("10.1")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driver_and_a_program_that_does_not_answer_are_told_with_what_helps() {
    let mut driven = layered();
    driven.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
    let bus = Bus::start(driven, Play::Refuse(Refusal::Unknown)).await;
    let refused = typed(&bus, "switch quay.io/alma/kde:10 --yes --reset").await;
    assert_eq!(refused.code, 9, "{}", refused.errors);
    assert!(refused.errors.contains("“systemctl stop zincati.service”"), "{}", refused.errors);
    assert!(typed(&bus, "status").await.output.contains("Updates are driven by Zincati (zincati.service)."));
    assert!(bus.requests().is_empty());
    let refusal = Refusal::ProgramUnavailable { program: "rpm-ostree".into(), detail: "timed out".into() };
    let bus = Bus::start(layered(), Play::Refuse(refusal)).await;
    let refused = typed(&bus, "check").await;
    assert_eq!(refused.code, 1);
    for words in ["rpm-ostree does not answer\n", "Nothing was changed", "“systemctl status rpm-ostreed”"] {
        assert!(refused.errors.contains(words), "{words}: {}", refused.errors);
    }
}
