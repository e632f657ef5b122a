// SPDX-License-Identifier: GPL-3.0-or-later
//! Pulling, and saying so.

use anyhow::{Context, Result};
use ostree::Repo;

use crate::importer::{self, Leniency, Prepared};
use crate::meter::Meter;
use crate::progress::Progress;
use crate::reference::ImageReference;
use crate::speaker::Speaker;
use crate::stored_image::StoredImage;

/// Pulls what `reference` stands for unless it is here.
pub(crate) async fn pull(
    repo: &Repo,
    reference: &ImageReference,
    leniency: Leniency,
    progress: &mut Progress,
    speaker: &Speaker,
) -> Result<StoredImage> {
    match importer::prepare(repo, reference, leniency).await? {
        Prepared::Present(image) => {
            speaker.say(&format!("No changes in {} => {}", reference.name(), image.description.digest));
            Ok(image)
        }
        Prepared::Ready(ready) => {
            let mut meter = Meter::new(progress, speaker);
            ready.import(repo, &mut meter).await.context("Pulling")
        }
    }
}
