// SPDX-License-Identifier: GPL-3.0-or-later
//! How far a transaction is, from what it tells. Its texts are not translated, and there is nothing else to go by: of
//! container images not even bytes are told. Source: rpm-ostree's `rust/src/sysroot_upgrade.rs` and
//! `rpmostree-core.cxx`; what it really tells is in `tests/recordings`.

use isotope_model::{Phase, Progress, is_digest};

use super::events::{DownloadProgress, TransactionEvent};
use crate::bootc_backend::size;

/// Makes one progress of everything that a transaction tells: phases in their order, and in each what is known of it.
#[derive(Debug, Default)]
pub(crate) struct RpmOstreeProgress {
    phase: Option<Phase>,
    /// It looks for an update, and does no more.
    only_checks: bool,
    layers: Option<u64>,
    total_layers: Option<u64>,
    layer_bytes: Option<u64>,
    total_bytes: Option<u64>,
    /// The last that a pull of a branch has told.
    download: Option<DownloadProgress>,
    /// What is counted now, and what was counted before it.
    counted: Option<(u64, u64)>,
    counted_before: u64,
    digest: Option<String>,
    told: Option<Progress>,
}

/// The beginnings of texts of pieces of work that make a system of what was downloaded.
const ASSEMBLING: [&str; 12] = [
    "Checking out ",
    "Resolving dependencies",
    "Downloading ",
    "Importing packages",
    "Processing packages",
    "Applying ",
    "Running ",
    "Relabeling",
    "Generating initramfs",
    "Building ",
    "Writing ",
    "Inactive ",
];
/// Those of messages that tell what was removed at the end.
const CLEANING_UP: [&str; 2] = ["Pruned images: ", "Freed: "];

impl RpmOstreeProgress {
    /// Takes an event, and returns how things stand now; nothing if that is as before.
    pub(crate) fn take(&mut self, event: &TransactionEvent) -> Option<Progress> {
        match event {
            TransactionEvent::Title(title) => self.titled(title),
            TransactionEvent::Message(text) => self.message(text),
            TransactionEvent::TaskBegin(text) => self.begun(text),
            TransactionEvent::Percent { text, .. } => self.counted(text),
            TransactionEvent::Download(numbers) => self.downloaded(*numbers),
            TransactionEvent::SignatureSeen => self.enter(Phase::Checking),
            // What has ended has not always ended well: that the next thing begins tells more.
            TransactionEvent::TaskEnd | TransactionEvent::ProgressEnd | TransactionEvent::Finished { .. } => {}
        }
        let now = self.phase.map(|_| self.now());
        if now == self.told {
            return None;
        }
        self.told.clone_from(&now);
        now
    }

    /// How things stand.
    pub(crate) fn now(&self) -> Progress {
        let phase = self.phase.unwrap_or(Phase::Checking);
        match phase {
            Phase::Pulling => self.pulling(),
            Phase::Importing => {
                let (done, total) = self.counted.unzip();
                let objects = done.map(|done| done.saturating_add(self.counted_before));
                // What comes after it is not counted yet: this is never all.
                let total = self.counted.filter(|(done, total)| done < total).and(total);
                let total_objects = total.map(|total| total.saturating_add(self.counted_before));
                Progress { phase, objects, total_objects, ..Progress::default() }
            }
            phase => Progress { phase, ..Progress::default() },
        }
    }

    /// The digest of the image that is being pulled, as soon as it was told.
    pub(crate) fn digest(&self) -> Option<&str> {
        self.digest.as_deref()
    }

    fn pulling(&self) -> Progress {
        let phase = Phase::Pulling;
        let known = |number: u64| Some(number).filter(|number| *number > 0);
        let Some(numbers) = self.download else {
            let Self { layers, total_layers, layer_bytes, total_bytes, .. } = *self;
            return Progress { phase, layers, total_layers, layer_bytes, total_bytes, ..Progress::default() };
        };
        let (fetched, requested) = (u64::from(numbers.content_fetched), u64::from(numbers.content_requested));
        let by_delta = numbers.delta_total_parts > 0;
        // While objects that name others are still to come, more turn up.
        let all_known = numbers.metadata_outstanding == 0 && !by_delta;
        Progress {
            phase,
            bytes: Some(numbers.bytes),
            total_bytes: known(numbers.delta_total_size).filter(|_| by_delta),
            objects: known(fetched).filter(|_| !by_delta),
            total_objects: known(requested).filter(|_| all_known),
            ..Progress::default()
        }
    }

    /// Enters a phase; never one that is over.
    fn enter(&mut self, phase: Phase) {
        let phase = match phase {
            Phase::Pulling | Phase::Importing if self.only_checks => Phase::Checking,
            phase => phase,
        };
        self.phase = self.phase.max(Some(phase));
    }

    fn titled(&mut self, title: &str) {
        self.only_checks = title.ends_with("(check only)");
        if self.only_checks {
            self.enter(Phase::Checking);
        } else if title == "cleanup" {
            self.enter(Phase::CleaningUp);
        }
    }

    fn message(&mut self, text: &str) {
        if text.starts_with("Pulling manifest: ") || text.starts_with("Resolving version ") {
            self.enter(Phase::Checking);
        } else if let Some(rest) = text.strip_prefix("Importing: ") {
            self.enter(Phase::Checking);
            let digest = rest.rsplit_once("(digest: ").and_then(|(_, digest)| digest.strip_suffix(')'));
            self.digest = digest.filter(|digest| is_digest(digest)).map(str::to_owned).or(self.digest.take());
        } else if let Some((_, needed)) = text.split_once("layers needed: ") {
            self.needed(needed);
        } else if CLEANING_UP.iter().any(|words| text.starts_with(words)) {
            self.enter(Phase::CleaningUp);
        } else if text.starts_with("Enabled rpm-md repositories") || text.starts_with("rpm-md repo ") {
            self.enter(Phase::Checking);
        } else if ASSEMBLING.iter().any(|words| text.starts_with(words)) {
            self.enter(Phase::Importing);
        }
    }

    /// `8 (11.8 MB)`: layers of one kind that are not here yet.
    fn needed(&mut self, text: &str) {
        let Some((count, bytes)) = text.split_once(' ') else { return };
        let Ok(count) = count.parse::<u32>() else { return };
        self.enter(Phase::Pulling);
        let add = |known: Option<u64>, more: u64| Some(known.unwrap_or_default().saturating_add(more));
        self.total_layers = add(self.total_layers, u64::from(count));
        self.layers = self.layers.or(Some(0));
        if let Some(bytes) = in_parentheses(bytes).and_then(size::parse) {
            self.total_bytes = add(self.total_bytes, bytes);
        }
    }

    fn begun(&mut self, text: &str) {
        if let Some((layer, total, size)) = fetched_layer(text) {
            self.enter(Phase::Pulling);
            self.layers = self.layers.max(Some(layer.saturating_sub(1)));
            self.total_layers = self.total_layers.max(Some(total));
            self.layer_bytes = size;
        } else if text.starts_with("Staging deployment") {
            self.enter(Phase::Staging);
        } else if ASSEMBLING.iter().any(|words| text.starts_with(words)) {
            self.enter(Phase::Importing);
        }
    }

    /// The percentage is wrong where things are counted, and says nothing of the whole where they are not.
    fn counted(&mut self, text: &str) {
        if !ASSEMBLING.iter().any(|words| text.starts_with(words)) {
            // `Importing rpm-md`, `Updating metadata for …`
            return self.enter(Phase::Checking);
        }
        self.enter(Phase::Importing);
        let Some((done, total)) = in_parentheses(text).and_then(|text| text.split_once('/')) else { return };
        let (Ok(done), Ok(total)) = (done.parse::<u32>(), total.parse::<u32>()) else { return };
        let (done, total) = (u64::from(done.min(total)), u64::from(total));
        if let Some((before, _)) = self.counted.filter(|(before, known)| done < *before || total != *known) {
            self.counted_before = self.counted_before.saturating_add(before);
        }
        self.counted = Some((done, total));
    }

    fn downloaded(&mut self, numbers: DownloadProgress) {
        let pulls = numbers.content_requested > 0 || numbers.delta_total_parts > 0;
        self.enter(if pulls { Phase::Pulling } else { Phase::Checking });
        if pulls {
            self.download = Some(numbers);
        }
    }
}

/// The text between the last parentheses, which end the text.
fn in_parentheses(text: &str) -> Option<&str> {
    text.trim_end().strip_suffix(')')?.rsplit_once('(').map(|(_, inside)| inside)
}

/// `[3/8] Fetching ostree chunk 46af5f9957120d65839 (1.8 MB)`: the layer that is fetched now, how many there are, and its
/// size.
fn fetched_layer(text: &str) -> Option<(u64, u64, Option<u64>)> {
    let (counter, rest) = text.strip_prefix('[')?.split_once("] ")?;
    let (layer, total) = counter.split_once('/')?;
    let number = |text: &str| text.trim().parse::<u32>().ok().map(u64::from);
    let (layer, total) = (number(layer)?, number(total)?);
    let is_layer = rest.starts_with("Fetching ") && layer <= total;
    is_layer.then(|| (layer, total, in_parentheses(rest).and_then(size::parse)))
}

#[cfg(test)]
pub(super) mod tests;
