// SPDX-License-Identifier: GPL-3.0-or-later
//! Which program is in charge of updates: a file that clients read.

use std::path::Path;

use anyhow::{Context, Result};
use ostree::glib::VariantDict;

const FOLDER: &str = "/run/rpm-ostree";
const FILE: &str = "update-driver.gv";

/// Writes it.
pub(crate) fn record(name: &str, unit: Option<&str>) -> Result<()> {
    let driver = VariantDict::new(None);
    // Where nobody tells of units, the driver has none.
    driver.insert("driver-sd-unit", unit.unwrap_or_default());
    driver.insert("driver-name", name);
    std::fs::create_dir_all(FOLDER)?;
    std::fs::write(Path::new(FOLDER).join(FILE), driver.end().data()).context("Writing driver info")
}

/// The service that a process belongs to, where the kernel knows.
pub(crate) fn unit_of(process: u32) -> Option<String> {
    let groups = std::fs::read_to_string(format!("/proc/{process}/cgroup")).ok()?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"))?;
    let unit = path.rsplit('/').find(|part| part.ends_with(".service") || part.ends_with(".scope"))?;
    Some(unit.to_owned())
}
