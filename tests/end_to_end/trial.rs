// SPDX-License-Identifier: GPL-3.0-or-later
//! After a switch: keeping the new desktop, or going back to the old one, and the pin that holds the way open.

use isotope_client::{Client, ClientError, KeepOptions, Operation, SwitchOptions};
use isotope_lab::Backend;
use isotope_model::{AutomaticPin, DeploymentId, Outcome, Refusal, Snapshot, Trial};
use isotope_tests::Computer;

on_every_backend! {
    gone_back_gnome_is_as_before_with_etc_and_users_intact,
    kept_by_command_the_way_back_is_let_go_after_three_updates,
    kept_the_way_back_makes_room_in_boot_where_it_would_fill,
    a_switch_of_which_nothing_came_leaves_no_pin,
    a_pin_can_be_declined_and_one_by_hand_stays_one_by_hand,
    only_what_is_on_trial_can_be_kept_and_only_as_it_was_seen,
    a_way_back_that_somebody_pins_by_hand_stays,
    a_second_switch_that_is_discarded_leaves_the_first_way_back,
    a_pin_that_nobody_can_be_asked_about_goes_with_the_next_update,
}

async fn done(started: Result<Operation, ClientError>) -> Outcome {
    started.unwrap().follow(|_| {}).await.unwrap()
}

async fn snapshot(computer: &Computer) -> (Client, Snapshot) {
    let client = computer.client().await;
    let snapshot = client.snapshot().await.unwrap();
    (client, snapshot)
}

fn booted(snapshot: &Snapshot) -> DeploymentId {
    snapshot.booted().expect("something runs").id.clone()
}

/// The line in a deployment's origin file that says why it is pinned.
fn mark(computer: &Computer, id: &DeploymentId) -> Option<String> {
    let entry = computer.entries().into_iter().find(|entry| entry.checksum == id.checksum())?;
    let origin = computer.origin(&entry);
    let pinned = origin.lines().any(|line| line == "pinned=true");
    let mark = origin.lines().find_map(|line| line.strip_prefix("isotope-pin=")).map(str::to_owned);
    assert!(pinned || mark.is_none(), "a mark without a pin: {origin}");
    pinned.then(|| mark.unwrap_or_else(|| "by hand".into()))
}

/// Switches to KDE, restarts, and returns the deployment that ran before.
async fn switch_to_kde(computer: &Computer) -> DeploymentId {
    let kde = computer.publish_variant("kde");
    let (client, before) = snapshot(computer).await;
    let gnome = booted(&before);
    let outcome = done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    assert!(matches!(&outcome, Outcome::Staged { pinned: Some(pinned), .. } if *pinned == gnome), "{outcome:?}");
    computer.assert_staged(&outcome, &kde);
    assert_eq!(mark(computer, &gnome).as_deref(), Some("switch"));
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), kde);
    gnome
}

async fn update_kde(computer: &Computer, initramfs: Option<u64>) -> Outcome {
    let publication = isotope_lab::Publication::new("kde", computer.next_version());
    let image = computer.publish_as(match initramfs {
        Some(bytes) => publication.initramfs(bytes),
        None => publication,
    });
    let outcome = computer.update().await.unwrap();
    if let Outcome::Staged { .. } = &outcome {
        computer.assert_staged(&outcome, &image);
        computer.lab().restart().unwrap();
        assert_eq!(computer.booted_image(), image);
    }
    outcome
}

async fn gone_back_gnome_is_as_before_with_etc_and_users_intact(backend: Backend) {
    let computer = Computer::start_on(backend);
    let image = computer.booted_image();
    computer.root(&[
        "sh",
        "-c",
        "echo mine > /etc/isotope-test; echo 'somebody:x:4242:100::/home/somebody:/bin/sh' >> /etc/passwd",
    ]);
    computer.root(&["sh", "-c", "mkdir -p /var/home/somebody; echo letter > /var/home/somebody/letter"]);
    let facts = ["sh", "-c", "cat /etc/passwd /etc/isotope-test /var/home/somebody/letter; cd /etc && find . | sort"];
    let before = computer.root(&facts).stdout;
    let gnome = switch_to_kde(&computer).await;
    computer.root(&["sh", "-c", "grep -q somebody /etc/passwd; echo kdes > /etc/only-in-kde"]);

    let person = computer.person();
    let status = person.isotopectl(&["status"]);
    let text = String::from_utf8_lossy(&status.stdout).into_owned();
    assert!(text.contains("go-back") && text.contains("keep"), "{text}");
    let unasked = person.isotopectl(&["go-back"]);
    assert_eq!(unasked.status.code(), Some(2), "nobody could be asked: {unasked:?}");
    let back = person.isotopectl(&["go-back", "--yes"]);
    assert!(back.status.success(), "{back:?}");
    computer.lab().restart().unwrap();

    assert_eq!(computer.booted_image(), image);
    assert_eq!(computer.booted().checksum, gnome.checksum(), "the very deployment that ran before");
    assert_eq!(String::from_utf8_lossy(&computer.root(&facts).stdout), String::from_utf8_lossy(&before));
    let (_, now) = snapshot(&computer).await;
    assert_eq!(Trial::of(&now), Err(Refusal::NothingToKeep), "who went back is asked nothing");
    // Now that it runs again, nothing needs the pin, and the next update takes it away.
    computer.publish(|publication| publication);
    let outcome = computer.update().await.unwrap();
    assert!(matches!(&outcome, Outcome::Staged { released: Some(released), .. } if *released == gnome), "{outcome:?}");
    assert_eq!(mark(&computer, &gnome), None);
    computer.lab().restart().unwrap();
    computer.assert_commits_whole();
}

async fn kept_by_command_the_way_back_is_let_go_after_three_updates(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = switch_to_kde(&computer).await;
    let kept = computer.person().isotopectl(&["keep"]);
    assert!(kept.status.success(), "{kept:?}");
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("kept 3"));
    let (_, now) = snapshot(&computer).await;
    let pin = now.deployment(&gnome).unwrap().automatic_pin;
    assert_eq!(pin, Some(AutomaticPin { updates_left: Some(3) }));
    assert_eq!(Trial::of(&now), Err(Refusal::NothingToKeep), "it is decided");

    for left in ["kept 2", "kept 1"] {
        assert!(matches!(update_kde(&computer, None).await, Outcome::Staged { released: None, .. }));
        assert_eq!(mark(&computer, &gnome).as_deref(), Some(left));
    }
    let third = update_kde(&computer, None).await;
    assert!(matches!(&third, Outcome::Staged { released: Some(released), .. } if *released == gnome), "{third:?}");
    assert_eq!(computer.entries().len(), 2, "what runs and what ran before");
    assert_eq!(mark(&computer, &gnome), None);
    computer.assert_commits_whole();
}

async fn kept_the_way_back_makes_room_in_boot_where_it_would_fill(backend: Backend) {
    const KERNEL: u64 = 4 << 20;
    let computer = Computer::start_with(|options| {
        options.backend = backend;
        options.boot_bytes = Some(14 << 20);
    });
    computer.publish(|publication| publication.initramfs(KERNEL));
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    let (client, before) = snapshot(&computer).await;
    let gnome = booted(&before);
    computer.publish_as(isotope_lab::Publication::new("kde", computer.next_version()).initramfs(KERNEL));
    done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    computer.lab().restart().unwrap();

    let refused = update_kde(&computer, Some(KERNEL)).await;
    let Outcome::Failed { refusal: Refusal::NoSpace { place, .. } } = &refused else { panic!("{refused:?}") };
    assert_eq!(place.as_deref(), Some("/boot"));
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("switch"), "nobody has decided yet");

    let (client, now) = snapshot(&computer).await;
    let options = KeepOptions { token: Some(now.token.clone()), expected: Some(gnome.clone()) };
    assert_eq!(done(client.keep(options).await).await, Outcome::Kept { deployment: gnome.clone() });
    let update = update_kde(&computer, Some(KERNEL)).await;
    assert!(matches!(&update, Outcome::Staged { released: Some(released), .. } if *released == gnome), "{update:?}");
    assert_eq!(mark(&computer, &gnome), None);
    for _ in 0..2 {
        assert!(matches!(update_kde(&computer, Some(KERNEL)).await, Outcome::Staged { .. }));
    }
    computer.assert_commits_whole();
}

async fn a_switch_of_which_nothing_came_leaves_no_pin(backend: Backend) {
    let computer = Computer::start_on(backend);
    let before = computer.fingerprint();
    let (client, now) = snapshot(&computer).await;
    let outcome = done(client.switch(&computer.reference("nothing"), SwitchOptions::default()).await).await;
    assert!(matches!(&outcome, Outcome::Failed { refusal: Refusal::ImageNotFound { .. } }), "{outcome:?}");
    assert_eq!(computer.fingerprint(), before);

    computer.publish_as(isotope_lab::Publication::new("kde", computer.next_version()).payload(24 << 20));
    computer.slow_remote(1 << 20);
    let operation = client.switch(&computer.reference("kde"), SwitchOptions::default()).await.unwrap();
    let running = Computer::wait_for_phase(operation, isotope_model::Phase::Pulling).await.unwrap();
    assert_eq!(mark(&computer, &booted(&now)).as_deref(), Some("switch"), "pinned before anything is downloaded");
    running.operation.cancel().await.unwrap();
    let outcome = running.operation.follow(|_| {}).await.unwrap();
    assert!(matches!(outcome, Outcome::Cancelled { .. }), "{outcome:?}");
    assert_eq!(mark(&computer, &booted(&now)), None);
    computer.slow_remote(1 << 30);
    // Switching to what runs is the way back from a switch, and needs none itself.
    done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    let outcome = done(client.switch(&computer.reference("gnome"), SwitchOptions::default()).await).await;
    assert!(matches!(outcome, Outcome::Discarded { .. }), "{outcome:?}");
}

async fn a_pin_can_be_declined_and_one_by_hand_stays_one_by_hand(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    let (client, now) = snapshot(&computer).await;
    let without = SwitchOptions { without_pin: true, ..SwitchOptions::default() };
    let outcome = done(client.switch(&computer.reference("kde"), without).await).await;
    assert!(matches!(&outcome, Outcome::Staged { pinned: None, .. }), "{outcome:?}");
    assert_eq!(mark(&computer, &booted(&now)), None);
    done(client.discard(isotope_client::DiscardOptions::default()).await).await;

    done(client.pin(&booted(&now), None).await).await;
    let outcome = done(client.switch(&computer.reference("kde"), SwitchOptions::default()).await).await;
    assert!(matches!(&outcome, Outcome::Staged { pinned: None, .. }), "{outcome:?}");
    assert_eq!(mark(&computer, &booted(&now)).as_deref(), Some("by hand"));
    computer.lab().restart().unwrap();
    let (_, after) = snapshot(&computer).await;
    assert_eq!(Trial::of(&after), Err(Refusal::NothingToKeep), "who pins by hand decides by hand");
}

async fn only_what_is_on_trial_can_be_kept_and_only_as_it_was_seen(backend: Backend) {
    let computer = Computer::start_on(backend);
    let refusal = |refused: Result<Operation, ClientError>| refused.unwrap_err().refusal().cloned().expect("a refusal");
    let client = computer.client().await;
    assert_eq!(refusal(client.keep(KeepOptions::default()).await), Refusal::NothingToKeep);
    let go_back = computer.person().isotopectl(&["go-back", "--yes"]);
    assert!(!go_back.status.success(), "{go_back:?}");
    switch_to_kde(&computer).await;
    let (client, now) = snapshot(&computer).await;
    let expected = Some(booted(&now));
    assert_eq!(refusal(client.keep(KeepOptions { token: None, expected }).await), Refusal::StateChanged);
}

async fn a_way_back_that_somebody_pins_by_hand_stays(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = switch_to_kde(&computer).await;
    let (client, _) = snapshot(&computer).await;
    assert_eq!(done(client.keep(KeepOptions::default()).await).await, Outcome::Kept { deployment: gnome.clone() });
    assert_eq!(done(client.pin(&gnome, None).await).await, Outcome::Pinned { deployment: gnome.clone() });
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("by hand"));
    for _ in 0..3 {
        assert!(matches!(update_kde(&computer, None).await, Outcome::Staged { released: None, .. }));
    }
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("by hand"));
}

async fn a_second_switch_that_is_discarded_leaves_the_first_way_back(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = switch_to_kde(&computer).await;
    computer.publish_variant("xfce");
    let (client, now) = snapshot(&computer).await;
    let kde = booted(&now);
    let outcome = done(client.switch(&computer.reference("xfce"), SwitchOptions::default()).await).await;
    assert!(matches!(&outcome, Outcome::Staged { pinned: Some(pinned), .. } if *pinned == kde), "{outcome:?}");
    assert!(matches!(computer.update().await, Ok(Outcome::UpToDate)), "also what follows the switch changes nothing");
    done(client.discard(isotope_client::DiscardOptions::default()).await).await;
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("switch"));
    let (_, after) = snapshot(&computer).await;
    assert_eq!(Trial::of(&after).map(|trial| trial.before.id.clone()), Ok(gnome.clone()));
    assert_eq!(mark(&computer, &kde), None, "what runs was pinned for a switch that did not come");
    assert!(matches!(update_kde(&computer, None).await, Outcome::Staged { released: None, .. }));
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("switch"));
}

async fn a_pin_that_nobody_can_be_asked_about_goes_with_the_next_update(backend: Backend) {
    let computer = Computer::start_on(backend);
    let gnome = switch_to_kde(&computer).await;
    // Back to GNOME, and on to its next version by somebody else's hand.
    let (client, _) = snapshot(&computer).await;
    done(client.set_default(&gnome, None).await).await;
    computer.lab().restart().unwrap();
    computer.publish(|publication| publication);
    assert!(computer.update_by_another().wait().unwrap().success());
    computer.lab().restart().unwrap();
    assert_eq!(mark(&computer, &gnome).as_deref(), Some("switch"), "the other program knows nothing of it");
    let (_, now) = snapshot(&computer).await;
    assert_eq!(Trial::of(&now), Err(Refusal::NothingToKeep), "the same desktop runs");
    computer.publish(|publication| publication);
    let outcome = computer.update().await.unwrap();
    assert!(matches!(&outcome, Outcome::Staged { released: Some(released), .. } if *released == gnome), "{outcome:?}");
    assert_eq!(mark(&computer, &gnome), None);
}
