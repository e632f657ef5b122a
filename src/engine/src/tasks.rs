// SPDX-License-Identifier: GPL-3.0-or-later
//! One file per kind of request, and what all of them go through: possible at all, allowed, alone.

mod boot_order;
mod bootc;
mod check;
mod composefs;
mod deploy;
mod finalization;
mod keep;
mod keep_on;
mod new_deployment;
mod noted_image;
mod pin;
mod remove;
mod rpm_ostree;
mod source;
mod staged_elsewhere;
mod switch;
mod update;
mod with_way_back;
mod write_order;

use std::rc::Rc;
use std::time::Duration;

use anyhow::Context as _;
use isotope_model::engine_protocol::{Order, Reply, Request, Task};
use isotope_model::{
    Backend, BootOrderPlan, CancelledWith, DeploymentId, Host, ImageReference, LayeredEffect, OperationKind, Outcome,
    Refusal, RollbackPlan, Snapshot, Trial, UpdateMode, Verification, check_switch_or_reset, check_target,
    followed_deployment, layered_effect, require_plausible_clock, resolve_image,
};
use tokio::runtime::Runtime;

pub(crate) use self::rpm_ostree::follow;
use crate::authority;
use crate::bootc_backend::image::Switch;
use crate::clock;
use crate::connection::{Connection, Orders};
use crate::container_policy;
use crate::failure::Failure;
use crate::operation_lock::OperationLock;
use crate::ostree_backend::remotes;
use crate::preflight;
use crate::progress_reporter::ProgressReporter;
use crate::rpm_ostree_backend::activity;
use crate::session::{Session, ended, expect_token};
use crate::switch_policy;
use crate::sysroot;

/// An authorisation is used at once or not at all.
const PATIENCE: Duration = Duration::from_secs(30);

/// Serves a request that needs authority. The reply is the last one.
///
/// # Errors
/// The helper is gone, or the bus cannot be reached.
pub(crate) fn run(
    connection: &Connection,
    mut orders: Orders,
    runtime: &Runtime,
    request: &Request,
) -> anyhow::Result<Reply> {
    let bus = runtime.block_on(zbus::Connection::system()).context("the system bus")?;
    let asked = sysroot::read_snapshot()
        .and_then(|snapshot| Ok((runtime.block_on(authorise(&bus, &mut orders, request, &snapshot))?, snapshot.host)));
    let (allowed, host) = match asked {
        Ok(asked) => asked,
        Err(failure) => return Ok(Reply::Refused(failure.into_refusal())),
    };
    if request.task == Task::AuthoriseCancel {
        return Ok(Reply::Authorised);
    }
    connection.send(&Reply::Authorised)?;
    let order = runtime.block_on(async { tokio::time::timeout(PATIENCE, orders.next()).await });
    if order != Ok(Order::Proceed) {
        return Ok(Reply::Finished(Outcome::Cancelled { left: CancelledWith::NothingChanged }));
    }
    let reporter = Rc::new(ProgressReporter::new(connection.clone()));
    let session = Session { request, reporter, runtime, bus, orders, allowed, host };
    if let Task::Preflight { image } = &request.task {
        let facts = preflight::gather(&session, image.as_deref());
        return Ok(
            facts.map_or_else(|failure| Reply::Refused(failure.into_refusal()), |facts| Reply::Preflight(facts.into()))
        );
    }
    let outcome = perform(&session);
    if session.host.backend == Backend::RpmOstree {
        runtime.block_on(activity::tell_of_change(&session.bus));
    }
    Ok(Reply::Finished(outcome))
}

/// Finds out whether the request makes sense now, and whether the caller may have it.
async fn authorise(
    bus: &zbus::Connection,
    orders: &mut Orders,
    request: &Request,
    snapshot: &Snapshot,
) -> Result<authority::Authority, Failure> {
    let caller = request.caller.as_ref().context("a request without a caller")?;
    if snapshot.host.composefs && snapshot.changing {
        return Err(Refusal::Busy { operation: None }.into());
    }
    expect_token(request.token.as_ref(), snapshot)?;
    let repo = sysroot::open().ok().map(|sysroot| sysroot.repo());
    possible(&request.task, snapshot, repo.as_ref())?;
    let needed = authority::needed(&request.task, snapshot, |image| container_policy::trust(image, repo.as_ref()));
    tokio::select! {
        answer = needed.ask(bus, caller) => answer.map(|()| needed),
        // Nothing but a cancel is ordered before the request is authorised.
        _ = orders.next() => {
            authority::withdraw(bus).await;
            Err(Refusal::Cancelled.into())
        }
    }
}

/// Nobody is asked for a password for what cannot be done.
///
/// # Errors
/// The reason why not.
pub(crate) fn possible(task: &Task, snapshot: &Snapshot, repo: Option<&ostree::Repo>) -> Result<(), Failure> {
    let Some(kind) = task.operation() else { return Ok(()) };
    match task {
        Task::Switch { image, reset, .. } => {
            // What is malformed is so on every host.
            let image = resolve_image(snapshot, image)?;
            check_switch_or_reset(snapshot, &image, *reset)?;
            switch_policy::enforce(task, snapshot)?;
            require_reset(snapshot, &image, *reset)?;
            require_pullable(snapshot, &image, repo)?;
        }
        Task::Update { mode: UpdateMode::FromDownloaded, .. } => {
            // Nothing is asked of the network, and so no clock matters.
            isotope_model::possible(kind, snapshot)?;
            switch_policy::enforce(task, snapshot)?;
            return snapshot.staged().map(drop).ok_or(Refusal::NothingStaged.into());
        }
        // Only a registry tells them, and the engine asks none.
        Task::ListVersions if follows_container(snapshot) => return Err(not_here(snapshot)),
        Task::Check if snapshot.host.composefs => return Err(not_here(snapshot)),
        Task::Update { .. } => {
            isotope_model::possible(kind, snapshot)?;
            switch_policy::enforce(task, snapshot)?;
        }
        Task::Deploy { version } => {
            deploy::require_version(version)?;
            isotope_model::possible(kind, snapshot)?;
            switch_policy::enforce(task, snapshot)?;
            if snapshot.host.backend == Backend::RpmOstree {
                rpm_ostree::require_digest(snapshot, version)?;
            }
        }
        Task::Keep { expected } => expect_deployment(expected.as_ref(), Some(&Trial::of(snapshot)?.before.id))?,
        Task::SetDefault { deployment }
        | Task::Pin { deployment }
        | Task::Unpin { deployment }
        | Task::Remove { deployment } => check_target(kind, snapshot, deployment)?,
        Task::RollBack { expected } => {
            expect_deployment(expected.as_ref(), Some(&RollbackPlan::of(snapshot)?.boots_next))?;
        }
        Task::Discard { expected } => {
            expect_deployment(expected.as_ref(), BootOrderPlan::discarding(snapshot)?.discards.as_ref())?;
        }
        _ => isotope_model::possible(kind, snapshot)?,
    }
    if matches!(
        kind,
        OperationKind::Check
            | OperationKind::ListVersions
            | OperationKind::Update
            | OperationKind::Switch
            | OperationKind::Deploy
    ) {
        require_plausible_clock(snapshot, clock::seconds_since_1970())?;
    }
    Ok(())
}

/// What was changed on this computer is taken back where it cannot be carried over.
///
/// # Errors
/// [`Refusal::NeedsReset`]; nothing but a reset would come of it.
fn require_reset(snapshot: &Snapshot, image: &ImageReference, reset: bool) -> Result<(), Refusal> {
    let needs_reset = !reset && layered_effect(snapshot, image) == LayeredEffect::NeedsReset;
    if followed_deployment(snapshot).is_some_and(|followed| !followed.layered.is_empty()) && needs_reset {
        return Err(Refusal::NeedsReset { reference: image.readable() });
    }
    Ok(())
}

/// What pulls here can be told of this image, and of what checks it.
///
/// # Errors
/// There is no such remote; the check would get lost; the program cannot do it.
fn require_pullable(snapshot: &Snapshot, image: &ImageReference, repo: Option<&ostree::Repo>) -> Result<(), Failure> {
    let Some(container) = image.container() else {
        return match (image, repo) {
            (ImageReference::Ostree { remote, .. }, Some(repo)) => Ok(remotes::require(repo, remote)?),
            _ => Ok(()),
        };
    };
    match (snapshot.host.backend, container.verification(), repo) {
        (Backend::RpmOstree, Verification::OstreeRemote(remote), Some(repo)) => remotes::require(repo, remote)?,
        (Backend::RpmOstree, ..) => {}
        _ if snapshot.host.composefs => drop(composefs::plan(container)?),
        _ => drop(Switch::plan(container)?),
    }
    Ok(())
}

fn follows_container(snapshot: &Snapshot) -> bool {
    let followed = snapshot.newest().and_then(|newest| newest.image.as_ref());
    snapshot.host.backend == Backend::Bootc || matches!(followed, Some(ImageReference::Container { .. }))
}

fn not_here(snapshot: &Snapshot) -> Failure {
    let Host { backend, composefs, .. } = snapshot.host;
    Refusal::NotWithBackend { backend, composefs }.into()
}

/// The deployment is the one that the person agreed to, if one was named.
///
/// # Errors
/// [`Refusal::StateChanged`].
fn expect_deployment(expected: Option<&DeploymentId>, found: Option<&DeploymentId>) -> Result<(), Refusal> {
    match expected {
        Some(_) if expected != found => Err(Refusal::StateChanged),
        _ => Ok(()),
    }
}

fn perform(session: &Session<'_>) -> Outcome {
    let _alone = match OperationLock::take(session.cancellable()) {
        Ok(lock) => lock,
        Err(failure) => return ended(failure, None),
    };
    let Host { backend, composefs, .. } = session.host;
    match &session.request.task {
        Task::Update { expected, mode, soft_restart } if composefs => {
            composefs::update(session, expected.as_deref(), *mode, *soft_restart)
        }
        Task::Switch { image, expected, soft_restart, .. } if composefs => {
            composefs::switch(session, image, expected.as_deref(), *soft_restart)
        }
        Task::RollBack { expected } if composefs => composefs::roll_back(session, expected.as_ref()),
        Task::Check if backend == Backend::Bootc => bootc::check(session),
        Task::Update { expected, mode, soft_restart } if backend == Backend::Bootc => {
            bootc::update(session, expected.as_deref(), *mode, *soft_restart)
        }
        Task::Switch { image, expected, soft_restart, pin, reset: _ } if backend == Backend::Bootc => {
            bootc::switch(session, image, expected.as_deref(), *soft_restart, *pin)
        }
        Task::Check if backend == Backend::RpmOstree => rpm_ostree::check(session),
        Task::Update { expected, mode, .. } if backend == Backend::RpmOstree => {
            rpm_ostree::update(session, expected.as_deref(), *mode)
        }
        Task::Switch { image, expected, pin, reset, .. } if backend == Backend::RpmOstree => {
            rpm_ostree::switch(session, image, expected.as_deref(), *pin, *reset)
        }
        Task::Deploy { version } if backend == Backend::RpmOstree => rpm_ostree::deploy(session, version),
        Task::CleanUp if backend == Backend::RpmOstree => rpm_ostree::clean_up(session),
        Task::Check => check::check(session),
        Task::ListVersions => deploy::list_versions(session),
        Task::Update { expected, mode, .. } => update::update(session, expected.as_deref(), *mode),
        Task::Switch { image, expected, pin, .. } => switch::switch(session, image, expected.as_deref(), *pin),
        Task::Deploy { version } => deploy::deploy(session, version),
        Task::RollBack { expected } => boot_order::roll_back(session, expected.as_ref()),
        Task::SetDefault { deployment } => boot_order::set_default(session, deployment),
        Task::Discard { expected } => boot_order::discard(session, expected.as_ref()),
        Task::Pin { deployment } => pin::set_pinned(session, deployment, true),
        Task::Unpin { deployment } => pin::set_pinned(session, deployment, false),
        Task::Keep { expected } => keep::keep(session, expected.as_ref()),
        Task::Remove { deployment } => remove::remove(session, deployment),
        Task::CleanUp => remove::clean_up(session),
        Task::Status
        | Task::Details { .. }
        | Task::DiskUsage
        | Task::ConfigurationChanges { .. }
        | Task::BootEvidence
        | Task::Trust { .. }
        | Task::StoredLayers
        | Task::PackageChanges { .. }
        | Task::Follow
        | Task::Preflight { .. }
        | Task::AuthoriseCancel => Outcome::Unknown,
    }
}
