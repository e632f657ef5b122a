// SPDX-License-Identifier: GPL-3.0-or-later
//! A restart that does not restart the hardware: bootc prepares it together with what it stages. It must not outlive that:
//! systemd goes on with whatever is mounted there.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use isotope_model::DeploymentId;

/// A tree that is mounted here is what a soft restart goes on with. Source: `systemd-soft-reboot.service(8)`.
const NEXT_ROOT: &str = "/run/nextroot";
/// What libostree leaves that mounts the tree just before the restart, and what it notes about the tree. Source: libostree's
/// `ostree-soft-reboot.c`.
const QUEUED: &str = "/run/ostree/nextroot-queued";
const NOTE: &str = "/run/ostree/nextroot-booted";

/// A soft restart into this deployment is prepared.
pub(crate) fn is_prepared_for(next: &DeploymentId) -> bool {
    match mounted_tree(&mounted()) {
        Some(tree) => tree_is_of(tree, next),
        None => Path::new(QUEUED).exists(),
    }
}

/// Takes back what was prepared, if anything was, because something else starts next. The mount is the host's, and not this
/// process's.
pub(crate) fn clear() {
    for left in [QUEUED, NOTE] {
        let _ = fs::remove_file(left);
    }
    // One mount may lie over another; none is left after as many tries as there are mounts.
    for _ in mounted().lines().filter(|line| mounted_tree(line).is_some()) {
        let unmount = Command::new("nsenter")
            .args(["--target=1", "--mount", "--root", "--", "umount", "--lazy", NEXT_ROOT])
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output();
        match unmount {
            Ok(output) if output.status.success() => {}
            Ok(output) => tracing::warn!("taking back a soft restart: {}", String::from_utf8_lossy(&output.stderr)),
            Err(error) => tracing::warn!("taking back a soft restart: {error}"),
        }
    }
}

fn mounted() -> String {
    fs::read_to_string("/proc/self/mountinfo").unwrap_or_default()
}

/// Which tree of its file system is mounted there. Source: `proc_pid_mountinfo(5)`; the fourth field is the tree, the fifth
/// where it is mounted.
fn mounted_tree(mounts: &str) -> Option<&str> {
    let mut fields = mounts.lines().map(|line| line.split(' ')).map(|mut fields| (fields.nth(3), fields.next()));
    fields.find(|(_, place)| *place == Some(NEXT_ROOT)).and_then(|(tree, _)| tree)
}

/// The folder of a deployment is mounted as such; of a composefs image there is only its root, which may be any.
fn tree_is_of(tree: &str, id: &DeploymentId) -> bool {
    let folder = format!("/deploy/{}/deploy/{}.{}", id.stateroot(), id.checksum(), id.serial());
    tree == "/" || tree.ends_with(&folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_tree_of_what_starts_next_prepares_anything() {
        let id = |digit: &str| DeploymentId::new("lab", digit.repeat(64), 0);
        let mounts =
            |tree: &str| format!("29 1 259:2 / / rw - ext4 /dev/x rw\n41 29 259:2 {tree} /run/nextroot ro - ext4 x\n");
        let tree = format!("/ostree/deploy/lab/deploy/{}.0", "a".repeat(64));
        let of_folder = mounts(&tree);
        assert!(mounted_tree(&of_folder).is_some_and(|tree| tree_is_of(tree, &id("a")) && !tree_is_of(tree, &id("b"))));
        assert!(mounted_tree(&mounts("/")).is_some_and(|tree| tree_is_of(tree, &id("b"))));
        assert_eq!(mounted_tree("29 1 259:2 / /run rw - ext4 /dev/x rw"), None);
        assert_eq!(mounted_tree(""), None);
    }
}
