// SPDX-License-Identifier: GPL-3.0-or-later
//! Bringing a computer to a moment, and killing then.

use std::time::Duration;

use isotope_client::{Operation, RollBackOptions, SwitchOptions, UpdateOptions};
use isotope_model::{Outcome, Phase};
use isotope_tests::Computer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::Rng as _;

use super::{Change, Moment, Victim, end, followed};

/// Brings the computer to the moment and kills. Returns what a finished operation would have changed, or nothing if the
/// moment was over already.
pub(super) async fn strike(computer: &Computer, moment: Moment, victim: Victim) -> Option<Change> {
    let client = computer.client().await;
    let snapshot = client.snapshot().await.expect("the service answers");
    let rollback = snapshot.deployments.iter().find(|one| one.rollback).map(|one| one.id.clone());
    match moment {
        Moment::Pulling => {
            let (_, new) = computer.publish(|publication| publication.payload(6 << 20));
            // rpm-ostree tells once a second how far it is: that it pulls is seen late.
            computer.slow_remote(if computer.updating_program() == "rpm-ostree" { 2 << 20 } else { 6 << 20 });
            let update = client.update(UpdateOptions::default()).await.expect("an update");
            kill_in_phase(computer, update, victim, Phase::Pulling, 800).await.then_some(Change::Starts(new))
        }
        Moment::Importing => {
            let (_, new) = computer.publish(|publication| publication);
            let update = client.update(UpdateOptions::default()).await.expect("an update");
            kill_in_phase(computer, update, victim, Phase::Importing, 30).await.then_some(Change::Starts(new))
        }
        Moment::Staging => {
            let (_, new) = computer.publish(|publication| publication);
            let update = client.update(UpdateOptions::default()).await.expect("an update");
            kill_in_phase(computer, update, victim, Phase::Staging, 40).await.then_some(Change::Starts(new))
        }
        Moment::Switching => {
            let other = if followed(computer) == "kde" { "gnome" } else { "kde" };
            let new = computer.publish_variant(other);
            let image = computer.reference(other);
            let switch = client.switch(&image, SwitchOptions::default()).await.expect("a switch");
            let phase = if rand::rng().random_bool(0.5) { Phase::Pulling } else { Phase::Staging };
            kill_in_phase(computer, switch, victim, phase, 60).await.then_some(Change::Starts(new))
        }
        Moment::Finalising => {
            computer.publish(|publication| publication);
            let outcome = computer.update().await.expect("an update");
            let Outcome::Staged { deployment, .. } = outcome else { panic!("{outcome:?}") };
            let image = computer.image_of_deployment(&deployment);
            let time = random_milliseconds(250);
            let cut = computer.lab().shut_down_cut_after(time).expect("a cut");
            cut.then_some(Change::Starts(image))
        }
        Moment::RollingBack => {
            let change = Change::Starts(computer.image_of_deployment(&rollback?));
            let operation = client.roll_back(RollBackOptions::default()).await.expect("a rollback");
            kill_while_running(computer, operation, victim, 60).await.then_some(change)
        }
        Moment::Pinning => {
            let id = rollback?;
            if snapshot.deployment(&id).is_some_and(|one| one.pinned) {
                end(client.unpin(&id, None).await).await;
            }
            let operation = client.pin(&id, None).await.expect("pinning");
            kill_while_running(computer, operation, victim, 60).await.then_some(Change::Pinned(id))
        }
        Moment::Removing => {
            let id = rollback?;
            let operation = client.remove(&id, None).await.expect("removing");
            kill_while_running(computer, operation, victim, 250).await.then_some(Change::Gone(id))
        }
        Moment::CleaningUp => {
            computer.publish_variant("kde");
            computer.root_with_writable_sysroot(&["ostree", "pull", "lab:lab/x86_64/kde"]);
            let operation = client.clean_up(None).await.expect("a clean-up");
            kill_while_running(computer, operation, victim, 150).await.then_some(Change::Cleaned)
        }
    }
}

/// Kills within `spread` milliseconds from now, if the operation has not ended by then.
async fn kill_while_running(computer: &Computer, operation: Operation, victim: Victim, spread: u64) -> bool {
    tokio::time::sleep(random_milliseconds(spread)).await;
    let running = operation.status().await.is_ok_and(|status| status.outcome.is_none());
    hit_or_shut_down(computer, victim, running && slay(computer, victim))
}

/// Kills within `spread` milliseconds after the operation has come to this phase, if it is in it still.
async fn kill_in_phase(computer: &Computer, operation: Operation, victim: Victim, phase: Phase, spread: u64) -> bool {
    let hit = match Computer::wait_for_phase(operation, phase).await {
        Ok(running) => {
            tokio::time::sleep(random_milliseconds(spread)).await;
            let now = running.operation.status().await;
            let still = now.as_ref().is_ok_and(|status| status.outcome.is_none() && status.progress.phase == phase);
            let hit = still && slay(computer, victim);
            if !hit {
                eprintln!("{phase:?}, {victim:?}: missed at {now:?}");
            }
            hit
        }
        Err(error) => {
            eprintln!("{phase:?}, {victim:?}: missed, {error:#}");
            false
        }
    };
    hit_or_shut_down(computer, victim, hit)
}

/// A machine that was missed is shut down, as one that was hit is off.
fn hit_or_shut_down(computer: &Computer, victim: Victim, hit: bool) -> bool {
    if !hit && victim == Victim::Machine {
        computer.lab().shut_down().expect("shutting down");
    }
    hit
}

fn random_milliseconds(most: u64) -> Duration {
    Duration::from_millis(rand::rng().random_range(0..=most))
}

fn slay(computer: &Computer, victim: Victim) -> bool {
    let program = match victim {
        Victim::Engine => "isotope-engine",
        Victim::Helper => "isotope-helper",
        Victim::Program => computer.updating_program(),
        Victim::Machine => {
            computer.lab().pull_plug().expect("the plug");
            return true;
        }
    };
    let processes = computer.lab().processes(program).expect("processes");
    let processes = processes.into_iter().map(Pid::from_raw).filter(|process| !is_watchdog(*process));
    processes.filter(|process| kill(*process, Signal::SIGKILL).is_ok()).count() > 0
}

/// While libostree has the file system frozen, a child of its own, in a session of its own, waits to thaw it should the
/// parent die. What kills the one does not kill the other.
fn is_watchdog(process: Pid) -> bool {
    nix::unistd::getsid(Some(process)).is_ok_and(|session| session == process)
}
