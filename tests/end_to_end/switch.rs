// SPDX-License-Identifier: GPL-3.0-or-later
//! Switching to another image and back, and choosing a version.

use isotope_client::{ClientError, Operation, SwitchOptions};
use isotope_model::{Outcome, Refusal};
use isotope_tests::{Computer, FIRST_VERSION};

const GNOME: &str = "lab:lab/x86_64/gnome";
const KDE: &str = "lab:lab/x86_64/kde";

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

fn refused(started: Result<Operation, ClientError>) -> Refusal {
    started.unwrap_err().refusal().cloned().expect("a refusal")
}

async fn switch(computer: &Computer, image: &str) -> Outcome {
    done(computer.client().await.switch(image, SwitchOptions::default()).await).await
}

fn assert_staged(outcome: &Outcome, checksum: &str) {
    assert!(matches!(outcome, Outcome::Staged { deployment, .. } if deployment.checksum() == checksum), "{outcome:?}");
}

#[tokio::test]
async fn gnome_to_kde_and_back_keeps_etc_and_follows_what_was_chosen() {
    let computer = Computer::start();
    let gnome = computer.booted().checksum;
    let kde = computer.publish_variant("kde");
    computer.root(&["sh", "-c", "echo mine > /etc/isotope-test"]);
    let before = computer.entries();

    assert_staged(&switch(&computer, KDE).await, &kde);
    assert_eq!(computer.entries(), before, "the boot order changes only at shutdown");
    computer.lab().restart().unwrap();
    let booted = computer.booted();
    assert_eq!(booted.checksum, kde);
    assert!(computer.origin(&booted).contains(&format!("refspec={KDE}")), "{}", computer.origin(&booted));
    assert_eq!(std::fs::read_to_string(booted.deployment.join("etc/isotope-test")).unwrap(), "mine\n");
    let arguments =
        |options: &str| options.split(' ').filter(|one| !one.starts_with("ostree=")).collect::<Vec<_>>().join(" ");
    assert_eq!(arguments(&booted.options), arguments(&before[0].options), "kernel arguments are kept");

    let newer = computer.publish_variant("kde");
    assert_staged(&computer.update().await.unwrap(), &newer);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, newer, "updates follow the new image");

    assert_staged(&switch(&computer, GNOME).await, &gnome);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, gnome);
    let etc = computer.booted().deployment.join("etc/isotope-test");
    assert_eq!(std::fs::read_to_string(etc).unwrap(), "mine\n");
    computer.assert_commits_whole();
}

#[test]
fn gnome_to_kde_and_back_by_command() {
    let computer = Computer::start();
    let gnome = computer.booted().checksum;
    let kde = computer.publish_variant("kde");
    let person = computer.person();
    let unasked = person.isotopectl(&["switch", KDE]);
    assert_eq!(unasked.status.code(), Some(2), "nobody could be asked: {unasked:?}");
    for (image, checksum) in [(KDE, kde), (GNOME, gnome)] {
        let switched = person.isotopectl(&["switch", "--yes", image]);
        assert!(switched.status.success(), "{switched:?}");
        computer.lab().restart().unwrap();
        assert_eq!(computer.booted().checksum, checksum);
    }
}

#[tokio::test]
async fn wanting_back_what_runs_discards_a_switch_that_is_only_staged() {
    let computer = Computer::start();
    computer.publish_variant("kde");
    let before = computer.entries();
    assert!(matches!(switch(&computer, KDE).await, Outcome::Staged { .. }));
    let outcome = switch(&computer, GNOME).await;
    assert!(matches!(outcome, Outcome::Discarded { .. }), "{outcome:?}");
    assert_eq!(computer.entries(), before);
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert!(snapshot.staged().is_none());
}

#[tokio::test]
async fn wanting_what_runs_undoes_what_would_start_instead() {
    let computer = Computer::start();
    let gnome = computer.booted().checksum;
    let kde = computer.publish_variant("kde");
    assert_staged(&switch(&computer, KDE).await, &kde);
    computer.lab().restart().unwrap();
    let client = computer.client().await;
    done(client.roll_back(isotope_client::RollBackOptions::default()).await).await;
    assert_eq!(computer.default_entry().checksum, gnome);
    let outcome = switch(&computer, KDE).await;
    assert!(matches!(outcome, Outcome::BootOrderChanged { .. }), "{outcome:?}");
    assert_eq!(computer.default_entry().checksum, kde);
}

#[tokio::test]
async fn what_cannot_be_switched_to_is_refused_and_changes_nothing() {
    let computer = Computer::start();
    let before = computer.fingerprint();
    let client = computer.client().await;
    let refusal = refused(client.switch(GNOME, SwitchOptions::default()).await);
    assert_eq!(refusal, Refusal::AlreadyFollowed { reference: GNOME.into() });
    let refusal = refused(client.switch("nobody:kde", SwitchOptions::default()).await);
    assert_eq!(refusal, Refusal::UnknownRemote { remote: "nobody".into() });
    let outcome = switch(&computer, "lab:lab/x86_64/nothing").await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: Refusal::ImageNotFound { .. } }), "{outcome:?}");
    computer.publish_variant("kde");
    let options = SwitchOptions { expected: Some("0".repeat(64)), ..SwitchOptions::default() };
    let outcome = done(client.switch(KDE, options).await).await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: Refusal::ImageChanged { .. } }), "{outcome:?}");
    assert_eq!(computer.fingerprint(), before);
}

#[tokio::test]
async fn a_chosen_older_version_is_installed_and_the_next_update_goes_on_from_the_newest() {
    let computer = Computer::start();
    let first = computer.booted().checksum;
    let (second_version, second) = computer.publish(|publication| publication);
    let (_, third) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, third);

    let client = computer.client().await;
    let outcome = done(client.list_versions().await).await;
    let Outcome::Versions { versions } = outcome else { panic!("{outcome:?}") };
    let offered: Vec<_> = versions.iter().map(|one| one.checksum.as_str()).collect();
    assert_eq!(offered, [&third, &second, &first]);
    assert_eq!(versions[2].version.as_deref(), Some(FIRST_VERSION));

    let checked = client.snapshot().await.unwrap().last_checked;
    tokio::time::sleep(std::time::Duration::from_secs(1)).await;
    assert_staged(&done(client.deploy(&second_version, None).await).await, &second);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, second);
    let origin = computer.origin(&computer.booted());
    assert!(origin.contains(&format!("override-commit={second}")), "{origin}");
    let snapshot = computer.client().await.snapshot().await.unwrap();
    assert_eq!(snapshot.last_checked, checked, "a chosen version says nothing about what is newest");

    let client = computer.client().await;
    assert_staged(&done(client.deploy(&first, None).await).await, &first);
    let outcome = done(client.deploy("9.9", None).await).await;
    assert_eq!(outcome, Outcome::Failed { refusal: Refusal::VersionNotFound { version: "9.9".into() } });
    assert_staged(&computer.update().await.unwrap(), &third);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, third);
    assert!(!computer.origin(&computer.booted()).contains("override-commit"));
    computer.assert_commits_whole();
}
