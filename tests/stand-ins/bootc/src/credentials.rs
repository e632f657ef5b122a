// SPDX-License-Identifier: GPL-3.0-or-later
//! Who the host is to registries.

use std::fs::File;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result};

/// The first that is there counts, and it alone; what people have of their own does not.
const FILES: [&str; 3] = ["run/ostree/auth.json", "etc/ostree/auth.json", "usr/lib/ostree/auth.json"];

/// The file of the host whose root is here, if it has one.
pub(crate) fn open(root: &Path) -> Result<Option<File>> {
    for path in FILES.map(|file| root.join(file)) {
        match File::open(&path) {
            Ok(file) => return Ok(Some(file)),
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error).with_context(|| format!("Opening {}", path.display())),
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_file_counts() {
        let root = tempfile::tempdir().unwrap();
        let read = || open(root.path()).unwrap().map(|file| std::io::read_to_string(file).unwrap());
        assert_eq!(read(), None);
        for name in FILES.iter().rev() {
            let file = root.path().join(name);
            std::fs::create_dir_all(file.parent().unwrap()).unwrap();
            std::fs::write(file, name).unwrap();
            assert_eq!(read().as_deref(), Some(*name));
        }
    }
}
