// SPDX-License-Identifier: GPL-3.0-or-later
//! A restart without the hardware is prepared where that can be, and only for what really starts next.

use isotope_client::{Client, DiscardOptions, UpdateOptions};
use isotope_lab::Backend;
use isotope_model::UpdateMode;
use isotope_tests::Computer;

use super::done;

async fn prepared(computer: &Computer, client: &Client) -> bool {
    let mounted = computer.root(&["cat", "/proc/self/mountinfo"]);
    let mounted = String::from_utf8_lossy(&mounted.stdout).contains(" /run/nextroot ");
    let shown = client.snapshot().await.unwrap().soft_restart;
    assert_eq!(shown, mounted, "what is shown is what systemd would go on with");
    mounted
}

async fn update(client: &Client, mode: UpdateMode, soft_restart: bool) {
    let options = UpdateOptions { mode, soft_restart, ..UpdateOptions::default() };
    done(client.update(options).await).await;
}

#[tokio::test]
async fn a_soft_restart_is_prepared_when_it_is_asked_for_and_starts_the_update() {
    let computer = Computer::start_on(Backend::Bootc);
    let client = computer.client().await;
    computer.publish(|publication| publication);
    update(&client, UpdateMode::Stage, false).await;
    assert!(!prepared(&computer, &client).await);
    // It is prepared for what is staged already, too.
    update(&client, UpdateMode::Stage, true).await;
    assert!(prepared(&computer, &client).await);
}

#[tokio::test]
async fn a_prepared_soft_restart_is_taken_back_when_something_else_starts_next() {
    let computer = Computer::start_on(Backend::Bootc);
    let client = computer.client().await;
    computer.publish(|publication| publication);
    update(&client, UpdateMode::Stage, true).await;
    assert!(prepared(&computer, &client).await);
    done(client.discard(DiscardOptions::default()).await).await;
    assert!(!prepared(&computer, &client).await, "discarded");

    update(&client, UpdateMode::Stage, true).await;
    assert!(prepared(&computer, &client).await);
    update(&client, UpdateMode::DownloadOnly, false).await;
    assert!(!prepared(&computer, &client).await, "held back");

    computer.publish(|publication| publication);
    update(&client, UpdateMode::Stage, true).await;
    assert!(prepared(&computer, &client).await);
    computer.publish(|publication| publication);
    update(&client, UpdateMode::Stage, false).await;
    assert!(!prepared(&computer, &client).await, "another one is staged");
}
