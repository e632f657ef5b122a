// SPDX-License-Identifier: GPL-3.0-or-later
use anyhow::{Context, Result, ensure};

use crate::arguments;
use crate::speaker::Speaker;
use crate::status::{Status, nothing};
use crate::system::System;

pub(crate) fn status(options: &arguments::Status, speaker: &Speaker) -> Result<()> {
    read(options, speaker).context("Status")
}

fn read(options: &arguments::Status, speaker: &Speaker) -> Result<()> {
    ensure!(options.format_version.is_none_or(|version| version <= 1), "Unsupported format version");
    let status = match System::open()? {
        Some(system) => Status::read(&system)?,
        None => None,
    };
    let json = status.map_or_else(nothing, |status| status.to_json(options.booted));
    speaker.say(&json.to_string());
    Ok(())
}
