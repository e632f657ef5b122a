// SPDX-License-Identifier: GPL-3.0-or-later
use std::rc::Rc;

use isotope_model::{Phase, Progress, Refusal};
use ostree::gio;
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
    let options = VariantDict::new(None);
    options.insert("refs", vec![source.branch.as_str()]);
    options.insert("flags", flags(ostree::RepoPullFlags::COMMIT_ONLY));
    options.insert("n-network-retries", NETWORK_RETRIES);
    // With a progress object libostree's loop wakes up every second, and so notices that it was cancelled.
    let progress = ostree::AsyncProgress::new();
    let pulled = repo.pull_with_options(&source.remote, &options.end(), Some(&progress), Some(cancellable));
    progress.finish();
    pulled.map_err(|error| of_pull(&error, &source.refspec()))?;
    let checksum = repo.resolve_rev(&source.refspec(), false).map_err(|error| of_pull(&error, &source.refspec()))?;
    checksum
        .map(|checksum| checksum.to_string())
        .ok_or_else(|| Refusal::ImageNotFound { reference: source.refspec(), detail: String::new() })
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

const NETWORK_RETRIES: u32 = 3;

fn flags(flags: ostree::RepoPullFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or(0)
}
