// SPDX-License-Identifier: GPL-3.0-or-later
//! Reading the boot entries as a boot loader would.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use serde::{Deserialize, Serialize};

/// One entry of the boot menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BootEntry {
    /// What the menu shows.
    pub title: String,
    /// What the entries are sorted by; the highest is the default.
    pub version: u32,
    /// The kernel's command line.
    pub options: String,
    /// The directory that becomes the root, with the folder of the lab in front.
    pub deployment: PathBuf,
    /// The stateroot that the deployment belongs to.
    pub stateroot: String,
    /// The commit that the deployment was made from.
    pub checksum: String,
    /// What tells deployments of one commit apart.
    pub serial: u32,
    /// `OSTREE_VERSION` of the deployment.
    pub image_version: Option<String>,
}

impl BootEntry {
    /// The name of the deployment's folder.
    pub(crate) fn folder_name(&self) -> String {
        format!("{}.{}", self.checksum, self.serial)
    }
}

/// The boot entries of a sysroot, the default first.
pub(crate) fn read_all(sysroot: &Path) -> Result<Vec<BootEntry>> {
    let folder = sysroot.join("boot/loader/entries");
    let mut entries = Vec::new();
    let listing = std::fs::read_dir(&folder).with_context(|| format!("no boot entries in {}", folder.display()))?;
    for file in listing {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "conf") {
            let text = std::fs::read_to_string(&path)?;
            let entry = Fields::parse(&text)
                .and_then(|fields| fields.resolve(sysroot))
                .with_context(|| format!("the boot entry {} leads nowhere", path.display()))?;
            entries.push(entry);
        }
    }
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.version));
    Ok(entries)
}

/// What comes up when somebody chooses a line of the boot menu; the first is chosen when nobody does.
pub(crate) fn read(sysroot: &Path, line: usize) -> Result<BootEntry> {
    let mut entries = read_all(sysroot)?;
    let count = entries.len();
    ensure!(count > 0, "the boot menu is empty: the machine does not start");
    ensure!(line < count, "the boot menu has {count} entries and none with the number {line}");
    Ok(entries.swap_remove(line))
}

/// The line of the boot menu that has the deployment in the folder `name`.
pub(crate) fn line_of(sysroot: &Path, name: &str) -> Result<usize> {
    let line = read_all(sysroot)?.iter().position(|entry| entry.folder_name() == name);
    line.with_context(|| format!("the boot menu has no line for {name}, which is to come up"))
}

struct Fields {
    title: String,
    version: u32,
    options: String,
}

impl Fields {
    fn parse(text: &str) -> Result<Self> {
        let field = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.trim().split_once(char::is_whitespace)?;
                (key == name).then(|| value.trim().to_owned())
            })
        };
        Ok(Self {
            title: field("title").unwrap_or_default(),
            version: field("version").context("it has no version")?.parse().context("its version is no number")?,
            options: field("options").context("it has no options")?,
        })
    }

    fn resolve(self, sysroot: &Path) -> Result<BootEntry> {
        let link = self.options.split_ascii_whitespace().find_map(|option| option.strip_prefix("ostree="));
        let link = link.context("its options have no ostree=")?.trim_start_matches('/');
        let sysroot = sysroot.canonicalize()?;
        let deployment = sysroot.join(link).canonicalize().with_context(|| format!("{link} does not exist"))?;
        let inside = deployment.strip_prefix(&sysroot).context("it leads out of the sysroot")?;
        let parts: Vec<&str> = inside.iter().filter_map(|part| part.to_str()).collect();
        let ["ostree", "deploy", stateroot, "deploy", name] = parts.as_slice() else {
            bail!("{} is no deployment", deployment.display());
        };
        let (checksum, serial) = name.split_once('.').context("the deployment's name has no serial")?;
        Ok(BootEntry {
            title: self.title,
            version: self.version,
            options: self.options,
            stateroot: (*stateroot).to_owned(),
            checksum: checksum.to_owned(),
            serial: serial.parse().context("the deployment's serial is no number")?,
            image_version: image_version(&deployment),
            deployment,
        })
    }
}

fn image_version(deployment: &Path) -> Option<String> {
    let text = std::fs::read_to_string(deployment.join("usr/lib/os-release")).ok()?;
    let value = text.lines().find_map(|line| line.strip_prefix("OSTREE_VERSION="))?;
    Some(value.trim_matches(['"', '\'']).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn sysroot_with(entries: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("boot/loader.1/entries")).unwrap();
        symlink("loader.1", root.join("boot/loader")).unwrap();
        std::fs::create_dir_all(root.join("ostree/boot.1.1/lab/kernel")).unwrap();
        symlink("boot.1.1", root.join("ostree/boot.1")).unwrap();
        for (index, (version, checksum)) in entries.iter().enumerate() {
            std::fs::create_dir_all(root.join(format!("ostree/deploy/lab/deploy/{checksum}.0"))).unwrap();
            let link = root.join(format!("ostree/boot.1.1/lab/kernel/{index}"));
            symlink(format!("../../../deploy/lab/deploy/{checksum}.0"), link).unwrap();
            let text = format!(
                "title Lab {checksum}\nversion {version}\noptions quiet ostree=/ostree/boot.1/lab/kernel/{index}\n"
            );
            std::fs::write(root.join(format!("boot/loader.1/entries/ostree-{version}.conf")), text).unwrap();
        }
        folder
    }

    #[test]
    fn the_highest_version_is_the_default() {
        let sysroot = sysroot_with(&[("9", "aa"), ("10", "bb")]);
        let entries = read_all(sysroot.path()).unwrap();
        assert_eq!(entries.iter().map(|e| e.checksum.as_str()).collect::<Vec<_>>(), ["bb", "aa"]);
        assert_eq!(read(sysroot.path(), 0).unwrap().title, "Lab bb");
        assert_eq!(read(sysroot.path(), 1).unwrap().title, "Lab aa");
        assert!(read(sysroot.path(), 2).is_err());
    }

    #[test]
    fn entries_that_lead_nowhere_are_told() {
        let sysroot = sysroot_with(&[("1", "aa")]);
        let entry = sysroot.path().join("boot/loader.1/entries/ostree-1.conf");
        for text in ["version 1\noptions quiet\n", "version 1\noptions ostree=/ostree/none\n", "version 1\n", ""] {
            std::fs::write(&entry, text).unwrap();
            assert!(read(sysroot.path(), 0).is_err(), "{text:?}");
        }
        std::fs::remove_file(entry).unwrap();
        assert!(read(sysroot.path(), 0).is_err());
    }
}
