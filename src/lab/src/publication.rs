// SPDX-License-Identifier: GPL-3.0-or-later
//! Publishing images on the lab's remote.

use std::ffi::OsString;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use crate::command::{assigned, ostree, run, run_for_text};
use crate::configuration::Folder;
use crate::keys::{self, Key};
use crate::{base_tree, damage, payload};

/// The tag that images of the container registry have unless another is chosen.
pub(crate) const DEFAULT_TAG: &str = "stable";

/// What signs a publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Signing {
    /// The key that the machine trusts.
    #[default]
    Trusted,
    /// A key that the machine trusts and that has expired since.
    Expired,
    /// A key that the machine does not know.
    Untrusted,
    /// Nothing.
    None,
}

/// An image to be published.
#[derive(Clone, Debug)]
pub struct Publication {
    /// `gnome`, `kde`, or any other word.
    pub variant: String,
    /// For instance `10.2.20261118`.
    pub version: String,
    /// When it was built; now unless given.
    pub built: Option<SystemTime>,
    /// What signs it.
    pub signing: Signing,
    /// How much random payload it carries; the lab's default unless given.
    pub payload_bytes: Option<u64>,
    /// Whether a static delta from the branch's previous image is made.
    pub delta: bool,
    /// The size of an initramfs of its own; the one that all images share unless given.
    pub initramfs_bytes: Option<u64>,
    /// The tag that points at it in the container registry, besides its version.
    pub tag: String,
    /// Whether its labels say that a machine can boot it; only containers have labels.
    pub bootable: bool,
    /// Another architecture than this machine's, as containers name it.
    pub architecture: Option<String>,
    /// Labels beyond the usual; only containers have labels.
    pub labels: Vec<(String, String)>,
}

impl Publication {
    /// A signed image of `variant`, built now, without a delta.
    pub fn new(variant: impl Into<String>, version: impl Into<String>) -> Self {
        Self {
            variant: variant.into(),
            version: version.into(),
            built: None,
            signing: Signing::default(),
            payload_bytes: None,
            delta: false,
            initramfs_bytes: None,
            tag: DEFAULT_TAG.to_owned(),
            bootable: true,
            architecture: None,
            labels: Vec::new(),
        }
    }

    /// Built at `time`.
    pub fn built(mut self, time: SystemTime) -> Self {
        self.built = Some(time);
        self
    }

    /// Signed so.
    pub fn signing(mut self, signing: Signing) -> Self {
        self.signing = signing;
        self
    }

    /// With that much payload.
    pub fn payload(mut self, bytes: u64) -> Self {
        self.payload_bytes = Some(bytes);
        self
    }

    /// With a static delta from the branch's previous image.
    pub fn with_delta(mut self) -> Self {
        self.delta = true;
        self
    }

    /// With an initramfs of its own of that size, for which /boot needs room.
    pub fn initramfs(mut self, bytes: u64) -> Self {
        self.initramfs_bytes = Some(bytes);
        self
    }

    /// Under that tag of the container registry.
    pub fn tag(mut self, tag: impl Into<String>) -> Self {
        self.tag = tag.into();
        self
    }

    /// A container that no machine boots.
    pub fn not_bootable(mut self) -> Self {
        self.bootable = false;
        self
    }

    /// A container for machines of another architecture, such as `s390x`.
    pub fn architecture(mut self, name: impl Into<String>) -> Self {
        self.architecture = Some(name.into());
        self
    }

    /// A container with one label more.
    pub fn label(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.labels.push((name.into(), value.into()));
        self
    }

    /// The branch that it is published on.
    pub fn branch(&self) -> String {
        branch(&self.variant)
    }
}

/// The branch of a variant.
pub(crate) fn branch(variant: &str) -> String {
    format!("lab/{}/{variant}", std::env::consts::ARCH)
}

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

/// Variant, version and tag become parts of paths.
pub(crate) fn check_words(publication: &Publication) -> Result<()> {
    let Publication { variant, version, tag, .. } = publication;
    let word = |text: &str| !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "._-+~".contains(c));
    ensure!(word(variant) && word(version), "variant and version must be plain words: “{variant}”, “{version}”");
    ensure!(word(tag), "the tag must be a plain word: “{tag}”");
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
    let mut commit = ostree(folder, ["commit", "--bootable", "--no-xattrs", "--generate-sizes"]);
    commit.arg(repo).arg(format!("--branch={branch}"));
    commit.arg(format!("--subject={} {}", publication.variant, publication.version));
    commit.arg(format!("--timestamp=@{}", built.as_secs()));
    commit.arg(format!("--add-metadata-string=version={}", publication.version));
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

/// Writes what makes this image differ from the base.
pub(crate) fn write_tree(tree: &Path, publication: &Publication, payload_bytes: u64) -> Result<()> {
    let library: PathBuf = tree.join("usr/lib");
    std::fs::create_dir_all(&library)?;
    std::fs::create_dir_all(tree.join("usr/etc"))?;
    std::fs::write(library.join("os-release"), os_release(&publication.variant, &publication.version))?;
    symlink("../usr/lib/os-release", tree.join("usr/etc/os-release"))?;
    let Publication { variant, version, .. } = publication;
    if let Some(bytes) = publication.initramfs_bytes {
        let modules = tree.join("usr/lib/modules").join(base_tree::KERNEL);
        std::fs::create_dir_all(&modules)?;
        std::fs::write(modules.join("initramfs.img"), payload::noise(("initramfs", variant, version), bytes))?;
    }
    payload::write(&tree.join("usr/share/lab"), variant, version, payload_bytes)
}

fn os_release(variant: &str, version: &str) -> String {
    let short = version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    let name = match variant {
        "gnome" => "GNOME".to_owned(),
        "kde" => "KDE Plasma".to_owned(),
        other => other[..1].to_uppercase() + &other[1..],
    };
    format!(
        "NAME=\"Lab Atomic Desktop\"\nID=lab\nVERSION=\"{version} ({name})\"\nVERSION_ID={short}\nVARIANT=\"{name}\"\n\
         VARIANT_ID={variant}\nPRETTY_NAME=\"Lab Atomic Desktop {short} · {name}\"\nOSTREE_VERSION='{version}'\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn release_files_name_variant_and_version() {
        let text = os_release("kde", "10.2.20261118");
        for line in [
            "VERSION_ID=10.2",
            "VARIANT=\"KDE Plasma\"",
            "PRETTY_NAME=\"Lab Atomic Desktop 10.2 · KDE Plasma\"",
            "OSTREE_VERSION='10.2.20261118'",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(os_release("xfce", "1").contains("VARIANT=\"Xfce\""));
    }
}
