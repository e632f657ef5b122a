// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::PathBuf;
use std::process::Output;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use isotope_client::{Client, ClientError, Operation, UpdateOptions};
use isotope_lab::{BootEntry, Lab, LabOptions, PolkitPreset, Publication, RemoteBehaviour};
use isotope_model::{OperationStatus, Outcome, Phase};

use crate::Person;

/// The version that a new computer runs.
pub const FIRST_VERSION: &str = "10.1.20261030";

/// A computer in the lab, started, with Isotope installed. It is gone when dropped.
#[derive(Debug)]
pub struct Computer {
    lab: Lab,
    versions: AtomicU32,
}

/// An operation that a test has started and that is in a certain phase.
#[derive(Debug)]
pub struct Running {
    /// It, as the client sees it.
    pub operation: Operation,
    /// How it stood when it was in that phase.
    pub status: OperationStatus,
}

impl Computer {
    /// A small one, on which polkit allows a person everything.
    pub fn start() -> Self {
        Self::start_with(|_| {})
    }

    /// One with other properties.
    ///
    /// # Panics
    /// The lab does not work.
    pub fn start_with(change: impl FnOnce(&mut LabOptions)) -> Self {
        let mut options = LabOptions { polkit: PolkitPreset::Allow, payload_bytes: 2 << 20, ..LabOptions::default() };
        change(&mut options);
        let lab = Lab::create(options).expect("the lab is created");
        lab.boot().expect("the machine boots");
        Self { lab, versions: AtomicU32::new(0) }
    }

    /// The lab around it.
    pub fn lab(&self) -> &Lab {
        &self.lab
    }

    /// The folder of the programs that people start, as they are installed.
    pub fn programs(&self) -> PathBuf {
        self.lab.installation().bindir()
    }

    /// A connection to its bus as root, from outside.
    ///
    /// # Panics
    /// The bus does not answer within half a minute.
    pub async fn client(&self) -> Client {
        let began = Instant::now();
        loop {
            match self.connect().await {
                Ok(client) => return client,
                Err(error) if began.elapsed() > Duration::from_secs(30) => {
                    panic!("the service does not answer: {error:#}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    async fn connect(&self) -> Result<Client> {
        let address = self.lab.bus_address();
        let connection = zbus::connection::Builder::address(address.as_str())?.build().await?;
        let client = Client::over(connection).await?;
        client.require_service().await?;
        Ok(client)
    }

    /// Somebody who is logged in, as the user `person`.
    pub fn person(&self) -> Person<'_> {
        Person::new(&self.lab, "person")
    }

    /// Somebody else who is logged in.
    pub fn other_person(&self) -> Person<'_> {
        Person::new(&self.lab, "administrator")
    }

    /// Runs something on the machine as root; it must succeed.
    ///
    /// # Panics
    /// It fails.
    pub fn root(&self, command: &[&str]) -> Output {
        let output = self.lab.run("root", command).expect("a command on the machine");
        assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
        output
    }

    /// Publishes the next version of the image that the computer runs. Returns version and checksum.
    ///
    /// # Panics
    /// The lab does not publish.
    pub fn publish(&self, change: impl FnOnce(Publication) -> Publication) -> (String, String) {
        let number = self.versions.fetch_add(1, Ordering::Relaxed) + 1;
        let version = format!("10.2.{number}");
        let publication = change(Publication::new("gnome", version.clone()));
        let checksum = self.lab.publish(publication).expect("a publication");
        (version, checksum)
    }

    /// Publishes the next version of another image. Returns its checksum.
    ///
    /// # Panics
    /// The lab does not publish.
    pub fn publish_variant(&self, variant: &str) -> String {
        let number = self.versions.fetch_add(1, Ordering::Relaxed) + 1;
        self.lab.publish(Publication::new(variant, format!("10.2.{number}"))).expect("a publication")
    }

    /// Runs something on the machine as root that may write the sysroot and /boot, as libostree's programs do.
    ///
    /// # Panics
    /// It fails.
    pub fn root_with_writable_sysroot(&self, command: &[&str]) -> Output {
        const REMOUNT: &str = "mount -o remount,rw,bind /sysroot && mount -o remount,rw,bind /boot && exec \"$@\"";
        let whole: Vec<_> = ["unshare", "-m", "sh", "-c", REMOUNT, "sh"].iter().chain(command).copied().collect();
        self.root(&whole)
    }

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

    /// From now on the remote serves this many bytes a second, so that what is asked of it lasts.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn slow_remote(&self, bytes_per_second: u64) {
        let slow = RemoteBehaviour { bytes_per_second: Some(bytes_per_second), ..RemoteBehaviour::default() };
        self.lab.set_remote(slow).expect("the remote");
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
        let entries = self.entries().into_iter();
        let mut lines: Vec<_> = entries.map(|entry| format!("{entry:?} {}", self.origin(&entry))).collect();
        // What is staged, what the refs of deployments name, and what the person has in /etc.
        let facts = "sha256sum /run/ostree/staged-deployment 2>/dev/null; ostree refs --list ostree | sort; \
                     find /etc -type f -print0 | sort -z | xargs -0 sha256sum";
        lines.push(String::from_utf8_lossy(&self.root(&["sh", "-c", facts]).stdout).into_owned());
        lines
    }

    /// The same, read from outside, for a machine on which nothing can be read any more.
    ///
    /// # Panics
    /// It cannot be read.
    pub fn fingerprint_from_outside(&self) -> String {
        let facts = "find boot/loader/ boot/ostree ostree/deploy -maxdepth 4 -printf '%p %l\\n' 2>/dev/null | sort; \
                     find boot/loader/ ostree/deploy -maxdepth 4 -type f -exec sha256sum {} + | sort; \
                     find ostree/deploy/*/deploy/*/etc -type f -exec sha256sum {} + | sort; \
                     find ostree/repo/refs/heads/ostree -type f -exec sha256sum {} + | sort; \
                     sha256sum ../run/ostree/staged-deployment 2>/dev/null";
        let mut shell = std::process::Command::new("sh");
        let output = shell.args(["-c", facts]).current_dir(self.lab.sysroot()).output().expect("a shell");
        String::from_utf8_lossy(&output.stdout).into_owned()
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

    /// Updates, as root.
    ///
    /// # Errors
    /// The service refuses or goes away.
    pub async fn update(&self) -> Result<Outcome, ClientError> {
        let client = self.client().await;
        client.update(UpdateOptions::default()).await?.follow(|_| {}).await
    }

    /// Starts an update and waits until it is in this phase, or a later one.
    ///
    /// # Errors
    /// It ended before, or was refused.
    pub async fn update_until(&self, client: &Client, phase: Phase) -> Result<Running> {
        let operation = client.update(UpdateOptions::default()).await?;
        Self::wait_for_phase(operation, phase).await
    }

    /// Waits until an operation is in this phase, or a later one.
    ///
    /// # Errors
    /// It ended before.
    pub async fn wait_for_phase(operation: Operation, phase: Phase) -> Result<Running> {
        let began = Instant::now();
        loop {
            let status = operation.status().await.context("the operation's status")?;
            if let Some(outcome) = status.outcome {
                bail!("the operation ended before it was {phase:?}: {outcome:?}");
            }
            if status.progress.phase >= phase {
                return Ok(Running { operation, status });
            }
            if began.elapsed() > Duration::from_secs(60) {
                bail!("the operation stays {:?}", status.progress);
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
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
