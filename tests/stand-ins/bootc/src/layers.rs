// SPDX-License-Identifier: GPL-3.0-or-later
//! Fetching layers: each becomes a commit with a ref, so that one that is complete is never fetched again.

use std::path::PathBuf;
use std::process::Stdio;
use std::str::FromStr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use containers_image_proxy::oci_spec::image::Digest;
use containers_image_proxy::{ImageProxy, OpenedImage};
use ostree::Repo;
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, Command};

use crate::progress::Progress;
use crate::reference::layer_ref;
use crate::stored_image::Layer;

const PIECE: usize = 64 << 10;
/// Between events that only tell of bytes.
const PAUSE: Duration = Duration::from_millis(200);
/// As much of a digest as is shown of it.
const SHOWN: usize = 21;

/// Counts what arrives and reports it.
pub(crate) struct Meter<'a> {
    progress: &'a mut Progress,
    image: &'a str,
    cached: u64,
    cached_layers: u64,
    total: u64,
    total_layers: u64,
    /// Of the layers that are complete.
    done: u64,
    layers: Vec<Value>,
    told: Option<Instant>,
}

impl<'a> Meter<'a> {
    pub(crate) fn new(progress: &'a mut Progress, image: &'a str, present: &[Layer], needed: &[Layer]) -> Self {
        let sum = |layers: &[Layer]| layers.iter().map(|layer| layer.size).sum();
        Self {
            progress,
            image,
            cached: sum(present),
            cached_layers: present.len() as u64,
            total: sum(needed),
            total_layers: needed.len() as u64,
            done: 0,
            layers: Vec::new(),
            told: None,
        }
    }

    fn arrived(&mut self, layer: &Layer, bytes: u64) {
        if self.told.is_none_or(|told| told.elapsed() >= PAUSE) {
            self.tell(Some(described(layer, bytes)), self.done + bytes);
        }
    }

    fn complete(&mut self, layer: &Layer) {
        self.done += layer.size;
        self.layers.push(described(layer, layer.size));
        self.tell(None, self.done);
    }

    fn tell(&mut self, current: Option<Value>, bytes: u64) {
        self.told = Some(Instant::now());
        let complete = self.layers.len() as u64;
        let mut layers = self.layers.clone();
        layers.extend(current);
        let steps = [self.cached_layers, complete, self.total_layers];
        self.progress.pulling(self.image, [self.cached, bytes, self.total], steps, &layers);
    }
}

fn described(layer: &Layer, bytes: u64) -> Value {
    let name = layer.digest.split_once(':').map_or(layer.digest.as_str(), |(_, hash)| hash);
    let short: String = name.chars().take(SHOWN).collect();
    json!({
        "subtask": "layer", "description": format!("layer: {short}"), "id": short,
        "bytesCached": 0, "bytes": bytes, "bytesTotal": layer.size,
    })
}

/// Fetches a layer and commits it.
pub(crate) async fn fetch(
    repo: &Repo,
    proxy: &ImageProxy,
    image: &OpenedImage,
    layer: &Layer,
    meter: &mut Meter<'_>,
) -> Result<()> {
    let digest = Digest::from_str(&layer.digest)?;
    let (blob, driver) = proxy.get_blob(image, &digest, layer.size).await?;
    let mut importer = start_importer(repo, &layer_ref(&layer.digest))?;
    let input = importer.stdin.take().context("The importer has no input")?;
    let (input, driven) = tokio::join!(feed(blob, input, layer, meter), driver);
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
            meter.complete(layer);
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
    meter: &mut Meter<'_>,
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
        meter.arrived(layer, bytes);
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
