// SPDX-License-Identifier: GPL-3.0-or-later
//! Hosts without an OSTree sysroot, whose deployments are composefs images: only bootc tells how they stand. It waits for
//! whoever changes something just then, and so cannot be asked at any time.

use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use isotope_model::{Backend, BackendReason, Deployment, Host, Snapshot, StateToken};

use super::errors;
use super::runner::{Invocation, Patience};
use super::status::BootcStatus;
use crate::host;
use crate::os_release::OsRelease;

/// Longer than this only a bootc takes that waits for another one.
const PATIENCE: Duration = Duration::from_secs(5);
/// For every version that knows composefs: the arguments are as old as that.
const STATUS: [&str; 3] = ["status", "--format=json", "--format-version=1"];
const OS_RELEASE: &str = "/usr/lib/os-release";

/// Reads the host. While that cannot be, it is marked as changing and shows no deployment. Not to be called from a
/// runtime's task.
pub(crate) fn read() -> Snapshot {
    let host = Host {
        image_based: true,
        backend: Backend::Bootc,
        backend_reason: BackendReason::Composefs,
        composefs: true,
        libostree_version: None,
    };
    let unread = Snapshot { host, changing: true, ..Snapshot::default() };
    match ask(host::BOOTC) {
        Ok(status) => {
            let read = SystemTime::now().duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs());
            let running = std::fs::read_to_string(OS_RELEASE).map(|text| OsRelease::parse(&text)).unwrap_or_default();
            let deployments = named(status.deployments(), &running);
            let token = StateToken::of(&deployments);
            let soft_restart = host::soft_restart_prepared();
            Snapshot { deployments, token, read, soft_restart, changing: false, ..unread }
        }
        Err(error) => {
            tracing::warn!("bootc does not tell how this host stands: {error:#}");
            unread
        }
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

fn ask(program: &str) -> anyhow::Result<BootcStatus> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let run = Invocation::new(program, STATUS);
    let too_long = async { tokio::time::sleep(PATIENCE).await };
    let ran = runtime
        .block_on(run.run(Patience::default(), too_long, |_| ControlFlow::Continue(())))
        .context("starting bootc")?;
    if ran.stopped.is_some() {
        bail!("it did not answer within {} seconds", PATIENCE.as_secs());
    }
    errors::check(&ran, "").context("bootc status")?;
    Ok(BootcStatus::parse(&ran.stdout)?)
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

    fn answering(script: &str) -> anyhow::Result<BootcStatus> {
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
            assert!(answering(script).is_err(), "{script}");
        }
    }

    #[test]
    fn a_bootc_that_waits_for_another_one_is_not_waited_for() {
        let error = answering("exec sleep 1000").unwrap_err();
        assert!(error.to_string().contains("did not answer"), "{error:#}");
    }
}
