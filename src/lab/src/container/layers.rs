// SPDX-License-Identifier: GPL-3.0-or-later
//! Layers: the same files make the same layer, so that images share what they have in common.

use std::io::{self, Write};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use tar::{Builder, EntryType, Header};

use super::layout::{Blob, Hashed, Layout};

/// How many layers the payload makes: three of what all images share, three of what versions share by half, three new.
pub(super) const GROUPS: usize = 9;

/// A layer in the layout.
pub(super) struct Layer {
    pub(super) blob: Blob,
    /// The digest of the archive before it was compressed.
    pub(super) uncompressed: String,
}

pub(super) struct LayerWriter<'a> {
    pub(super) layout: &'a Layout,
}

impl LayerWriter<'_> {
    /// A layer of what `wanted` takes of `tree`, with the folders that it is in.
    pub(super) fn write(&self, tree: &Path, wanted: impl Fn(&Path) -> bool) -> Result<Layer> {
        let mut paths = Vec::new();
        list(tree, Path::new(""), &mut paths)?;
        let kept: Vec<PathBuf> = paths.iter().filter(|path| wanted(path)).cloned().collect();
        let parent = |path: &PathBuf| kept.iter().any(|below| below != path && below.starts_with(path));
        let paths: Vec<&PathBuf> = paths.iter().filter(|path| wanted(path) || parent(path)).collect();
        self.archive(|archive| {
            for path in &paths {
                append(archive, tree, path)?;
            }
            Ok(())
        })
    }

    /// A part of the payload, with a file that tells it from the others.
    pub(super) fn write_payload(&self, tree: &Path, group: usize) -> Result<Layer> {
        let folder = Path::new("usr/share/lab");
        let mut names = Vec::new();
        list(&tree.join(folder), Path::new(""), &mut names)?;
        let of_group = |path: &&PathBuf| {
            let number = path.to_str().and_then(|name| name.rsplit('-').next()?.parse::<usize>().ok());
            number.is_some_and(|number| number % GROUPS == group)
        };
        self.archive(|archive| {
            for parent in ["usr", "usr/share", "usr/share/lab"] {
                append(archive, tree, Path::new(parent))?;
            }
            for name in names.iter().filter(of_group) {
                append(archive, tree, &folder.join(name))?;
            }
            let text = format!("layer {group}\n");
            let mut header = header(EntryType::Regular, 0o644);
            header.set_size(text.len() as u64);
            archive.append_data(&mut header, folder.join(format!("layer-{group}.txt")), text.as_bytes())?;
            Ok(())
        })
    }

    fn archive(&self, fill: impl FnOnce(&mut Archive) -> Result<()>) -> Result<Layer> {
        // Without a name and a time the same contents are the same bytes.
        let compressed = GzBuilder::new().mtime(0).write(Hashed::new(Vec::new()), Compression::fast());
        let mut archive = Builder::new(Hashed::new(compressed));
        fill(&mut archive)?;
        let (compressed, uncompressed) = archive.into_inner()?.finish();
        let (bytes, digest) = compressed.finish()?.finish();
        let blob = self.layout.write_digested(&bytes, digest)?;
        Ok(Layer { blob, uncompressed })
    }
}

type Archive = Builder<Hashed<GzEncoder<Hashed<Vec<u8>>>>>;

/// Everything below `tree`, folders before what is in them.
fn list(tree: &Path, folder: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    let mut names: Vec<_> =
        std::fs::read_dir(tree.join(folder))?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<_>>()?;
    names.sort();
    for name in names {
        let path = folder.join(name);
        let is_folder = std::fs::symlink_metadata(tree.join(&path))?.is_dir();
        found.push(path.clone());
        if is_folder {
            list(tree, &path, found)?;
        }
    }
    Ok(())
}

fn append(archive: &mut Archive, tree: &Path, path: &Path) -> Result<()> {
    let file = tree.join(path);
    let metadata = std::fs::symlink_metadata(&file).with_context(|| format!("cannot read {}", file.display()))?;
    // In an image /etc is where it is on a machine.
    let name = path.strip_prefix("usr/etc").map_or_else(|_| path.to_owned(), |rest| Path::new("etc").join(rest));
    let mode = metadata.permissions().mode() & 0o7777;
    let owned = |kind| {
        let mut header = header(kind, mode);
        header.set_uid(u64::from(metadata.uid()));
        header.set_gid(u64::from(metadata.gid()));
        header
    };
    if metadata.is_symlink() {
        archive.append_link(&mut owned(EntryType::Symlink), name, std::fs::read_link(&file)?)?;
    } else if metadata.is_dir() {
        archive.append_data(&mut owned(EntryType::Directory), name, io::empty())?;
    } else {
        let mut header = owned(EntryType::Regular);
        header.set_size(metadata.len());
        archive.append_data(&mut header, name, std::fs::File::open(&file)?)?;
    }
    Ok(())
}

fn header(kind: EntryType, mode: u32) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_mode(mode);
    header.set_size(0);
    header.set_uid(0);
    header.set_gid(0);
    header.set_mtime(0);
    header
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let length = self.inner().write(bytes)?;
        self.add(&bytes[..length]);
        Ok(length)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner().flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_files_make_the_same_layer() {
        let folder = tempfile::tempdir().unwrap();
        let layout = Layout::open(folder.path().join("images")).unwrap();
        let writer = LayerWriter { layout: &layout };
        let mut digests = Vec::new();
        for version in ["1", "1", "2"] {
            let tree = folder.path().join("tree");
            let _ = std::fs::remove_dir_all(&tree);
            std::fs::create_dir_all(tree.join("usr/etc/new")).unwrap();
            std::fs::create_dir_all(tree.join("usr/lib")).unwrap();
            std::fs::write(tree.join("usr/lib/version"), version).unwrap();
            let layer = writer.write(&tree, |path| path.starts_with("usr/lib")).unwrap();
            assert_ne!(layer.blob.digest, layer.uncompressed);
            digests.push(layer.blob.digest);
            let bytes = folder.path().join("images/blobs/sha256").join(&digests.last().unwrap()[7..]);
            let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(std::fs::File::open(bytes).unwrap()));
            let names = archive.entries().unwrap().map(|entry| entry.unwrap().path().unwrap().into_owned());
            assert_eq!(names.collect::<Vec<_>>(), ["usr", "usr/lib", "usr/lib/version"].map(PathBuf::from));
        }
        assert!(digests[0] == digests[1] && digests[1] != digests[2]);
    }
}
