// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine's disk: a file system in a file, mounted through a loop device.

use std::path::Path;

use anyhow::{Context, Result};
use nix::mount::{MntFlags, umount2};

use crate::command::{assigned, command, ostree, run};
use crate::configuration::{Folder, REMOTE, STATEROOT};
use crate::keys;

/// Makes the file system; without loop devices the sysroot is a plain directory.
pub(crate) fn create(folder: &Folder, bytes: u64) -> Result<()> {
    std::fs::create_dir_all(folder.sysroot())?;
    let image = folder.sysroot_image();
    std::fs::File::create(&image)?.set_len(bytes).context("cannot make the machine's disk")?;
    let mut format = command("mkfs.ext4", ["-q", "-F", "-m", "0", "-J", "size=16"]);
    format.args(["-L", "lab", "-E", "lazy_itable_init=1,lazy_journal_init=1,discard=0"]).arg(&image);
    run(format).context("cannot format the machine's disk")?;
    if let Err(error) = mount(folder) {
        eprintln!("isotope-lab: no loop device can be used, the sysroot is a plain directory ({error:#})");
        std::fs::remove_file(&image)?;
    }
    initialize(folder)
}

/// Mounts the file system unless it is mounted or the sysroot is a plain directory.
pub(crate) fn mount(folder: &Folder) -> Result<()> {
    let (image, sysroot) = (folder.sysroot_image(), folder.sysroot());
    if !image.exists() || is_mounted(&sysroot)? {
        return Ok(());
    }
    // mount(8) takes the loop device that the file has already, and lets go of it when unmounted.
    let mut mount = command("mount", ["-t", "ext4", "-o", "loop,noatime"]);
    mount.arg(&image).arg(&sysroot);
    run(mount).context("cannot mount the machine's disk")?;
    Ok(())
}

/// Unmounts it.
pub(crate) fn unmount(folder: &Folder) -> Result<()> {
    unmount_path(&folder.sysroot())
}

/// Unmounts whatever is mounted at `path`; somebody who still uses it keeps it until they end.
pub(crate) fn unmount_path(path: &Path) -> Result<()> {
    while is_mounted(path)? {
        umount2(path, MntFlags::empty())
            .or_else(|_| umount2(path, MntFlags::MNT_DETACH))
            .with_context(|| format!("cannot unmount {}", path.display()))?;
    }
    Ok(())
}

/// Lets the file system be written again. libostree freezes it for a moment when it changes the boot entries; a machine
/// that is killed in that moment leaves it frozen, which no power cut would.
pub(crate) fn thaw(folder: &Folder) {
    let mut thaw = command("fsfreeze", ["--unfreeze"]);
    thaw.arg(folder.sysroot());
    // One that is not frozen is an error to fsfreeze.
    let _ = thaw.output();
}

/// Whether something is mounted at `path` in this mount namespace.
pub(crate) fn is_mounted(path: &Path) -> Result<bool> {
    let Ok(path) = path.canonicalize() else { return Ok(false) };
    let mounts = std::fs::read_to_string("/proc/self/mountinfo")?;
    let path = path.to_string_lossy();
    Ok(mounts.lines().filter_map(|line| line.split(' ').nth(4)).any(|point| unescape(point) == path))
}

/// Points the sysroot's remote at the web server.
pub(crate) fn set_remote_url(folder: &Folder, port: u16) -> Result<()> {
    let repo = assigned("--repo", &folder.sysroot().join("ostree/repo"));
    let group = format!("--group=remote \"{REMOTE}\"");
    let mut configure = ostree(folder, ["config", "set", &group, "url", &format!("http://127.0.0.1:{port}")]);
    configure.arg(repo);
    run(configure).context("cannot set the address of the machine's remote")?;
    Ok(())
}

/// Deploys the newest image of `branch` from outside, as an installer would.
pub(crate) fn install(folder: &Folder, branch: &str) -> Result<()> {
    let repo = assigned("--repo", &folder.sysroot().join("ostree/repo"));
    let mut url = std::ffi::OsString::from("--url=file://");
    url.push(folder.remote());
    let mut pull = ostree(folder, ["pull", REMOTE, branch]);
    pull.arg(&repo).arg(url);
    run(pull).context("cannot pull the first image")?;
    let sysroot = assigned("--sysroot", &folder.sysroot());
    let mut deploy = ostree(folder, ["admin", "deploy"]);
    deploy.arg(sysroot).arg(format!("--os={STATEROOT}"));
    deploy.args(["--karg=root=LABEL=lab", "--karg=rw", "--karg=quiet"]).arg(format!("{REMOTE}:{branch}"));
    run(deploy).context("cannot deploy the first image")?;
    Ok(())
}

/// Removes the flag that keeps deployments of a plain directory from being deleted.
pub(crate) fn make_deletable(folder: &Folder) -> Result<()> {
    let stateroots = folder.sysroot().join("ostree/deploy");
    for stateroot in std::fs::read_dir(stateroots).into_iter().flatten().flatten() {
        for deployment in std::fs::read_dir(stateroot.path().join("deploy")).into_iter().flatten().flatten() {
            if deployment.path().is_dir() {
                let mut chattr = command("chattr", ["-i"]);
                chattr.arg(deployment.path());
                run(chattr)?;
            }
        }
    }
    Ok(())
}

fn initialize(folder: &Folder) -> Result<()> {
    let sysroot = folder.sysroot();
    let mut make = ostree(folder, ["admin", "init-fs", "--modern"]);
    make.arg(&sysroot);
    run(make).context("cannot make the sysroot")?;
    let mut stateroot = ostree(folder, ["admin", "stateroot-init", STATEROOT]);
    stateroot.arg(assigned("--sysroot", &sysroot));
    run(stateroot)?;
    let repo = assigned("--repo", &sysroot.join("ostree/repo"));
    for (name, value) in [("sysroot.bootloader", "none"), ("sysroot.readonly", "true")] {
        let mut configure = ostree(folder, ["config", "set", name, value]);
        configure.arg(&repo);
        run(configure)?;
    }
    let mut remote = ostree(folder, ["remote", "add"]);
    remote.arg(&repo).args(["--set=gpg-verify=true", "--set=gpg-verify-summary=false"]);
    remote.arg(assigned("--gpg-import", &keys::trusted_file(&folder.keys())));
    // The address is written when the web server starts.
    remote.args([REMOTE, "http://127.0.0.1:1"]);
    run(remote).context("cannot add the machine's remote")?;
    Ok(())
}

/// Undoes the octal escapes of mountinfo.
fn unescape(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        plain.push_str(&rest[..at]);
        match rest.get(at + 1..at + 4).and_then(|digits| u8::from_str_radix(digits, 8).ok()) {
            Some(byte) => {
                plain.push(char::from(byte));
                rest = &rest[at + 4..];
            }
            None => {
                plain.push('\\');
                rest = &rest[at + 1..];
            }
        }
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mount_points_with_spaces() {
        assert_eq!(unescape("/a\\040b/c"), "/a b/c");
        assert_eq!(unescape("/plain"), "/plain");
        assert_eq!(unescape("/odd\\"), "/odd\\");
    }

    #[test]
    fn proc_is_a_mount_point_and_its_children_are_not() {
        assert!(is_mounted(Path::new("/proc")).unwrap());
        assert!(!is_mounted(Path::new("/proc/self")).unwrap());
        assert!(!is_mounted(Path::new("/does/not/exist")).unwrap());
    }
}
