// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for `rpm-ostree` 2026.2 and its daemon on the lab's machine.
//!
//! What it does to the sysroot is real: libostree pulls branches, skopeo pulls images, layers become commits, what is
//! deployed is staged and finalised at shutdown. It says what recordings of rpm-ostree say. On request it misbehaves.

mod authorization;
mod cached_update;
mod commits;
mod configuration;
mod daemon;
mod deployments;
mod events;
mod failure;
mod faults;
mod interface;
mod layering;
mod names;
mod namespace;
mod options;
mod origin;
mod packages;
mod prune;
mod pull;
mod reporter;
mod snapshot;
mod stage;
mod status;
#[cfg(test)]
mod tests;
mod transaction;
mod update_driver;
mod variants;
mod versions;
mod work;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

use crate::faults::{Fault, Faults};

#[derive(Debug, Parser)]
#[command(name = "rpm-ostree", version = "2026.2", about = "The lab's stand-in for rpm-ostree")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Say what is deployed
    Status,
    /// Serve on the system bus until there is nothing to do
    StartDaemon,
}

fn main() -> ExitCode {
    let result = match Arguments::parse().verb {
        Verb::Status => status::print(),
        Verb::StartDaemon => start_daemon(),
    };
    if let Err(error) = &result {
        eprintln!("error: {error:#}");
    }
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn start_daemon() -> Result<()> {
    if Faults::read().has(Fault::DoesNotStart) {
        bail!("The daemon does not start, as the lab wants it");
    }
    namespace::enter()?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let result = runtime.block_on(daemon::run());
    runtime.shutdown_background();
    result
}
