// SPDX-License-Identifier: GPL-3.0-or-later
//! A branch of a remote, through libostree.

use std::cell::RefCell;
use std::rc::Rc;

use anyhow::{Context, Result};
use ostree::glib::prelude::ToVariant;
use ostree::glib::{self, Variant, VariantDict};
use ostree::{AsyncProgress, Repo, RepoPullFlags};

use crate::events::{Download, Event};
use crate::packages::DATABASE;
use crate::reporter::Reporter;
use crate::work::Setting;

/// How much of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum Extent {
    #[default]
    All,
    /// The commit and its package database.
    Metadata,
    /// Commits alone, this one and as many before it.
    Commits(i32),
}

/// What is wanted of a branch.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) remote: String,
    pub(crate) branch: String,
    pub(crate) extent: Extent,
    /// Not what the branch is at, but this commit.
    pub(crate) commit: Option<String>,
    /// Nothing that is older than this commit.
    pub(crate) not_before: Option<String>,
}

/// Pulls it; returns the commit that the branch, or what was asked for, is at.
pub(crate) fn pull(setting: &Setting, wanted: &Wanted) -> Result<String> {
    let repo = setting.repo();
    let pulled = run(&repo, setting, wanted);
    pulled.with_context(|| format!("While pulling {}", wanted.branch))?;
    setting.reporter.pulling();
    match &wanted.commit {
        Some(commit) => Ok(commit.clone()),
        None => Ok(repo.require_rev(&format!("{}:{}", wanted.remote, wanted.branch))?.into()),
    }
}

fn run(repo: &Repo, setting: &Setting, wanted: &Wanted) -> Result<()> {
    let progress = AsyncProgress::new();
    let meter = Rc::new(Meter::new(&setting.reporter));
    let changed = Rc::clone(&meter);
    let handler = progress.connect_changed(move |progress| changed.changed(progress));
    let reporter = setting.reporter.clone();
    let verified = repo.connect_gpg_verify_result(move |_, commit, result| {
        let all: Vec<Variant> = (0..result.count_all()).map(|index| result.all(index)).collect();
        reporter.tell(Event::Signature { signatures: all.to_variant(), commit: commit.to_owned() });
        reporter.pulling();
    });
    let cancellable = &setting.transaction.cancellable;
    let pulled = repo.pull_with_options(&wanted.remote, &options(wanted), Some(&progress), Some(cancellable));
    progress.finish();
    glib::prelude::ObjectExt::disconnect(&progress, handler);
    glib::prelude::ObjectExt::disconnect(repo, verified);
    Ok(pulled?)
}

fn options(wanted: &Wanted) -> Variant {
    let options = VariantDict::new(None);
    options.insert("refs", vec![wanted.branch.clone()]);
    let mut flags = RepoPullFlags::empty();
    match wanted.extent {
        Extent::All => {}
        Extent::Metadata => {
            options.insert("subdirs", vec![DATABASE.to_owned()]);
            // A delta has all folders.
            options.insert("disable-static-deltas", true);
        }
        Extent::Commits(depth) => {
            flags |= RepoPullFlags::COMMIT_ONLY;
            options.insert("depth", depth);
        }
    }
    if let Ok(flags) = i32::try_from(flags.bits()) {
        options.insert("flags", flags);
    }
    if let Some(commit) = &wanted.commit {
        options.insert("override-commit-ids", vec![commit.clone()]);
    }
    if let Some(commit) = &wanted.not_before {
        options.insert("timestamp-check-from-rev", commit.as_str());
    }
    options.end()
}

/// Turns what libostree counts into signals.
struct Meter {
    reporter: Reporter,
    status: RefCell<Option<String>>,
}

impl Meter {
    fn new(reporter: &Reporter) -> Self {
        Self { reporter: reporter.clone(), status: RefCell::default() }
    }

    fn changed(&self, progress: &AsyncProgress) {
        if let Some(status) = progress.status().filter(|status| !status.is_empty()) {
            let new = self.status.replace(Some(status.to_string())).as_deref() != Some(status.as_str());
            if new {
                self.reporter.message(status);
            }
            return;
        }
        let (number, size) = (|key| progress.uint(key), |key| progress.uint64(key));
        let begun = size("start-time");
        let now = u64::try_from(glib::monotonic_time()).unwrap_or_default();
        let elapsed = if begun > 0 { now.saturating_sub(begun) / 1_000_000 } else { 0 };
        let bytes = size("bytes-transferred");
        self.reporter.tell(Event::Download(Download {
            time: (begun, elapsed),
            outstanding: (number("outstanding-fetches"), number("outstanding-writes")),
            metadata: (number("scanned-metadata"), number("metadata-fetched"), number("outstanding-metadata-fetches")),
            delta: (
                number("total-delta-parts"),
                number("fetched-delta-parts"),
                number("total-delta-superblocks"),
                size("total-delta-part-size"),
            ),
            content: (number("fetched"), number("requested")),
            transfer: (bytes, bytes.checked_div(elapsed).unwrap_or_default()),
        }));
        self.reporter.pulling();
    }
}
