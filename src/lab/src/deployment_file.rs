// SPDX-License-Identifier: GPL-3.0-or-later
//! A file in a deployment's /etc, written whole or taken away, whatever is in it. Whoever reads it meanwhile reads the old
//! one or the new one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

use anyhow::{Context, Result};

/// Writes `text` to `path`, or takes the file away.
pub(crate) fn set(path: &Path, mode: u32, text: Option<&str>) -> Result<()> {
    let Some(text) = text else {
        return match std::fs::remove_file(path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
            _ => Ok(()),
        };
    };
    let (folder, name) = path.parent().zip(path.file_name()).context("this names no file")?;
    std::fs::create_dir_all(folder)?;
    let new = folder.join(format!(".{}.new", name.to_string_lossy()));
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&new)?;
    file.set_permissions(std::fs::Permissions::from_mode(mode))?;
    file.write_all(text.as_bytes())?;
    std::fs::rename(new, path).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_and_taken_away() {
        let deployment = tempfile::tempdir().unwrap();
        let file = deployment.path().join("etc/containers/policy.json");
        for (text, mode) in [("{", 0o644), ("{}", 0o600), ("", 0o644)] {
            set(&file, mode, Some(text)).unwrap();
            assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
            assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o7777, mode);
        }
        for _ in 0..2 {
            set(&file, 0o644, None).unwrap();
            assert!(!file.exists());
        }
        assert_eq!(std::fs::read_dir(file.parent().unwrap()).unwrap().count(), 0);
    }
}
