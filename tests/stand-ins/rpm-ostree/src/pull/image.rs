// SPDX-License-Identifier: GPL-3.0-or-later
//! An image of a registry, layer by layer.

use anyhow::{Result, bail};
use bootc_stand_in::importer::{self, Leniency, Prepared, Ready, Watcher};
use bootc_stand_in::reference::ImageReference;
use bootc_stand_in::stored_image::{Description, Layer, StoredImage};
use ostree::glib;

use crate::reporter::Reporter;
use crate::work::Setting;

/// As much of a layer's digest as is shown.
const SHOWN: usize = 19;

/// Pulls what the reference stands for, unless it is here.
pub(crate) fn pull(setting: &Setting, reference: &ImageReference) -> Result<StoredImage> {
    setting.reporter.message(format!("Pulling manifest: {}", reference.origin()));
    let repo = setting.repo();
    block_on(setting, async {
        match importer::prepare(&repo, reference, Leniency::default()).await? {
            Prepared::Present(image) => {
                setting.reporter.pulling();
                Ok(image)
            }
            Prepared::Ready(ready) => import(&repo, *ready, reference, &setting.reporter).await,
        }
    })
}

/// What the reference stands for now.
pub(crate) fn look(setting: &Setting, reference: &ImageReference) -> Result<Description> {
    let repo = setting.repo();
    let found = block_on(setting, async {
        Ok(match importer::prepare(&repo, reference, Leniency::default()).await? {
            Prepared::Present(image) => image.description,
            Prepared::Ready(ready) => ready.description.clone(),
        })
    });
    setting.reporter.pulling();
    found
}

async fn import(
    repo: &ostree::Repo,
    ready: Ready,
    reference: &ImageReference,
    reporter: &Reporter,
) -> Result<StoredImage> {
    reporter.message(format!("Importing: {} (digest: {})", reference.origin(), ready.description.digest));
    let mut teller = Teller { reporter, total: 0, open: false };
    ready.import(repo, &mut teller).await
}

/// On one thread: what is started ends with it. A cancelled transaction ends at once.
fn block_on<T>(setting: &Setting, work: impl Future<Output = Result<T>>) -> Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut cancelled = setting.transaction.when_cancelled();
    let result = runtime.block_on(async {
        tokio::select! {
            biased;
            _ = cancelled.wait_for(|cancelled| *cancelled) => bail!("Operation was cancelled"),
            result = work => result,
        }
    });
    // A thread listens to what skopeo has to complain of, and skopeo waits for us.
    runtime.shutdown_background();
    result
}

/// Tells of layers.
struct Teller<'a> {
    reporter: &'a Reporter,
    total: usize,
    open: bool,
}

impl Watcher for Teller<'_> {
    /// Images of the lab have no chunks: all their layers are custom.
    fn begins(&mut self, _digest: &str, present: &[Layer], needed: &[Layer]) {
        self.total = needed.len();
        if !present.is_empty() {
            self.reporter.message(format!("custom layers already present: {}", present.len()));
        }
        if !needed.is_empty() {
            let size = glib::format_size(needed.iter().map(|layer| layer.size).sum());
            self.reporter.message(format!("custom layers needed: {} ({size})", needed.len()));
        }
    }

    fn layer_begins(&mut self, number: usize, layer: &Layer) {
        let name = layer.digest.split_once(':').map_or(layer.digest.as_str(), |(_, hash)| hash);
        let name: String = name.chars().take(SHOWN).collect();
        let size = glib::format_size(layer.size);
        self.reporter.task_begins(format!("[{number}/{}] Fetching layer {name} ({size})", self.total));
        self.open = true;
    }

    fn arrived(&mut self, _layer: &Layer, _bytes: u64) {}

    fn complete(&mut self, _layer: &Layer) {}

    fn layer_ends(&mut self, _fetched: bool) {
        self.open = false;
        self.reporter.task_ends();
        self.reporter.pulling();
    }

    fn importing(&mut self, _completed: bool) {}
}

/// A layer that was not finished is done with as well.
impl Drop for Teller<'_> {
    fn drop(&mut self) {
        if self.open {
            self.reporter.task_ends();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::Event;
    use crate::faults::Faults;

    #[test]
    fn layers_are_told_of_as_recorded() {
        let (events, mut said) = tokio::sync::mpsc::unbounded_channel();
        let reporter = Reporter::new(events, false, Faults::default());
        let layer = Layer { digest: format!("sha256:960b5d7d38177b9c606{}", "0".repeat(45)), size: 1_048_576 };
        let mut teller = Teller { reporter: &reporter, total: 0, open: false };
        teller.begins("sha256:0", std::slice::from_ref(&layer), &[layer.clone(), layer.clone()]);
        teller.layer_begins(1, &layer);
        teller.layer_ends(true);
        teller.layer_begins(2, &layer);
        drop(teller);
        drop(reporter);
        let mut texts = Vec::new();
        while let Some(event) = said.blocking_recv() {
            texts.push(match event {
                Event::Message(text) | Event::TaskBegin(text) | Event::TaskEnd(text) => text,
                other => panic!("{other:?}"),
            });
        }
        assert_eq!(
            texts,
            [
                "custom layers already present: 1",
                "custom layers needed: 2 (2.1\u{a0}MB)",
                "[1/2] Fetching layer 960b5d7d38177b9c606 (1.0\u{a0}MB)",
                "done",
                "[2/2] Fetching layer 960b5d7d38177b9c606 (1.0\u{a0}MB)",
                "done",
            ]
        );
    }
}
