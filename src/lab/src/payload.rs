// SPDX-License-Identifier: GPL-3.0-or-later
//! Random files of mixed sizes, partly the same from one version to the next.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;

use anyhow::Result;

const SMALLEST: u64 = 2 << 10;
const LARGEST: u64 = 512 << 10;

/// Writes `bytes` of files into `folder`. A third of the files is the same in every image, a third in every image of
/// the variant changes only in its second half, and the rest is new in each version.
pub(crate) fn write(folder: &Path, variant: &str, version: &str, bytes: u64) -> Result<()> {
    std::fs::create_dir_all(folder)?;
    let mut sizes = Random::new("sizes");
    let mut left = bytes;
    for index in 0_u32.. {
        if left == 0 {
            break;
        }
        let size = (SMALLEST << (sizes.next() % 9)).clamp(SMALLEST, LARGEST).min(left);
        left -= size;
        let new = (variant, version, index);
        let mut contents = Vec::with_capacity(usize::try_from(size)?);
        match index % 3 {
            0 => Random::new((index, "shared")).fill(&mut contents, size),
            1 => {
                Random::new((variant, index)).fill(&mut contents, size / 2);
                Random::new(new).fill(&mut contents, size);
            }
            _ => Random::new(new).fill(&mut contents, size),
        }
        std::fs::write(folder.join(format!("payload-{index:05}")), contents)?;
    }
    Ok(())
}

/// `bytes` that are the same for the same seed.
pub(crate) fn noise(seed: impl Hash, bytes: u64) -> Vec<u8> {
    let mut contents = Vec::new();
    Random::new(seed).fill(&mut contents, bytes);
    contents
}

/// The same numbers for the same seed: xorshift64*.
struct Random(u64);

impl Random {
    fn new(seed: impl Hash) -> Self {
        let mut hasher = DefaultHasher::new();
        seed.hash(&mut hasher);
        Self(hasher.finish() | 1)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    /// Appends until `contents` has `size` bytes.
    fn fill(&mut self, contents: &mut Vec<u8>, size: u64) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        while contents.len() < size {
            let take = (size - contents.len()).min(8);
            contents.extend_from_slice(&self.next().to_le_bytes()[..take]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn made(variant: &str, version: &str) -> BTreeMap<String, Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), variant, version, 2 << 20).unwrap();
        let read = std::fs::read_dir(folder.path()).unwrap().map(Result::unwrap);
        read.map(|e| (e.file_name().into_string().unwrap(), std::fs::read(e.path()).unwrap())).collect()
    }

    #[test]
    fn versions_share_a_part() {
        let (old, new) = (made("gnome", "1"), made("gnome", "2"));
        assert_eq!(old.values().map(Vec::len).sum::<usize>(), 2 << 20);
        let same = old.iter().filter(|(name, contents)| new.get(*name) == Some(contents)).count();
        assert!(same > 0 && same < old.len(), "{same} of {} are the same", old.len());
        assert_eq!(old, made("gnome", "1"));
    }
}
