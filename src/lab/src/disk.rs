// SPDX-License-Identifier: GPL-3.0-or-later
//! File systems in files, mounted through loop devices.

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use nix::mount::{MntFlags, MsFlags, mount as mount_call, umount2};
use nix::sys::statvfs::{FsFlags, statvfs};

use crate::command::{command, run};

/// How long it is tried to make a file system read-only that somebody is writing.
const PATIENCE: Duration = Duration::from_secs(2);

/// Makes a file system of `bytes` in the file `image`.
pub(crate) fn format(image: &Path, bytes: u64, arguments: &[&str]) -> Result<()> {
    std::fs::File::create(image)?.set_len(bytes).context("cannot make the machine's disk")?;
    let mut format = command("mkfs.ext4", ["-q", "-F", "-m", "0"]);
    format.args(arguments).args(["-E", "lazy_itable_init=1,lazy_journal_init=1,discard=0"]).arg(image);
    run(format).context("cannot format the machine's disk")?;
    Ok(())
}

/// Mounts the file system in `image` unless something is mounted at `place` already.
pub(crate) fn mount(image: &Path, place: &Path) -> Result<()> {
    if is_mounted(place)? {
        return Ok(());
    }
    // mount(8) takes the loop device that the file has already, and lets go of it when unmounted.
    let mut mount = command("mount", ["-t", "ext4", "-o", "loop,noatime"]);
    mount.arg(image).arg(place);
    run(mount).context("cannot mount the machine's disk")?;
    // One that another lab left write-protected when it was killed.
    match source(place)? {
        Some(device) if is_write_protected(&device) => allow_writing(place),
        _ => Ok(()),
    }
}

/// Unmounts whatever is mounted at `place`; somebody who still uses it keeps it until they end.
pub(crate) fn unmount(place: &Path) -> Result<()> {
    unprotect(place)?;
    while is_mounted(place)? {
        umount2(place, MntFlags::empty())
            .or_else(|_| umount2(place, MntFlags::MNT_DETACH))
            .with_context(|| format!("cannot unmount {}", place.display()))?;
    }
    Ok(())
}

/// Lets a file system be written again that was frozen.
pub(crate) fn thaw(place: &Path) {
    let mut thaw = command("fsfreeze", ["--unfreeze"]);
    thaw.arg(place);
    // One that is not frozen is an error to fsfreeze.
    let _ = thaw.output();
}

/// Whether something is mounted at `path` in this mount namespace.
pub(crate) fn is_mounted(path: &Path) -> Result<bool> {
    Ok(source(path)?.is_some())
}

/// Write-protects the disk and has the kernel mount it read-only, for everybody and for good: a program that remounts
/// it for writing is refused. Where somebody keeps a file open for writing, the kernel takes it for a damaged one and
/// does the same at once.
pub(crate) fn write_protect(place: &Path) -> Result<()> {
    let device = source(place)?.context("the sysroot is no disk of its own")?;
    let deadline = Instant::now() + PATIENCE;
    while !is_read_only(place)? {
        if remount(place, MsFlags::MS_RDONLY, None).is_err() && Instant::now() > deadline {
            remount(place, MsFlags::empty(), Some("errors=remount-ro"))?;
            std::fs::write(format!("/sys/fs/ext4/{}/trigger_fs_error", name(&device)), "the disk is to be read-only")
                .context("the disk is in use and the kernel knows no other way to make it read-only")?;
            break;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    run(command("blockdev", ["--setro", &device])).context("cannot write-protect the disk")?;
    Ok(())
}

/// Takes the write protection away again.
pub(crate) fn allow_writing(place: &Path) -> Result<()> {
    let device = source(place)?.context("the sysroot is no disk of its own")?;
    run(command("blockdev", ["--setrw", &device])).context("cannot take the disk's write protection away")?;
    remount(place, MsFlags::empty(), None).context("the kernel takes the disk for a damaged one")?;
    // Newer kernels take the remount and go on refusing to write.
    ensure!(!find(place)?.is_some_and(|mount| mount.emergency), "the kernel takes the disk for a damaged one");
    Ok(())
}

/// Unmounts a file system and checks it as a boot does.
pub(crate) fn check(image: &Path, place: &Path) -> Result<()> {
    let device = source(place)?.unwrap_or_default();
    unmount(place)?;
    let backing = format!("/sys/block/{}/loop/backing_file", name(&device));
    let in_use = || std::fs::read_to_string(&backing).is_ok_and(|file| Path::new(file.trim()) == image);
    let deadline = Instant::now() + PATIENCE;
    while in_use() {
        ensure!(Instant::now() < deadline, "somebody still uses the machine's disk");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut check = command("e2fsck", ["-p", "-f"]);
    let output = check.arg(image).output().context("cannot start e2fsck")?;
    // 1: errors were corrected.
    ensure!(output.status.code().is_some_and(|code| code <= 1), "the disk cannot be repaired: {output:?}");
    Ok(())
}

fn remount(place: &Path, flags: MsFlags, options: Option<&str>) -> Result<()> {
    let none = None::<&str>;
    let flags = MsFlags::MS_REMOUNT | MsFlags::MS_NOATIME | flags;
    Ok(mount_call(none, place, none, flags, options)?)
}

/// The write protection belongs to the device: whoever gets it next is not to find it.
fn unprotect(place: &Path) -> Result<()> {
    if let Some(device) = source(place)?
        && is_write_protected(&device)
    {
        run(command("blockdev", ["--setrw", &device]))?;
    }
    Ok(())
}

fn is_write_protected(device: &str) -> bool {
    std::fs::read_to_string(format!("/sys/block/{}/ro", name(device))).is_ok_and(|flag| flag.trim() == "1")
}

fn name(device: &str) -> &str {
    device.rsplit('/').next().unwrap_or_default()
}

fn is_read_only(place: &Path) -> Result<bool> {
    Ok(statvfs(place)?.flags().contains(FsFlags::ST_RDONLY))
}

/// The device that is mounted at `path`.
fn source(path: &Path) -> Result<Option<String>> {
    Ok(find(path)?.map(|mount| mount.device))
}

struct Mount {
    device: String,
    /// The kernel has made it read-only because of an error.
    emergency: bool,
}

/// What is mounted at `path`.
fn find(path: &Path) -> Result<Option<Mount>> {
    let Ok(path) = path.canonicalize() else { return Ok(None) };
    let mounts = std::fs::read_to_string("/proc/self/mountinfo")?;
    let path = path.to_string_lossy();
    for line in mounts.lines() {
        let Some((mount, file_system)) = line.split_once(" - ") else {
            bail!("the kernel lists “{line}” as a mount")
        };
        if mount.split(' ').nth(4).is_some_and(|point| unescape(point) == path) {
            let mut fields = file_system.split(' ').skip(1);
            let device = fields.next().unwrap_or_default().to_owned();
            let emergency = fields.next().is_some_and(|options| options.split(',').any(|one| one == "emergency_ro"));
            return Ok(Some(Mount { device, emergency }));
        }
    }
    Ok(None)
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
