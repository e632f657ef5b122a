// SPDX-License-Identifier: GPL-3.0-or-later
//! What is told of a computer that rpm-ostree updates.

use isotope_client::SwitchOptions;
use isotope_lab::Backend;
use isotope_model::{AutomaticUpdates, Backend as ModelBackend, BackendReason, Outcome, Refusal};
use isotope_tests::Computer;

use super::{done, refusal_of, text, update};

#[tokio::test]
async fn backend_reason_and_automatic_updates_are_told_without_the_daemon() {
    let table = [
        (Backend::RpmOstree, BackendReason::ContainerWithoutBootc),
        (Backend::RpmOstreeBranch, BackendReason::BranchWithRpmOstree),
    ];
    for (backend, reason) in table {
        let computer = Computer::start_on(backend);
        let policy = "mkdir -p /etc && printf '[Daemon]\\nAutomaticUpdatePolicy=stage\\n' > /etc/rpm-ostreed.conf";
        computer.root(&["sh", "-c", policy]);
        let host = computer.client().await.snapshot().await.unwrap().host;
        assert_eq!((host.backend, host.backend_reason), (ModelBackend::RpmOstree, reason));
        assert_eq!(host.automatic_updates, Some(AutomaticUpdates::Stage));
        let shown = text(&computer.person().isotopectl(&["status", "-v"]));
        assert!(shown.contains("rpm-ostree"), "{shown}");
        assert!(computer.lab().processes("rpm-ostree").unwrap().is_empty(), "reading starts no daemon");
    }
}

#[tokio::test]
async fn a_container_machine_is_switched_to_a_branch_and_back() {
    let computer = Computer::start_on(Backend::RpmOstree);
    let branch = computer.lab().publish(isotope_lab::Publication::new("kde", "11.1")).unwrap();
    let refspec = format!("lab:lab/{}/kde", std::env::consts::ARCH);
    // What was changed in /etc stays; the tree of the branch knows nothing of the lab's registry.
    computer.root(&["sh", "-c", "for file in /etc/containers/*.json /etc/containers/*.conf; do echo >> $file; done"]);
    let client = computer.client().await;
    let outcome = done(client.switch(&refspec, SwitchOptions::default()).await).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.booted().unwrap().image_checksum(), branch);
    assert_eq!(snapshot.host.backend_reason, BackendReason::BranchWithRpmOstree);
    let image = format!("docker://{}", computer.reference("gnome"));
    let (_, newer) = computer.publish(|publication| publication);
    let outcome = done(computer.client().await.switch(&image, SwitchOptions::default()).await).await;
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.booted().unwrap().image_checksum(), newer);
    assert_eq!(snapshot.host.backend_reason, BackendReason::ContainerWithoutBootc);
}

#[tokio::test]
async fn a_digest_of_a_container_is_installed_and_other_versions_are_not_found() {
    let computer = Computer::start_on(Backend::RpmOstree);
    let (_, first) = computer.publish(|publication| publication);
    update(&computer).await;
    computer.lab().restart().unwrap();
    let (_, second) = computer.publish(|publication| publication);
    update(&computer).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), second);
    let client = computer.client().await;
    let refused = client.deploy("10.1", None).await;
    let refusal = match refused {
        Ok(operation) => refusal_of(operation.follow(|_| {}).await.unwrap()),
        Err(error) => error.refusal().cloned().expect("a refusal"),
    };
    assert!(matches!(refusal, Refusal::VersionNotFound { .. }), "{refusal:?}");
    let outcome = done(client.deploy(&first, None).await).await;
    computer.assert_staged(&outcome, &first);
}

#[tokio::test]
async fn an_update_with_a_rollback_queued_goes_on_from_what_starts_next_as_rpm_ostree_does() {
    for backend in super::ORIGINS {
        let computer = Computer::start_on(backend);
        let (_, newest) = computer.publish(|publication| publication);
        update(&computer).await;
        computer.lab().restart().unwrap();
        let client = computer.client().await;
        done(client.roll_back(isotope_client::RollBackOptions::default()).await).await;
        assert_ne!(computer.default_image(), newest);
        let outcome = update(&computer).await;
        assert!(matches!(outcome, Outcome::Staged { .. }), "{backend:?}: {outcome:?}");
        assert_eq!(computer.staged_image(), Some(newest.clone()), "{backend:?}");
        computer.lab().restart().unwrap();
        assert_eq!(computer.booted_image(), newest);
    }
}
