// SPDX-License-Identifier: GPL-3.0-or-later
//! The root worker of Isotope: started with the helper's connection as standard input, it serves one request and ends.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod authority;
mod automatic_pin;
mod automatic_updaters;
mod bootc_backend;
mod clock;
mod connection;
mod container_policy;
mod deployment_reader;
mod failure;
mod fingerprint;
mod foreign_text;
mod free_space;
mod freeze_guard;
mod host;
mod inhibitor;
mod mount_namespace;
mod operation_lock;
mod ostree_backend;
mod preflight;
mod progress_reporter;
mod readings;
mod rpm_ostree_backend;
mod session;
mod soft_restart;
mod switch_policy;
mod sysroot;
mod sysroot_lock;
mod tasks;

use std::io::IsTerminal as _;
use std::process::ExitCode;

use anyhow::Context as _;
use isotope_model::engine_protocol::{Reply, Task};

use crate::connection::Connection;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
    let served = match std::env::args().nth(1) {
        Some(argument) if argument == freeze_guard::ARGUMENT => freeze_guard::stand_by(),
        _ => serve(),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn serve() -> anyhow::Result<()> {
    let (connection, mut incoming) = Connection::accept().context("the helper's connection")?;
    let request = incoming.request().context("the request")?;
    if request.task == Task::Follow {
        return tasks::follow(&connection, incoming).context("following rpm-ostree");
    }
    if !request.task.needs_authority() {
        incoming.end_with_helper()?;
        let reply = readings::answer(&request).context("no reading")?;
        return connection.send(&reply.unwrap_or_else(|failure| Reply::Refused(failure.into_refusal())));
    }
    // Before any thread exists and before libostree opens anything: what is made writable is so for this process only.
    mount_namespace::enter().context("a mount namespace of its own")?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let orders = incoming.listen()?;
    match tasks::run(&connection, orders, &runtime, &request) {
        Ok(reply) => connection.send(&reply),
        Err(error) => Err(error),
    }
}
