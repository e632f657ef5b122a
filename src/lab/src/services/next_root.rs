// SPDX-License-Identifier: GPL-3.0-or-later
//! What a soft restart would go on with.

use std::path::Path;

const NEXT_ROOT: &str = "/run/nextroot";

/// A system is mounted there; the login manager looks for no more than that.
pub(super) fn is_system() -> bool {
    ["etc/os-release", "usr/lib/os-release"].iter().any(|file| Path::new(NEXT_ROOT).join(file).exists())
}

/// The folder of the deployment that is mounted there.
pub(super) fn deployment() -> Option<String> {
    deployment_in(&std::fs::read_to_string("/proc/self/mountinfo").ok()?)
}

/// The mount that came last is the one that is seen.
fn deployment_in(mounts: &str) -> Option<String> {
    let mounts = mounts.lines().map(|line| line.split(' ').collect::<Vec<_>>());
    let mounted = mounts.rev().find(|fields| fields.get(4) == Some(&NEXT_ROOT))?;
    let (_, folder) = mounted.get(3)?.rsplit_once("/deploy/")?;
    (!folder.contains('/')).then(|| folder.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deployment_is_what_was_mounted_last() {
        let mounts = "30 1 7:0 /ostree/deploy/lab/deploy/aa.0 / rw - ext4 /dev/loop0 rw\n\
                      31 1 7:0 /ostree/deploy/lab/deploy/bb.0 /run/nextroot ro - ext4 /dev/loop0 rw\n\
                      32 1 7:0 /ostree/deploy/lab/deploy/cc.1 /run/nextroot ro - ext4 /dev/loop0 rw\n";
        assert_eq!(deployment_in(mounts).as_deref(), Some("cc.1"));
        assert_eq!(deployment_in("31 1 0:30 / /run/nextroot ro - tmpfs tmpfs rw\n"), None);
        assert_eq!(deployment_in(mounts.lines().next().unwrap()), None);
    }
}
