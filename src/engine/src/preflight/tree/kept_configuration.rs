// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::Path;

use isotope_model::Change;

use super::{ETC, display_manager};
use crate::foreign_text::shown;
use crate::ostree_backend::commit_tree::{CommitTree, Content, Node};
use crate::readings::configuration_changes::Difference;
use crate::readings::folder::{Entry, same};

/// Every computer has these for itself; of users is told what matters.
const OWN: [&str; 9] =
    ["passwd", "group", "shadow", "gshadow", "subuid", "subgid", "machine-id", "resolv.conf", "hostname"];
/// The most paths that are told, and the longest, in characters.
const MOST: usize = 50;
const LONGEST: usize = 500;

/// Files of /etc that were changed here and that another image brings in another form.
#[derive(Debug)]
pub(super) struct KeptConfiguration<'t> {
    image: &'t CommitTree,
    target: &'t CommitTree,
    everything: bool,
    /// Their paths.
    pub(super) paths: Vec<String>,
    /// How many more there are.
    pub(super) more: u64,
}

impl<'t> KeptConfiguration<'t> {
    /// Compares the image that runs with another one.
    pub(super) fn new(image: &'t CommitTree, target: &'t CommitTree, everything: bool) -> Self {
        Self { image, target, everything, paths: Vec::new(), more: 0 }
    }

    /// Takes in what differs here from the image that runs.
    ///
    /// # Errors
    /// Something of an image is not known, or cannot be read here.
    pub(super) fn look_at(&mut self, difference: Difference<'_>) -> anyhow::Result<()> {
        let Difference { path, visible, .. } = difference;
        if is_own(path) || !self.is_kept(difference)? {
            return Ok(());
        }
        match (visible || self.everything) && self.paths.len() < MOST {
            true => self.paths.push(shown(&Path::new("/etc").join(path).to_string_lossy(), LONGEST)),
            false => self.more += 1,
        }
        Ok(())
    }

    fn is_kept(&self, Difference { path, change, here, .. }: Difference<'_>) -> anyhow::Result<bool> {
        let path = Path::new(ETC).join(path);
        // What the image does not bring is missed by nobody.
        let Some(target) = self.target.node(&path)? else { return Ok(false) };
        if self.image.node(&path)?.as_ref() == Some(&target) {
            return Ok(false);
        }
        let Some(here) = here else { return Ok(true) };
        match &target {
            Node::File(file) => Ok(!holds(here, self.target.content(file)?)?),
            // What is in it is looked at by itself.
            Node::Folder(_) if here.is_folder() && change == Change::Added => Ok(false),
            Node::Folder(folder) if here.is_folder() => {
                Ok(self.image.folder(&path)?.is_some_and(|image| image.attributes != folder.attributes))
            }
            Node::Folder(_) => Ok(true),
        }
    }
}

/// What is here is what the image brings.
fn holds(here: &Entry, content: Content) -> anyhow::Result<bool> {
    Ok(match content {
        Content::Link(target) => here.link()? == Some(target),
        Content::File(content) => match here.content()? {
            Some(file) => same(file, content)?,
            None => false,
        },
    })
}

fn is_own(path: &Path) -> bool {
    let name = path.to_str().unwrap_or_default();
    // With a dash stand the copies that the tools for users leave.
    OWN.contains(&name.strip_suffix('-').unwrap_or(name)) || name == display_manager::LINK
}
