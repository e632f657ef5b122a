// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Backend, DeploymentId, Host, Layered, PackageChange, PackageChanges};

use super::*;

const BRANCH: &str = "fedora:fedora/43/x86_64/kinoite";
const IMAGE: &str = "ostree-unverified-registry:q.io/o/gnome:10";

fn digest(digit: &str) -> String {
    format!("sha256:{}", digit.repeat(64))
}

fn here(layered: bool) -> Deployment {
    let packages = if layered { vec!["vim".to_owned()] } else { Vec::new() };
    Deployment {
        digest: Some(digest("1")),
        version: Some("10.1".into()),
        built: Some(100),
        layered: Layered { packages, ..Layered::default() },
        image: Some(ImageReference::Container { reference: IMAGE.into() }),
        booted: true,
        ..Deployment::new(DeploymentId::new("os", "1".repeat(64), 0))
    }
}

fn facts(digit: &str, version: Option<&str>, built: u64) -> ImageFacts {
    let version = version.map(str::to_owned);
    ImageFacts { digest: Some(digest(digit)), version, built: Some(built), ..ImageFacts::default() }
}

fn told(version: &str) -> CachedUpdate {
    CachedUpdate { version: Some(version.into()), ..CachedUpdate::default() }
}

fn found(known: Known, here: &Deployment, told: Option<&CachedUpdate>) -> String {
    match known.found(here, told) {
        Which::This(digest, _) => digest.chars().skip(7).take(1).collect(),
        which => format!("{which:?}"),
    }
}

fn noted(noted: &[ImageFacts]) -> Known {
    Known { noted: noted.to_vec(), pulled: None }
}

fn pulled(pulled: ImageFacts) -> Known {
    Known { noted: Vec::new(), pulled: Some(pulled) }
}

#[test]
fn without_layers_nothing_told_is_nothing_new_but_for_what_was_pulled() {
    let here = here(false);
    assert_eq!(found(Known::default(), &here, None), "Nothing");
    assert_eq!(found(noted(&[facts("2", None, 200)]), &here, None), "Nothing", "the note is old");
    assert_eq!(found(pulled(facts("2", None, 200)), &here, None), "2", "it was discarded");
    assert_eq!(found(pulled(facts("1", None, 100)), &here, None), "Nothing");
}

#[test]
fn with_layers_nothing_told_says_nothing_and_only_a_newer_note_is_believed() {
    let here = here(true);
    assert_eq!(found(Known::default(), &here, None), "Unknown");
    for (digit, built, expected) in
        [("2", 200, "2"), ("2", 100, "Unknown"), ("2", 50, "Unknown"), ("1", 200, "Unknown")]
    {
        assert_eq!(found(noted(&[facts(digit, None, built)]), &here, None), expected, "{digit} {built}");
        assert_eq!(found(pulled(facts(digit, None, built)), &here, None), expected, "{digit} {built}");
    }
    let undated = ImageFacts { built: None, ..facts("2", None, 0) };
    assert_eq!(found(noted(&[undated]), &here, None), "Unknown");
    // An old note does not hide the one that counts.
    assert_eq!(found(noted(&[facts("9", None, 50), facts("2", None, 200)]), &here, None), "2");
}

#[test]
fn a_note_is_of_the_version_that_rpm_ostree_tells() {
    let here = here(false);
    let notes = [facts("2", Some("10.2"), 200), facts("3", Some("10.3"), 300)];
    assert_eq!(found(noted(&notes), &here, Some(&told("10.3"))), "3");
    assert_eq!(found(noted(&notes), &here, Some(&told("10.4"))), "Unknown");
    assert_eq!(found(noted(&notes[..1]), &here, Some(&CachedUpdate::default())), "2", "no version is told");
    let same = facts("1", Some("10.1"), 100);
    assert_eq!(found(noted(&[same]), &here, Some(&told("10.1"))), "Nothing");
    let staged = Deployment { staged: true, booted: false, ..here };
    assert_eq!(found(Known::default(), &staged, Some(&told("10.1"))), "Nothing");
}

fn host(image: &str, layered: bool) -> Snapshot {
    let image = ImageReference::from_refspec(image).ok();
    let booted = Deployment { image: image.or(here(layered).image), digest: None, ..here(layered) };
    let host = Host { image_based: true, backend: Backend::RpmOstree, ..Host::default() };
    Snapshot { host, deployments: vec![booted], ..Snapshot::default() }
}

fn judged(before: &Snapshot, cached: Option<CachedUpdate>) -> String {
    format!("{:?}", judge(before, cached, &gio::Cancellable::new()).unwrap())
}

#[test]
fn newer_packages_on_the_same_commit_of_a_branch_are_not_up_to_date() {
    let changes = PackageChanges { known: true, upgraded: vec![PackageChange::default()], ..PackageChanges::default() };
    let cached = |changes: &PackageChanges, deployment: Option<&str>| {
        let (checksum, reference) = (Some("1".repeat(64)), Some(BRANCH.to_owned()));
        let deployment = deployment.map(str::to_owned);
        Some(CachedUpdate { checksum, reference, deployment, changes: changes.clone(), ..CachedUpdate::default() })
    };
    let before = host(BRANCH, true);
    assert_eq!(judged(&before, cached(&changes, None)), "Unknown");
    assert_eq!(judged(&before, cached(&changes, Some("os-2.0"))), "Nothing", "it is staged");
    assert_eq!(judged(&before, cached(&PackageChanges::unknown(), None)), "Nothing");
    assert_eq!(judged(&before, None), "Nothing");
}

#[test]
fn what_is_told_of_another_image_says_nothing_of_this_one() {
    for (followed, other) in [(BRANCH, "fedora:fedora/43/x86_64/silverblue"), (IMAGE, BRANCH)] {
        let cached = CachedUpdate { reference: Some(other.to_owned()), ..told("44") };
        let cached = CachedUpdate { checksum: Some("2".repeat(64)), ..cached };
        assert_eq!(judged(&host(followed, false), Some(cached)), "Unknown");
    }
}

#[test]
fn that_nothing_is_told_says_nothing_of_what_is_followed_and_does_not_run() {
    let mut queued = host(BRANCH, false);
    queued.deployments[0].booted = false;
    let booted = Deployment { booted: true, ..host(BRANCH, false).deployments.remove(0) };
    queued.deployments.push(Deployment { id: DeploymentId::new("os", "2".repeat(64), 0), ..booted });
    assert_eq!(judged(&queued, None), "Unknown");
    let mut staged = queued.clone();
    staged.deployments[0].staged = true;
    let changes = PackageChanges { known: true, upgraded: vec![PackageChange::default()], ..PackageChanges::default() };
    let cached = CachedUpdate { checksum: Some("1".repeat(64)), changes, ..CachedUpdate::default() };
    assert_eq!(judged(&staged, Some(cached)), "Nothing", "it is staged on the same commit");
}
