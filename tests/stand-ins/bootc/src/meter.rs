// SPDX-License-Identifier: GPL-3.0-or-later
//! Counts what is pulled and reports it.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::faults::Moment;
use crate::importer::Watcher;
use crate::progress::Progress;
use crate::speaker::Speaker;
use crate::stored_image::Layer;

/// Between events that only tell of bytes.
const PAUSE: Duration = Duration::from_millis(200);
/// As much of a digest as is shown of it.
const SHOWN: usize = 21;

/// One pull as it is reported.
pub(crate) struct Meter<'a> {
    progress: &'a mut Progress,
    speaker: &'a Speaker,
    image: String,
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
    pub(crate) fn new(progress: &'a mut Progress, speaker: &'a Speaker) -> Self {
        Self {
            progress,
            speaker,
            image: String::new(),
            cached: 0,
            cached_layers: 0,
            total: 0,
            total_layers: 0,
            done: 0,
            layers: Vec::new(),
            told: None,
        }
    }

    fn tell(&mut self, current: Option<Value>, bytes: u64) {
        self.told = Some(Instant::now());
        let complete = self.layers.len() as u64;
        let mut layers = self.layers.clone();
        layers.extend(current);
        let steps = [self.cached_layers, complete, self.total_layers];
        self.progress.pulling(&self.image, [self.cached, bytes, self.total], steps, &layers);
    }
}

impl Watcher for Meter<'_> {
    fn begins(&mut self, digest: &str, present: &[Layer], needed: &[Layer]) {
        let sum = |layers: &[Layer]| layers.iter().map(|layer| layer.size).sum();
        digest.clone_into(&mut self.image);
        (self.cached, self.cached_layers) = (sum(present), present.len() as u64);
        (self.total, self.total_layers) = (sum(needed), needed.len() as u64);
        self.speaker.say(&format!(
            "layers already present: {}; layers needed: {} ({})",
            present.len(),
            needed.len(),
            ostree::glib::format_size(self.total)
        ));
    }

    fn layer_begins(&mut self, _number: usize, _layer: &Layer) {}

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

    fn layer_ends(&mut self, fetched: bool) {
        if fetched {
            self.speaker.faults.reach(Moment::Pulling);
        }
    }

    /// bootc reports this step also of an import that has failed.
    fn importing(&mut self, completed: bool) {
        self.progress.importing(&self.image, completed);
        if !completed {
            self.speaker.faults.reach(Moment::Importing);
        }
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
