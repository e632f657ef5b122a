// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result, bail, ensure};
use bootc_stand_in::stored_image::StoredImage;

use super::{Setting, restart};
use crate::commits::base_of;
use crate::options::{Lookup, Options};

/// Lets a locked deployment be finalised, and restarts.
#[derive(Clone, Debug)]
pub(crate) struct Finalize {
    stateroot: String,
    checksum: Option<String>,
    without_checksum: bool,
    unlocked_too: bool,
}

impl Finalize {
    pub(crate) fn new(stateroot: &str, options: &Options) -> Self {
        Self {
            stateroot: stateroot.to_owned(),
            checksum: options.text("checksum"),
            without_checksum: options.is_set("allow-missing-checksum"),
            unlocked_too: options.is_set("allow-unlocked"),
        }
    }

    pub(super) fn run(self, setting: &Setting) -> Result<()> {
        let staged = setting.sysroot.staged_deployment().filter(|staged| staged.osname() == self.stateroot.as_str());
        let staged = staged.context("No pending staged deployment found")?;
        let repo = setting.repo();
        let base = base_of(&repo, &staged.csum())?;
        let image = StoredImage::of_commit(&repo, &base)?;
        let expected = image.map_or(base, |image| image.description.digest);
        match &self.checksum {
            Some(checksum) => {
                ensure!(*checksum == expected, "Expected staged base checksum {checksum}, but found {expected}");
            }
            None => ensure!(self.without_checksum, "Missing expected checksum"),
        }
        if staged.is_finalization_locked() {
            setting.sysroot.change_finalization(&staged)?;
        } else if !self.unlocked_too {
            bail!("Staged deployment already unlocked");
        }
        restart::restart(setting)
    }
}
