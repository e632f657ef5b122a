// SPDX-License-Identifier: GPL-3.0-or-later
mod disk;
mod images;

use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use isotope_client::{Client, ClientError, Operation, SwitchOptions, UpdateOptions};
use isotope_lab::{Availability, Backend, Lab, LabOptions, PolkitPreset, RemoteBehaviour};
use isotope_model::{OperationStatus, Outcome, Phase};

pub use self::images::Staged;
use crate::Person;

/// The version that a new computer runs.
pub const FIRST_VERSION: &str = "10.1.20261030";

/// A computer in the lab, started, with Isotope installed. It is gone when dropped.
#[derive(Debug)]
pub struct Computer {
    lab: Lab,
    backend: Backend,
    versions: AtomicU32,
}

/// An operation that a test has started and that is in a certain phase.
#[derive(Debug)]
pub struct Running {
    /// It, as the client sees it.
    pub operation: Operation,
    /// How it stood when it was in that phase.
    pub status: OperationStatus,
}

impl Computer {
    /// A small one that follows a branch of an OSTree remote, on which polkit allows a person everything.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// The same, with what pulls and stages on it.
    pub fn start_on(backend: Backend) -> Self {
        Self::start_with(|options| options.backend = backend)
    }

    /// One with other properties.
    ///
    /// # Panics
    /// The lab does not work.
    pub fn start_with(change: impl FnOnce(&mut LabOptions)) -> Self {
        let mut options = LabOptions { polkit: PolkitPreset::Allow, payload_bytes: 2 << 20, ..LabOptions::default() };
        change(&mut options);
        let backend = options.backend;
        let lab = Lab::create(options).expect("the lab is created");
        lab.boot().expect("the machine boots");
        Self { lab, backend, versions: AtomicU32::new(0) }
    }

    /// The lab around it.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// What pulls and stages on it.
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The folder of the programs that people start, as they are installed.
    pub fn programs(&self) -> PathBuf {
        self.lab.installation().bindir()
    }

    /// A connection to its bus as root, from outside.
    ///
    /// # Panics
    /// The bus does not answer within half a minute.
    pub async fn client(&self) -> Client {
        let began = Instant::now();
        loop {
            match self.connect().await {
                Ok(client) => return client,
                Err(error) if began.elapsed() > Duration::from_secs(30) => {
                    panic!("the service does not answer: {error:#}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    async fn connect(&self) -> Result<Client> {
        let address = self.lab.bus_address();
        let connection = zbus::connection::Builder::address(address.as_str())?.build().await?;
        let client = Client::over(connection).await?;
        client.require_service().await?;
        Ok(client)
    }

    /// Somebody who is logged in, as the user `person`.
    pub fn person(&self) -> Person<'_> {
        Person::new(&self.lab, "person")
    }

    /// Somebody else who is logged in.
    pub fn other_person(&self) -> Person<'_> {
        Person::new(&self.lab, "administrator")
    }

    /// Runs something on the machine as root; it must succeed.
    ///
    /// # Panics
    /// It fails.
    pub fn root(&self, command: &[&str]) -> Output {
        let output = self.lab.run("root", command).expect("a command on the machine");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Runs something on the machine as root that may write the sysroot and /boot, as libostree's programs do.
    ///
    /// # Panics
    /// It fails.
    pub fn root_with_writable_sysroot(&self, command: &[&str]) -> Output {
        const REMOUNT: &str = "mount -o remount,rw,bind /sysroot && mount -o remount,rw,bind /boot && exec \"$@\"";
        let whole: Vec<_> = ["unshare", "-m", "sh", "-c", REMOUNT, "sh"].iter().chain(command).copied().collect();
        self.root(&whole)
    }

    /// From now on the remote serves this many bytes a second, so that what is asked of it lasts.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn slow_remote(&self, bytes_per_second: u64) {
        let slow = RemoteBehaviour { bytes_per_second: Some(bytes_per_second), ..RemoteBehaviour::default() };
        self.lab.set_remote(slow).expect("the remote");
    }

    /// From now on this is how far the remote can be reached.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn set_remote(&self, availability: Availability) {
        self.lab.set_remote(RemoteBehaviour { availability, ..RemoteBehaviour::default() }).expect("the remote");
    }

    /// Updates, as root.
    ///
    /// # Errors
    /// The service refuses or goes away.
    pub async fn update(&self) -> Result<Outcome, ClientError> {
        let client = self.client().await;
        client.update(UpdateOptions::default()).await?.follow(|_| {}).await
    }

    /// Switches to a variant as root, and waits for the end.
    ///
    /// # Panics
    /// The service refuses or goes away.
    pub async fn switch_to(&self, variant: &str) -> Outcome {
        let image = self.reference(variant);
        let operation = self.client().await.switch(&image, SwitchOptions::default()).await;
        operation.expect("a switch").follow(|_| {}).await.expect("its end")
    }

    /// Starts an update and waits until it is in this phase, or a later one.
    ///
    /// # Errors
    /// It ended before, or was refused.
    pub async fn update_until(&self, client: &Client, phase: Phase) -> Result<Running> {
        let operation = client.update(UpdateOptions::default()).await?;
        Self::wait_for_phase(operation, phase).await
    }

    /// Waits until an operation is in this phase, or a later one.
    ///
    /// # Errors
    /// It ended before.
    pub async fn wait_for_phase(operation: Operation, phase: Phase) -> Result<Running> {
        let began = Instant::now();
        loop {
            let status = operation.status().await.context("the operation's status")?;
            if let Some(outcome) = status.outcome {
                bail!("the operation ended before it was {phase:?}: {outcome:?}");
            }
            if status.progress.phase >= phase {
                return Ok(Running { operation, status });
            }
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the operation stays {:?}", status.progress);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}
