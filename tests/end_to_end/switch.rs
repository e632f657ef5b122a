// SPDX-License-Identifier: GPL-3.0-or-later
//! Switching to another image and back, and choosing a version.

use isotope_client::{ClientError, Operation, SwitchOptions};
use isotope_lab::Backend;
use isotope_model::{Outcome, Refusal};
use isotope_tests::{Computer, FIRST_VERSION};

on_every_backend! {
    gnome_to_kde_and_back_keeps_etc_and_follows_what_was_chosen,
    gnome_to_kde_and_back_by_command,
    wanting_back_what_runs_discards_a_switch_that_is_only_staged,
    wanting_what_runs_undoes_what_would_start_instead,
    what_cannot_be_switched_to_is_refused_and_changes_nothing,
}

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

fn refused(started: Result<Operation, ClientError>) -> Refusal {
    started.unwrap_err().refusal().cloned().expect("a refusal")
}

async fn switch(computer: &Computer, variant: &str) -> Outcome {
    let image = computer.reference(variant);
    done(computer.client().await.switch(&image, SwitchOptions::default()).await).await
}

async fn gnome_to_kde_and_back_keeps_etc_and_follows_what_was_chosen(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = computer.booted_image();
    let kde = computer.publish_variant("kde");
    computer.root(&["sh", "-c", "echo mine > /etc/isotope-test"]);
    let before = computer.entries();

    computer.assert_staged(&switch(&computer, "kde").await, &kde);
    assert_eq!(computer.entries(), before, "the boot order changes only at shutdown");
    computer.lab().restart().unwrap();
    let booted = computer.booted();
    assert_eq!(computer.image_of(&booted), kde);
    assert!(computer.origin(&booted).contains(&computer.origin_line("kde")), "{}", computer.origin(&booted));
    assert_eq!(std::fs::read_to_string(booted.deployment.join("etc/isotope-test")).unwrap(), "mine\n");
    let arguments =
        |options: &str| options.split(' ').filter(|one| !one.starts_with("ostree=")).collect::<Vec<_>>().join(" ");
    assert_eq!(arguments(&booted.options), arguments(&before[0].options), "kernel arguments are kept");

    let newer = computer.publish_variant("kde");
    computer.assert_staged(&computer.update().await.unwrap(), &newer);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), newer, "updates follow the new image");

    computer.assert_staged(&switch(&computer, "gnome").await, &gnome);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), gnome);
    let etc = computer.booted().deployment.join("etc/isotope-test");
    assert_eq!(std::fs::read_to_string(etc).unwrap(), "mine\n");
    computer.assert_commits_whole();
}

async fn gnome_to_kde_and_back_by_command(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = computer.booted_image();
    let kde = computer.publish_variant("kde");
    let person = computer.person();
    let unasked = person.isotopectl(&["switch", &computer.reference("kde")]);
    assert_eq!(unasked.status.code(), Some(2), "nobody could be asked: {unasked:?}");
    for (variant, image) in [("kde", kde), ("gnome", gnome)] {
        let switched = person.isotopectl(&["switch", "--yes", &computer.reference(variant)]);
        assert!(switched.status.success(), "{switched:?}");
        computer.lab().restart().unwrap();
        assert_eq!(computer.booted_image(), image);
    }
}

async fn wanting_back_what_runs_discards_a_switch_that_is_only_staged(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    let before = computer.entries();
    assert!(matches!(switch(&computer, "kde").await, Outcome::Staged { .. }));
    let outcome = switch(&computer, "gnome").await;
    assert!(matches!(outcome, Outcome::Discarded { .. }), "{outcome:?}");
    assert_eq!(computer.entries(), before);
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.staged().is_none());
}

async fn wanting_what_runs_undoes_what_would_start_instead(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = computer.booted_image();
    let kde = computer.publish_variant("kde");
    computer.assert_staged(&switch(&computer, "kde").await, &kde);
    computer.lab().restart().unwrap();
    let client = computer.client().await;
    done(client.roll_back(isotope_client::RollBackOptions::default()).await).await;
    assert_eq!(computer.default_image(), gnome);
    let outcome = switch(&computer, "kde").await;
    assert!(matches!(outcome, Outcome::BootOrderChanged { .. }), "{outcome:?}");
    assert_eq!(computer.default_image(), kde);
}

async fn what_cannot_be_switched_to_is_refused_and_changes_nothing(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let client = computer.client().await;
    let (gnome, kde) = (computer.reference("gnome"), computer.reference("kde"));
    let refusal = refused(client.switch(&gnome, SwitchOptions::default()).await);
    assert_eq!(refusal, Refusal::AlreadyFollowed { reference: computer.followed_reference("gnome") });
    let refusal = refused(client.switch("nobody:kde", SwitchOptions::default()).await);
    let nobody = match backend {
        Backend::Ostree | Backend::RpmOstree | Backend::RpmOstreeBranch => {
            Refusal::UnknownRemote { remote: "nobody".into() }
        }
        Backend::Bootc | Backend::BootcSigned => Refusal::MalformedReference { reference: "nobody:kde".into() },
    };
    assert_eq!(refusal, nobody);
    let outcome = switch(&computer, "nothing").await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: Refusal::ImageNotFound { .. } }), "{outcome:?}");
    computer.publish_variant("kde");
    let options = SwitchOptions { expected: Some(computer.no_image()), ..SwitchOptions::default() };
    let outcome = done(client.switch(&kde, options).await).await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: Refusal::ImageChanged { .. } }), "{outcome:?}");
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_chosen_older_version_is_installed_and_the_next_update_goes_on_from_the_newest() {
    let computer = Computer::start();
    let first = computer.booted_image();
    let (second_version, second) = computer.publish(|publication| publication);
    let (_, third) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), third);

    let client = computer.client().await;
    let outcome = done(client.list_versions().await).await;
    let Outcome::Versions { versions } = outcome else { panic!("{outcome:?}") };
    let offered: Vec<_> = versions.iter().map(|one| one.checksum.as_str()).collect();
    assert_eq!(offered, [&third, &second, &first]);
    assert_eq!(versions[2].version.as_deref(), Some(FIRST_VERSION));

    let checked = client.snapshot().await.unwrap().last_checked;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    computer.assert_staged(&done(client.deploy(&second_version, None).await).await, &second);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), second);
    let origin = computer.origin(&computer.booted());
    assert!(origin.contains(&format!("override-commit={second}")), "{origin}");
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.last_checked, checked, "a chosen version says nothing about what is newest");

    let client = computer.client().await;
    computer.assert_staged(&done(client.deploy(&first, None).await).await, &first);
    let outcome = done(client.deploy("9.9", None).await).await;
    assert_eq!(outcome, Outcome::Failed { refusal: Refusal::VersionNotFound { version: "9.9".into() } });
    computer.assert_staged(&computer.update().await.unwrap(), &third);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), third);
    assert!(!computer.origin(&computer.booted()).contains("override-commit"));
    computer.assert_commits_whole();
}
