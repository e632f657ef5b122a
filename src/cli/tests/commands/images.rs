// SPDX-License-Identifier: GPL-3.0-or-later
//! What is told of images before anything is downloaded: what a registry has, and who vouches for it.

use std::time::Duration;

use isotope_model::{Backend, Deployment, ImageReference, OperationKind, Outcome, Refusal, Snapshot, Trust};

use crate::bus::Bus;
use crate::hosts::{of_containers, plain};
use crate::isotopectl::{Run, command, interrupt, run};
use crate::readings::{preview, trust};
use crate::stage::{Lookup, Play, Registry, Work};

const KDE: &str = "quay.io/alma/kde:10";

async fn bus(snapshot: Snapshot) -> Bus {
    Bus::start(snapshot, Play::Refuse(Refusal::Unknown)).await
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

/// A host that follows this image.
fn following(reference: &str) -> Snapshot {
    let mut snapshot = of_containers(plain());
    for deployment in &mut snapshot.deployments {
        deployment.image = Some(ImageReference::Container { reference: reference.into() });
    }
    snapshot
}

#[tokio::test(flavor = "multi_thread")]
async fn an_image_is_shown_before_anything_is_downloaded() {
    let host = of_containers(plain());
    let bus = bus(host.clone()).await;
    let told = preview(&host, KDE);
    bus.registry(Registry::Tells(Box::new(told.clone())));
    let words = typed(&bus, "inspect quay.io/alma/kde:10").await;
    assert_eq!((words.code, words.errors.as_str()), (0, ""));
    for line in [
        "Version        10.4",
        "To download    350.0 MB",
        "Bootable       yes",
        "Signed         a signature lies beside the image",
        "Rule for       quay.io/alma",
        "To switch to it: isotopectl switch quay.io/alma/kde:10",
    ] {
        assert!(words.output.lines().any(|other| other == line), "{line}: {}", words.output);
    }
    let json = typed(&bus, "inspect quay.io/alma/kde:10 --json --no-ask").await;
    assert_eq!((json.code, &json.json()["preview"]), (0, &serde_json::to_value(&told).unwrap()));
    let lookup = |interactive| Lookup { image: KDE.into(), interactive };
    assert_eq!(bus.lookups(), [lookup(true), lookup(false)]);
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_name_it_is_about_the_image_that_is_followed() {
    let host = of_containers(plain());
    let followed = "ostree-image-signed:docker://quay.io/alma/gnome:10";
    let bus = bus(host.clone()).await;
    bus.registry(Registry::Tells(Box::new(preview(&host, followed))));
    let words = typed(&bus, "inspect").await;
    assert!(words.output.starts_with("Image          quay.io/alma/gnome:10\n"), "{}", words.output);
    assert!(!words.output.contains("isotopectl switch"), "{}", words.output);
    assert_eq!(bus.lookups(), [Lookup { image: followed.into(), interactive: true }]);
}

#[tokio::test(flavor = "multi_thread")]
async fn why_there_is_no_answer_is_told_in_words_a_form_and_a_number() {
    let (reference, detail) = (|| KDE.to_owned(), String::new);
    for (refusal, code) in [
        (Refusal::Network { detail: detail() }, 1),
        (Refusal::ImageNotFound { reference: reference(), detail: detail() }, 1),
        (Refusal::AccessDenied { reference: reference(), detail: detail() }, 1),
        (Refusal::Corrupted { detail: detail() }, 1),
        (Refusal::Failed { detail: detail() }, 1),
        (Refusal::NotAuthorised { action: detail() }, 3),
        (Refusal::Dismissed { action: detail() }, 3),
        (Refusal::NotWithBackend { backend: Backend::Bootc, composefs: false }, 9),
        (Refusal::WrongArchitecture { reference: reference(), found: None, expected: None, detail: detail() }, 10),
    ] {
        let bus = bus(of_containers(plain())).await;
        bus.registry(Registry::Refuses(refusal.clone()));
        let told = typed(&bus, "inspect quay.io/alma/kde:10 --json").await;
        assert_eq!((told.code, &told.json()["error"]), (code, &serde_json::to_value(&refusal).unwrap()));
        assert!(told.errors.lines().count() >= 3, "{}", told.errors);
    }
    let bus = bus(of_containers(plain())).await;
    for line in ["inspect kde", "trust kde"] {
        let told = typed(&bus, &format!("{line} --json")).await;
        assert_eq!((told.code, told.json()["error"]["code"].as_str()), (2, Some("malformed-reference")), "{line}");
    }
    assert!(bus.lookups().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_ends_the_wait_without_a_word() {
    let bus = bus(of_containers(plain())).await;
    bus.registry(Registry::Hangs);
    for (json, output) in [(None, ""), (Some("--json"), "{\"error\":{\"code\":\"cancelled\"}}\n")] {
        let before = bus.lookups().len();
        let arguments: Vec<_> = ["inspect", KDE].into_iter().chain(json).collect();
        let mut command = command(&bus, &arguments);
        command.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
        let child = command.spawn().unwrap();
        while bus.lookups().len() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        interrupt(&child);
        let ended = tokio::time::timeout(Duration::from_secs(20), child.wait_with_output()).await;
        let run: Run = ended.expect("an end").unwrap().into();
        assert_eq!((run.code, run.output.as_str(), run.errors.as_str()), (6, output, ""));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_vouches_for_an_image_is_told_without_asking_a_registry() {
    let host = of_containers(plain());
    let bus = bus(host.clone()).await;
    let followed = typed(&bus, "trust").await;
    assert_eq!((followed.code, followed.errors.as_str()), (0, ""));
    let lines: Vec<_> = followed.output.lines().collect();
    assert_eq!((lines[0], lines[2]), ("Image       quay.io/alma/gnome:10", "Signature   demanded"));
    assert!(!followed.output.contains("isotopectl switch"), "{}", followed.output);
    let rejected = typed(&bus, "trust example.org/os/kde").await;
    assert!(rejected.output.contains("\nTo do       An administrator has to make a rule"), "{}", rejected.output);
    let json = typed(&bus, "trust example.org/os/kde --json").await.json();
    let expected = trust(&host, "example.org/os/kde").unwrap();
    assert_eq!(serde_json::from_value::<Trust>(json["trust"].clone()).unwrap(), expected);
    assert!(bus.lookups().is_empty() && bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_to_a_checked_image_is_told_of_the_one_that_is_followed() {
    let open = bus(following("ostree-unverified-registry:quay.io/open/gnome:10")).await;
    let told = typed(&open, "trust").await.output;
    for line in [
        "1  The vendor signs the image · not known",
        "2  This computer demands a signature · to do",
        "     \"quay.io/open/gnome\": [{",
        "3  It is followed in the form that is refused unchecked · after that",
    ] {
        assert!(told.lines().any(|other| other.starts_with(line)), "{line}: {told}");
    }
    // The same image, named.
    let named = typed(&open, "trust ostree-unverified-registry:quay.io/open/gnome:10").await.output;
    assert_eq!(named, told);
    let other = typed(&open, "trust quay.io/open/kde").await.output;
    assert!(other.ends_with("isotopectl inspect quay.io/open/kde\n") && !other.contains("1  The"), "{other}");

    let ruled = bus(following("ostree-unverified-registry:quay.io/alma/gnome:10")).await;
    let told = typed(&ruled, "trust").await.output;
    assert!(told.contains("2  This computer demands a signature · done\n"), "{told}");
    assert!(told.ends_with("     isotopectl switch ostree-image-signed:docker://quay.io/alma/gnome:10\n"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn status_and_show_carry_who_vouches() {
    let bus = bus(of_containers(plain())).await;
    let sentence = "Signature        Installed only if it is signed with the key /etc/pki/containers/alma.pub\n";
    let verbose = typed(&bus, "status -v").await;
    assert!(verbose.output.contains(sentence), "{}", verbose.output);
    assert_eq!(typed(&bus, "status -v --json").await.json()["trust"]["state"], "verified");
    assert!(typed(&bus, "status --json").await.json().get("trust").is_none());
    assert_eq!(typed(&bus, "show booted --json").await.json()["trust"]["scope"], "quay.io/alma");

    let mut nothing = plain();
    nothing.deployments[0] = Deployment { image: None, ..nothing.deployments[0].clone() };
    let bus = self::bus(nothing).await;
    let verbose = typed(&bus, "status -v").await;
    assert_eq!(verbose.code, 0, "{}", verbose.errors);
    assert!(!verbose.output.contains("Signature"), "{}", verbose.output);
    assert!(typed(&bus, "status -v --json").await.json().get("trust").is_none());
    assert!(typed(&bus, "show booted --json").await.json()["trust"].is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn versions_of_a_container_image_are_the_tags_of_its_repository() {
    let outcome = |truncated| {
        let tags = ["10.2", "10", "latest"].map(str::to_owned).to_vec();
        Outcome::Tags { repository: "quay.io/alma/gnome".into(), tags, truncated }
    };
    let work = |outcome| Play::Work(Box::new(Work { steps: 1, pause: Duration::ZERO, outcome, cancelled: None }));
    let bus = Bus::start(of_containers(plain()), work(outcome(true))).await;
    let words = typed(&bus, "versions").await;
    assert_eq!(words.code, 0, "{}", words.errors);
    let lines: Vec<_> = words.output.lines().collect();
    assert_eq!(
        lines[1..5],
        ["10.2", "10       followed", "latest", "The registry has more tags than are listed here."]
    );
    assert!(words.output.contains("isotopectl switch quay.io/alma/gnome:TAG\n"), "{}", words.output);
    let json = typed(&bus, "versions --json").await;
    assert_eq!((json.code, &json.json()["outcome"]), (0, &serde_json::to_value(outcome(true)).unwrap()));
    assert_eq!(bus.requests()[0].kind, OperationKind::ListVersions);
    let none = Outcome::Tags { repository: "quay.io/alma/gnome".into(), tags: Vec::new(), truncated: false };
    bus.play(work(none));
    assert_eq!(typed(&bus, "versions").await.output, "The registry has 0 tags of the image.\n");
}
