// SPDX-License-Identifier: GPL-3.0-or-later
//! What was done on this host and how it was started, one JSON value a line, the oldest first.

use std::fs::{self, File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;
use std::time::Instant;

use isotope_model::engine_protocol::Task;
use isotope_model::{
    DeploymentId, HistoryEntry, OperationKind, OperationRecord, Outcome, Phase, Progress, Snapshot, Starter,
};
use nix::fcntl::{Flock, FlockArg};
use serde::{Deserialize, Serialize};

use crate::loss;
use crate::state_file;

/// So many entries are kept, or up to twice as many for a while.
const KEPT: usize = 1000;
/// So many of the checks among them: those are free for everybody at the computer, and must not crowd out the rest.
const CHECKS: usize = 200;
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

    fn note_running(&self, running: &Running) {
        if let Err(error) = state_file::save_in(&self.directory, "running-operation.json", running) {
            tracing::warn!("an operation that is cut off will be missing in history: {error}");
        }
    }

    fn forget_running(&self) {
        let _ = fs::remove_file(self.running());
    }

    /// The operation during which an earlier run of the service was cut off, if there was one.
    pub(crate) fn cut_off(&self) -> Option<Running> {
        state_file::load_file(&self.running())
    }

    /// Adds the operation that was cut off, as the sysroot shows it now.
    pub(crate) fn recover(&self, running: Running, now: Option<&Snapshot>) {
        let detail = "the service ended before the operation did".to_owned();
        let outcome = loss::outcome(&running.task, running.phase, &running.before, now, detail);
        Recorder { history: self.clone(), began: None, running }.end(&outcome, now);
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
        let mut checks = 0;
        let mut kept: Vec<_> = lines
            .iter()
            .rev()
            .filter(|line| {
                checks += usize::from(is_check(line));
                !is_check(line) || checks <= CHECKS
            })
            .take(KEPT)
            .collect();
        kept.reverse();
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

fn is_check(line: &str) -> bool {
    let kind = match serde_json::from_str(line) {
        Ok(HistoryEntry::Operation(record)) => record.kind,
        _ => return false,
    };
    matches!(kind, OperationKind::Check | OperationKind::ListVersions)
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

/// An operation that runs, as it is written down in case that the service is cut off.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Running {
    record: OperationRecord,
    task: Task,
    phase: Phase,
    before: Snapshot,
}

/// Writes one operation down when it has ended.
#[derive(Debug)]
pub(crate) struct Recorder {
    history: History,
    running: Running,
    began: Option<Instant>,
}

impl Recorder {
    /// An operation begins.
    pub(crate) fn begin(history: History, task: &Task, starter: Starter, started: u64, before: &Snapshot) -> Self {
        let record = OperationRecord {
            kind: task.operation().unwrap_or(OperationKind::Unknown),
            starter,
            started,
            milliseconds: None,
            bytes: None,
            asked: asked(task),
            version: None,
            image: None,
            outcome: Outcome::Unknown,
        };
        let running = Running { record, task: task.clone(), phase: Phase::Starting, before: before.clone() };
        history.note_running(&running);
        Self { history, running, began: Some(Instant::now()) }
    }

    /// It has come so far.
    pub(crate) fn see(&mut self, progress: &Progress) {
        if progress.phase == Phase::Pulling {
            self.running.record.bytes = self.running.record.bytes.max(progress.bytes);
        }
        if progress.phase != self.running.phase {
            self.running.phase = progress.phase;
            self.history.note_running(&self.running);
        }
    }

    /// It has ended. A list of what a server offers is left out: it is not what was done.
    pub(crate) fn end(&self, outcome: &Outcome, after: Option<&Snapshot>) {
        let Running { mut record, before, .. } = self.running.clone();
        let find = |id: &DeploymentId| {
            let known = after.and_then(|after| after.deployment(id)).or_else(|| before.deployment(id));
            known.cloned()
        };
        record.milliseconds = self.began.and_then(|began| u64::try_from(began.elapsed().as_millis()).ok());
        record.version = match (about(outcome), outcome) {
            (Some(id), _) => find(id).map(|deployment| deployment.label().to_owned()),
            (None, Outcome::UpdateAvailable { update }) => update.version.clone(),
            _ => None,
        };
        let image = come_or_gone(outcome).and_then(find);
        record.image = image.map(|deployment| deployment.image_checksum().to_owned());
        record.outcome = match outcome {
            Outcome::Versions { .. } => Outcome::Versions { versions: Vec::new() },
            Outcome::Tags { repository, truncated, .. } => {
                Outcome::Tags { repository: repository.clone(), tags: Vec::new(), truncated: *truncated }
            }
            other => other.clone(),
        };
        self.history.add(&HistoryEntry::Operation(record));
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
        | Outcome::Kept { deployment }
        | Outcome::Removed { deployment, .. } => Some(deployment),
        Outcome::BootOrderChanged { boots_next, .. } => Some(boots_next),
        _ => None,
    }
}

/// The deployment that was staged, or that is gone.
fn come_or_gone(outcome: &Outcome) -> Option<&DeploymentId> {
    match outcome {
        Outcome::Staged { deployment, .. }
        | Outcome::Discarded { deployment }
        | Outcome::BootOrderChanged { discarded: Some(deployment), .. }
        | Outcome::Removed { deployment, .. } => Some(deployment),
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
    use isotope_model::{Deployment, Refusal};

    use super::*;

    fn record(started: u64) -> HistoryEntry {
        HistoryEntry::Operation(OperationRecord {
            kind: OperationKind::Check,
            starter: Starter { uid: 0, user: None, program: None },
            started,
            milliseconds: Some(1),
            bytes: None,
            asked: None,
            version: None,
            image: None,
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
        let (starter, before) = (Starter { uid: 0, user: None, program: None }, Snapshot::default());
        drop(Recorder::begin(history.clone(), &Task::CleanUp, starter.clone(), 7, &before));
        history.recover(history.cut_off().unwrap(), None);
        assert!(history.cut_off().is_none());
        let [HistoryEntry::Operation(told)] = &history.newest(5)[..] else { panic!("not one entry") };
        assert_eq!((told.kind, told.started), (OperationKind::CleanUp, 7));
        assert!(matches!(told.outcome, Outcome::Failed { refusal: Refusal::WorkerLost { .. } }));
        let ended = Recorder::begin(history.clone(), &Task::CleanUp, starter, 8, &before);
        ended.end(&Outcome::CleanedUp { freed_bytes: None }, None);
        assert!(history.cut_off().is_none());
        assert_eq!(history.newest(5).len(), 2);
    }

    #[test]
    fn what_has_come_or_gone_is_written_down_with_what_tells_its_image_from_others() {
        let (_folder, history) = history();
        let id = |digit: &str| DeploymentId::new("os", digit.repeat(64), 0);
        let digest = || Some("sha256:1".to_owned());
        let container = Deployment { digest: digest(), ..Deployment::new(id("1")) };
        let here = Snapshot { deployments: vec![container, Deployment::new(id("2"))], ..Snapshot::default() };
        let gone = Snapshot::default();
        let staged = Outcome::Staged { deployment: id("1"), replaced: None, pinned: None, released: None };
        let rolled_back = |discarded| Outcome::BootOrderChanged { boots_next: id("2"), discarded };
        for (before, outcome, after, expected) in [
            (&gone, staged, &here, digest()),
            (&here, Outcome::Discarded { deployment: id("1") }, &gone, digest()),
            (&here, rolled_back(Some(id("1"))), &gone, digest()),
            (&here, rolled_back(None), &gone, None),
            (&here, Outcome::Removed { deployment: id("1"), freed_bytes: None }, &gone, digest()),
            (&here, Outcome::Removed { deployment: id("2"), freed_bytes: None }, &gone, Some("2".repeat(64))),
            (&here, Outcome::Pinned { deployment: id("1") }, &here, None),
        ] {
            let starter = Starter { uid: 0, user: None, program: None };
            Recorder::begin(history.clone(), &Task::CleanUp, starter, 7, before).end(&outcome, Some(after));
            let [HistoryEntry::Operation(told)] = &history.newest(1)[..] else { panic!("not one entry") };
            assert_eq!(told.image, expected, "{outcome:?}");
        }
    }

    #[test]
    fn history_does_not_grow_without_end() {
        let (_folder, history) = history();
        let line = |entry: &HistoryEntry| serde_json::to_string(entry).unwrap() + "\n";
        let HistoryEntry::Operation(check) = record(7) else { panic!("no operation") };
        let update = HistoryEntry::Operation(OperationRecord { kind: OperationKind::Update, ..check });
        fs::write(history.path(), line(&update).repeat(900) + &line(&record(1)).repeat(2 * KEPT)).unwrap();
        history.add(&record(2));
        let text = fs::read_to_string(history.path()).unwrap();
        assert_eq!(text.lines().count(), KEPT);
        assert_eq!(history.newest(1), [record(2)]);
        assert_eq!(text.matches("\"update\"").count(), KEPT - CHECKS, "checks do not crowd out the rest");
    }
}
