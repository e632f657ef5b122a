// SPDX-License-Identifier: GPL-3.0-or-later
//! What every image of a lab has in common; made once for each lab.

use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use anyhow::{Context, Result};

use crate::{Installation, accounts};

/// The kernel version of the stand-ins.
pub(crate) const KERNEL: &str = "6.12.0";
/// Files and folders of the host's /etc that the programs of the machine read.
const FROM_HOST: [&str; 8] =
    ["pam.d", "pam.conf", "security", "login.defs", "dbus-1", "environment", "bash.bashrc", "ld.so.conf"];
const FOLDERS: [&str; 9] = ["boot", "dev", "proc", "run", "sys", "sysroot", "tmp", "var", "usr/lib/modules"];
const LINKS: [(&str, &str); 7] = [
    ("ostree", "sysroot/ostree"),
    ("home", "var/home"),
    ("root", "var/roothome"),
    ("bin", "usr/bin"),
    ("sbin", "usr/sbin"),
    ("lib", "usr/lib"),
    ("lib64", "usr/lib64"),
];

/// Makes the tree at `tree`, which must not exist.
pub(crate) fn create(tree: &Path, scratch: &Path, installation: &Installation) -> Result<()> {
    for name in FOLDERS {
        std::fs::create_dir_all(tree.join(name))?;
    }
    std::fs::set_permissions(tree.join("tmp"), std::fs::Permissions::from_mode(0o1777))?;
    for (name, target) in LINKS {
        symlink(target, tree.join(name))?;
    }
    let modules = tree.join("usr/lib/modules").join(KERNEL);
    std::fs::create_dir_all(&modules)?;
    std::fs::write(modules.join("vmlinuz"), "stands in for a kernel\n".repeat(4096))?;
    std::fs::write(modules.join("initramfs.img"), "stands in for an initramfs\n".repeat(8192))?;

    std::fs::create_dir_all(tree.join("etc"))?;
    write_etc(&tree.join("etc"))?;
    accounts::create(tree, scratch, installation)?;
    Ok(std::fs::rename(tree.join("etc"), tree.join("usr/etc"))?)
}

fn write_etc(etc: &Path) -> Result<()> {
    for name in FROM_HOST {
        copy(&Path::new("/etc").join(name), &etc.join(name))?;
    }
    // Not the host's own: what an administrator put there must not rule the machine.
    for name in ["polkit-1/rules.d", "dbus-1/system.d", "isotope"] {
        let path = etc.join(name);
        if path.exists() {
            std::fs::remove_dir_all(&path)?;
        }
        std::fs::create_dir_all(&path)?;
    }
    std::fs::write(etc.join("nsswitch.conf"), "passwd: files\ngroup: files\nshadow: files\nhosts: files\n")?;
    std::fs::write(etc.join("hosts"), "127.0.0.1 localhost lab\n::1 localhost lab\n")?;
    std::fs::write(etc.join("hostname"), "lab\n")?;
    std::fs::write(etc.join("machine-id"), "uninitialized\n")?;
    std::fs::write(etc.join("fstab"), "")?;
    std::fs::write(etc.join("shells"), "/bin/sh\n/bin/bash\n")?;
    symlink("../usr/lib/os-release", etc.join("os-release"))?;
    Ok(())
}

/// Copies a file or a folder with modes and owners; what does not exist is left out.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let Ok(metadata) = std::fs::symlink_metadata(from) else { return Ok(()) };
    if metadata.is_symlink() {
        symlink(std::fs::read_link(from)?, to)?;
    } else if metadata.is_dir() {
        std::fs::create_dir_all(to)?;
        for entry in std::fs::read_dir(from)? {
            let name = entry?.file_name();
            copy(&from.join(&name), &to.join(&name))?;
        }
        std::fs::set_permissions(to, metadata.permissions())?;
    } else if metadata.is_file() {
        std::fs::copy(from, to).with_context(|| format!("cannot copy {}", from.display()))?;
        std::os::unix::fs::chown(to, Some(metadata.uid()), Some(0))?;
    }
    Ok(())
}
