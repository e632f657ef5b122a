// SPDX-License-Identifier: GPL-3.0-or-later
//! Fetching layers: each becomes a commit with a ref, so that one that is complete is never fetched again.

use std::path::PathBuf;
use std::process::Stdio;
use std::str::FromStr;

use anyhow::{Context, Result, anyhow, bail};
use containers_image_proxy::oci_spec::image::Digest;
use containers_image_proxy::{ImageProxy, OpenedImage};
use ostree::Repo;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

use crate::importer::Watcher;
use crate::reference::layer_ref;
use crate::stored_image::Layer;

const PIECE: usize = 64 << 10;

/// Fetches a layer and commits it.
pub(crate) async fn fetch(
    repo: &Repo,
    proxy: &ImageProxy,
    image: &OpenedImage,
    layer: &Layer,
    watcher: &mut dyn Watcher,
) -> Result<()> {
    let digest = Digest::from_str(&layer.digest)?;
    let (blob, driver) = proxy.get_blob(image, &digest, layer.size).await?;
    let mut importer = start_importer(repo, &layer_ref(&layer.digest))?;
    let input = importer.stdin.take().context("The importer has no input")?;
    let (input, driven) = tokio::join!(feed(blob, input, layer, watcher), driver);
    // What was fetched is whole, or the importer must not see the end of it.
    let imported = match (&input, &driven) {
        (Ok(_), Ok(())) => {
            drop(input);
            end(importer).await
        }
        _ => {
            let _ = importer.kill().await;
            input.map(drop)
        }
    };
    match (driven, imported) {
        (Ok(()), Ok(())) => {
            watcher.complete(layer);
            Ok(())
        }
        (Ok(()), Err(client)) => Err(client.context("Processing tar")),
        (Err(proxy), Ok(())) => bail!("proxy failure: {proxy}"),
        (Err(proxy), Err(client)) => Err(anyhow!("proxy failure: {proxy} and client error: {client:#}")),
    }
}

/// `ostree` itself reads layers, compressed or not; it ends with this process.
fn start_importer(repo: &Repo, branch: &str) -> Result<Child> {
    let path: PathBuf = format!("/proc/self/fd/{}", repo.dfd()).into();
    let path = std::fs::read_link(path)?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", "ostree", "commit", "--no-bindings", "--tar-autocreate-parents"]);
    // An image's /etc is what an installed system keeps in /usr/etc.
    command.arg(r"--tar-pathname-filter=^etc(.*),usr/etc\1").args(["--tree=tar=/dev/stdin", "--timestamp=@0"]);
    command.arg(format!("--branch={branch}")).arg(format!("--repo={}", path.display()));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
    command.spawn().context("Spawning ostree")
}

/// Passes the layer on; reads it to its end also when nobody takes it.
async fn feed(
    mut blob: impl AsyncRead + Unpin,
    mut input: ChildStdin,
    layer: &Layer,
    watcher: &mut dyn Watcher,
) -> Result<ChildStdin> {
    let mut buffer = vec![0; PIECE];
    let mut bytes = 0;
    let mut taken = Ok(());
    loop {
        let length = blob.read(&mut buffer).await?;
        if length == 0 {
            break;
        }
        bytes += length as u64;
        watcher.arrived(layer, bytes);
        if taken.is_ok() {
            taken = input.write_all(&buffer[..length]).await;
        }
    }
    // The importer says itself why it took no more.
    drop(taken);
    Ok(input)
}

async fn end(importer: Child) -> Result<()> {
    let output = importer.wait_with_output().await?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim().trim_start_matches("error: "));
    }
    Ok(())
}
