// SPDX-License-Identifier: GPL-3.0-or-later
//! Asks container registries: started with the helper's connection as standard input, it serves one request and ends. It
//! holds no privilege and writes nothing.
#![deny(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod connection;

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context as _, bail};
use isotope_model::lookup_protocol::LookupReply;
use isotope_registry::Surroundings;

use crate::connection::Connection;

/// Where the service manager puts credentials.
const CREDENTIALS: &str = "CREDENTIALS_DIRECTORY";

fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .with_target(false)
        .without_time()
        .init();
    let served = surroundings().and_then(|surroundings| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let served = runtime.block_on(serve(&surroundings));
        // A name that is still being looked up keeps nobody waiting.
        runtime.shutdown_background();
        served
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn surroundings() -> anyhow::Result<Surroundings> {
    let arguments: Vec<_> = std::env::args_os().skip(1).collect();
    let root = match arguments.as_slice() {
        [] => PathBuf::from("/"),
        [option, root] if option == "--root" => PathBuf::from(root),
        other => bail!("unknown arguments {other:?}; only --root FOLDER, where the configuration of another host lies"),
    };
    Ok(Surroundings::new(root, std::env::var_os(CREDENTIALS).map(PathBuf::from)))
}

async fn serve(surroundings: &Surroundings) -> anyhow::Result<()> {
    let (mut connection, mut incoming) = Connection::accept().context("the helper's connection")?;
    let request = incoming.request().await.context("the request")?;
    let reply: LookupReply = tokio::select! {
        reply = isotope_registry::answer(&request, surroundings) => reply,
        () = incoming.end() => bail!("the helper is gone"),
    };
    connection.send(&reply).await
}
