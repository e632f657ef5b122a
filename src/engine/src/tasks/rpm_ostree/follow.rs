// SPDX-License-Identifier: GPL-3.0-or-later
//! Follows what rpm-ostree does for another program, or for an engine that is gone.

use std::time::Duration;

use anyhow::Context as _;
use isotope_model::engine_protocol::Reply;
use isotope_model::{CancelledWith, DeploymentId, OperationKind, Outcome, Phase, Refusal, Snapshot};
use ostree::gio;
use zbus::Connection as Bus;

use super::check::{Found, cached_update, judge};
use super::run::lost;
use super::watch::Watch;
use crate::connection::{Connection, Incoming};
use crate::mount_namespace;
use crate::progress_reporter::ProgressReporter;
use crate::rpm_ostree_backend::activity::{self, Active, Activity, CLOSED, FORCED};
use crate::rpm_ostree_backend::daemon::Daemon;
use crate::rpm_ostree_backend::follow::{Begin, End, Joined, follow_all, join as join_at_work, join_again};
use crate::rpm_ostree_backend::in_sight::InSight;
use crate::rpm_ostree_backend::{errors, foreign};
use crate::sysroot;

/// A daemon that is there answers by then.
const PATIENCE: Duration = Duration::from_secs(10);

/// Follows it to its end. Where rpm-ostree does nothing, or what it did has ended, it says nothing; and nothing before what
/// another program has asked for was begun.
///
/// # Errors
/// The helper is gone; the bus cannot be reached; the sysroot cannot be read.
pub(crate) fn follow(connection: &Connection, incoming: Incoming) -> anyhow::Result<()> {
    // The size of what a check has found is asked of its remote.
    mount_namespace::enter().context("a mount namespace of its own")?;
    let cancellable = incoming.listen_while_following()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let before = sysroot::read_snapshot().map_err(|failure| failure.into_refusal())?;
    let followed = runtime.block_on(async {
        let bus = Bus::system().await.context("the system bus")?;
        let followed = join(&bus, connection, &cancellable).await?;
        anyhow::Ok(followed.map(|followed| (bus, followed)))
    })?;
    let Some((bus, (kind, end))) = followed else { return Ok(()) };
    let now = sysroot::read_snapshot().map_err(|failure| failure.into_refusal())?;
    let outcome = match outcome(kind, &before, &now, &end) {
        Outcome::UpToDate if kind == OperationKind::Check => found(&runtime, &bus, &now, &cancellable),
        outcome => outcome,
    };
    connection.send(&Reply::Finished(outcome))
}

async fn join(
    bus: &Bus,
    connection: &Connection,
    cancellable: &gio::Cancellable,
) -> anyhow::Result<Option<(OperationKind, End)>> {
    let Activity::Active(active) = activity::read(bus).await else { return Ok(None) };
    let is_it = |now: &Active| *now == active;
    let again = async || join_again(bus, is_it).await;
    let Some(Joined { peer, about }) = join_at_work(&active.method, again).await else { return Ok(None) };
    let saw_its_beginning = peer.was_titled();
    let operation = foreign::of(&active.method, &about);
    let kind = operation.kind;
    connection.send(&Reply::Following(operation))?;
    let reporter = ProgressReporter::new(connection.clone());
    let phase = match kind {
        OperationKind::CleanUp => Phase::CleaningUp,
        _ => Phase::Checking,
    };
    reporter.phase(phase);
    let mut watch = Watch::only(phase, |progress| reporter.report(progress));
    let in_sight = InSight { cancellable, reporter: None, patience: PATIENCE };
    let cancelled = async || in_sight.cancelled().await;
    let mut end = follow_all(peer, Begin::Never, again, cancelled, |heard| watch.hear(heard)).await;
    end.was_heard |= saw_its_beginning;
    let patience = if kind == OperationKind::Check { FORCED } else { CLOSED };
    activity::until_closed(bus, patience).await;
    Ok(Some((kind, end)))
}

/// What came of it, by what the sysroot shows.
fn outcome(kind: OperationKind, before: &Snapshot, now: &Snapshot, end: &End) -> Outcome {
    if let Some(staged) = now.staged_since(before) {
        return Outcome::staged(&staged.id, before);
    }
    if first(before) != first(now) {
        // Also where it says that it failed, or says no more.
        return changed(kind, before, now, end.was_heard);
    }
    match &end.finished {
        None => Outcome::Failed { refusal: lost() },
        Some((false, text)) => match errors::of_finished(text, "") {
            Refusal::Cancelled if before.token == now.token => {
                Outcome::Cancelled { left: CancelledWith::NothingChanged }
            }
            Refusal::Cancelled => Outcome::Cancelled { left: CancelledWith::Unknown },
            refusal => Outcome::Failed { refusal },
        },
        Some((true, _)) => changed(kind, before, now, end.was_heard),
    }
}

fn changed(kind: OperationKind, before: &Snapshot, now: &Snapshot, was_heard: bool) -> Outcome {
    let discarded = before.staged().map(|staged| &staged.id).filter(|staged| now.deployment(staged).is_none()).cloned();
    match (first(now), discarded) {
        (Some(boots_next), discarded) if first(before) != Some(boots_next) => {
            Outcome::BootOrderChanged { boots_next: boots_next.clone(), discarded }
        }
        (_, Some(deployment)) => Outcome::Discarded { deployment },
        _ if kind == OperationKind::CleanUp => Outcome::CleanedUp { freed_bytes: None },
        _ if was_heard || kind == OperationKind::Check => Outcome::UpToDate,
        // What it has changed may have been changed before anybody looked.
        _ => Outcome::Unknown,
    }
}

fn first(snapshot: &Snapshot) -> Option<&DeploymentId> {
    snapshot.written().next().map(|first| &first.id)
}

/// What a check has found.
fn found(runtime: &tokio::runtime::Runtime, bus: &Bus, now: &Snapshot, cancellable: &gio::Cancellable) -> Outcome {
    let in_sight = InSight { cancellable, reporter: None, patience: PATIENCE };
    let cached = runtime.block_on(cached_update(&Daemon { bus, in_sight }, ""));
    let judged = cached.map_err(Into::into).and_then(|cached| judge(now, cached, cancellable));
    match judged {
        Ok(Found::Newer(update)) => Outcome::UpdateAvailable { update },
        Ok(Found::Nothing) => Outcome::UpToDate,
        Ok(Found::Unknown) => Outcome::OnlyUpdateTells,
        Err(failure) => {
            tracing::warn!("what the check has found: {failure:?}");
            Outcome::Unknown
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, DeploymentId, StateToken, classify};

    use super::*;

    fn host(staged: Option<char>, written: &str) -> Snapshot {
        let deployment = |digit: char| Deployment::new(DeploymentId::new("os", digit.to_string().repeat(64), 0));
        let staged = staged.map(|digit| Deployment { staged: true, ..deployment(digit) });
        let written = written.chars().map(|digit| Deployment { booted: digit == '1', ..deployment(digit) });
        let mut deployments: Vec<_> = staged.into_iter().chain(written).collect();
        classify(&mut deployments);
        let token = StateToken::of(&deployments);
        Snapshot { deployments, token, ..Snapshot::default() }
    }

    #[test]
    fn the_sysroot_tells_what_came_of_it() {
        let finished =
            |success, text: &str| End { finished: Some((success, text.to_owned())), was_heard: true, ..End::default() };
        let silent = End { was_heard: false, ..finished(true, "") };
        let (well, badly, lost) = (finished(true, ""), finished(false, "no such thing"), End::default());
        let cancelled = finished(false, "Operation was cancelled");
        let plain = || host(None, "12");
        for (kind, before, now, end, expected) in [
            (OperationKind::Update, plain(), host(Some('3'), "12"), &well, "Staged"),
            (OperationKind::Update, plain(), host(Some('3'), "12"), &badly, "Staged"),
            (OperationKind::Other, plain(), host(Some('3'), "12"), &lost, "Staged"),
            (OperationKind::Update, plain(), plain(), &well, "UpToDate"),
            (OperationKind::Update, plain(), plain(), &silent, "Unknown"),
            (OperationKind::RollBack, plain(), plain(), &silent, "Unknown"),
            (OperationKind::Check, plain(), plain(), &silent, "UpToDate"),
            (OperationKind::Update, plain(), host(Some('3'), "12"), &silent, "Staged"),
            (OperationKind::Update, plain(), plain(), &cancelled, "Cancelled"),
            (OperationKind::Update, plain(), plain(), &badly, "Failed"),
            (OperationKind::Update, plain(), plain(), &lost, "Failed"),
            (OperationKind::RollBack, plain(), host(None, "21"), &well, "BootOrderChanged"),
            (OperationKind::RollBack, plain(), host(None, "21"), &badly, "BootOrderChanged"),
            (OperationKind::RollBack, plain(), host(None, "21"), &lost, "BootOrderChanged"),
            (OperationKind::CleanUp, host(Some('3'), "12"), plain(), &well, "Discarded"),
            (OperationKind::CleanUp, plain(), plain(), &well, "CleanedUp"),
        ] {
            let told = format!("{:?}", outcome(kind, &before, &now, end));
            assert!(told.starts_with(expected), "{kind} {end:?}: {told}");
        }
    }
}
