// SPDX-License-Identifier: GPL-3.0-or-later
//! What is on the computer's disk, read and changed from outside.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use isotope_lab::BootEntry;

use super::Computer;

impl Computer {
    /// Writes a file below /boot of a machine that is off, as its boot loader would.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn write_boot(&self, path: &str, text: &str) {
        let path = self.lab.sysroot().join("boot").join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder in /boot");
        std::fs::write(path, text).expect("a file in /boot");
    }

    /// Leaves the default boot entry without tries, as a boot loader that counts them does.
    ///
    /// # Panics
    /// There is no boot entry.
    pub fn exhaust_default_entry(&self) {
        let folder = self.lab.sysroot().join("boot/loader/entries");
        let entries = std::fs::read_dir(&folder).expect("boot entries").flatten().map(|entry| entry.path());
        let default = entries.max().expect("a boot entry");
        let name = default.file_stem().expect("a name").to_string_lossy().into_owned();
        std::fs::rename(&default, folder.join(format!("{name}+0-3.conf"))).expect("renaming a boot entry");
    }

    /// Leaves so many bytes free in /boot. Returns the file that takes the rest.
    ///
    /// # Panics
    /// It cannot be written.
    pub fn fill_boot(&self, left: u64) -> PathBuf {
        let boot = self.lab.sysroot().join("boot");
        let room = nix::sys::statvfs::statvfs(&boot).expect("the file system of /boot");
        let free = room.blocks_available() * room.fragment_size();
        let filler = boot.join("filler");
        let bytes = usize::try_from(free.saturating_sub(left)).expect("a size");
        std::fs::write(&filler, vec![1; bytes]).expect("a file in /boot");
        filler
    }

    /// What a boot loader would start.
    ///
    /// # Panics
    /// The computer would not start.
    pub fn default_entry(&self) -> BootEntry {
        self.entries().into_iter().next().expect("a boot entry")
    }

    /// The whole boot menu, the default first.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn entries(&self) -> Vec<BootEntry> {
        self.lab.boot_entries().expect("the boot entries")
    }

    /// What runs now.
    ///
    /// # Panics
    /// Nothing does.
    pub fn booted(&self) -> BootEntry {
        self.lab.booted().expect("the machine").expect("a booted deployment")
    }

    /// The origin file of a deployment, read from outside.
    ///
    /// # Panics
    /// It is not there.
    pub fn origin(&self, entry: &BootEntry) -> String {
        let mut path = entry.deployment.clone().into_os_string();
        path.push(".origin");
        std::fs::read_to_string(PathBuf::from(path)).expect("an origin file")
    }

    /// The commits of all deployments are whole.
    ///
    /// # Panics
    /// One is damaged.
    pub fn assert_commits_whole(&self) {
        if let Err(error) = self.check_commits() {
            panic!("{error:#}");
        }
    }

    /// Tells which deployment, if any, was made from a commit that is damaged.
    ///
    /// # Errors
    /// One is.
    pub fn check_commits(&self) -> Result<()> {
        // fsck looks at everything that lies in a repository, also at what an interrupted clean-up left of commits that
        // nothing refers to. So the deployed ones are copied, each object verified, and the copy is checked.
        let folder = tempfile::tempdir()?;
        let copy = format!("--repo={}", folder.path().display());
        let sysroot = self.lab.sysroot().join("ostree/repo").display().to_string();
        ostree(&[&copy, "init", "--mode=bare-user"])?;
        for (index, entry) in self.entries().iter().enumerate() {
            let version = entry.image_version.as_deref().unwrap_or_default();
            ostree(&[&copy, "pull-local", "--untrusted", "--disable-fsync", &sysroot, &entry.checksum])
                .with_context(|| format!("boot entry {index}, {version}, {}", entry.checksum))?;
        }
        ostree(&[&copy, "fsck", "--quiet"])
    }

    /// Another program changes the sysroot for as long as this is kept. libostree takes open-file-description locks.
    ///
    /// # Panics
    /// It is locked already.
    pub fn hold_lock(&self) -> std::fs::File {
        let path = self.lab.sysroot().join("ostree/lock");
        let file =
            std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path).expect("the lock file");
        nix::fcntl::fcntl(&file, nix::fcntl::FcntlArg::F_OFD_SETLK(&whole_file())).expect("the lock is free");
        file
    }

    /// Everything on the sysroot that a refused request must leave alone, to be compared.
    pub fn fingerprint(&self) -> Vec<String> {
        let held = self.commits_held_for_deployments();
        let entry = |entry: &BootEntry| {
            format!("{entry:?} {} {}", self.origin(entry).trim_end(), held.contains(&entry.checksum))
        };
        let mut lines: Vec<_> = self.entries().iter().map(entry).collect();
        // What is staged, and what the person has in /etc. Layers of containers that were downloaded may stay: they are
        // nobody's deployment; and so may, until the next clean-up, what was discarded.
        lines.push(format!("{:?}", self.staged().map(|staged| held.contains(&staged.checksum))));
        let facts = "sha256sum /run/ostree/staged-deployment 2>/dev/null; \
                     find /etc -type f -print0 | sort -z | xargs -0 sha256sum";
        lines.push(String::from_utf8_lossy(&self.root(&["sh", "-c", facts]).stdout).into_owned());
        lines
    }

    /// The commits that libostree's refs of deployments keep from being pruned. How it numbers them is its own business.
    ///
    /// # Panics
    /// They cannot be read.
    pub fn commits_held_for_deployments(&self) -> BTreeSet<String> {
        let mut find = std::process::Command::new("find");
        find.current_dir(self.lab.sysroot().join("ostree/repo/refs/heads/ostree"));
        find.args([".", "-type", "f", "!", "-path", "./container/*", "-exec", "cat", "{}", "+"]);
        let output = find.output().expect("find");
        assert!(output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect()
    }

    /// The same as [`Computer::fingerprint`], read from outside, for a machine on which nothing can be read any more.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn fingerprint_from_outside(&self) -> String {
        // /var belongs to no deployment; skopeo keeps notes there.
        let facts = "find boot/loader/ boot/ostree ostree/deploy -maxdepth 4 ! -path 'ostree/deploy/*/var/*' \
                        -printf '%p %l\\n' 2>/dev/null | sort; \
                     find boot/loader/ ostree/deploy -maxdepth 4 -type f ! -path 'ostree/deploy/*/var/*' \
                        -exec sha256sum {} + | sort; \
                     find ostree/deploy/*/deploy/*/etc -type f -exec sha256sum {} + | sort; \
                     find ostree/repo/refs/heads/ostree -type f ! -path '*/ostree/container/*' -exec cat {} + | sort -u; \
                     sha256sum ../run/ostree/staged-deployment 2>/dev/null";
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", facts]).current_dir(self.lab.sysroot()).output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Nothing of what [`Computer::fingerprint_from_outside`] tells has changed since.
    ///
    /// # Panics
    /// Something has; the message has the lines that differ.
    pub fn assert_unchanged_from_outside(&self, before: &str, told: &str) {
        let after = self.fingerprint_from_outside();
        let missing = |these: &str, those: &str| -> Vec<String> {
            let those: BTreeSet<&str> = those.lines().collect();
            these.lines().filter(|line| !those.contains(line)).map(str::to_owned).collect()
        };
        let (gone, new) = (missing(before, &after), missing(&after, before));
        assert!(before == after, "{told}: something was changed: gone {gone:#?}, new {new:#?}");
    }

    /// Nobody holds the lock of the sysroot.
    ///
    /// # Panics
    /// It cannot be opened.
    pub fn lock_is_free(&self) -> bool {
        let path = self.lab.sysroot().join("ostree/lock");
        let open = std::fs::OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = open.expect("the lock file");
        nix::fcntl::fcntl(&file, nix::fcntl::FcntlArg::F_OFD_SETLK(&whole_file())).is_ok()
    }
}

fn whole_file() -> nix::libc::flock {
    nix::libc::flock {
        l_type: i16::try_from(nix::libc::F_WRLCK).expect("a small constant"),
        l_whence: i16::try_from(nix::libc::SEEK_SET).expect("a small constant"),
        l_start: 0,
        l_len: 0,
        l_pid: 0,
    }
}

fn ostree(arguments: &[&str]) -> Result<()> {
    let output = std::process::Command::new("ostree").args(arguments).output()?;
    if !output.status.success() {
        bail!("ostree {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
    Ok(())
}
