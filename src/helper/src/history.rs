// SPDX-License-Identifier: GPL-3.0-or-later
//! What was done on this host and how it was started, one JSON value a line, the oldest first.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::Instant;

use isotope_model::engine_protocol::Task;
use isotope_model::{
    DeploymentId, HistoryEntry, OperationKind, OperationRecord, Outcome, Phase, Progress, Refusal, Snapshot, Starter,
};
use nix::fcntl::{Flock, FlockArg};

use crate::state_file;

/// So many entries are kept, or up to twice as many for a while.
const KEPT: usize = 1000;
/// No more of the file is read, in bytes.
const LONGEST: u64 = 4 * 1024 * 1024;

/// The file of history.
#[derive(Clone, Debug)]
pub(crate) struct History {
    directory: PathBuf,
}

impl History {
    /// Where this host has it.
    pub(crate) fn of_this_host() -> Self {
        Self { directory: state_file::directory() }
    }

    fn path(&self) -> PathBuf {
        self.directory.join("history.jsonl")
    }

    /// Adds an entry. A host where that fails only forgets.
    pub(crate) fn add(&self, entry: &HistoryEntry) {
        if let Err(error) = self.try_add(entry) {
            tracing::warn!("history is not written: {}: {error}", self.path().display());
        }
    }

    fn try_add(&self, entry: &HistoryEntry) -> std::io::Result<()> {
        let _alone = self.lock()?;
        let mut line = serde_json::to_vec(entry).map_err(std::io::Error::other)?;
        line.push(b'\n');
        let mut file = OpenOptions::new().create(true).append(true).read(true).mode(0o600).open(self.path())?;
        if ends_in_a_line(&mut file)? {
            line.insert(0, b'\n');
        }
        file.write_all(&line)?;
        file.sync_all()?;
        self.shorten()
    }

    fn running(&self) -> PathBuf {
        self.directory.join("running-operation.json")
    }

    fn note_running(&self, record: &OperationRecord) -> std::io::Result<()> {
        fs::write(self.running(), serde_json::to_vec(record).map_err(std::io::Error::other)?)
    }

    fn forget_running(&self) {
        let _ = fs::remove_file(self.running());
    }

    /// Adds the operation during which an earlier run of the service was cut off, if there was one.
    pub(crate) fn recover(&self) {
        let Ok(text) = fs::read(self.running()) else { return };
        if let Ok(record) = serde_json::from_slice::<OperationRecord>(&text) {
            let detail = "the service ended before the operation did".to_owned();
            let outcome = Outcome::Failed { refusal: Refusal::WorkerLost { detail } };
            self.add(&HistoryEntry::Operation(OperationRecord { outcome, ..record }));
        }
        self.forget_running();
    }

    /// The newest entries, the newest first. What cannot be read is left out.
    pub(crate) fn newest(&self, limit: usize) -> Vec<HistoryEntry> {
        let text = self.text().unwrap_or_default();
        let lines = text.lines().rev().filter_map(|line| serde_json::from_str(line).ok());
        lines.take(limit.min(KEPT)).collect()
    }

    fn text(&self) -> std::io::Result<String> {
        let mut file = File::open(self.path())?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(LONGEST)))?;
        let mut bytes = Vec::new();
        file.take(LONGEST).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Leaves out the oldest entries once there are very many, or they are very long.
    fn shorten(&self) -> std::io::Result<()> {
        let text = self.text()?;
        let lines: Vec<&str> = text.lines().collect();
        if lines.len() <= 2 * KEPT && fs::metadata(self.path())?.len() < LONGEST {
            return Ok(());
        }
        let kept = lines.get(lines.len().saturating_sub(KEPT)..).unwrap_or_default();
        let fresh = self.path().with_extension("new");
        let mut file = OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(&fresh)?;
        for line in kept {
            writeln!(file, "{line}")?;
        }
        file.sync_all()?;
        fs::rename(fresh, self.path())
    }

    /// The service and what records a start of the computer may write at the same time.
    fn lock(&self) -> std::io::Result<Flock<File>> {
        let path = self.directory.join("history.lock");
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
        Flock::lock(file, FlockArg::LockExclusive).map_err(|(_, errno)| errno.into())
    }
}

/// The last line was cut off in the middle of being written.
fn ends_in_a_line(file: &mut File) -> std::io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

/// Writes one operation down when it has ended.
#[derive(Debug)]
pub(crate) struct Recorder {
    history: History,
    record: OperationRecord,
    began: Instant,
}

impl Recorder {
    /// An operation begins.
    pub(crate) fn begin(history: History, task: &Task, starter: Starter, started: u64) -> Self {
        let record = OperationRecord {
            kind: task.operation().unwrap_or(OperationKind::Unknown),
            starter,
            started,
            milliseconds: None,
            bytes: None,
            asked: asked(task),
            version: None,
            outcome: Outcome::Unknown,
        };
        if let Err(error) = history.note_running(&record) {
            tracing::warn!("an operation that is cut off will be missing in history: {error}");
        }
        Self { history, record, began: Instant::now() }
    }

    /// It has come so far.
    pub(crate) fn see(&mut self, progress: &Progress) {
        if progress.phase == Phase::Pulling {
            self.record.bytes = self.record.bytes.max(progress.bytes);
        }
    }

    /// It has ended. A list of what a server offers is left out: it is not what was done.
    pub(crate) fn end(mut self, outcome: &Outcome, before: &Snapshot, after: Option<&Snapshot>) {
        let find = |id: &DeploymentId| {
            let known = after.and_then(|after| after.deployment(id)).or_else(|| before.deployment(id));
            known.map(|deployment| deployment.label().to_owned())
        };
        self.record.milliseconds = u64::try_from(self.began.elapsed().as_millis()).ok();
        self.record.version = match (about(outcome), outcome) {
            (Some(id), _) => find(id),
            (None, Outcome::UpdateAvailable { update }) => update.version.clone(),
            _ => None,
        };
        self.record.outcome = match outcome {
            Outcome::Versions { .. } => Outcome::Versions { versions: Vec::new() },
            other => other.clone(),
        };
        self.history.add(&HistoryEntry::Operation(self.record));
        self.history.forget_running();
    }
}

/// The deployment that an outcome is about.
fn about(outcome: &Outcome) -> Option<&DeploymentId> {
    match outcome {
        Outcome::Staged { deployment, .. }
        | Outcome::Discarded { deployment }
        | Outcome::Pinned { deployment }
        | Outcome::Unpinned { deployment }
        | Outcome::Removed { deployment, .. } => Some(deployment),
        Outcome::BootOrderChanged { boots_next, .. } => Some(boots_next),
        _ => None,
    }
}

fn asked(task: &Task) -> Option<String> {
    match task {
        Task::Switch { image, .. } => Some(image.clone()),
        Task::Deploy { version } => Some(version.clone()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(started: u64) -> HistoryEntry {
        HistoryEntry::Operation(OperationRecord {
            kind: OperationKind::Check,
            starter: Starter { uid: 0, user: None },
            started,
            milliseconds: Some(1),
            bytes: None,
            asked: None,
            version: None,
            outcome: Outcome::UpToDate,
        })
    }

    fn history() -> (tempfile::TempDir, History) {
        let folder = tempfile::tempdir().unwrap();
        let history = History { directory: folder.path().to_path_buf() };
        (folder, history)
    }

    #[test]
    fn the_newest_comes_first() {
        let (_folder, history) = history();
        assert!(history.newest(5).is_empty());
        for started in 1..=3 {
            history.add(&record(started));
        }
        assert_eq!(history.newest(2), [record(3), record(2)]);
    }

    #[test]
    fn a_line_that_was_cut_off_costs_only_itself() {
        let (_folder, history) = history();
        history.add(&record(1));
        let mut file = OpenOptions::new().append(true).open(history.path()).unwrap();
        file.write_all(b"{\"event\":\"opera").unwrap();
        history.add(&record(2));
        assert_eq!(history.newest(5), [record(2), record(1)]);
    }

    #[test]
    fn an_operation_that_was_cut_off_is_told_once() {
        let (_folder, history) = history();
        let starter = Starter { uid: 0, user: None };
        drop(Recorder::begin(history.clone(), &Task::CleanUp, starter.clone(), 7));
        history.recover();
        history.recover();
        let [HistoryEntry::Operation(told)] = &history.newest(5)[..] else { panic!("not one entry") };
        assert_eq!((told.kind, told.started), (OperationKind::CleanUp, 7));
        assert!(matches!(told.outcome, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }));
        let ended = Recorder::begin(history.clone(), &Task::CleanUp, starter, 8);
        ended.end(&Outcome::CleanedUp { freed_bytes: None }, &Snapshot::default(), None);
        history.recover();
        assert_eq!(history.newest(5).len(), 2);
    }

    #[test]
    fn history_does_not_grow_without_end() {
        let (_folder, history) = history();
        let line = serde_json::to_string(&record(1)).unwrap() + "\n";
        fs::write(history.path(), line.repeat(2 * KEPT)).unwrap();
        history.add(&record(2));
        let text = fs::read_to_string(history.path()).unwrap();
        assert_eq!(text.lines().count(), KEPT);
        assert_eq!(history.newest(1), [record(2)]);
    }
}
