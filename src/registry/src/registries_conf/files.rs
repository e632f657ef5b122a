// SPDX-License-Identifier: GPL-3.0-or-later
//! Where the configuration of registries lies: `registries.conf` of the administrator, else of the vendor, and files that
//! add to it. One of the administrator replaces one of the vendor that has the same name.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::RegistriesConf;
use crate::failure::Failure;
use crate::host_file;

/// Later ones override.
const FOLDERS: [&str; 2] = ["usr/share/containers", "etc/containers"];
const FILE: &str = "registries.conf";

impl RegistriesConf {
    /// Reads the configuration of the host whose root is here.
    pub(crate) fn of_host(root: &Path) -> Result<Self, Failure> {
        let mut conf = Self::default();
        for folder in FOLDERS.iter().rev() {
            if let Some(main) = read(&root.join(folder).join(FILE))? {
                conf = main;
                break;
            }
        }
        let mut additions: BTreeMap<std::ffi::OsString, PathBuf> = BTreeMap::new();
        for folder in FOLDERS {
            let folder = root.join(folder).join(format!("{FILE}.d"));
            let files = host_file::files_with_extension(&folder, "conf")?;
            additions.extend(files.into_iter().filter_map(|path| Some((path.file_name()?.to_owned(), path))));
        }
        for path in additions.into_values() {
            conf.overridden_by(read(&path)?.unwrap_or_default());
        }
        Ok(conf)
    }
}

fn read(path: &Path) -> Result<Option<RegistriesConf>, Failure> {
    let Some(text) = host_file::read_text(path)? else { return Ok(None) };
    let broken = |problem| Failure::Failed(format!("{}: {problem}", path.display()));
    RegistriesConf::parse(&text).map(Some).map_err(broken)
}
