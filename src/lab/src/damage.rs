// SPDX-License-Identifier: GPL-3.0-or-later
//! Damaging what the remote publishes, and undoing that.

use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, bail, ensure};

use crate::command::{assigned, ostree, run_for_text};
use crate::configuration::Folder;

const SUMMARY: &str = "summary";

/// What is damaged. An image that is pulled through a static delta does not need the objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Damage {
    /// A file that only this image has ends in its middle.
    HalfObject,
    /// A file that only this image has has other contents than its checksum says.
    CorruptObject,
    /// The summary is noise in places; its signature stays as it was.
    CorruptSummary,
}

impl FromStr for Damage {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        Ok(match text {
            "half-object" => Self::HalfObject,
            "corrupt-object" => Self::CorruptObject,
            "corrupt-summary" => Self::CorruptSummary,
            other => bail!("“{other}” is none of half-object, corrupt-object, corrupt-summary"),
        })
    }
}

/// Damages what is published of the commit `checksum`.
pub(crate) fn damage(folder: &Folder, checksum: &str, damage: Damage) -> Result<()> {
    let place = match damage {
        Damage::HalfObject | Damage::CorruptObject => object_of_its_own(folder, checksum)?,
        Damage::CorruptSummary => PathBuf::from(SUMMARY),
    };
    let (path, saved) = (folder.remote().join(&place), folder.undamaged().join(&place));
    if !saved.exists() {
        std::fs::create_dir_all(saved.parent().context("the remote's root cannot be damaged")?)?;
        std::fs::copy(&path, &saved).with_context(|| format!("cannot copy {}", path.display()))?;
    }
    let mut contents = std::fs::read(&saved)?;
    let (length, middle) = (contents.len(), contents.len() / 2);
    match damage {
        Damage::HalfObject => contents.truncate(middle),
        // Random payload does not compress: it stands there as it is, and other bytes decompress as well.
        Damage::CorruptObject => invert(&mut contents, middle, 16),
        Damage::CorruptSummary => invert(&mut contents, 0, length),
    }
    // Under a name of its own first: who reads it now reads the one or the other.
    let new = path.with_extension("damaged");
    std::fs::write(&new, contents)?;
    std::fs::rename(&new, &path).with_context(|| format!("cannot write {}", path.display()))
}

/// Puts back whatever was damaged.
pub(crate) fn repair(folder: &Folder) -> Result<()> {
    if folder.undamaged().exists() {
        put_back(&folder.undamaged(), &folder.remote())?;
        std::fs::remove_dir_all(folder.undamaged())?;
    }
    Ok(())
}

/// The summary was written anew: there is nothing to put back.
pub(crate) fn forget_summary(folder: &Folder) {
    let _ = std::fs::remove_file(folder.undamaged().join(SUMMARY));
}

fn put_back(from: &Path, to: &Path) -> Result<()> {
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            put_back(&entry.path(), &place)?;
        } else {
            std::fs::rename(entry.path(), &place).with_context(|| format!("cannot repair {}", place.display()))?;
        }
    }
    Ok(())
}

fn invert(contents: &mut [u8], start: usize, length: usize) {
    for byte in contents.iter_mut().skip(start).take(length) {
        *byte = !*byte;
    }
}

/// The largest file that no other published commit has.
fn object_of_its_own(folder: &Folder, checksum: &str) -> Result<PathBuf> {
    let mut files = files_of(folder, checksum)?;
    for other in commits(folder)?.iter().filter(|other| *other != checksum) {
        let known: HashSet<String> = files_of(folder, other)?.into_iter().map(|file| file.checksum).collect();
        files.retain(|file| !known.contains(&file.checksum));
    }
    let largest = files.into_iter().max_by_key(|file| file.size).map(|file| file.checksum);
    let largest = largest.with_context(|| format!("{checksum} has no file of its own; give it more payload"))?;
    let (folder, name) = largest.split_at(2);
    Ok(Path::new("objects").join(folder).join(name).with_extension("filez"))
}

#[derive(Debug, PartialEq, Eq)]
struct File {
    size: u64,
    checksum: String,
}

fn files_of(folder: &Folder, checksum: &str) -> Result<Vec<File>> {
    let mut list = ostree(folder, ["ls", "--checksum", "--recursive", checksum]);
    list.arg(assigned("--repo", &folder.remote()));
    let listed = run_for_text(list)?;
    Ok(listed.lines().filter_map(parse).collect())
}

/// A line of `ostree ls -C -R` if it names a regular file: mode, user, group, size, checksum, path.
fn parse(line: &str) -> Option<File> {
    let mut fields = line.strip_prefix('-')?.split_ascii_whitespace().skip(3);
    Some(File { size: fields.next()?.parse().ok()?, checksum: fields.next()?.to_owned() })
}

/// The checksums of all commits in the remote.
fn commits(folder: &Folder) -> Result<Vec<String>> {
    let mut found = Vec::new();
    for directory in std::fs::read_dir(folder.remote().join("objects"))? {
        let directory = directory?;
        for object in std::fs::read_dir(directory.path())? {
            let name = object?.file_name();
            if let Some(rest) = name.to_str().and_then(|name| name.strip_suffix(".commit")) {
                found.push(format!("{}{rest}", directory.file_name().to_string_lossy()));
            }
        }
    }
    ensure!(!found.is_empty(), "nothing is published");
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_ostree() {
        let sum = "ab".repeat(32);
        let file = parse(&format!("-00644 0 0    512 {sum} /usr/share/lab/payload-00001")).unwrap();
        assert_eq!(file, File { size: 512, checksum: sum.clone() });
        assert_eq!(parse(&format!("d00755 0 0      0 {sum} {sum} /usr")), None);
        assert_eq!(parse("-00644 0 0"), None);
        assert!("half".parse::<Damage>().is_err());
    }
}
