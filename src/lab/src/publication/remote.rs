// SPDX-License-Identifier: GPL-3.0-or-later
//! Publishing images on the lab's OSTree remote.

use std::ffi::OsString;
use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use super::{Publication, Signing, check_words, write_tree};
use crate::command::{assigned, ostree, run, run_for_text};
use crate::configuration::Folder;
use crate::damage;
use crate::keys::{self, Key};

/// What a commit has not that nobody can boot.
const KERNELS: &str = "/usr/lib/modules\n";

/// Makes the empty remote.
pub(crate) fn create_remote(folder: &Folder) -> Result<()> {
    let repo = assigned("--repo", &folder.remote());
    let mut create = ostree(folder, ["init", "--mode=archive"]);
    create.arg(&repo);
    run(create)?;
    for (name, value) in [("archive.zlib-level", "1"), ("core.fsync", "false")] {
        let mut configure = ostree(folder, ["config", "set", name, value]);
        configure.arg(&repo);
        run(configure)?;
    }
    Ok(())
}

/// Publishes and returns the commit's checksum.
pub(crate) fn publish(folder: &Folder, publication: &Publication, default_payload: u64) -> Result<String> {
    let Publication { variant, version, .. } = publication;
    check_words(publication)?;
    let branch = publication.branch();
    let repo = assigned("--repo", &folder.remote());
    let mut previous = ostree(folder, ["rev-parse", &branch]);
    previous.arg(&repo);
    let previous = run_for_text(previous).ok();

    let scratch = folder.temporary().join(format!("{variant}-{version}-{}", std::process::id()));
    let made = write_tree(&scratch, publication, publication.payload_bytes.unwrap_or(default_payload))
        .and_then(|()| commit(folder, publication, &repo, &branch, &scratch));
    let _ = std::fs::remove_dir_all(&scratch);
    let checksum = made.with_context(|| format!("cannot publish {variant} {version}"))?;

    if let (true, Some(previous)) = (publication.delta, previous) {
        let mut delta = ostree(folder, ["static-delta", "generate"]);
        delta.arg(&repo);
        // Byte-wise differences would cost more time than everything else in a lab.
        delta.arg("--disable-bsdiff").arg(format!("--from={previous}")).arg(format!("--to={checksum}"));
        run(delta).context("cannot make the static delta")?;
    }
    let mut summary = ostree(folder, ["summary", "--update"]);
    summary.arg(&repo).args(keys::signing_arguments(&folder.keys(), Key::Trusted)?);
    run(summary).context("cannot update the remote's summary")?;
    damage::forget_summary(folder);
    keys::end_agents(&folder.keys(), &folder.temporary());
    Ok(checksum)
}

fn commit(folder: &Folder, publication: &Publication, repo: &OsString, branch: &str, tree: &Path) -> Result<String> {
    let built = publication.built.unwrap_or_else(SystemTime::now).duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let mut commit = ostree(folder, ["commit", "--no-xattrs", "--generate-sizes"]);
    commit.arg(repo).arg(format!("--branch={branch}"));
    commit.arg(format!("--subject={} {}", publication.variant, publication.version));
    commit.arg(format!("--timestamp=@{}", built.as_secs()));
    commit.arg(format!("--add-metadata-string=version={}", publication.version));
    commit.arg(format!("--add-metadata-string=ostree.architecture={}", publication.ostree_architecture()));
    if publication.bootable {
        commit.arg("--bootable");
    } else {
        let skipped = folder.temporary().join("not-in-the-commit");
        std::fs::write(&skipped, KERNELS)?;
        commit.arg(assigned("--skip-list", &skipped));
    }
    for part in [folder.base_tree(), tree.to_path_buf()] {
        commit.arg(assigned("--tree=dir", &part));
    }
    let key = match publication.signing {
        Signing::Trusted => Some(Key::Trusted),
        Signing::Expired => Some(Key::Expired),
        Signing::Untrusted => Some(Key::Untrusted),
        Signing::None => None,
    };
    if let Some(key) = key {
        commit.args(keys::signing_arguments(&folder.keys(), key)?);
    }
    Ok(String::from_utf8_lossy(&run(commit)?.stdout).trim().to_owned())
}
