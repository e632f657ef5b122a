// SPDX-License-Identifier: GPL-3.0-or-later
//! Whatever is killed at whatever moment, the computer starts the old or the new deployment, what is deployed is whole,
//! and the next update succeeds.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::Duration;

use isotope_client::{ClientError, Operation, RollBackOptions, SwitchOptions, UpdateOptions};
use isotope_lab::RemoteBehaviour;
use isotope_model::{DeploymentId, Outcome, Phase};
use isotope_tests::Computer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::Rng as _;

/// How many kills there are over all phases, unless `ISOTOPE_KILLS` says otherwise.
const KILLS: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Pulling,
    Staging,
    Finalising,
    RollingBack,
    Switching,
    Pinning,
    Removing,
    CleaningUp,
}

const MOMENTS: [Moment; 8] = [
    Moment::Pulling,
    Moment::Staging,
    Moment::Finalising,
    Moment::RollingBack,
    Moment::Switching,
    Moment::Pinning,
    Moment::Removing,
    Moment::CleaningUp,
];

/// What a finished operation would have changed.
#[derive(Clone, Debug)]
enum Change {
    /// The computer starts this commit.
    Starts(String),
    /// This deployment is pinned.
    Pinned(DeploymentId),
    /// This deployment is gone.
    Gone(DeploymentId),
    /// What the clean-up was for is gone.
    Cleaned,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Victim {
    Engine,
    Helper,
    Machine,
}

const VICTIMS: [Victim; 3] = [Victim::Engine, Victim::Helper, Victim::Machine];

#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    by_victim: [usize; 3],
    old: usize,
    new: usize,
}

impl fmt::Display for Tally {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [engine, helper, machine] = self.by_victim;
        write!(
            formatter,
            "{:>5} kills ({engine} engine, {helper} helper, {machine} machine): {} left the old state, {} the new",
            self.kills, self.old, self.new
        )
    }
}

#[test]
fn kills() {
    let total = std::env::var("ISOTOPE_KILLS").ok().map_or(KILLS, |number| number.parse().expect("ISOTOPE_KILLS"));
    let each = total.div_ceil(MOMENTS.len());
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> = MOMENTS.map(|moment| scope.spawn(move || kill_often(moment, each))).into_iter().collect();
        threads.into_iter().map(|thread| thread.join().expect("the computer survives")).collect()
    });
    let mut table = String::from("kills by phase:\n");
    for (moment, tally) in MOMENTS.iter().zip(&tallies) {
        let _ = writeln!(table, "  {:<12}{tally}", format!("{moment:?}"));
    }
    // Straight to standard error: what is printed by a test that passes is not shown otherwise.
    std::io::stderr().write_all(table.as_bytes()).expect("standard error");
    assert!(tallies.iter().all(|tally| tally.kills >= each));
}

fn kill_often(moment: Moment, kills: usize) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let computer = Computer::start();
        update_and_restart(&computer).await;
        let mut tally = Tally::default();
        let mut misses = 0;
        while tally.kills < kills {
            let victim = match moment {
                // At shutdown helper and engine have ended already; it is the machine that loses power.
                Moment::Finalising => Victim::Machine,
                _ => VICTIMS[tally.kills % VICTIMS.len()],
            };
            let old = computer.booted().checksum;
            let Some(change) = strike(&computer, moment, victim).await else {
                misses += 1;
                assert!(misses < 20 * kills + 20, "{moment:?}: the moment is missed all the time");
                recover(&computer, victim).await;
                update_and_restart(&computer).await;
                continue;
            };
            tally.kills += 1;
            tally.by_victim[victim as usize] += 1;
            recover(&computer, victim).await;
            let told = format!("{moment:?} {victim:?}, kill {}: {change:?}", tally.kills);
            if is_made(&computer, &old, &change, &told).await {
                tally.new += 1;
            } else {
                tally.old += 1;
            }
            if let Err(error) = computer.check_commits() {
                panic!("{told}, old {old}: {error:#}");
            }
            update_and_restart(&computer).await;
        }
        tally
    })
}

/// The computer runs the old deployment, or the new one where that was to start; tells whether the change was made.
async fn is_made(computer: &Computer, old: &str, change: &Change, told: &str) -> bool {
    let booted = computer.booted().checksum;
    let starts = match change {
        Change::Starts(new) => new,
        _ => old,
    };
    assert!(booted == old || booted == starts, "{told}: neither {old} nor {starts}, but {booted}");
    let client = computer.client().await;
    let snapshot = client.snapshot().await.expect("the service answers");
    match change {
        Change::Starts(new) => booted == *new,
        Change::Pinned(id) => {
            let pinned = snapshot.deployment(id).unwrap_or_else(|| panic!("{told}: it is gone")).pinned;
            if pinned {
                end(client.unpin(id, None).await).await;
            }
            pinned
        }
        Change::Gone(id) => snapshot.deployment(id).is_none(),
        Change::Cleaned => {
            // What an interrupted clean-up left of a commit is not taken for the whole when its branch is seen again.
            let metadata = ["ostree", "pull", "--commit-metadata-only", "lab:lab/x86_64/kde"];
            let refs = computer.root(&["ostree", "refs"]);
            computer.root_with_writable_sysroot(&metadata);
            end(client.clean_up(None).await).await;
            !String::from_utf8_lossy(&refs.stdout).contains("kde")
        }
    }
}

async fn end(started: Result<Operation, ClientError>) {
    let outcome = started.expect("an operation").follow(|_| {}).await.expect("its end");
    assert!(!matches!(outcome, Outcome::Failed { .. }), "{outcome:?}");
}

/// The machine is on afterwards, started anew.
async fn recover(computer: &Computer, victim: Victim) {
    if victim != Victim::Machine {
        // The service comes again by itself, and the computer is shut down as usual.
        let snapshot = computer.client().await.snapshot().await.expect("the service comes again");
        assert!(snapshot.booted().is_some());
        computer.lab().shut_down().expect("shutting down");
    }
    computer.lab().boot().expect("the computer starts");
}

/// Publishes the next version of what the computer follows, and has it running.
async fn update_and_restart(computer: &Computer) {
    computer.lab().set_remote(RemoteBehaviour::default()).expect("the remote");
    let checksum = computer.publish_variant(followed(computer));
    let outcome = computer.update().await.expect("the next update");
    assert!(matches!(&outcome, Outcome::Staged { deployment, .. } if deployment.checksum() == checksum), "{outcome:?}");
    computer.lab().restart().expect("a restart");
    assert_eq!(computer.booted().checksum, checksum, "the next update succeeds");
    computer.assert_commits_whole();
}

fn followed(computer: &Computer) -> &'static str {
    if computer.origin(&computer.booted()).contains("/kde") { "kde" } else { "gnome" }
}

/// Brings the computer to the moment and kills. Returns what a finished operation would have changed, or nothing if the
/// moment was over already.
async fn strike(computer: &Computer, moment: Moment, victim: Victim) -> Option<Change> {
    let client = computer.client().await;
    let snapshot = client.snapshot().await.expect("the service answers");
    let rollback = snapshot.deployments.iter().find(|one| one.rollback).map(|one| one.id.clone());
    match moment {
        Moment::Pulling => {
            let (_, new) = computer.publish(|publication| publication.payload(6 << 20));
            computer.slow_remote(6 << 20);
            let update = client.update(UpdateOptions::default()).await.expect("an update");
            kill_in_phase(computer, update, victim, Phase::Pulling, 800).await.then_some(Change::Starts(new))
        }
        Moment::Staging => {
            let (_, new) = computer.publish(|publication| publication);
            let update = client.update(UpdateOptions::default()).await.expect("an update");
            kill_in_phase(computer, update, victim, Phase::Staging, 40).await.then_some(Change::Starts(new))
        }
        Moment::Switching => {
            let other = if followed(computer) == "kde" { "gnome" } else { "kde" };
            let new = computer.publish_variant(other);
            let image = format!("lab:lab/x86_64/{other}");
            let switch = client.switch(&image, SwitchOptions::default()).await.expect("a switch");
            let phase = if rand::rng().random_bool(0.5) { Phase::Pulling } else { Phase::Staging };
            kill_in_phase(computer, switch, victim, phase, 60).await.then_some(Change::Starts(new))
        }
        Moment::Finalising => {
            computer.publish(|publication| publication);
            let outcome = computer.update().await.expect("an update");
            let Outcome::Staged { deployment, .. } = outcome else { panic!("{outcome:?}") };
            let time = random_milliseconds(250);
            let cut = computer.lab().shut_down_cut_after(time).expect("a cut");
            cut.then(|| Change::Starts(deployment.checksum().to_owned()))
        }
        Moment::RollingBack => {
            let change = Change::Starts(rollback?.checksum().to_owned());
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
            let still = now.is_ok_and(|status| status.outcome.is_none() && status.progress.phase == phase);
            still && slay(computer, victim)
        }
        Err(_) => false,
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
