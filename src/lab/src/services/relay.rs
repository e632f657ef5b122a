// SPDX-License-Identifier: GPL-3.0-or-later
//! Carries bytes between clients outside the machine and its bus.
//!
//! The bus and polkit look a client up by its process, and a process outside the machine is invisible to them. For a
//! client of the relay they see the relay. File descriptors are not carried.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use tokio::net::{UnixListener, UnixStream};

/// Listens at `from`, which must not exist, and connects each client to `to`.
///
/// # Errors
/// It cannot listen.
pub fn relay(from: &Path, to: PathBuf) -> Result<()> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let listener = UnixListener::bind(from).with_context(|| format!("cannot listen at {}", from.display()))?;
        loop {
            let (client, _) = listener.accept().await?;
            let to = to.clone();
            tokio::spawn(async move {
                if let Err(error) = carry(client, &to).await {
                    eprintln!("relay: {error}");
                }
            });
        }
    })
}

async fn carry(mut client: UnixStream, to: &Path) -> std::io::Result<()> {
    let mut bus = UnixStream::connect(to).await?;
    tokio::io::copy_bidirectional(&mut client, &mut bus).await?;
    Ok(())
}
