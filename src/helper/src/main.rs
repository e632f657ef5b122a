// SPDX-License-Identifier: GPL-3.0-or-later
//! The D-Bus service of Isotope. It holds no privilege: it keeps order and memory, and has the engine do the work.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod authorisation;
mod boot_expectation;
mod boot_recorder;
mod caller;
mod catalogs;
mod change_watcher;
mod clock;
mod engine_link;
mod engine_run;
mod foreign_operations;
mod history;
mod idle;
mod image_preview;
#[cfg(test)]
mod introspection;
mod lookup_link;
mod loss;
mod memory;
mod operation_object;
mod operation_runner;
mod options;
mod places;
mod polkit;
mod preflight;
mod previews;
mod readings;
mod registry_question;
mod service;
mod service_error;
mod settings;
mod settings_service;
mod snapshot_keeper;
mod state;
mod state_file;

use std::io::IsTerminal as _;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, bail};
use isotope_model::names::{BUS_NAME, OBJECT_PATH};

use crate::service::Service;
use crate::settings_service::SettingsService;
use crate::state::State;

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!("no runtime: {error}");
            return ExitCode::FAILURE;
        }
    };
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let done = runtime.block_on(async {
        match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
            [] => serve().await,
            ["--record-boot"] => boot_recorder::record_boot().await.context("recording this start"),
            ["--record-shutdown"] => boot_recorder::record_shutdown().await.context("recording this shutdown"),
            other => bail!("unknown arguments {other:?}; the service is started by the system bus"),
        }
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Calls that were on their way when the name was given up are answered within this time.
const LAST_CALL: Duration = Duration::from_millis(200);

async fn serve() -> anyhow::Result<()> {
    let state = State::new();
    if let Some(running) = state.history().cut_off() {
        let now = state.keeper().known_or_fresh().await.ok();
        state.history().recover(running, now.as_deref());
    }
    let connection = zbus::connection::Builder::system()
        .context("the system bus")?
        .serve_at(OBJECT_PATH, Service::new(state.clone()))
        .context("the service object")?
        .serve_at(OBJECT_PATH, SettingsService::new(state.clone()))
        .context("the settings")?
        .build()
        .await
        .context("the system bus")?;
    state.attach(connection.clone());
    let changes = tokio::spawn(change_watcher::run(state.clone()));
    let foreign = tokio::spawn(foreign_operations::run(state.clone(), connection.clone()));
    connection.request_name(BUS_NAME).await.with_context(|| format!("the name {BUS_NAME}"))?;
    tracing::info!("serving");
    loop {
        idle::wait(&state, &connection).await;
        // From here on the bus starts another service for who calls; who called just before is still answered.
        connection.release_name(BUS_NAME).await.ok();
        tokio::time::sleep(LAST_CALL).await;
        if state.unused() {
            break;
        }
        connection.request_name(BUS_NAME).await.with_context(|| format!("the name {BUS_NAME}"))?;
    }
    tracing::info!("nobody needs the service any more");
    changes.abort();
    foreign.abort();
    Ok(())
}
