// SPDX-License-Identifier: GPL-3.0-or-later
//! Packages that rpm-ostree has layered: shown, carried over, and taken back only with consent.

use isotope_client::SwitchOptions;
use isotope_lab::Backend;
use isotope_model::{Backend as ModelBackend, BackendReason, Concern, LayeredEffect, Outcome, Refusal, Severity};
use isotope_tests::Computer;

use super::{ORIGINS, done, layer, refusal_of, text, update};

fn layered_names(computer: &Computer) -> String {
    let folder = computer.booted().deployment.join("usr/share/isotope-lab/layered");
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<_> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names.join(" ")
}

#[tokio::test]
async fn layered_packages_are_shown_and_carried_over_by_updates() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        layer(&computer, &["htop", "vim"]);
        assert_eq!(layered_names(&computer), "htop vim");
        let snapshot = computer.client().await.snapshot().await.unwrap();
        let booted = snapshot.booted().unwrap();
        assert_eq!(booted.layered.packages, ["htop", "vim"]);
        assert!(booted.base_checksum.is_some() && booted.version.is_some(), "{booted:?}");
        assert_eq!(snapshot.host.backend, ModelBackend::RpmOstree);
        let shown = text(&computer.person().isotopectl(&["status"]));
        assert!(shown.contains("htop") && shown.contains("vim"), "{shown}");

        assert_eq!(done(computer.client().await.check().await).await, Outcome::UpToDate, "{backend:?}");
        let (version, image) = computer.publish(|publication| publication);
        let outcome = done(computer.client().await.check().await).await;
        let Outcome::UpdateAvailable { update: found } = outcome else { panic!("{backend:?}: {outcome:?}") };
        assert_eq!(found.checksum, image);
        let outcome = update(&computer).await;
        let Outcome::Staged { deployment, .. } = &outcome else { panic!("{backend:?}: {outcome:?}") };
        let snapshot = computer.client().await.snapshot().await.unwrap();
        let staged = snapshot.staged().unwrap();
        assert_eq!((&staged.id, staged.image_checksum()), (deployment, image.as_str()));
        assert_eq!(update(&computer).await, Outcome::UpToDate, "{backend:?}");
        computer.lab().restart().unwrap();
        assert_eq!(layered_names(&computer), "htop vim");
        let snapshot = computer.client().await.snapshot().await.unwrap();
        assert_eq!(snapshot.booted().unwrap().version, Some(version));
        assert_eq!(snapshot.booted().unwrap().layered.packages, ["htop", "vim"]);
    }
}

#[tokio::test]
async fn with_layered_packages_rpm_ostree_is_used_also_where_bootc_is_installed_and_the_reason_is_told() {
    let computer = Computer::start_with(|options| {
        options.backend = Backend::RpmOstree;
        options.with_bootc = true;
    });
    let host = computer.client().await.snapshot().await.unwrap().host;
    assert_eq!((host.backend, host.backend_reason), (ModelBackend::Bootc, BackendReason::Container));
    layer(&computer, &["htop"]);
    let host = computer.client().await.snapshot().await.unwrap().host;
    assert_eq!((host.backend, host.backend_reason), (ModelBackend::RpmOstree, BackendReason::ChangedByRpmOstree));
    let shown = text(&computer.person().isotopectl(&["status", "-v"]));
    assert!(shown.contains("rpm-ostree, because packages were layered"), "{shown}");
    let (_, image) = computer.publish(|publication| publication);
    let outcome = update(&computer).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
    assert_eq!(layered_names(&computer), "htop");
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.booted().unwrap().image_checksum(), image);
}

#[tokio::test]
async fn a_switch_carries_layered_packages_over_and_says_so() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        layer(&computer, &["htop"]);
        let kde = computer.publish_variant("kde");
        let client = computer.client().await;
        let found = client.preflight(Some(&computer.reference("kde"))).await.unwrap();
        assert!(!found.is_blocked(false), "{found:#?}");
        let (layered, effect) = found.resettable().expect("it is told");
        assert_eq!((layered.packages.as_slice(), effect), (["htop".to_owned()].as_slice(), LayeredEffect::CarriedOver));
        let outcome = computer.switch_to("kde").await;
        assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
        computer.lab().restart().unwrap();
        assert_eq!(layered_names(&computer), "htop");
        let snapshot = computer.client().await.snapshot().await.unwrap();
        assert_eq!(snapshot.booted().unwrap().image_checksum(), kde);
    }
}

#[tokio::test]
async fn from_a_branch_with_layers_to_a_container_only_with_a_reset() {
    let computer = Computer::start_on(Backend::RpmOstreeBranch);
    layer(&computer, &["htop"]);
    let publication = isotope_lab::Publication::new("kde", "11.1");
    let digest = computer.lab().publish_container(publication).unwrap();
    let image = format!("ostree-unverified-registry:{}", computer.lab().container_reference("kde", "stable").unwrap());
    let client = computer.client().await;
    let found = client.preflight(Some(&image)).await.unwrap();
    assert!(found.is_blocked(false) && !found.is_blocked(true), "{found:#?}");
    let grave = found
        .of_severity(Severity::Blocking)
        .any(|finding| matches!(finding.concern, Concern::Layered { effect: LayeredEffect::NeedsReset, .. }));
    assert!(grave, "{found:#?}");
    let before = computer.fingerprint();
    let refused = client.switch(&image, SwitchOptions::default()).await.unwrap_err();
    assert!(matches!(refused.refusal(), Some(Refusal::NeedsReset { .. })), "{refused:?}");
    let shown = text(&computer.person().isotopectl(&["switch", "--yes", &image]));
    assert!(shown.contains("htop") && shown.contains("--reset"), "{shown}");
    assert_eq!(computer.fingerprint(), before);
    let reset = SwitchOptions { reset: true, ..SwitchOptions::default() };
    let outcome = done(client.switch(&image, reset).await).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
    assert_eq!(layered_names(&computer), "");
    let snapshot = computer.client().await.snapshot().await.unwrap();
    let booted = snapshot.booted().unwrap();
    assert_eq!(booted.image_checksum(), digest);
    assert!(booted.layered.is_empty() && booted.base_checksum.is_none());
}

#[tokio::test]
async fn a_package_that_does_not_exist_any_more_is_told_and_nothing_is_changed() {
    let computer = Computer::start_on(Backend::RpmOstree);
    layer(&computer, &["htop"]);
    computer.publish(|publication| publication);
    let before = computer.fingerprint();
    let text = "Packages not found: htop".to_owned();
    let fault = isotope_lab::RpmOstreeFault::FinishedFalse { text, staged: false };
    computer.lab().set_rpm_ostree_fault(fault).unwrap();
    let refusal = refusal_of(update(&computer).await);
    let Refusal::Failed { detail } = &refusal else { panic!("{refusal:?}") };
    assert!(detail.contains("htop"), "{detail}");
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn layered_packages_are_taken_back_also_where_the_image_stays() {
    for backend in ORIGINS {
        let computer = Computer::start_on(backend);
        layer(&computer, &["htop"]);
        let client = computer.client().await;
        let image = client.snapshot().await.unwrap().booted().unwrap().image_checksum().to_owned();
        let refused = client.switch(&computer.reference("gnome"), SwitchOptions::default()).await.unwrap_err();
        assert!(matches!(refused.refusal(), Some(Refusal::AlreadyFollowed { .. })), "{refused:?}");
        let reset = computer.person().isotopectl(&["switch", "--reset", "--yes", &computer.reference("gnome")]);
        assert!(reset.status.success() && text(&reset).contains("htop"), "{}", text(&reset));
        computer.lab().restart().unwrap();
        assert_eq!(layered_names(&computer), "");
        let snapshot = computer.client().await.snapshot().await.unwrap();
        assert_eq!(snapshot.booted().unwrap().image_checksum(), image);
        assert!(snapshot.booted().unwrap().layered.is_empty());
    }
}
