// SPDX-License-Identifier: GPL-3.0-or-later
//! What is done with one deployment: pinned, started next, removed; and what is read of it.

use std::time::Duration;

use isotope_client::{Client, ClientError, DiscardOptions, Operation, SwitchOptions};
use isotope_lab::Backend;
use isotope_model::{Change, DeploymentId, Outcome, Phase, Protection, Refusal, SignatureState, Snapshot};
use isotope_tests::{Computer, FIRST_VERSION};

on_every_program! {
    a_pinned_deployment_survives_three_updates_and_is_gone_after_it_is_unpinned_and_removed,
    removing_a_deployment_frees_the_space_that_it_promises,
    a_clean_up_leaves_what_shares_the_repository_and_is_no_system,
    what_starts_next_is_protected_too,
    what_runs_what_is_staged_and_what_is_pinned_are_protected_with_the_reason,
    any_deployment_can_be_started_next_and_that_is_undone_by_doing_it_again,
    what_is_staged_can_be_discarded_and_the_rest_stays,
    removing_another_deployment_keeps_what_is_staged,
    changes_in_etc_are_told_as_ostree_itself_tells_them,
    an_unknown_deployment_is_refused_by_everything,
}

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

fn refused(started: Result<Operation, ClientError>) -> Refusal {
    started.unwrap_err().refusal().cloned().expect("a refusal")
}

/// Returns the checksum of the commit that runs then.
async fn update_and_restart(computer: &Computer) -> String {
    let (_, image) = computer.publish(|publication| publication);
    let outcome = computer.update().await.unwrap();
    assert!(matches!(outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), image);
    computer.booted().checksum
}

async fn snapshot(computer: &Computer) -> (Client, Snapshot) {
    let client = computer.client().await;
    let snapshot = client.snapshot().await.unwrap();
    (client, snapshot)
}

fn id_of(snapshot: &Snapshot, checksum: &str) -> DeploymentId {
    let found = snapshot.deployments.iter().find(|deployment| deployment.id.checksum() == checksum);
    found.expect("such a deployment").id.clone()
}

fn checksums(computer: &Computer) -> Vec<String> {
    computer.entries().into_iter().map(|entry| entry.checksum).collect()
}

async fn a_pinned_deployment_survives_three_updates_and_is_gone_after_it_is_unpinned_and_removed(backend: Backend) {
    let computer = Computer::start_on(backend);
    let first = computer.booted().checksum;
    let (client, before) = snapshot(&computer).await;
    let id = id_of(&before, &first);
    assert_eq!(
        done(client.pin(&id, Some(before.token.clone())).await).await,
        Outcome::Pinned { deployment: id.clone() }
    );
    assert!(computer.origin(&computer.booted()).contains("pinned=true"), "{}", computer.origin(&computer.booted()));
    assert_eq!(refused(client.pin(&id, None).await), Refusal::AlreadyPinned { deployment: id.clone() });

    for _ in 0..3 {
        update_and_restart(&computer).await;
        assert!(!computer.origin(&computer.booted()).contains("pinned"), "the new one is not pinned");
    }
    assert!(checksums(&computer).contains(&first), "{:?}", checksums(&computer));
    assert_eq!(computer.entries().len(), 3, "what runs, what ran before, and the pinned one");

    let (client, _) = snapshot(&computer).await;
    let protected = Refusal::Protected { deployment: id.clone(), protection: Protection::Pinned };
    assert_eq!(refused(client.remove(&id, None).await), protected);
    assert_eq!(done(client.unpin(&id, None).await).await, Outcome::Unpinned { deployment: id.clone() });
    assert!(matches!(done(client.remove(&id, None).await).await, Outcome::Removed { .. }));
    assert!(!checksums(&computer).contains(&first));
    computer.assert_commits_whole();
}

async fn removing_a_deployment_frees_the_space_that_it_promises(backend: Backend) {
    let computer = Computer::start_with(|options| {
        options.backend = backend;
        options.payload_bytes = 8 << 20;
    });
    let first = computer.booted().checksum;
    update_and_restart(&computer).await;
    let (client, now) = snapshot(&computer).await;
    let id = id_of(&now, &first);
    let usage = client.disk_usage().await.unwrap();
    let promised = usage.of(&id).unwrap();
    assert!(promised > 4 << 20, "{usage:?}");
    let free =
        || nix::sys::statvfs::statvfs(&computer.lab().sysroot()).map(|s| s.blocks_free() * s.fragment_size()).unwrap();
    let before = free();

    let outcome = done(client.remove(&id, Some(now.token)).await).await;

    let Outcome::Removed { deployment, freed_bytes: Some(freed) } = outcome else { panic!("{outcome:?}") };
    assert_eq!(deployment, id);
    assert!(freed.abs_diff(promised) < promised / 10, "promised {promised}, freed {freed}");
    let really = free().saturating_sub(before);
    assert!(really.abs_diff(promised) < promised / 10, "promised {promised}, the disk says {really}");
    assert_eq!(computer.entries().len(), 1);
    computer.lab().restart().unwrap();
    computer.assert_commits_whole();
}

#[tokio::test]
async fn a_clean_up_frees_what_a_cancelled_download_a_discarded_switch_and_a_pull_left() {
    let computer = Computer::start_with(|options| options.payload_bytes = 8 << 20);
    update_and_restart(&computer).await;
    let client = computer.client().await;
    // Pulled, as somebody may who then changed their mind; staged and discarded; cancelled in the middle.
    computer.publish_variant("kde");
    computer.root_with_writable_sysroot(&["ostree", "pull", "lab:lab/x86_64/kde"]);
    computer.publish_variant("other");
    done(client.switch("lab:lab/x86_64/other", SwitchOptions::default()).await).await;
    done(client.discard(DiscardOptions::default()).await).await;
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(4 << 20);
    let running = computer.update_until(&client, Phase::Pulling).await.unwrap();
    tokio::time::sleep(Duration::from_secs(2)).await;
    running.operation.cancel().await.unwrap();
    running.operation.follow(|_| {}).await.unwrap();

    let promised = client.disk_usage().await.unwrap().clean_up_bytes;
    assert!(promised > 12 << 20, "{promised}");
    let before = checksums(&computer);
    let outcome = done(client.clean_up(None).await).await;

    let Outcome::CleanedUp { freed_bytes: Some(freed) } = outcome else { panic!("{outcome:?}") };
    assert!(freed.abs_diff(promised) < promised / 10, "promised {promised}, freed {freed}");
    assert_eq!(checksums(&computer), before);
    tokio::time::sleep(Duration::from_secs(6)).await;
    let left = client.disk_usage().await.unwrap().clean_up_bytes;
    assert!(left < 1 << 20, "{left}");
    computer.assert_commits_whole();
}

async fn a_clean_up_leaves_what_shares_the_repository_and_is_no_system(backend: Backend) {
    let computer = Computer::start_on(backend);
    let add = "mkdir -p /run/data && echo x > /run/data/file && \
               ostree commit --repo=/ostree/repo --subject=app --branch=flathub:app/org.example.App/x86_64/stable --tree=dir=/run/data";
    computer.root_with_writable_sysroot(&["sh", "-c", add]);
    let client = computer.client().await;
    done(client.clean_up(None).await).await;
    let refs = computer.root(&["ostree", "refs"]);
    assert!(String::from_utf8_lossy(&refs.stdout).contains("app/org.example.App"), "{refs:?}");
}

async fn what_starts_next_is_protected_too(backend: Backend) {
    let computer = Computer::start_on(backend);
    let first = computer.booted().checksum;
    update_and_restart(&computer).await;
    let (client, now) = snapshot(&computer).await;
    let first = id_of(&now, &first);
    done(client.set_default(&first, None).await).await;
    let expected = Refusal::Protected { deployment: first.clone(), protection: Protection::Default };
    assert_eq!(refused(client.remove(&first, None).await), expected);
}

async fn what_runs_what_is_staged_and_what_is_pinned_are_protected_with_the_reason(backend: Backend) {
    let computer = Computer::start_on(backend);
    update_and_restart(&computer).await;
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    let (client, now) = snapshot(&computer).await;
    let rollback = now.deployments.iter().find(|deployment| deployment.rollback).unwrap().id.clone();
    done(client.pin(&rollback, None).await).await;
    let before = computer.fingerprint();
    let (client, now) = snapshot(&computer).await;
    let staged = now.staged().unwrap().id.clone();
    for (id, protection) in [
        (&now.booted().unwrap().id, Protection::Booted),
        (&staged, Protection::Staged),
        (&rollback, Protection::Pinned),
    ] {
        let expected = Refusal::Protected { deployment: id.clone(), protection };
        assert_eq!(refused(client.remove(id, None).await), expected);
    }
    assert_eq!(refused(client.pin(&staged, None).await), Refusal::StillStaged { deployment: staged.clone() });
    assert_eq!(computer.fingerprint(), before);
}

async fn any_deployment_can_be_started_next_and_that_is_undone_by_doing_it_again(backend: Backend) {
    let computer = Computer::start_on(backend);
    let first = computer.booted().checksum;
    let (client, now) = snapshot(&computer).await;
    done(client.pin(&id_of(&now, &first), None).await).await;
    update_and_restart(&computer).await;
    let newest = update_and_restart(&computer).await;
    let order = checksums(&computer);
    assert_eq!(order.len(), 3);
    let (client, now) = snapshot(&computer).await;
    let (first, newest) = (id_of(&now, &first), id_of(&now, &newest));
    assert_eq!(
        refused(client.set_default(&newest, None).await),
        Refusal::AlreadyDefault { deployment: newest.clone() }
    );

    let outcome = done(client.set_default(&first, Some(now.token)).await).await;
    assert_eq!(outcome, Outcome::BootOrderChanged { boots_next: first.clone(), discarded: None });
    assert_eq!(computer.default_entry().checksum, first.checksum());
    done(client.set_default(&newest, None).await).await;
    assert_eq!(computer.default_entry().checksum, newest.checksum());
    done(client.set_default(&first, None).await).await;
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, first.checksum());
    assert_eq!(computer.entries().len(), 3, "all of them stay");
}

async fn what_is_staged_can_be_discarded_and_the_rest_stays(backend: Backend) {
    let computer = Computer::start_on(backend);
    update_and_restart(&computer).await;
    let before = checksums(&computer);
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    let (client, now) = snapshot(&computer).await;
    let staged = now.staged().unwrap().id.clone();
    let other = DiscardOptions { expected: now.booted().map(|booted| booted.id.clone()), ..DiscardOptions::default() };
    assert_eq!(refused(client.discard(other).await), Refusal::StateChanged);
    let options = DiscardOptions { expected: Some(staged.clone()), token: Some(now.token) };
    assert_eq!(done(client.discard(options).await).await, Outcome::Discarded { deployment: staged });
    assert_eq!(checksums(&computer), before);
    assert_eq!(refused(client.discard(DiscardOptions::default()).await), Refusal::NothingStaged);
    computer.lab().restart().unwrap();
    assert_eq!(checksums(&computer), before);
}

async fn removing_another_deployment_keeps_what_is_staged(backend: Backend) {
    let computer = Computer::start_on(backend);
    let first = computer.booted().checksum;
    update_and_restart(&computer).await;
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    let next = computer.staged().unwrap().checksum;
    let (client, now) = snapshot(&computer).await;
    assert!(matches!(done(client.remove(&id_of(&now, &first), None).await).await, Outcome::Removed { .. }));
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted().checksum, next);
}

#[tokio::test]
async fn details_tell_kernel_arguments_and_signature_as_libostree_verifies_it() {
    let computer = Computer::start();
    let (client, now) = snapshot(&computer).await;
    let details = client.details(&now.booted().unwrap().id).await.unwrap();
    assert_eq!(details.signature.state, SignatureState::Verified, "{details:?}");
    assert!(details.signature.required && details.signature.key.is_some_and(|key| key.len() >= 40));
    assert_eq!(details.signature.signer.as_deref(), Some("Lab trusted key"));
    assert_eq!(details.kernel_arguments.as_deref(), Some("root=LABEL=lab rw quiet"));
    assert!(details.kernel.is_some_and(|kernel| kernel.starts_with(|digit: char| digit.is_ascii_digit())));
    assert!(details.deployed.is_some_and(|time| time > 1_700_000_000));

    // A key that is no longer trusted no longer vouches.
    computer.root_with_writable_sysroot(&["sh", "-c", "rm -f /ostree/repo/lab.trustedkeys.gpg"]);
    tokio::time::sleep(Duration::from_secs(6)).await;
    let details = client.details(&now.booted().unwrap().id).await.unwrap();
    assert_eq!(details.signature.state, SignatureState::UntrustedKey, "{details:?}");
}

async fn changes_in_etc_are_told_as_ostree_itself_tells_them(backend: Backend) {
    let computer = Computer::start_on(backend);
    let (client, now) = snapshot(&computer).await;
    let booted = now.booted().unwrap().id.clone();
    computer.root(&["sh", "-c", "echo mine > /etc/isotope-added; echo more >> /etc/hosts; mkdir -m 700 /etc/closed; echo x > /etc/closed/secret"]);
    let ostree = computer.root(&["ostree", "admin", "config-diff"]);
    let ostree = String::from_utf8_lossy(&ostree.stdout).into_owned();
    let mut expected: Vec<_> = ostree
        .lines()
        .map(|line| {
            line.split_once(char::is_whitespace).map(|(kind, path)| (kind.to_owned(), path.trim().to_owned())).unwrap()
        })
        .collect();
    expected.sort();
    let changes = client.configuration_changes(&booted).await.unwrap();
    let letter = |change| match change {
        Change::Added => "A",
        Change::Modified => "M",
        Change::Removed => "D",
        Change::Unknown => "?",
    };
    let mut told: Vec<_> = changes
        .changes
        .iter()
        .map(|one| (letter(one.change).to_owned(), one.path.trim_start_matches("/etc/").to_owned()))
        .collect();
    told.sort();
    assert_eq!(told, expected);
    assert_eq!(changes.hidden, 0, "root is told everything");

    let output = computer.person().isotopectl(&["config-diff", "--json"]);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && text.contains("/etc/isotope-added"), "{output:?}");
    assert!(!text.contains("secret") && text.contains("\"hidden\": 1"), "names in closed folders are not told: {text}");
}

async fn an_unknown_deployment_is_refused_by_everything(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let client = computer.client().await;
    let nobody = DeploymentId::new("lab", "0".repeat(64), 0);
    let expected = Refusal::UnknownDeployment { deployment: nobody.clone() };
    assert_eq!(refused(client.set_default(&nobody, None).await), expected);
    assert_eq!(refused(client.pin(&nobody, None).await), expected);
    assert_eq!(refused(client.unpin(&nobody, None).await), expected);
    assert_eq!(refused(client.remove(&nobody, None).await), expected);
    assert_eq!(client.details(&nobody).await.unwrap_err().refusal(), Some(&expected));
    assert_eq!(client.configuration_changes(&nobody).await.unwrap_err().refusal(), Some(&expected));
    assert_eq!(computer.fingerprint(), before);
    assert_eq!(client.snapshot().await.unwrap().booted().unwrap().version.as_deref(), Some(FIRST_VERSION));
}
