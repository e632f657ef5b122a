// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;
use crate::catalog::{Catalog, Catalogs, CpuBaseline, HostCatalogs, RecognisedFrom};
use crate::deployment::tests::deployment;
use crate::dictionary::{from_dictionary, to_dictionary};
use crate::{Backend, Deployment, Host, Processor, Snapshot, Space, TrustState};

const CATALOG: &str = r#"
    format = 1
    vendor = { id = "v", name = "V" }
    [[entry]]
    id = "gnome"
    name = "GNOME"
    desktop = "gnome"
    container = { image = "quay.io/v/gnome" }
    streams = [{ tag = "10" }]
    [[entry]]
    id = "kde"
    name = "KDE"
    desktop = "kde"
    cpu_baseline = "x86-64-v3"
    container = { image = "quay.io/v/kde" }
    streams = [{ tag = "10" }]
    [[entry]]
    id = "old"
    name = "Old"
    status = "deprecated"
    replaced_by = "kde"
    reversible = false
    architectures = ["arm64"]
    container = { image = "quay.io/v/old" }
    streams = [{ tag = "10" }]
    [[entry]]
    id = "maybe"
    name = "Maybe"
    status = "experimental"
    container = { image = "quay.io/v/maybe" }
    streams = [{ tag = "10" }]
"#;
const OTHER: &str = r#"
    format = 1
    vendor = { id = "w", name = "W" }
    [[entry]]
    id = "theirs"
    name = "Theirs"
    container = { image = "quay.io/w/theirs" }
    streams = [{ tag = "10" }]
"#;

fn catalogs() -> HostCatalogs {
    let read = |name: &str, text: &str| (name.to_owned(), Catalog::from_toml(name, text));
    let catalogs = Catalogs::merge(vec![read("v.toml", CATALOG), read("w.toml", OTHER)]);
    assert!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
    let here = Recognised { entry: "gnome".into(), stream: Some("10".into()), from: RecognisedFrom::Image };
    HostCatalogs { catalogs, here: Some(here), architecture: "amd64".into(), ..HostCatalogs::default() }
}

fn image(name: &str) -> ImageReference {
    ImageReference::Container { reference: format!("ostree-unverified-registry:quay.io/v/{name}:10") }
}

fn host() -> Snapshot {
    let booted = Deployment { booted: true, built: Some(100), image: Some(image("gnome")), ..deployment('1') };
    let host = Host { image_based: true, backend: Backend::Bootc, ..Host::default() };
    Snapshot { host, deployments: vec![booted], token: StateToken("t".into()), ..Snapshot::default() }
}

fn facts(image: &ImageReference) -> HostFacts {
    let trust = Trust { state: TrustState::Verified, ..Trust::unknown(image.clone()) };
    let tree = Some(TreeFacts { image_checksum: "sha256:1".into(), ..TreeFacts::default() });
    HostFacts { present: vec![trust.clone()], trust, tree, ..HostFacts::unknown(image.clone()) }
}

fn preview(image: &ImageReference) -> ImagePreview {
    let published = crate::lookup_protocol::PublishedImage {
        digest: "sha256:1".into(),
        built: Some(200),
        architecture: Some("amd64".into()),
        bootable: true,
        size: 10,
        ..Default::default()
    };
    let trust = Trust { state: TrustState::Verified, ..Trust::unknown(image.clone()) };
    ImagePreview::new(published, trust, None)
}

/// What is other than with a switch that nothing speaks against.
type Change = fn(&mut Snapshot, &mut HostFacts, &mut Result<ImagePreview, Refusal>);

/// What is found besides who vouches for the image.
fn found(
    name: &str,
    change: impl FnOnce(&mut Snapshot, &mut HostFacts, &mut Result<ImagePreview, Refusal>),
) -> Vec<String> {
    let image = match name.split_once("://") {
        Some((_, whole)) => ImageReference::Container { reference: format!("ostree-unverified-registry:{whole}") },
        None => image(name),
    };
    let (mut snapshot, mut host, mut preview) = (host(), facts(&image), Ok(preview(&image)));
    change(&mut snapshot, &mut host, &mut preview);
    let catalogs = catalogs();
    let facts = SwitchFacts {
        snapshot: &snapshot,
        image: &image,
        host: &host,
        catalogs: Some(&catalogs),
        preview: Some(preview.as_ref()),
        staged: false,
    };
    names(&facts.judge())
}

fn names(preflight: &Preflight) -> Vec<String> {
    let name = |finding: &Finding| {
        let value = serde_json::to_value(finding).unwrap();
        let code = value["refusal"]["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
        format!("{} {}{code}", value["severity"].as_str().unwrap(), value["finding"].as_str().unwrap())
    };
    preflight.findings.iter().map(name).filter(|name| name != "note signature").collect()
}

fn nothing(_: &mut Snapshot, _: &mut HostFacts, _: &mut Result<ImagePreview, Refusal>) {}

#[test]
fn what_the_catalogs_say_of_the_image_is_told() {
    assert_eq!(found("gnome", nothing), Vec::<String>::new());
    assert_eq!(found("kde", nothing), ["note other-desktop"]);
    let old = found("old", |_, _, preview| preview.as_mut().unwrap().architecture = None);
    assert_eq!(old, ["blocking refused wrong-architecture", "warning outdated", "warning one-way"]);
    assert_eq!(found("maybe", nothing), ["warning experimental"]);
    assert_eq!(found("docker://quay.io/w/theirs:10", nothing), ["note other-vendor"]);
    assert_eq!(found("docker://quay.io/unknown/x:10", nothing), Vec::<String>::new());
}

#[test]
fn the_way_on_from_what_is_outdated_is_named() {
    let image = image("old");
    let (snapshot, host, catalogs) = (host(), facts(&image), catalogs());
    let facts = SwitchFacts {
        snapshot: &snapshot,
        image: &image,
        host: &host,
        catalogs: Some(&catalogs),
        preview: None,
        staged: false,
    };
    let preflight = facts.judge();
    let outdated = preflight.findings.iter().find_map(|finding| match &finding.concern {
        Concern::Outdated { successor, reference, .. } => Some((successor.clone().unwrap().english, reference.clone())),
        _ => None,
    });
    assert_eq!(outdated, Some(("KDE".into(), Some("quay.io/v/kde:10".into()))));
    assert_eq!(preflight.recognised.unwrap().entry, "old");
}

#[test]
fn what_would_fail_blocks() {
    let table: [(&str, Change); 8] = [
        ("refused not-bootable", |_, _, preview| preview.as_mut().unwrap().bootable = false),
        ("refused wrong-architecture", |_, _, preview| {
            preview.as_mut().unwrap().architecture = Some("s390x".into());
        }),
        ("refused no-space", |_, host, preview| {
            host.system = Some(Space { free: 10, total: 100 });
            preview.as_mut().unwrap().download_bytes = Some(11);
        }),
        ("refused no-space", |_, host, _| {
            host.boot = Some(BootRoom { separate: true, free: 3, reclaimable: 1, needed: 5, known: true });
        }),
        ("refused image-not-found", |_, _, preview| {
            *preview = Err(Refusal::ImageNotFound { reference: String::new(), detail: String::new() });
        }),
        ("refused signature-refused", |_, _, preview| {
            preview.as_mut().unwrap().trust.state = TrustState::Refused;
        }),
        ("layered", |snapshot, host, _| {
            snapshot.deployments[0].layered.packages = vec!["vim".into()];
            host.refusal = Some(Refusal::LocallyModified { detail: String::new() });
        }),
        ("refused switch-forbidden", |_, host, _| {
            host.refusal = Some(Refusal::SwitchForbidden { reference: String::new() });
        }),
    ];
    for (expected, change) in table {
        let found = found("gnome", change);
        let blocking: Vec<_> = found.iter().filter_map(|name| name.strip_prefix("blocking ")).collect();
        assert_eq!(blocking, [expected], "{found:?}");
    }
    let needs = found("kde", |_, host, _| {
        host.processor = Some(Processor { baseline: Some(CpuBaseline::X86_64V2) });
    });
    assert_eq!(needs, ["blocking processor", "note other-desktop"]);
}

#[test]
fn what_may_be_lost_is_warned_of_and_blocks_nothing() {
    let table: [(&str, Change); 9] = [
        ("warning older", |_, _, preview| preview.as_mut().unwrap().built = Some(99)),
        ("warning little-space", |_, host, preview| {
            host.system = Some(Space { free: 10, total: 100 });
            preview.as_mut().unwrap().download_bytes = Some(5);
        }),
        ("warning little-space", |_, host, _| {
            host.boot = Some(BootRoom { separate: true, free: 3, reclaimable: 1, needed: 5, known: false });
        }),
        ("warning not-looked-at network", |_, _, preview| {
            *preview = Err(Refusal::Network { detail: String::new() });
        }),
        ("note replaces-staged", |snapshot, _, _| {
            snapshot.deployments.insert(0, Deployment { staged: true, ..deployment('2') });
        }),
        ("warning configuration-kept", |_, host, _| host.tree.as_mut().unwrap().kept = vec!["/etc/x".into()]),
        ("warning missing-user", |_, host, _| {
            host.tree.as_mut().unwrap().missing_users = vec!["sddm".into(), "sddm".into()];
        }),
        ("note content-unknown", |_, host, _| host.tree = None),
        ("note content-unknown", |_, host, _| {
            // That of another version of the image.
            let tree = host.tree.as_mut().unwrap();
            (tree.image_checksum, tree.kept) = ("sha256:2".into(), vec!["/etc/x".into()]);
        }),
    ];
    for (expected, change) in table {
        assert_eq!(found("gnome", change), [expected]);
    }
    let weaker = found("gnome", |_, _, preview| preview.as_mut().unwrap().trust.state = TrustState::Unchecked);
    assert_eq!(weaker, ["warning signature", "warning weaker-check"]);
}

#[test]
fn a_pin_that_fills_boot_is_told_where_one_is_made() {
    let full: Change = |_, host, _| {
        host.boot = Some(BootRoom { separate: true, free: 9, reclaimable: 0, needed: 5, known: false });
    };
    assert_eq!(found("kde", full), ["note pin-fills-boot", "note other-desktop"]);
    assert_eq!(found("gnome", full), Vec::<String>::new(), "what runs is not left");
}

#[test]
fn a_login_screen_that_would_not_come_up_is_told() {
    let found = found("gnome", |_, host, _| {
        host.tree = Some(TreeFacts {
            present_display_manager: Some("gdm.service".into()),
            display_manager: Some("sddm.service".into()),
            broken_link: Some(BrokenLink { link: "/etc/x".into(), unit: "gdm.service".into() }),
            image_checksum: "sha256:1".into(),
            ..TreeFacts::default()
        });
    });
    assert_eq!(found, ["warning broken-display-manager", "note other-display-manager"]);
    let none = self::found("gnome", |_, host, _| {
        host.tree.as_mut().unwrap().present_display_manager = Some("gdm.service".into());
    });
    assert_eq!(none, ["warning no-display-manager"]);
}

#[test]
fn of_what_is_staged_only_its_content_is_judged() {
    let image = image("old");
    let (snapshot, mut host, catalogs) = (host(), facts(&image), catalogs());
    host.tree.as_mut().unwrap().kept = vec!["/etc/x".into()];
    let facts = SwitchFacts {
        snapshot: &snapshot,
        image: &image,
        host: &host,
        catalogs: Some(&catalogs),
        preview: None,
        staged: true,
    };
    assert_eq!(names(&facts.judge()), ["warning configuration-kept"]);
}

#[test]
fn a_branch_for_another_computer_is_recognised_by_its_name() {
    let image = ImageReference::from_refspec("r:v/10/aarch64/kde").unwrap();
    let (snapshot, host, catalogs) = (host(), facts(&image), catalogs());
    let facts = SwitchFacts {
        snapshot: &snapshot,
        image: &image,
        host: &host,
        catalogs: Some(&catalogs),
        preview: None,
        staged: false,
    };
    let Concern::Refused { refusal } = &facts.judge().findings[0].concern else { panic!("not refused") };
    assert!(matches!(refusal, Refusal::WrongArchitecture { found: Some(found), .. } if found == "arm64"));
}

#[test]
fn it_travels_and_what_is_unknown_does_no_harm() {
    let image = image("kde");
    let (snapshot, host, catalogs, preview) = (host(), facts(&image), catalogs(), preview(&image));
    let facts = SwitchFacts {
        snapshot: &snapshot,
        image: &image,
        host: &host,
        catalogs: Some(&catalogs),
        preview: Some(Ok(&preview)),
        staged: false,
    };
    let preflight = facts.judge();
    assert_eq!(preflight.pins, Some(deployment('1').id));
    assert_eq!(preflight.checksum.as_deref(), Some("sha256:1"));
    assert!(!preflight.is_blocked(false));
    assert_eq!(from_dictionary::<Preflight>(&to_dictionary(&preflight).unwrap()).unwrap(), preflight);
    let finding: Finding = serde_json::from_str(r#"{"severity":"odd","finding":"of-the-future","x":1}"#).unwrap();
    assert_eq!(finding, Finding { severity: Severity::Unknown, concern: Concern::Unknown });
    let host: HostFacts = serde_json::from_str(&serde_json::to_string(&host).unwrap()).unwrap();
    assert_eq!(host, facts.host.clone());
}

#[test]
fn what_rpm_ostree_changed_is_carried_over_taken_back_or_in_the_way() {
    let branch = ImageReference::from_refspec("r:b").unwrap();
    let kde = image("kde");
    let table = [
        (Backend::RpmOstree, image("gnome"), &kde, LayeredEffect::CarriedOver, false, false),
        (Backend::RpmOstree, branch.clone(), &kde, LayeredEffect::NeedsReset, true, false),
        (Backend::RpmOstree, branch.clone(), &branch, LayeredEffect::CarriedOver, false, false),
        (Backend::Bootc, image("gnome"), &kde, LayeredEffect::Blocks, true, true),
    ];
    for (backend, follows, target, expected, blocked, blocked_with_reset) in table {
        let mut snapshot = host();
        snapshot.host.backend = backend;
        snapshot.deployments[0].image = Some(follows);
        snapshot.deployments[0].layered.removed = vec!["firefox".into()];
        let (facts, preview) = (facts(target), preview(target));
        let judged = SwitchFacts {
            snapshot: &snapshot,
            image: target,
            host: &facts,
            catalogs: None,
            preview: Some(Ok(&preview)),
            staged: false,
        }
        .judge();
        let effect = judged.findings.iter().find_map(|finding| match &finding.concern {
            Concern::Layered { effect, .. } => Some(*effect),
            _ => None,
        });
        assert_eq!(effect, Some(expected), "{backend:?} {target}");
        assert_eq!((judged.is_blocked(false), judged.is_blocked(true)), (blocked, blocked_with_reset));
        assert_eq!(judged.resettable().is_some(), effect != Some(LayeredEffect::Blocks));
    }
}

#[test]
fn what_was_opened_or_added_while_it_runs_is_warned_of() {
    let warned = found("kde", |snapshot, _, _| {
        snapshot.deployments[0].unlocked = Some(Unlocked::Hotfix);
        snapshot.deployments[0].applied_live = true;
    });
    assert!(
        warned.contains(&"warning unlocked".into()) && warned.contains(&"warning applied-live".into()),
        "{warned:?}"
    );
}
