// SPDX-License-Identifier: GPL-3.0-or-later
use std::rc::Rc;

use isotope_model::{Phase, Progress, Refusal};
use ostree::gio;
use ostree::gio::prelude::{CancellableExt as _, CancellableExtManual as _};
use ostree::glib::VariantDict;

use crate::failure::of_pull;
use crate::progress_reporter::ProgressReporter;

/// A branch of a remote.
#[derive(Clone, Debug)]
pub(crate) struct Source {
    /// The remote's name.
    pub(crate) remote: String,
    /// The branch.
    pub(crate) branch: String,
}

impl Source {
    /// As libostree writes it, `remote:branch`.
    pub(crate) fn refspec(&self) -> String {
        format!("{}:{}", self.remote, self.branch)
    }
}

/// Fetches the commit that a branch names now, without its content; libostree verifies its signature as the remote's
/// configuration says. Returns its checksum.
///
/// # Errors
/// What a pull can fail with, in the model's words.
pub(crate) fn fetch_commit(
    repo: &ostree::Repo,
    source: &Source,
    cancellable: &gio::Cancellable,
) -> Result<String, Refusal> {
    pull_commits(repo, source, &source.branch, 0, cancellable).map_err(|error| of_pull(&error, &source.refspec()))?;
    let checksum = repo.resolve_rev(&source.refspec(), false).map_err(|error| of_pull(&error, &source.refspec()))?;
    checksum
        .map(|checksum| checksum.to_string())
        .ok_or_else(|| Refusal::ImageNotFound { reference: source.refspec(), detail: String::new() })
}

/// Fetches the commit that a branch names now, and as many of those before it as the remote has, `furthest` at most,
/// without their content. Returns the checksum of the newest.
///
/// # Errors
/// What a pull can fail with, in the model's words, but not that the remote keeps few old commits.
pub(crate) fn fetch_history(
    repo: &ostree::Repo,
    source: &Source,
    furthest: u32,
    cancellable: &gio::Cancellable,
) -> Result<String, Refusal> {
    let depth = i32::try_from(furthest).unwrap_or(i32::MAX);
    let whole = pull_commits(repo, source, &source.branch, depth, cancellable);
    let newest = fetch_commit(repo, source, cancellable)?;
    if whole.is_err() {
        // One commit back in the history is missing, or signed with a key of old: what comes before it is still told.
        let mut parent = parent_of(repo, &newest);
        for _ in 0..furthest {
            parent = match parent {
                Some(commit) if pull_commits(repo, source, &commit, 0, cancellable).is_ok() => parent_of(repo, &commit),
                _ => break,
            };
        }
    }
    match cancellable.is_cancelled() {
        true => Err(Refusal::Cancelled),
        false => Ok(newest),
    }
}

fn parent_of(repo: &ostree::Repo, checksum: &str) -> Option<String> {
    let (commit, _) = repo.load_commit(checksum).ok()?;
    ostree::commit_get_parent(&commit).map(|parent| parent.to_string())
}

/// Fetches commits without their content: what `name` names, and so many before it.
fn pull_commits(
    repo: &ostree::Repo,
    source: &Source,
    name: &str,
    depth: i32,
    cancellable: &gio::Cancellable,
) -> Result<(), ostree::glib::Error> {
    let options = VariantDict::new(None);
    options.insert("refs", vec![name]);
    options.insert("flags", flags(ostree::RepoPullFlags::COMMIT_ONLY));
    options.insert("depth", depth);
    options.insert("n-network-retries", NETWORK_RETRIES);
    // With a progress object libostree's loop wakes up every second, and so notices that it was cancelled.
    let progress = ostree::AsyncProgress::new();
    let pulled = repo.pull_with_options(&source.remote, &options.end(), Some(&progress), Some(cancellable));
    progress.finish();
    pulled
}

/// Fetches everything of one commit of a branch, and of no other if the branch has moved meanwhile. With `again` nothing
/// that is here of it already is taken for complete. `expected` bytes, where known, are the total that progress is shown
/// against when libostree itself knows none.
///
/// # Errors
/// What a pull can fail with, in the model's words.
pub(crate) fn fetch_content(
    repo: &ostree::Repo,
    source: &Source,
    checksum: &str,
    again: bool,
    expected: Option<u64>,
    reporter: &Rc<ProgressReporter>,
    cancellable: &gio::Cancellable,
) -> Result<(), Refusal> {
    let options = VariantDict::new(None);
    options.insert("refs", vec![source.branch.as_str()]);
    options.insert("override-commit-ids", vec![checksum]);
    options.insert("flags", flags(ostree::RepoPullFlags::NONE));
    options.insert("n-network-retries", NETWORK_RETRIES);
    if again {
        // What an interrupted clean-up left of this commit is not taken for the whole: every object is looked for.
        repo.mark_commit_partial(checksum, true).map_err(|error| of_pull(&error, &source.refspec()))?;
    }
    reporter.report(Progress { phase: Phase::Pulling, total_bytes: expected, ..Progress::default() });
    let progress = ostree::AsyncProgress::new();
    let told = Rc::clone(reporter);
    progress.connect_changed(move |progress| told.report(reading(progress, expected)));
    let pulled = repo.pull_with_options(&source.remote, &options.end(), Some(&progress), Some(cancellable));
    progress.finish();
    pulled.map_err(|error| of_pull(&error, &source.refspec()))
}

/// What libostree tells of a pull. Source: the keys that `ostree_repo_pull_default_console_progress_changed` reads.
fn reading(progress: &ostree::AsyncProgress, expected: Option<u64>) -> Progress {
    let known = |number: u64| Some(number).filter(|number| *number > 0);
    let deltas = known(progress.uint64("total-delta-part-size"));
    // While metadata is still scanned, more objects turn up: until then their number is not known.
    let scanning = progress.uint("scanning") > 0 || progress.uint("outstanding-metadata-fetches") > 0;
    let requested = u64::from(progress.uint("requested"));
    Progress {
        phase: Phase::Pulling,
        bytes: Some(progress.uint64("bytes-transferred")),
        total_bytes: deltas.or(expected),
        objects: known(u64::from(progress.uint("fetched"))),
        total_objects: known(requested).filter(|_| !scanning),
        ..Progress::default()
    }
}

/// So much is fetched at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Limits {
    /// Bytes.
    pub(crate) bytes: u64,
    /// Files and folders.
    pub(crate) objects: u64,
}

/// Fetches a few folders of one commit of a branch. The commit is marked as not whole, so that nothing is taken for complete
/// that is not.
///
/// # Errors
/// What a pull can fail with, in the model's words; [`Refusal::Failed`] where it is more than `limits` allow.
pub(crate) fn fetch_folders(
    repo: &ostree::Repo,
    source: &Source,
    checksum: &str,
    folders: &[String],
    limits: Limits,
    cancellable: &gio::Cancellable,
) -> Result<(), Refusal> {
    let failed = |error: ostree::glib::Error| of_pull(&error, &source.refspec());
    repo.mark_commit_partial(checksum, true).map_err(failed)?;
    let options = VariantDict::new(None);
    options.insert("refs", vec![source.branch.as_str()]);
    options.insert("override-commit-ids", vec![checksum]);
    options.insert("subdirs", folders);
    options.insert("disable-static-deltas", true);
    options.insert("flags", flags(ostree::RepoPullFlags::NONE));
    options.insert("n-network-retries", NETWORK_RETRIES);
    let stop = gio::Cancellable::new();
    let passed_on = stop.clone();
    let handler = cancellable.connect_cancelled(move |_| passed_on.cancel());
    let stopped = stop.clone();
    let progress = ostree::AsyncProgress::new();
    progress.connect_changed(move |progress| {
        let objects = u64::from(progress.uint("requested"));
        if progress.uint64("bytes-transferred") > limits.bytes || objects > limits.objects {
            stopped.cancel();
        }
    });
    let pulled = repo.pull_with_options(&source.remote, &options.end(), Some(&progress), Some(&stop));
    progress.finish();
    if let Some(handler) = handler {
        cancellable.disconnect_cancelled(handler);
    }
    // A pull of a part leaves the mark; that is not left to libostree.
    repo.mark_commit_partial(checksum, true).map_err(failed)?;
    match pulled.map_err(failed) {
        Err(Refusal::Cancelled) if !cancellable.is_cancelled() => {
            Err(Refusal::Failed { detail: format!("more than {limits:?}") })
        }
        other => other,
    }
}

const NETWORK_RETRIES: u32 = 3;

fn flags(flags: ostree::RepoPullFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or(0)
}
