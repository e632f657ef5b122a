// SPDX-License-Identifier: GPL-3.0-or-later
use ostree::gio;
use ostree::glib::VariantDict;

use super::pull::Source;

/// Bytes that a pull of this branch would download, where that can be known beforehand: from a static delta that the
/// remote offers, else from the sizes that the commit carries.
pub(crate) fn of_pull(
    repo: &ostree::Repo,
    source: &Source,
    checksum: &str,
    cancellable: &gio::Cancellable,
) -> Option<u64> {
    of_delta(repo, source, checksum, cancellable).or_else(|| of_objects(repo, checksum))
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
fn of_objects(repo: &ostree::Repo, checksum: &str) -> Option<u64> {
    missing(repo, checksum, ostree::CommitSizesEntry::archived)
}

/// Bytes that the objects of a commit take once they are here, where the commit tells; what is here already left out.
pub(crate) fn unpacked(repo: &ostree::Repo, checksum: &str) -> Option<u64> {
    missing(repo, checksum, ostree::CommitSizesEntry::unpacked)
}

fn missing(repo: &ostree::Repo, checksum: &str, size: fn(&ostree::CommitSizesEntry) -> u64) -> Option<u64> {
    let (commit, _) = repo.load_commit(checksum).ok()?;
    let entries = ostree::commit_get_object_sizes(&commit).ok()?;
    let mut total: u64 = 0;
    for entry in &entries {
        let here = repo.has_object(entry.objtype(), &entry.checksum(), gio::Cancellable::NONE).ok()?;
        if !here {
            total = total.saturating_add(size(entry));
        }
    }
    Some(total)
}
