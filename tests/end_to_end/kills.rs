// SPDX-License-Identifier: GPL-3.0-or-later
//! Whatever is killed at whatever moment, the computer starts the old or the new deployment, what is deployed is whole,
//! and the next update succeeds.

mod strike;

use std::fmt::Write as _;
use std::io::Write as _;

use isotope_client::{ClientError, Operation};
use isotope_lab::{Backend, RemoteBehaviour};
use isotope_model::{DeploymentId, Outcome};
use isotope_tests::Computer;

use self::strike::strike;

/// How many kills there are over all moments of one kind of machine, unless `ISOTOPE_KILLS` says otherwise.
const KILLS: usize = 60;
/// On each of the two machines of rpm-ostree.
const KILLS_OF_RPM_OSTREE: usize = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    Pulling,
    Importing,
    Staging,
    Finalising,
    RollingBack,
    Switching,
    Pinning,
    Removing,
    CleaningUp,
}

/// Where libostree pulls and stages.
const OSTREE: [Moment; 8] = [
    Moment::Pulling,
    Moment::Staging,
    Moment::Finalising,
    Moment::RollingBack,
    Moment::Switching,
    Moment::Pinning,
    Moment::Removing,
    Moment::CleaningUp,
];

/// Where bootc does. Pins, removals and clean-ups are libostree's there as well.
const BOOTC: [Moment; 6] =
    [Moment::Pulling, Moment::Importing, Moment::Staging, Moment::Finalising, Moment::RollingBack, Moment::Switching];

/// Where rpm-ostree does; it tells of no import of its own.
const RPM_OSTREE: [Moment; 4] = [Moment::Pulling, Moment::Staging, Moment::Finalising, Moment::Switching];

/// What a finished operation would have changed.
#[derive(Clone, Debug)]
enum Change {
    /// The computer starts this image.
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
    /// What pulls and stages on behalf of Isotope.
    Program,
    Machine,
}

impl Victim {
    fn name(self) -> &'static str {
        match self {
            Self::Engine => "engine",
            Self::Helper => "helper",
            Self::Program => "program",
            Self::Machine => "machine",
        }
    }
}

/// Who is there to be killed.
fn victims(backend: Backend, moment: Moment) -> &'static [Victim] {
    match moment {
        // At shutdown helper and engine have ended already; it is the machine that loses power.
        Moment::Finalising => &[Victim::Machine],
        // The boot order is libostree's on every kind of machine.
        Moment::RollingBack => &[Victim::Engine, Victim::Helper, Victim::Machine],
        _ if backend != Backend::Ostree => &[Victim::Engine, Victim::Helper, Victim::Program, Victim::Machine],
        _ => &[Victim::Engine, Victim::Helper, Victim::Machine],
    }
}

#[derive(Debug, Default)]
struct Tally {
    kills: usize,
    by_victim: [usize; 4],
    old: usize,
    new: usize,
}

impl Tally {
    fn show(&self, victims: &[Victim]) -> String {
        let killed = victims.iter().map(|victim| format!("{} {}", self.by_victim[*victim as usize], victim.name()));
        let killed: Vec<_> = killed.collect();
        let Self { kills, old, new, .. } = self;
        format!("{kills:>5} kills ({}): {old} left the old state, {new} the new", killed.join(", "))
    }
}

#[test]
fn kills() {
    kill_everywhere(Backend::Ostree, &OSTREE, KILLS, "kills by phase:");
}

#[test]
fn kills_on_a_bootc_machine() {
    kill_everywhere(Backend::Bootc, &BOOTC, KILLS, "kills by phase, bootc:");
}

#[test]
fn kills_on_an_rpm_ostree_machine() {
    kill_everywhere(Backend::RpmOstree, &RPM_OSTREE, KILLS_OF_RPM_OSTREE, "kills by phase, rpm-ostree:");
}

#[test]
fn kills_on_an_rpm_ostree_machine_that_follows_a_branch() {
    let title = "kills by phase, rpm-ostree, branch:";
    kill_everywhere(Backend::RpmOstreeBranch, &RPM_OSTREE, KILLS_OF_RPM_OSTREE, title);
}

fn kill_everywhere(backend: Backend, moments: &[Moment], kills: usize, title: &str) {
    let total = std::env::var("ISOTOPE_KILLS").ok().map_or(kills, |number| number.parse().expect("ISOTOPE_KILLS"));
    let each = total.div_ceil(moments.len());
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let threads: Vec<_> =
            moments.iter().map(|moment| scope.spawn(move || kill_often(backend, *moment, each))).collect();
        threads.into_iter().map(|thread| thread.join().expect("the computer survives")).collect()
    });
    let mut table = format!("{title}\n");
    for (moment, tally) in moments.iter().zip(&tallies) {
        let _ = writeln!(table, "  {:<12}{}", format!("{moment:?}"), tally.show(victims(backend, *moment)));
    }
    // Straight to standard error: what is printed by a test that passes is not shown otherwise.
    std::io::stderr().write_all(table.as_bytes()).expect("standard error");
    assert!(tallies.iter().all(|tally| tally.kills >= each));
}

fn kill_often(backend: Backend, moment: Moment, kills: usize) -> Tally {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let computer = Computer::start_on(backend);
        update_and_restart(&computer).await;
        let (mut tally, victims) = (Tally::default(), victims(backend, moment));
        let mut misses = 0;
        while tally.kills < kills {
            let victim = victims[tally.kills % victims.len()];
            let old = computer.booted_image();
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
        computer.assert_commits_whole();
        tally
    })
}

/// The computer runs the old image, or the new one where that was to start; tells whether the change was made.
async fn is_made(computer: &Computer, old: &str, change: &Change, told: &str) -> bool {
    let booted = computer.booted_image();
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

/// Publishes the next version of what the computer follows, and has it running. That it is whole is looked at after the
/// next kill, with all that is deployed then.
async fn update_and_restart(computer: &Computer) {
    computer.lab().set_remote(RemoteBehaviour::default()).expect("the remote");
    let image = computer.publish_variant(followed(computer));
    let outcome = computer.update().await.expect("the next update");
    assert!(matches!(&outcome, Outcome::Staged { .. }), "{outcome:?}");
    computer.lab().restart().expect("a restart");
    assert_eq!(computer.booted_image(), image, "the next update succeeds");
}

fn followed(computer: &Computer) -> &'static str {
    if computer.origin(&computer.booted()).contains("/kde") { "kde" } else { "gnome" }
}
