// SPDX-License-Identifier: GPL-3.0-or-later
use ostree::gio;
use ostree::gio::prelude::CancellableExt as _;
use ostree::glib::VariantDict;

use super::pull::Source;

/// Bytes: nearly a million objects.
const LARGEST_COMMIT: usize = 32 << 20;

/// Bytes that a pull of this branch would download, where that can be known beforehand: from a static delta that the
/// remote offers, else from the sizes that the commit carries.
pub(crate) fn of_pull(
    repo: &ostree::Repo,
    source: &Source,
    checksum: &str,
    cancellable: &gio::Cancellable,
) -> Option<u64> {
    of_delta(repo, source, checksum, cancellable).or_else(|| of_objects(repo, checksum, cancellable))
}

fn of_delta(repo: &ostree::Repo, source: &Source, checksum: &str, cancellable: &gio::Cancellable) -> Option<u64> {
    let options = VariantDict::new(None);
    options.insert("refs", vec![source.branch.as_str()]);
    options.insert("override-commit-ids", vec![checksum]);
    options.insert("dry-run", true);
    options.insert("require-static-deltas", true);
    options.insert("n-network-retries", 1u32);
    let progress = ostree::AsyncProgress::new();
    let asked = repo.pull_with_options(&source.remote, &options.end(), Some(&progress), Some(cancellable));
    progress.finish();
    asked.ok()?;
    let total = progress.uint64("total-delta-part-size");
    Some(total.saturating_sub(progress.uint64("fetched-delta-part-size"))).filter(|bytes| *bytes > 0)
}

/// The `ostree.sizes` of a commit that was made with them, less what is here already.
fn of_objects(repo: &ostree::Repo, checksum: &str, cancellable: &gio::Cancellable) -> Option<u64> {
    missing(repo, checksum, ostree::CommitSizesEntry::archived, cancellable)
}

/// Bytes that the objects of a commit take once they are here, where the commit tells; what is here already left out.
pub(crate) fn unpacked(repo: &ostree::Repo, checksum: &str, cancellable: &gio::Cancellable) -> Option<u64> {
    missing(repo, checksum, ostree::CommitSizesEntry::unpacked, cancellable)
}

/// How large the objects of a commit are, where it tells, and tells no more than a system can have.
pub(crate) fn of_each_object(repo: &ostree::Repo, checksum: &str) -> Option<Vec<ostree::CommitSizesEntry>> {
    let (commit, _) = repo.load_commit(checksum).ok()?;
    (commit.size() <= LARGEST_COMMIT).then(|| ostree::commit_get_object_sizes(&commit).ok()).flatten()
}

fn missing(
    repo: &ostree::Repo,
    checksum: &str,
    size: fn(&ostree::CommitSizesEntry) -> u64,
    cancellable: &gio::Cancellable,
) -> Option<u64> {
    let mut total: u64 = 0;
    for entry in &of_each_object(repo, checksum)? {
        if cancellable.is_cancelled() {
            return None;
        }
        let here = repo.has_object(entry.objtype(), &entry.checksum(), gio::Cancellable::NONE).ok()?;
        if !here {
            total = total.saturating_add(size(entry));
        }
    }
    Some(total)
}
