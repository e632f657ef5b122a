// SPDX-License-Identifier: GPL-3.0-or-later
//! What the content of an image means for this computer's /etc: there the files that were changed here stay as they are, and
//! the rest becomes the image's.

mod display_manager;
mod kept_configuration;
mod login_users;

use std::path::{Path, PathBuf};

use isotope_model::TreeFacts;
use ostree::gio;
use ostree::gio::prelude::CancellableExtManual as _;

use self::display_manager::OwnLink;
use self::kept_configuration::KeptConfiguration;
use self::login_users::Accounts;
use crate::ostree_backend::commit_tree::CommitTree;
use crate::readings::configuration_changes::{Difference, each};
use crate::readings::folder::Entry;

/// Where an image has its /etc.
const ETC: &str = "usr/etc";
/// What of the content is needed: these files and folders, and the names in those.
pub(super) const NEEDED: [&str; 5] =
    [ETC, login_users::FOLDER, "usr/lib/passwd", "usr/lib/group", display_manager::LINK_OF_VENDOR];
pub(super) const NAMES_NEEDED: [&str; 1] = [display_manager::UNITS];

/// What the content of another image is compared with.
#[derive(Clone, Debug)]
pub(super) struct Here {
    /// The image that runs.
    pub(super) image: CommitTree,
    /// Its /etc, as it came.
    pub(super) image_etc: PathBuf,
    /// /etc as it is now.
    pub(super) etc: PathBuf,
    /// Names in folders that only root may look into are told.
    pub(super) everything: bool,
}

/// Which of the lists of users in /etc were changed here, and so stay.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Changed {
    passwd: bool,
    group: bool,
}

impl Changed {
    fn note(&mut self, path: &Path) {
        self.passwd |= path == Path::new("passwd");
        self.group |= path == Path::new("group");
    }
}

/// Compares.
///
/// # Errors
/// Something cannot be read, here or of the image; a cancel.
pub(super) fn facts(
    here: &Here,
    target: &CommitTree,
    image_checksum: String,
    cancellable: &gio::Cancellable,
) -> anyhow::Result<TreeFacts> {
    let mut changed = Changed::default();
    let mut own_link = OwnLink::read(&here.etc);
    let mut kept = KeptConfiguration::new(&here.image, target, here.everything);
    let look_at = &mut |difference: Difference<'_>| {
        changed.note(difference.path);
        own_link.note(difference.path, difference.change, difference.here.is_some_and(Entry::is_folder));
        kept.look_at(difference)
    };
    each(&here.image_etc, &here.etc, look_at, Some(cancellable))?;
    cancellable.set_error_if_cancelled()?;
    let display_manager = own_link.merged(target)?;
    let accounts = Accounts { target, etc: &here.etc, changed };
    let missing_users = match &display_manager {
        Some(unit) => accounts.missing(unit, cancellable)?,
        None => Vec::new(),
    };
    Ok(TreeFacts {
        image_checksum,
        present_display_manager: own_link.present(&here.image)?,
        display_manager,
        broken_link: own_link.broken(target)?,
        missing_users,
        more_kept: kept.more,
        kept: kept.paths,
    })
}

#[cfg(test)]
mod tests;
