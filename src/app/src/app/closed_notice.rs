// SPDX-License-Identifier: GPL-3.0-or-later
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use relm4::gtk::glib;

/// The longest name of a start that is read back, in bytes.
const LONGEST: u64 = 400;

/// Remembers, for this person, for which start of the computer the notice was closed.
#[derive(Debug)]
pub(super) struct ClosedNotice {
    file: PathBuf,
    boot: Option<String>,
}

impl ClosedNotice {
    /// What was remembered in the person's state folder.
    pub(super) fn remembered() -> Self {
        Self::kept_in(&glib::user_state_dir().join("isotope"))
    }

    fn kept_in(folder: &Path) -> Self {
        let file = folder.join("closed-boot-notice");
        let boot = read(&file).ok().map(|text| text.trim().to_owned()).filter(|boot| !boot.is_empty());
        Self { file, boot }
    }

    /// The start whose notice was closed.
    pub(super) fn boot(&self) -> Option<&str> {
        self.boot.as_deref()
    }

    /// Remembers this one; where that cannot be written, as long as the program runs.
    pub(super) fn close(&mut self, boot: String) {
        if let Err(error) = self.write(&boot) {
            tracing::warn!("cannot remember that a notice was closed, in {}: {error}", self.file.display());
        }
        self.boot = Some(boot);
    }

    fn write(&self, boot: &str) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(&self.file, format!("{boot}\n"))
    }
}

fn read(file: &Path) -> io::Result<String> {
    let mut text = String::new();
    std::fs::File::open(file)?.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_closed_is_remembered_by_the_next_run() {
        let folder = std::env::temp_dir().join(format!("isotope-closed-notice-{}", std::process::id()));
        let mut first = ClosedNotice::kept_in(&folder);
        assert_eq!(first.boot(), None);
        first.close("b".into());
        assert_eq!(ClosedNotice::kept_in(&folder).boot(), Some("b"));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_folder_that_cannot_be_written_is_no_failure() {
        let mut notice = ClosedNotice::kept_in(Path::new("/proc/nowhere"));
        notice.close("b".into());
        assert_eq!(notice.boot(), Some("b"));
    }
}
