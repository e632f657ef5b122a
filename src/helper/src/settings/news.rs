// SPDX-License-Identifier: GPL-3.0-or-later
//! The files are read with every look at the system: what is wrong with one is said once, until the file changes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

static SAID: Said = Said(Mutex::new(BTreeMap::new()));

/// What was said last of each file, and of what it had in it then.
#[derive(Debug)]
struct Said(Mutex<BTreeMap<PathBuf, (Vec<u8>, String)>>);

impl Said {
    fn is_news(&self, path: &Path, content: &[u8], problem: &str) -> bool {
        let mut said = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if said.get(path).is_some_and(|(before, told)| before == content && told == problem) {
            return false;
        }
        said.insert(path.to_owned(), (content.to_owned(), problem.to_owned()));
        true
    }

    fn forget(&self, path: &Path) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(path);
    }
}

/// Writes into the journal what is wrong with a file, unless that stands there already.
pub(super) fn warn_once(path: &Path, content: &[u8], problem: &str) {
    if SAID.is_news(path, content, problem) {
        tracing::warn!("{}: {problem}", path.display());
    }
}

/// Nothing is wrong with this file.
pub(super) fn is_well(path: &Path) {
    SAID.forget(path);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_said_once_for_every_change_of_the_file() {
        let said = Said(Mutex::default());
        let (one, other) = (Path::new("/etc/one"), Path::new("/etc/other"));
        assert!(said.is_news(one, b"x", "line 1"));
        assert!(!said.is_news(one, b"x", "line 1"));
        assert!(said.is_news(other, b"x", "line 1"));
        assert!(said.is_news(one, b"y", "line 1"), "the file was changed");
        assert!(!said.is_news(one, b"y", "line 1"));
        said.forget(one);
        assert!(said.is_news(one, b"y", "line 1"), "it was well meanwhile");
    }
}
