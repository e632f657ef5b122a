// SPDX-License-Identifier: GPL-3.0-or-later
//! The machine's sysroot and what is on its disks.

use anyhow::{Context, Result, ensure};

use crate::command::{assigned, command, ostree, run};
use crate::configuration::{Folder, REMOTE, STATEROOT, UNSIGNED_REMOTE};
use crate::{disk, keys};

/// Makes the file systems; without loop devices the sysroot is a plain directory. It follows remotes, or images.
pub(crate) fn create(folder: &Folder, bytes: u64, boot_bytes: Option<u64>, remotes: bool) -> Result<()> {
    std::fs::create_dir_all(folder.sysroot())?;
    let image = folder.sysroot_image();
    disk::format(&image, bytes, &["-J", "size=16", "-L", "lab"])?;
    if let Err(error) = disk::mount(&image, &folder.sysroot()) {
        ensure!(boot_bytes.is_none(), "a file system of its own for /boot needs loop devices ({error:#})");
        eprintln!("isotope-lab: no loop device can be used, the sysroot is a plain directory ({error:#})");
        std::fs::remove_file(&image)?;
    }
    if let Some(bytes) = boot_bytes {
        disk::format(&folder.boot_image(), bytes, &["-b", "1024", "-J", "size=1", "-L", "lab-boot"])?;
        std::fs::create_dir_all(folder.boot())?;
        disk::mount(&folder.boot_image(), &folder.boot())?;
    }
    initialize(folder)?;
    if remotes { add_remotes(folder) } else { Ok(()) }
}

/// Mounts what is not mounted.
pub(crate) fn mount(folder: &Folder) -> Result<()> {
    for (image, place) in [(folder.sysroot_image(), folder.sysroot()), (folder.boot_image(), folder.boot())] {
        if image.exists() {
            disk::mount(&image, &place)?;
        }
    }
    Ok(())
}

/// Unmounts everything.
pub(crate) fn unmount(folder: &Folder) -> Result<()> {
    disk::unmount(&folder.boot())?;
    disk::unmount(&folder.sysroot())
}

/// Lets the file systems be written again. libostree freezes them for a moment when it changes the boot entries; a
/// machine that is killed in that moment leaves them frozen, which no power cut would.
pub(crate) fn thaw(folder: &Folder) {
    disk::thaw(&folder.sysroot());
    if folder.boot_image().exists() {
        disk::thaw(&folder.boot());
    }
}

/// Makes the disk writable again; one that the kernel takes for damaged is checked, for which the machine must be off.
pub(crate) fn make_writable(folder: &Folder, machine_is_off: bool) -> Result<()> {
    match disk::allow_writing(&folder.sysroot()) {
        Err(_) if machine_is_off => {
            disk::unmount(&folder.boot())?;
            disk::check(&folder.sysroot_image(), &folder.sysroot())?;
            mount(folder)
        }
        Err(error) => Err(error.context("switch the machine off first")),
        Ok(()) => Ok(()),
    }
}

/// Points the sysroot's remotes at the web server.
pub(crate) fn set_remote_url(folder: &Folder, port: u16) -> Result<()> {
    let repo = assigned("--repo", &folder.sysroot().join("ostree/repo"));
    for name in [REMOTE, UNSIGNED_REMOTE] {
        let group = format!("--group=remote \"{name}\"");
        let mut configure = ostree(folder, ["config", "set", &group, "url", &format!("http://127.0.0.1:{port}")]);
        configure.arg(&repo);
        run(configure).context("cannot set the address of the machine's remotes")?;
    }
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
    Ok(())
}

fn add_remotes(folder: &Folder) -> Result<()> {
    let repo = assigned("--repo", &folder.sysroot().join("ostree/repo"));
    let mut remote = ostree(folder, ["remote", "add"]);
    remote.arg(&repo).args(["--set=gpg-verify=true", "--set=gpg-verify-summary=false"]);
    remote.arg(assigned("--gpg-import", &keys::trusted_file(&folder.keys())));
    // The addresses are written when the web server starts.
    remote.args([REMOTE, "http://127.0.0.1:1"]);
    run(remote).context("cannot add the machine's remote")?;
    let mut remote = ostree(folder, ["remote", "add", "--set=gpg-verify=false", "--set=gpg-verify-summary=false"]);
    remote.arg(&repo).args([UNSIGNED_REMOTE, "http://127.0.0.1:1"]);
    run(remote).context("cannot add the remote that nobody verifies")?;
    Ok(())
}
