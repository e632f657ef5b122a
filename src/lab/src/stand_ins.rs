// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine's programs that are not Isotope's: the project's stand-ins for them, or real ones if somebody names them.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::Installation;

/// Names the folder of the stand-ins.
const FOLDER: &str = "ISOTOPE_STAND_INS";
const MAKER: &str = "build-aux/stand-ins";

/// The program that a new machine gets under the name `name`: the one that `variable` names, or the stand-in.
pub(crate) fn program(installation: &Installation, name: &str, variable: &str) -> Result<PathBuf> {
    match std::env::var_os(variable).filter(|path| !path.is_empty()) {
        Some(path) => {
            let path = PathBuf::from(path);
            path.canonicalize().with_context(|| format!("{variable}: there is no {}", path.display()))
        }
        None => find(installation, name),
    }
}

/// The project's own.
pub(crate) fn find(installation: &Installation, name: &str) -> Result<PathBuf> {
    let named = std::env::var_os(FOLDER).filter(|folder| !folder.is_empty()).map(PathBuf::from);
    let beside = || installation.tree.parent().map(|target| target.join("stand-ins"));
    let mut places = named.into_iter().chain(beside()).map(|folder| folder.join(name));
    let found = places.find(|program| program.is_file());
    let found = found.with_context(|| format!("there is no stand-in for {name}; run {MAKER}, which makes it"))?;
    Ok(found.canonicalize()?)
}
