// SPDX-License-Identifier: GPL-3.0-or-later
//! Looking whether there is an update.

use anyhow::{Context, Result, bail};
use bootc_stand_in::reference::ImageReference;

use super::Setting;
use crate::cached_update;
use crate::events::Event;
use crate::origin::{self, Followed, Origin};
use crate::pull::branch::{Extent, Wanted, pull};
use crate::pull::image;

pub(super) fn run(setting: &Setting, stateroot: &str) -> Result<()> {
    let (repo, reporter) = (setting.repo(), &setting.reporter);
    let origin = Origin::of(&setting.origin_deployment(stateroot)?)?;
    let booted = setting.sysroot.booted_deployment().context("Nothing is booted")?;
    let update = match &origin.followed {
        Followed::Container(text) => {
            let found = image::look(setting, &ImageReference::parse(text)?)?;
            reporter.tell(Event::ProgressEnd);
            // The daemon compares with what is booted; of a layered one it finds nothing.
            cached_update::of_image(&repo, &booted, &found)?
        }
        Followed::Branch(refspec) => {
            let (remote, branch) = origin::split(refspec)?;
            pull(setting, &Wanted { remote, branch, extent: Extent::Metadata, ..Wanted::default() })?;
            reporter.tell(Event::ProgressEnd);
            reporter.tell(Event::UpdateChanged);
            cached_update::of_branch(&repo, &booted)?
        }
    };
    if let Some(text) = reporter.faults.failure(false) {
        bail!(text);
    }
    cached_update::store(update.as_ref())?;
    if matches!(origin.followed, Followed::Branch(_)) {
        reporter.tell(Event::SysrootChanged);
    }
    match reporter.faults.failure(true) {
        Some(text) => bail!(text),
        None => Ok(()),
    }
}
