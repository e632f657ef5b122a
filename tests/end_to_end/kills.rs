// SPDX-License-Identifier: GPL-3.0-or-later
//! Whatever is killed at whatever moment, the computer starts the old or the new deployment, what is deployed is whole,
//! and the next update succeeds.

use std::fmt::{self, Write as _};
use std::io::Write as _;
use std::time::Duration;

use isotope_client::{Client, RollBackOptions, UpdateOptions};
use isotope_lab::RemoteBehaviour;
use isotope_model::{Outcome, Phase};
use isotope_tests::Computer;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use rand::Rng as _;

/// How many kills there are over all phases, unless `ISOTOPE_KILLS` says otherwise.
const KILLS: usize = 40;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Pulling,
    Staging,
    Finalising,
    RollingBack,
}

const MOMENTS: [Moment; 4] = [Moment::Pulling, Moment::Staging, Moment::Finalising, Moment::RollingBack];

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
            "{:>5} kills ({engine} engine, {helper} helper, {machine} machine): {} started the old deployment, {} the new",
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
            let Some(new) = strike(&computer, moment, victim).await else {
                misses += 1;
                assert!(misses < 20 * kills + 20, "{moment:?}: the moment is missed all the time");
                recover(&computer, victim).await;
                continue;
            };
            tally.kills += 1;
            tally.by_victim[victim as usize] += 1;
            recover(&computer, victim).await;
            let booted = computer.booted().checksum;
            assert!(booted == old || booted == new, "{moment:?} {victim:?}: neither {old} nor {new}, but {booted}");
            if booted == new {
                tally.new += 1;
            } else {
                tally.old += 1;
            }
            if let Err(error) = computer.check_commits() {
                panic!("{moment:?} {victim:?}, kill {}: old {old}, new {new}: {error:#}", tally.kills);
            }
            update_and_restart(&computer).await;
        }
        tally
    })
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

async fn update_and_restart(computer: &Computer) {
    computer.lab().set_remote(RemoteBehaviour::default()).expect("the remote");
    let (_, checksum) = computer.publish(|publication| publication);
    let outcome = computer.update().await.expect("the next update");
    assert!(matches!(&outcome, Outcome::Staged { deployment, .. } if deployment.checksum() == checksum), "{outcome:?}");
    computer.lab().restart().expect("a restart");
    assert_eq!(computer.booted().checksum, checksum, "the next update succeeds");
    computer.assert_commits_whole();
}

/// Brings the computer to the moment and kills. Returns what a finished operation would have started, or nothing if the
/// moment was over already.
async fn strike(computer: &Computer, moment: Moment, victim: Victim) -> Option<String> {
    let client = computer.client().await;
    match moment {
        Moment::Pulling => {
            let (_, new) = computer.publish(|publication| publication.payload(6 << 20));
            computer.slow_remote(6 << 20);
            kill_update(computer, &client, victim, Phase::Pulling, 800).await.then_some(new)
        }
        Moment::Staging => {
            let (_, new) = computer.publish(|publication| publication);
            kill_update(computer, &client, victim, Phase::Staging, 40).await.then_some(new)
        }
        Moment::Finalising => {
            let (_, new) = computer.publish(|publication| publication);
            computer.update().await.expect("an update");
            let time = random_milliseconds(250);
            computer.lab().shut_down_cut_after(time).expect("a cut").then_some(new)
        }
        Moment::RollingBack => {
            let target = client.snapshot().await.ok()?.deployments.iter().find(|one| one.rollback)?.id.clone();
            let operation = client.roll_back(RollBackOptions::default()).await.expect("a rollback");
            tokio::time::sleep(random_milliseconds(40)).await;
            let running = operation
                .status()
                .await
                .is_ok_and(|status| status.outcome.is_none() && status.progress.phase == Phase::ChangingBootOrder);
            let killed = running && slay(computer, victim);
            if !killed && victim == Victim::Machine {
                computer.lab().shut_down().expect("shutting down");
            }
            killed.then(|| target.checksum().to_owned())
        }
    }
}

async fn kill_update(computer: &Computer, client: &Client, victim: Victim, phase: Phase, spread: u64) -> bool {
    let operation = client.update(UpdateOptions::default()).await.expect("an update");
    let hit = match Computer::wait_for_phase(operation, phase).await {
        Ok(running) => {
            tokio::time::sleep(random_milliseconds(spread)).await;
            let now = running.operation.status().await;
            let still = now.is_ok_and(|status| status.outcome.is_none() && status.progress.phase == phase);
            still && slay(computer, victim)
        }
        Err(_) => false,
    };
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
    processes.into_iter().filter(|process| kill(Pid::from_raw(*process), Signal::SIGKILL).is_ok()).count() > 0
}
