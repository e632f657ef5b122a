// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use relm4::gtk::glib;

use crate::view_model::Matter;

/// As much is read back, in bytes.
const LONGEST: u64 = 4_000;

/// Remembers, for this person, what was told by a notification, so that the next program does not tell it again.
#[derive(Debug)]
pub(in crate::app) struct ToldFile {
    file: PathBuf,
    kept: BTreeMap<Matter, String>,
}

impl ToldFile {
    /// What was remembered in the person's state folder.
    pub(in crate::app) fn remembered() -> Self {
        Self::kept_in(&glib::user_state_dir().join("isotope"))
    }

    fn kept_in(folder: &Path) -> Self {
        let file = folder.join("told");
        let text = read(&file).unwrap_or_default();
        let told = |line: &str| {
            let (id, mark) = line.split_once(' ')?;
            Some((Matter::ALL.into_iter().find(|matter| matter.id() == id)?, mark.to_owned()))
        };
        let kept = text.lines().filter_map(told).collect();
        Self { file, kept }
    }

    /// What was told before.
    pub(in crate::app) fn told(&self) -> &BTreeMap<Matter, String> {
        &self.kept
    }

    /// Remembers this from now on; where that cannot be written, it may be told again one day.
    pub(in crate::app) fn keep(&mut self, told: &BTreeMap<Matter, String>) {
        if *told == self.kept {
            return;
        }
        self.kept.clone_from(told);
        if let Err(error) = self.write() {
            tracing::warn!("cannot remember what was told, in {}: {error}", self.file.display());
        }
    }

    fn write(&self) -> io::Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let line = |(matter, mark): (&Matter, &String)| {
            let mark: String = mark.chars().filter(|c| !c.is_control()).collect();
            format!("{} {mark}\n", matter.id())
        };
        std::fs::write(&self.file, self.kept.iter().map(line).collect::<String>())
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
    fn what_was_told_is_known_to_the_next_program() {
        let folder = std::env::temp_dir().join(format!("isotope-told-{}", std::process::id()));
        let told = BTreeMap::from([(Matter::Boot, "b".to_owned()), (Matter::UpdateReady, "lab/2.0".to_owned())]);
        ToldFile::kept_in(&folder).keep(&told);
        assert_eq!(*ToldFile::kept_in(&folder).told(), told);
        std::fs::write(folder.join("told"), "nonsense\nboot c\nteleported x\n").unwrap();
        assert_eq!(*ToldFile::kept_in(&folder).told(), BTreeMap::from([(Matter::Boot, "c".to_owned())]));
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
