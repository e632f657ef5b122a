// SPDX-License-Identifier: GPL-3.0-or-later
//! Which program shows the login screen: systemd's link `display-manager.service` says so.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use isotope_model::{BrokenLink, Change};

use super::ETC;
use crate::ostree_backend::commit_tree::CommitTree;

/// The link, from /etc.
pub(super) const LINK: &str = "systemd/system/display-manager.service";
/// Where images have units, and where they may have the link instead.
pub(super) const UNITS: &str = "usr/lib/systemd/system";
pub(super) const LINK_OF_VENDOR: &str = "usr/lib/systemd/system/display-manager.service";
/// What administrators have of both.
const UNITS_IN_ETC: &str = "systemd/system";
const LONGEST: usize = 255;

/// What is at a path where the link may be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum Place {
    /// Nothing: then the vendor's link counts.
    #[default]
    Empty,
    /// The link to this unit.
    Unit(String),
    /// It is masked, or leads to no service.
    NoUnit,
}

impl Place {
    fn of_link(target: &Path) -> Self {
        unit(target).map_or(Self::NoUnit, Self::Unit)
    }

    fn of_host(path: &Path) -> Self {
        match std::fs::read_link(path) {
            Ok(target) => Self::of_link(&target),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Self::Empty,
            // Something that is no link.
            Err(_) => Self::NoUnit,
        }
    }

    fn of_tree(tree: &CommitTree, path: &Path) -> anyhow::Result<Self> {
        Ok(match (tree.node(path)?, tree.link(path)?) {
            (_, Some(target)) => Self::of_link(&target),
            (Some(_), None) => Self::NoUnit,
            (None, None) => Self::Empty,
        })
    }

    /// The unit that it names, or the vendor's link of an image.
    fn or_vendor(self, image: &CommitTree) -> anyhow::Result<Option<String>> {
        match self {
            Self::Empty => Self::of_tree(image, Path::new(LINK_OF_VENDOR)),
            place => Ok(place),
        }
        .map(Self::unit)
    }

    fn unit(self) -> Option<String> {
        match self {
            Self::Unit(unit) => Some(unit),
            Self::Empty | Self::NoUnit => None,
        }
    }
}

/// The link in /etc of this computer, and what was changed of it and of its unit there.
#[derive(Clone, Debug)]
pub(super) struct OwnLink {
    here: Place,
    unit: Option<PathBuf>,
    link_changed: Option<Change>,
    unit_changed: Option<Change>,
}

impl OwnLink {
    /// Reads it.
    pub(super) fn read(etc: &Path) -> Self {
        let here = Place::of_host(&etc.join(LINK));
        let unit = here.clone().unit().map(|unit| Path::new(UNITS_IN_ETC).join(unit));
        Self { here, unit, link_changed: None, unit_changed: None }
    }

    /// Takes in what differs in /etc from the image that runs. With a folder all goes that was in it.
    pub(super) fn note(&mut self, path: &Path, change: Change, is_folder: bool) {
        let concerns = |place: &Path| place == path || (!is_folder && place.starts_with(path));
        if concerns(Path::new(LINK)) {
            self.link_changed = Some(change);
        }
        if self.unit.as_deref().is_some_and(concerns) {
            self.unit_changed = Some(change);
        }
    }

    /// The unit that shows the login screen on this computer now.
    ///
    /// # Errors
    /// It is not known.
    pub(super) fn present(&self, image: &CommitTree) -> anyhow::Result<Option<String>> {
        self.here.clone().or_vendor(image)
    }

    /// The unit that shows it with another image, once what was changed here is merged into its /etc.
    ///
    /// # Errors
    /// It is not known.
    pub(super) fn merged(&self, target: &CommitTree) -> anyhow::Result<Option<String>> {
        match self.link_changed {
            None => Place::of_tree(target, &Path::new(ETC).join(LINK))?,
            Some(Change::Removed) => Place::Empty,
            Some(_) => self.here.clone(),
        }
        .or_vendor(target)
    }

    /// The link of this computer, where it stays and leads to nothing in an image.
    ///
    /// # Errors
    /// It is not known.
    pub(super) fn broken(&self, target: &CommitTree) -> anyhow::Result<Option<BrokenLink>> {
        let stays = !matches!(self.link_changed, None | Some(Change::Removed));
        let (true, Place::Unit(name), Some(unit)) = (stays, &self.here, &self.unit) else { return Ok(None) };
        let in_etc = match self.unit_changed {
            None => target.node(Path::new(ETC).join(unit))?.is_some(),
            Some(change) => change != Change::Removed,
        };
        let exists = in_etc || target.node(Path::new(UNITS).join(name))?.is_some();
        let link = Path::new("/etc").join(LINK).to_string_lossy().into_owned();
        Ok((!exists).then(|| BrokenLink { link, unit: name.clone() }))
    }
}

/// The unit that a link leads to: one that is masked leads to none.
fn unit(target: &Path) -> Option<String> {
    let name = target.file_name()?.to_str()?;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || ":-_.\\@".contains(letter);
    let is_unit = name.ends_with(".service") && name.len() <= LONGEST && name.chars().all(plain);
    is_unit.then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_names_a_unit_or_none() {
        for (target, expected) in [
            ("/usr/lib/systemd/system/gdm.service", Some("gdm.service")),
            ("../../../usr/lib/systemd/system/cosmic-greeter.service", Some("cosmic-greeter.service")),
            ("greetd@tty1.service", Some("greetd@tty1.service")),
            ("/dev/null", None),
            ("/usr/lib/systemd/system/graphical.target", None),
            ("a\u{1b}[m.service", None),
            ("..", None),
            ("", None),
        ] {
            assert_eq!(unit(Path::new(target)).as_deref(), expected, "{target}");
        }
        assert_eq!(unit(Path::new(&format!("{}.service", "x".repeat(LONGEST)))), None);
    }
}
