// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::{self, File};
use std::io::Read as _;
use std::path::Path;

use isotope_model::{BootEvidence, DeploymentId};

/// Source: `_OSTREE_FINALIZE_STAGED_FAILURE_PATH` in libostree's `ostree-sysroot-private.h`.
const STAMP: &str = "boot/ostree/finalize-failure.stamp";
/// Where GRUB keeps its environment block. Source: GRUB's manual, "The GRUB environment block".
const ENVIRONMENTS: [&str; 2] = ["boot/grub2/grubenv", "boot/grub/grubenv"];
const ENTRIES: &str = "boot/loader/entries";
/// The longest file that is read, in bytes.
const LONGEST: u64 = 16 * 1024;

/// Reads what the boot loader and libostree left behind.
pub(crate) fn read() -> BootEvidence {
    of(Path::new("/"))
}

fn of(root: &Path) -> BootEvidence {
    BootEvidence {
        finalisation_failure: text(&root.join(STAMP)).map(|text| text.trim().to_owned()),
        boot_counter: ENVIRONMENTS.iter().find_map(|path| boot_counter(&text(&root.join(path))?)),
        without_tries: without_tries(root),
    }
}

fn text(path: &Path) -> Option<String> {
    let mut bytes = Vec::new();
    File::open(path).ok()?.take(LONGEST).read_to_end(&mut bytes).ok()?;
    Some(String::from_utf8_lossy(&bytes).into_owned())
}

fn boot_counter(environment: &str) -> Option<i64> {
    environment.lines().find_map(|line| line.strip_prefix("boot_counter=")?.trim().parse().ok())
}

/// The deployments of the boot entries that have no tries left.
fn without_tries(root: &Path) -> Vec<DeploymentId> {
    let entries = fs::read_dir(root.join(ENTRIES)).into_iter().flatten().flatten().map(|entry| entry.path());
    let name = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let exhausted = entries.filter(|path| is_exhausted(&name(path)));
    exhausted.filter_map(|path| deployment(root, &text(&path)?)).collect()
}

/// The deployment that a boot entry starts: its `ostree=` argument is a link to the directory
/// `ostree/deploy/STATEROOT/deploy/CHECKSUM.SERIAL`.
fn deployment(root: &Path, entry: &str) -> Option<DeploymentId> {
    let options = entry.lines().find_map(|line| line.strip_prefix("options "))?;
    let link = options.split_ascii_whitespace().find_map(|word| word.strip_prefix("ostree=/"))?;
    let directory = fs::canonicalize(root.join("sysroot").join(link)).ok()?;
    let stateroot = directory.parent()?.parent()?.file_name()?.to_str()?;
    format!("{stateroot}/{}", directory.file_name()?.to_str()?).parse().ok()
}

/// `NAME+LEFT` or `NAME+LEFT-DONE`, with nothing left. Source: "Boot counting" of the Boot Loader Specification.
fn is_exhausted(name: &str) -> bool {
    let Some((_, count)) = name.rsplit_once('+') else { return false };
    let (left, done) = count.split_once('-').unwrap_or((count, "0"));
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    number(done) && number(left) && left.bytes().all(|byte| byte == b'0')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_without_tries_left_are_recognised() {
        for (name, exhausted) in
            [("ostree-2+0", true), ("ostree-2+0-3", true), ("ostree-2+2-1", false), ("ostree-2", false), ("a+b", false)]
        {
            assert_eq!(is_exhausted(name), exhausted, "{name}");
        }
    }

    #[test]
    fn what_was_left_behind_is_read_and_nothing_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(of(root), BootEvidence::default());
        for path in ["boot/ostree", "boot/grub2", "boot/loader/entries"] {
            fs::create_dir_all(root.join(path)).unwrap();
        }
        fs::write(root.join(STAMP), "no space left\n").unwrap();
        fs::write(root.join("boot/grub2/grubenv"), "# GRUB Environment Block\nboot_counter=-1\nboot_success=0\n###")
            .unwrap();
        let id = DeploymentId::new("os", "a".repeat(64), 1);
        let directory = root.join("sysroot/ostree/deploy/os/deploy").join(format!("{}.1", id.checksum()));
        fs::create_dir_all(&directory).unwrap();
        fs::create_dir_all(root.join("sysroot/ostree/boot.0/os/b")).unwrap();
        std::os::unix::fs::symlink(&directory, root.join("sysroot/ostree/boot.0/os/b/0")).unwrap();
        let entry = "title x\noptions quiet ostree=/ostree/boot.0/os/b/0 rw\n";
        fs::write(root.join("boot/loader/entries/ostree-1+0-3.conf"), entry).unwrap();
        fs::write(root.join("boot/loader/entries/ostree-2+1-2.conf"), "options ostree=/elsewhere\n").unwrap();
        let evidence = of(root);
        assert_eq!(evidence.finalisation_failure.as_deref(), Some("no space left"));
        assert_eq!(evidence.boot_counter, Some(-1));
        assert_eq!(evidence.without_tries, [id]);
    }
}
