// SPDX-License-Identifier: GPL-3.0-or-later
//! The lines of JSON on the descriptor that `--progress-fd` names.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::FileTypeExt;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::faults::{Fault, Faults};
use crate::speaker::spoilt;

/// The steps of staging: name, id, description.
const STAGING: [(&str, &str, &str); 4] = [
    ("merging", "fetching", "Merging Image"),
    ("deploying", "deploying", "Deploying Image"),
    ("bound_images", "bound_images", "Pulling Bound Images"),
    ("cleanup", "cleanup", "Removing old images"),
];
/// How far staging is when a step begins.
const STAGING_STEPS: [u64; 4] = [0, 1, 1, 2];

/// Where progress goes, if anywhere.
#[derive(Debug)]
pub(crate) struct Progress {
    pipe: Option<File>,
    faults: Faults,
    begun: bool,
}

impl Progress {
    pub(crate) fn new(descriptor: Option<i32>, faults: Faults) -> Result<Self> {
        let pipe = match descriptor {
            None => None,
            Some(number) => Some(take(number)?),
        };
        Ok(Self { pipe, faults, begun: false })
    }

    /// Layers and their bytes.
    pub(crate) fn pulling(&mut self, digest: &str, bytes: [u64; 3], steps: [u64; 3], layers: &[Value]) {
        let ([cached, done, total], [steps_cached, steps_done, steps_total]) = (bytes, steps);
        self.send(&json!({
            "type": "ProgressBytes", "task": "pulling", "description": format!("Pulling Image: {digest}"), "id": digest,
            "bytesCached": cached, "bytes": done, "bytesTotal": total,
            "stepsCached": steps_cached, "steps": steps_done, "stepsTotal": steps_total, "subtasks": layers,
        }));
    }

    pub(crate) fn importing(&mut self, digest: &str, completed: bool) {
        let step = step("importing", "importing", "Importing Image", completed);
        self.steps("importing", "Importing Image", digest, [u64::from(completed), 1], &[step]);
    }

    /// The step with the number `begun` begins; the ones before are done. After the last, all are.
    pub(crate) fn staging(&mut self, digest: &str, begun: usize) {
        let mut steps: Vec<Value> =
            STAGING[..begun.min(STAGING.len())].iter().map(|s| step(s.0, s.1, s.2, true)).collect();
        let done = match STAGING.get(begun) {
            Some(next) => {
                steps.push(step(next.0, next.1, next.2, false));
                STAGING_STEPS[begun]
            }
            // bootc names the last step twice.
            None => {
                steps.extend(steps.last().cloned());
                3
            }
        };
        self.steps("staging", "Deploying Image", digest, [done, 3], &steps);
    }

    fn steps(&mut self, task: &str, description: &str, digest: &str, steps: [u64; 2], subtasks: &[Value]) {
        self.send(&json!({
            "type": "ProgressSteps", "task": task, "description": description, "id": digest,
            "stepsCached": 0, "steps": steps[0], "stepsTotal": steps[1], "subtasks": subtasks,
        }));
    }

    fn send(&mut self, event: &Value) {
        if !self.begun {
            self.begun = true;
            self.write(&json!({ "type": "Start", "version": "0.1.0" }), true);
        }
        self.write(event, false);
        if self.faults.has(Fault::ClosesProgress) {
            self.pipe = None;
        }
    }

    /// Waits for the reader. One that is gone is told of once.
    fn write(&mut self, event: &Value, first: bool) {
        let Some(pipe) = &mut self.pipe else { return };
        if let Err(error) = pipe.write_all(&spoilt(self.faults, &event.to_string(), first)) {
            eprintln!("Failed to write to jsonl: {error}");
            self.pipe = None;
        }
    }
}

fn step(name: &str, id: &str, description: &str, completed: bool) -> Value {
    json!({ "subtask": name, "id": id, "description": description, "completed": completed })
}

/// The inherited pipe, no longer inherited by children.
fn take(number: i32) -> Result<File> {
    ensure!(number > 2, "Cannot use fd {number} for progress JSON");
    let path = format!("/proc/self/fd/{number}");
    let pipe = OpenOptions::new().write(true).open(path).context("Invalid progress fd")?;
    ensure!(pipe.metadata()?.file_type().is_fifo(), "Invalid progress fd: not a pipe");
    nix::unistd::close(number)?;
    Ok(pipe)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::IntoRawFd;

    #[test]
    fn staging_counts_as_recorded() {
        let (mut reader, writer) = std::io::pipe().unwrap();
        let mut progress = Progress::new(Some(writer.into_raw_fd()), Faults::default()).unwrap();
        for begun in 0..=4 {
            progress.staging("sha256:00", begun);
        }
        drop(progress);
        let mut text = String::new();
        reader.read_to_string(&mut text).unwrap();
        let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let counts: Vec<_> = events[1..]
            .iter()
            .map(|event| (event["steps"].as_u64().unwrap(), event["subtasks"].as_array().unwrap().len()))
            .collect();
        assert_eq!(events[0]["type"], "Start");
        assert_eq!(counts, [(0, 1), (1, 2), (1, 3), (2, 4), (3, 5)]);
    }
}
