// SPDX-License-Identifier: GPL-3.0-or-later
//! The images that a computer follows, in the words of what pulls on it: a branch and the checksum of a commit, or a
//! container's tag and the digest of its manifest. What is deployed is read from the sysroot, never asked of a program
//! that is under test.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::Ordering;

use isotope_lab::{Backend, BootEntry, Publication};
use isotope_model::{DeploymentId, Outcome};

use super::Computer;
use crate::person::{PROBE, install_probe};

/// Where a merge commit names the image that it was made from.
const DIGEST_KEY: &str = "--print-metadata-key=ostree.manifest-digest";
/// How `ostree admin status` marks what is staged and held back.
const HELD_BACK: &str = "(finalization locked)";

/// What is staged, as libostree's own program sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staged {
    /// The checksum of its commit.
    pub checksum: String,
    /// Its origin file.
    pub origin: String,
    /// It is held back from being finalised.
    pub held_back: bool,
}

impl Computer {
    /// Publishes the next version of the image that a new computer runs. Returns version and image.
    ///
    /// # Panics
    /// The lab does not publish.
    pub fn publish(&self, change: impl FnOnce(Publication) -> Publication) -> (String, String) {
        let version = self.next_version();
        let image = self.publish_as(change(Publication::new("gnome", version.clone())));
        (version, image)
    }

    /// Publishes the next version of another image, and returns it.
    ///
    /// # Panics
    /// The lab does not publish.
    pub fn publish_variant(&self, variant: &str) -> String {
        self.publish_as(Publication::new(variant, self.next_version()))
    }

    /// Publishes where this computer pulls from, and returns what tells the image from all others.
    ///
    /// # Panics
    /// The lab does not publish.
    pub fn publish_as(&self, publication: Publication) -> String {
        let published = match self.backend.follows_containers() {
            true => self.lab.publish_container(publication),
            false => self.lab.publish(publication),
        };
        published.expect("a publication")
    }

    /// A version that was not published yet.
    pub fn next_version(&self) -> String {
        format!("10.2.{}", self.versions.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// What a person writes to switch to a variant.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn reference(&self, variant: &str) -> String {
        match self.backend.follows_containers() {
            true => self.lab.container_reference(variant, "stable").expect("the registry"),
            false => format!("lab:lab/{}/{variant}", std::env::consts::ARCH),
        }
    }

    /// The same as the service tells it.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn followed_reference(&self, variant: &str) -> String {
        let reference = self.reference(variant);
        match self.backend {
            Backend::Ostree | Backend::RpmOstreeBranch => reference,
            Backend::Bootc | Backend::RpmOstree => format!("ostree-unverified-registry:{reference}"),
            Backend::BootcSigned => format!("ostree-image-signed:docker://{reference}"),
        }
    }

    /// The line that the origin of a deployment has which follows a variant.
    ///
    /// # Panics
    /// The lab does not answer.
    pub fn origin_line(&self, variant: &str) -> String {
        let key = if self.backend.follows_containers() { "container-image-reference" } else { "refspec" };
        format!("{key}={}", self.followed_reference(variant))
    }

    /// The image that a boot entry starts.
    pub fn image_of(&self, entry: &BootEntry) -> String {
        self.image_of_commit(&entry.checksum)
    }

    /// The image that a deployment was made from.
    pub fn image_of_deployment(&self, id: &DeploymentId) -> String {
        self.image_of_commit(id.checksum())
    }

    /// The image that runs.
    pub fn booted_image(&self) -> String {
        self.image_of(&self.booted())
    }

    /// The image that a boot loader would start.
    pub fn default_image(&self) -> String {
        self.image_of(&self.default_entry())
    }

    /// The images of the boot menu, the default first.
    pub fn images(&self) -> Vec<String> {
        self.entries().iter().map(|entry| self.image_of(entry)).collect()
    }

    /// The image that is staged.
    pub fn staged_image(&self) -> Option<String> {
        self.staged().map(|staged| self.image_of_commit(&staged.checksum))
    }

    /// How an image is told from all others that was never published.
    pub fn no_image(&self) -> String {
        let nothing = "0".repeat(64);
        if self.backend.follows_containers() { format!("sha256:{nothing}") } else { nothing }
    }

    /// What is staged.
    ///
    /// # Panics
    /// libostree cannot read the sysroot.
    pub fn staged(&self) -> Option<Staged> {
        let output = self.root(&["ostree", "admin", "status"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let line = text.lines().find(|line| line.contains("(staged)") || line.contains(HELD_BACK))?;
        let name = line.split_whitespace().find(|word| word.contains('.')).expect("the name of a deployment");
        let folders = std::fs::read_dir(self.lab.sysroot().join("ostree/deploy")).expect("stateroots").flatten();
        let mut origins = folders.map(|folder| folder.path().join(format!("deploy/{name}.origin")));
        let origin = origins.find_map(|path| std::fs::read_to_string(path).ok()).expect("an origin file");
        let checksum = name.split('.').next().unwrap_or_default().to_owned();
        let held_back = line.contains(HELD_BACK);
        Some(Staged { checksum, origin, held_back })
    }

    /// An update has ended by staging this image, which is what libostree shows as staged.
    ///
    /// # Panics
    /// It has not.
    pub fn assert_staged(&self, outcome: &Outcome, image: &str) {
        let Outcome::Staged { deployment, .. } = outcome else { panic!("{outcome:?}") };
        assert_eq!(self.image_of_deployment(deployment), image);
        assert_eq!(self.staged().map(|staged| staged.checksum).as_deref(), Some(deployment.checksum()));
    }

    /// The program that pulls on this computer updates it, on somebody else's behalf.
    ///
    /// # Panics
    /// It does not start.
    pub fn update_by_another(&self) -> Child {
        let line: &[&str] = match self.backend {
            Backend::Ostree => &["ostree", "admin", "upgrade", "--stage"],
            Backend::Bootc | Backend::BootcSigned => &["bootc", "upgrade", "--quiet"],
            Backend::RpmOstree | Backend::RpmOstreeBranch => return self.rpm_ostree("root", &["upgrade"]),
        };
        let mut command = self.lab.command("root", line).expect("the machine");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("another program")
    }

    /// Another program has rpm-ostree do something, as GNOME Software would, until it is done.
    ///
    /// # Panics
    /// It does not start.
    pub fn rpm_ostree(&self, user: &str, arguments: &[&str]) -> Child {
        let whole: Vec<_> = [PROBE, "rpm-ostree"].iter().chain(arguments).copied().collect();
        install_probe(&self.lab).expect("the probe");
        let mut command = self.lab.command(user, &whole).expect("the machine");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        command.spawn().expect("another program")
    }

    /// The next update is staged and starts with a restart, and what is deployed is whole.
    ///
    /// # Panics
    /// It is not so.
    pub async fn assert_next_update_starts(&self) {
        let (_, image) = self.publish(|publication| publication);
        self.assert_staged(&self.update().await.expect("an update"), &image);
        self.lab.restart().expect("a restart");
        assert_eq!(self.booted_image(), image);
        self.assert_commits_whole();
    }

    /// The name of that program, as it is told to those who wait for it.
    pub fn updating_program(&self) -> &'static str {
        match self.backend {
            Backend::Ostree => "ostree",
            Backend::Bootc | Backend::BootcSigned => "bootc",
            Backend::RpmOstree | Backend::RpmOstreeBranch => "rpm-ostree",
        }
    }

    fn image_of_commit(&self, checksum: &str) -> String {
        if !self.backend.follows_containers() {
            return checksum.to_owned();
        }
        let repository: PathBuf = self.lab.sysroot().join("ostree/repo");
        let mut show = Command::new("ostree");
        let output = show.arg(format!("--repo={}", repository.display())).args(["show", DIGEST_KEY, checksum]).output();
        let output = output.expect("ostree");
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{checksum}: {}", String::from_utf8_lossy(&output.stderr));
        text.trim().trim_matches('\'').to_owned()
    }
}
