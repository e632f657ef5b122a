// SPDX-License-Identifier: GPL-3.0-or-later
//! Making a lab.

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};

use super::Lab;
use crate::configuration::{Configuration, Folder};
use crate::surroundings::Surroundings;
use crate::{LabOptions, Publication, base_tree, bootc, keys, publication, rpm_ostree, starter, sysroot};

/// The image that a new lab has, and when it was built: 30 October 2026.
const FIRST: (&str, &str, u64) = ("gnome", "10.1.20261030", 1_793_361_600);
/// Names of sockets have 107 bytes, and those of a lab are deep in its folder.
const LONGEST_FOLDER: usize = 60;

impl Lab {
    /// Makes a lab: the remote, or the registry, has `gnome` 10.1.20261030, the machine has it deployed and is off.
    ///
    /// # Errors
    /// A program is missing, the folder is in use, or making one of the parts fails.
    pub fn create(options: LabOptions) -> Result<Self> {
        let LabOptions { folder, backend, with_bootc, installation, end_with_parent, payload_bytes, polkit, .. } =
            options;
        ensure!(nix::unistd::Uid::effective().is_root(), "a lab needs root; run this with build-aux/devroot");
        installation.check()?;
        let bootc = (backend.is_bootc() || with_bootc).then(|| bootc::program(&installation)).transpose()?;
        let rpm_ostree = backend.is_rpm_ostree().then(|| rpm_ostree::program(&installation)).transpose()?;
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let folder = folder.canonicalize()?;
        // Clients of the machine's bus may be anybody.
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755))?;
        ensure!(std::fs::read_dir(&folder)?.next().is_none(), "{} is not empty", folder.display());
        ensure!(folder.as_os_str().as_bytes().len() <= LONGEST_FOLDER, "the name {} is too long", folder.display());

        let folder = Folder::new(folder);
        let mut lab = Self {
            folder: folder.clone(),
            installation: installation.clone(),
            payload_bytes,
            supervisor: None,
            destroy_on_drop: true,
        };
        for name in ["log", "run", "machine", "tmp", "remote"] {
            std::fs::create_dir_all(folder.path().join(name))?;
        }
        let surroundings = Surroundings::default();
        let configuration =
            Configuration { installation, payload_bytes, polkit, surroundings, backend, bootc, rpm_ostree, port: 0 };
        folder.write_configuration(&configuration)?;
        keys::create(&folder.keys())?;
        base_tree::create(&folder.base_tree(), &folder.temporary(), &lab.installation)?;
        publication::create_remote(&folder)?;
        let (variant, version, built) = FIRST;
        let yesterday = SystemTime::now() - Duration::from_secs(24 * 3600);
        let built = (UNIX_EPOCH + Duration::from_secs(built)).min(yesterday);
        let first = Publication::new(variant, version).built(built);
        if !backend.follows_containers() {
            lab.publish(first.clone())?;
        }
        sysroot::create(&folder, options.sysroot_bytes, options.boot_bytes, backend.has_remotes())?;
        if !backend.follows_containers() {
            sysroot::install(&folder, &first.branch())?;
        }
        keys::end_agents(&folder.keys(), &folder.temporary());
        lab.supervisor = Some(starter::start(&folder, &lab.installation, end_with_parent)?);
        if backend.follows_containers() {
            lab.install_container(backend, first)?;
        } else if backend.is_rpm_ostree() {
            lab.allow_containers(backend)?;
        }
        Ok(lab)
    }
}
