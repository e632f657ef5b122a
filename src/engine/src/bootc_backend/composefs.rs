// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts without an OSTree sysroot, whose deployments are composefs images: only bootc tells how they stand. It waits for
//! whoever changes something just then, and so cannot be asked at any time.

use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Context as _;
use isotope_model::{Backend, BackendReason, Deployment, Host, OsRelease, Snapshot, StateToken};

use super::errors;
use super::runner::{Invocation, Patience, Ran};
use super::status::BootcStatus;
use crate::automatic_updaters;
use crate::host;
use crate::soft_restart;

/// Longer than this only a bootc takes that waits for another one.
const PATIENCE: Duration = Duration::from_secs(5);
/// For every version that knows composefs: the arguments are as old as that.
const STATUS: [&str; 3] = ["status", "--format=json", "--format-version=1"];
const OS_RELEASE: &str = "/usr/lib/os-release";

/// Why a host cannot be read.
#[derive(Debug)]
pub(crate) enum Unread {
    /// Somebody changes it just now.
    Busy,
    /// bootc fails.
    Failed(anyhow::Error),
}

/// Reads the host. While that cannot be, it is marked as changing and shows no deployment. Not to be called from a
/// runtime's task.
pub(crate) fn read() -> Snapshot {
    read_now().unwrap_or_else(|unread| {
        tracing::warn!("bootc does not tell how this host stands: {unread:?}");
        Snapshot { host: host(), changing: true, ..Snapshot::default() }
    })
}

/// The same where there is no use for a host that cannot be read.
///
/// # Errors
/// [`Unread`].
pub(crate) fn read_now() -> Result<Snapshot, Unread> {
    let status = ask(host::BOOTC)?;
    let read = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
    let running = std::fs::read_to_string(OS_RELEASE).map(|text| OsRelease::parse(&text)).unwrap_or_default();
    let deployments = named(status.deployments(), &running);
    let token = StateToken::of(&deployments);
    let mut snapshot = Snapshot { host: host(), deployments, token, read, ..Snapshot::default() };
    let next = snapshot.next().filter(|_| snapshot.restart_changes_something());
    snapshot.soft_restart = next.is_some_and(|next| soft_restart::is_prepared_for(&next.id));
    Ok(snapshot)
}

fn host() -> Host {
    Host {
        automatic_updaters: automatic_updaters::read(),
        looks_by_itself: automatic_updaters::looks_by_itself(),
        image_based: true,
        backend: Backend::Bootc,
        backend_reason: BackendReason::Composefs,
        composefs: true,
        libostree_version: None,
        update_driver: None,
        automatic_updates: None,
    }
}

/// Only the running deployment can be looked into.
fn named(deployments: Vec<Deployment>, running: &OsRelease) -> Vec<Deployment> {
    let name = |deployment: Deployment| match deployment.booted {
        true => Deployment {
            name: running.name.clone(),
            variant: running.variant.clone(),
            version: deployment.version.or_else(|| running.version.clone()),
            ..deployment
        },
        false => deployment,
    };
    deployments.into_iter().map(name).collect()
}

fn ask(program: &str) -> Result<BootcStatus, Unread> {
    let run = || -> anyhow::Result<Ran> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let too_long = async { tokio::time::sleep(PATIENCE).await };
        let run = Invocation::new(program, STATUS);
        runtime
            .block_on(run.run(Patience::default(), too_long, |_| ControlFlow::Continue(())))
            .context("starting bootc")
    };
    let ran = run().map_err(Unread::Failed)?;
    if ran.stopped.is_some() {
        return Err(Unread::Busy);
    }
    let read = errors::check(&ran, "").context("bootc status").and_then(|()| Ok(BootcStatus::parse(&ran.stdout)?));
    read.map_err(Unread::Failed)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    const STATUS_OF_COMPOSEFS: &str = r#"{"apiVersion":"org.containers.bootc/v1","kind":"BootcHost","spec":{"image":null},
        "status":{"type":"bootcHost","rollbackQueued":false,"staged":null,"rollback":null,"booted":{"pinned":false,
        "incompatible":false,"image":{"image":{"image":"quay.io/o/gnome:10","transport":"registry"},"version":"10.2",
        "imageDigest":"sha256:DIGEST","architecture":"amd64","timestamp":null},
        "composefs":{"verity":"DIGEST","bootType":"Uki","bootloader":"systemd"}}}}"#;

    fn answering(script: &str) -> Result<BootcStatus, Unread> {
        let folder = tempfile::tempdir().unwrap();
        let program = folder.path().join("bootc");
        std::fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        std::fs::set_permissions(&program, std::fs::Permissions::from_mode(0o755)).unwrap();
        ask(program.to_str().unwrap())
    }

    #[test]
    fn the_running_deployment_is_told_with_its_image_and_its_name() {
        let status =
            answering(&format!("echo '{}'", STATUS_OF_COMPOSEFS.replace("DIGEST", &"a".repeat(64)).replace('\n', " ")));
        let running = OsRelease::parse("PRETTY_NAME=\"Atomic 10\"\nVARIANT=GNOME\n");
        let deployments = named(status.unwrap().deployments(), &running);
        let [booted] = &deployments[..] else { panic!("{deployments:?}") };
        assert!(booted.booted && booted.id.checksum() == "a".repeat(64));
        assert_eq!(booted.digest.as_deref(), Some(format!("sha256:{}", "a".repeat(64)).as_str()));
        assert_eq!((booted.name.as_deref(), booted.version.as_deref()), (Some("Atomic 10"), Some("10.2")));
    }

    #[test]
    fn what_is_no_answer_is_an_error_and_not_an_empty_host() {
        for script in
            ["true", "echo no", "echo 'error: Permission denied' >&2; exit 1", "kill -9 $$", "echo '{\"kind\":\"x\"}'"]
        {
            assert!(matches!(answering(script), Err(Unread::Failed(_))), "{script}");
        }
    }

    #[test]
    fn a_bootc_that_waits_for_another_one_is_not_waited_for() {
        assert!(matches!(answering("exec sleep 1000"), Err(Unread::Busy)));
    }
}
