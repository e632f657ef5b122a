// SPDX-License-Identifier: GPL-3.0-or-later
//! The users that login screens run as. Without them nobody can log in.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use anyhow::{Context as _, ensure};
use ostree::gio;
use ostree::gio::prelude::CancellableExtManual as _;

use super::{Changed, ETC};
use crate::ostree_backend::commit_tree::CommitTree;

/// Where an image says which users systemd is to make at the start. Source: `sysusers.d(5)`.
pub(super) const FOLDER: &str = "usr/lib/sysusers.d";
const ENDING: &str = ".conf";
/// The users that login screens run as unless they say so themselves, by unit.
const USERS: [(&str, &str); 6] = [
    ("gdm", "gdm"),
    ("sddm", "sddm"),
    ("plasmalogin", "plasmalogin"),
    ("lightdm", "lightdm"),
    ("greetd", "greeter"),
    ("cosmic-greeter", "cosmic-greeter"),
];
/// This one does not start without a group of its user's name either.
const NEEDS_GROUP: &str = "gdm";
/// The longest file that is read, and the most of one folder together, in bytes.
const LONGEST: u64 = 1 << 20;
/// The most files of that folder, and the most users that are told.
const MOST_FILES: usize = 1000;
const MOST: usize = 10;

/// Who there will be on this computer with another image.
#[derive(Clone, Copy, Debug)]
pub(super) struct Accounts<'a> {
    /// The image.
    pub(super) target: &'a CommitTree,
    /// /etc as it is now.
    pub(super) etc: &'a Path,
    /// What of it stays.
    pub(super) changed: Changed,
}

/// Users and groups that systemd makes.
#[derive(Debug, Default)]
struct Made {
    users: BTreeSet<String>,
    groups: BTreeSet<String>,
}

impl Accounts<'_> {
    /// The users that the login screen of this unit needs and that there would not be.
    ///
    /// # Errors
    /// Something of the image is not known, or cannot be read here; a cancel.
    pub(super) fn missing(self, unit: &str, cancellable: &gio::Cancellable) -> anyhow::Result<Vec<String>> {
        let name = unit.strip_suffix(".service").unwrap_or(unit);
        let needed = match self.target.text(Path::new(FOLDER).join(format!("{name}{ENDING}")), LONGEST)? {
            Some(text) => Made::parse(&text).users,
            None => USERS.iter().filter(|(of, _)| *of == name).map(|(_, user)| (*user).to_owned()).collect(),
        };
        if needed.is_empty() {
            return Ok(Vec::new());
        }
        let made = self.made(cancellable)?;
        let users = self.names("passwd", self.changed.passwd)?;
        let groups = self.names("group", self.changed.group)?;
        let is_missing = |user: &String| {
            let user_missing = !users.contains(user) && !made.users.contains(user);
            let group_missing = name == NEEDS_GROUP && !groups.contains(user) && !made.groups.contains(user);
            user_missing || group_missing
        };
        Ok(needed.into_iter().filter(is_missing).take(MOST).collect())
    }

    /// The names in a file of /etc as it will be, and in the image's own list beside it.
    fn names(self, file: &str, stays: bool) -> anyhow::Result<BTreeSet<String>> {
        let text = match stays {
            true => self.read(file)?,
            false => self.target.text(Path::new(ETC).join(file), LONGEST)?,
        };
        let of_image = self.target.text(Path::new("usr/lib").join(file), LONGEST)?;
        let lines = [text, of_image].into_iter().flatten();
        Ok(lines.flat_map(|text| text.lines().filter_map(name).collect::<Vec<_>>()).collect())
    }

    fn read(self, file: &str) -> anyhow::Result<Option<String>> {
        let path = self.etc.join(file);
        let open = match File::open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            open => open.with_context(|| path.display().to_string())?,
        };
        let mut text = Vec::new();
        open.take(LONGEST + 1).read_to_end(&mut text)?;
        ensure!(text.len() as u64 <= LONGEST, "{} is longer than {LONGEST} bytes", path.display());
        Ok(Some(String::from_utf8_lossy(&text).into_owned()))
    }

    fn made(self, cancellable: &gio::Cancellable) -> anyhow::Result<Made> {
        let mut made = Made::default();
        let mut room = LONGEST;
        let files = self.target.list(FOLDER)?;
        ensure!(files.len() <= MOST_FILES, "more than {MOST_FILES} files that name users");
        for file in files.keys().filter(|file| file.ends_with(ENDING)) {
            cancellable.set_error_if_cancelled()?;
            let text = self.target.text(Path::new(FOLDER).join(file), room)?.unwrap_or_default();
            room = room.saturating_sub(text.len() as u64);
            let more = Made::parse(&text);
            made.users.extend(more.users);
            made.groups.extend(more.groups);
        }
        Ok(made)
    }
}

impl Made {
    /// Each user comes with a group of the same name.
    fn parse(text: &str) -> Self {
        let mut made = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let (Some(kind), Some(name)) = (words.next(), words.next()) else { continue };
            let name = name.trim_matches(['"', '\'']).to_owned();
            match kind.trim_end_matches('!') {
                _ if !is_name(&name) => {}
                "u" => {
                    made.groups.insert(name.clone());
                    made.users.insert(name);
                }
                "g" => drop(made.groups.insert(name)),
                _ => {}
            }
        }
        made
    }
}

/// The name in a line of passwd or group.
fn name(line: &str) -> Option<String> {
    line.split_once(':').map(|(name, _)| name.to_owned()).filter(|name| is_name(name))
}

/// Names of users are short and plain. Source: `systemd.io/USER_NAMES`.
fn is_name(name: &str) -> bool {
    const LONGEST: usize = 31;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "_-.".contains(letter);
    !name.is_empty() && name.len() <= LONGEST && name.chars().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn users_and_groups_that_systemd_makes_are_read() {
        let made = Made::parse(
            "# nothing\nu sddm - \"SDDM Greeter\" /var/lib/sddm\nu! locked 99\ng video -\nm sddm video\nr - 500-900\n\
             u\nu %v -\nu \"quoted\" -\n",
        );
        assert_eq!(made.users, ["locked", "quoted", "sddm"].map(String::from).into());
        assert_eq!(made.groups, ["locked", "quoted", "sddm", "video"].map(String::from).into());
    }

    #[test]
    fn lines_that_name_nobody_are_passed_over() {
        assert_eq!(name("gdm:x:42:42::/var/lib/gdm:/sbin/nologin").as_deref(), Some("gdm"));
        for line in ["", "# gdm", "+", "+::::::", "a b:x:1", &format!("{}:x:1", "x".repeat(32))] {
            assert_eq!(name(line), None, "{line}");
        }
    }
}
