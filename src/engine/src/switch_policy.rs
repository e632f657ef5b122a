// SPDX-License-Identifier: GPL-3.0-or-later
//! What may be switched to on this computer, whoever asks: an administrator's word, else the image builder's.

use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use isotope_model::catalog::LARGEST_FILE;
use isotope_model::engine_protocol::Task;
use isotope_model::{Deployment, ImageReference, Refusal, Snapshot, SwitchPolicy, followed_deployment, resolve_image};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, openat};
use nix::sys::stat::{Mode, fstatat};

/// The first that has such a file counts.
const FOLDERS: [&str; 2] = ["/etc/isotope", "/usr/share/isotope"];
const NAME: &str = "switching.toml";
/// Whose the folder and the file have to be.
const ROOT: u32 = 0;

/// The task leads to no image that may not be switched to.
///
/// # Errors
/// [`Refusal::SwitchForbidden`]; [`Refusal::SwitchPolicyBroken`] where what is allowed cannot be read to the letter.
pub(crate) fn enforce(task: &Task, snapshot: &Snapshot) -> Result<(), Refusal> {
    match switched_to(task, snapshot) {
        Some(image) => require(&read(FOLDERS.map(Path::new), ROOT)?, &image),
        None => Ok(()),
    }
}

/// The image that a task switches to: none where it stays with the one that runs, which takes back what is staged. What
/// goes on from a staged or queued switch is one as well, also where nobody knows to what.
fn switched_to(task: &Task, snapshot: &Snapshot) -> Option<ImageReference> {
    let runs = snapshot.booted().and_then(|booted| booted.image.as_ref());
    let is_switch = |target: &ImageReference| *target == ImageReference::Unknown || Some(target) != runs;
    match task {
        Task::Switch { image, .. } => resolve_image(snapshot, image).ok().filter(is_switch),
        Task::Update { .. } | Task::Deploy { .. } => {
            let goes_on_from = [snapshot.staged(), followed_deployment(snapshot)].into_iter().flatten();
            let switched = goes_on_from.filter(|deployment| !deployment.booted);
            let image_of = |one: &Deployment| one.image.clone().unwrap_or(ImageReference::Unknown);
            switched.map(image_of).find(is_switch)
        }
        _ => None,
    }
}

fn require(policy: &SwitchPolicy, image: &ImageReference) -> Result<(), Refusal> {
    match policy.allows(image) {
        true => Ok(()),
        false => Err(Refusal::SwitchForbidden { reference: image.to_string() }),
    }
}

/// What the first file says; where there is none, everything is allowed.
fn read(folders: [&Path; 2], owner: u32) -> Result<SwitchPolicy, Refusal> {
    for folder in folders {
        let broken = |detail| Refusal::SwitchPolicyBroken { path: folder.join(NAME).display().to_string(), detail };
        if let Some(text) = text(folder, owner).map_err(|error| broken(error.to_string()))? {
            return SwitchPolicy::from_toml(&text).map_err(|error| broken(error.to_string()));
        }
    }
    Ok(SwitchPolicy::All)
}

/// The text of the file in a folder, if there is one. Folder and file are judged open, so that what is judged is what is
/// read.
fn text(folder: &Path, owner: u32) -> io::Result<Option<String>> {
    let flags = OFlag::O_DIRECTORY | OFlag::O_NONBLOCK;
    let folder = match File::options().read(true).custom_flags(flags.bits()).open(folder) {
        Ok(folder) => folder,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    require_owner(&folder, owner)?;
    // A link that leads nowhere is there, and cannot be read.
    match fstatat(&folder, NAME, AtFlags::AT_SYMLINK_NOFOLLOW) {
        Err(Errno::ENOENT) => return Ok(None),
        found => found.map(drop)?,
    }
    // Opening something that is no file must not wait for it.
    let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let file = File::from(openat(&folder, NAME, flags, Mode::empty())?);
    if !file.metadata()?.is_file() {
        return Err(io::Error::other("not a regular file"));
    }
    require_owner(&file, owner)?;
    let mut text = String::new();
    // One byte more than is allowed is enough to be refused.
    file.take(LARGEST_FILE as u64 + 1).read_to_string(&mut text)?;
    Ok(Some(text))
}

fn require_owner(opened: &File, owner: u32) -> io::Result<()> {
    const WRITTEN_BY_OTHERS: u32 = 0o022;
    let metadata = opened.metadata()?;
    match metadata.uid() == owner && metadata.mode() & WRITTEN_BY_OTHERS == 0 {
        true => Ok(()),
        false => Err(io::Error::other("others than root may write it")),
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::PathBuf;

    use isotope_model::{Backend, DeploymentId, Host, UpdateMode};

    use super::*;

    struct Files {
        folder: tempfile::TempDir,
    }

    impl Files {
        fn new() -> Self {
            let files = Self { folder: tempfile::tempdir().unwrap() };
            for folder in files.folders() {
                fs::create_dir(&folder).unwrap();
                fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
            }
            files
        }

        fn folders(&self) -> [PathBuf; 2] {
            ["etc", "usr"].map(|name| self.folder.path().join(name))
        }

        fn put(&self, which: usize, content: &[u8], mode: u32) {
            let file = self.folders()[which].join(NAME);
            let _ = fs::remove_file(&file);
            fs::write(&file, content).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
        }

        fn read(&self, owner: u32) -> Result<SwitchPolicy, String> {
            let [etc, usr] = self.folders();
            read([&etc, &usr], owner).map_err(|refusal| refusal.to_string())
        }
    }

    fn own() -> u32 {
        nix::unistd::geteuid().as_raw()
    }

    const NONE: &[u8] = b"[switch]\nallow = \"none\"\n";
    const ALL: &[u8] = b"[switch]\nallow = \"all\"\n";

    #[test]
    fn the_administrators_word_counts_and_else_the_image_builders() {
        let files = Files::new();
        assert_eq!(files.read(own()), Ok(SwitchPolicy::All));
        files.put(1, NONE, 0o644);
        assert_eq!(files.read(own()), Ok(SwitchPolicy::None));
        files.put(0, ALL, 0o600);
        assert_eq!(files.read(own()), Ok(SwitchPolicy::All));
    }

    #[test]
    fn what_cannot_be_read_to_the_letter_or_may_be_others_word_is_not_passed_over() {
        let files = Files::new();
        files.put(1, ALL, 0o644);
        let long = format!("#{}", "x".repeat(LARGEST_FILE));
        let table: [(&[u8], u32, &str); 6] = [
            (ALL, 0o664, "others than root"),
            (ALL, 0o646, "others than root"),
            (b"[switch]\nallow = 1", 0o644, "line 2"),
            (b"[switch]\nalow = \"all\"", 0o644, "line 2"),
            (b"\xff", 0o644, "UTF-8"),
            (long.as_bytes(), 0o644, "larger than"),
        ];
        for (content, mode, expected) in table {
            files.put(0, content, mode);
            let told = files.read(own()).unwrap_err();
            assert!(told.contains("etc/switching.toml cannot be read: ") && told.contains(expected), "{told}");
        }
        files.put(0, ALL, 0o644);
        assert!(files.read(own() + 1).is_err(), "somebody else's");
        fs::set_permissions(&files.folders()[0], Permissions::from_mode(0o775)).unwrap();
        assert!(files.read(own()).is_err(), "a folder that others may write");
    }

    #[test]
    fn what_is_no_file_is_neither_waited_for_nor_passed_over() {
        let files = Files::new();
        files.put(1, ALL, 0o644);
        let file = files.folders()[0].join(NAME);
        for target in ["/nowhere", "/dev/zero", ".", NAME] {
            symlink(target, &file).unwrap();
            assert!(files.read(own()).is_err(), "{target}");
            fs::remove_file(&file).unwrap();
        }
        nix::unistd::mkfifo(&file, Mode::S_IRUSR).unwrap();
        assert!(files.read(own()).unwrap_err().contains("not a regular file"));
    }

    fn deployment(digit: &str, branch: &str) -> Deployment {
        let image = ImageReference::from_refspec(branch).ok();
        Deployment { image, ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0)) }
    }

    fn host(staged: Option<&str>) -> Snapshot {
        let staged = staged.map(|branch| Deployment { staged: true, ..deployment("2", branch) });
        let booted = Deployment { booted: true, ..deployment("1", "r:gnome") };
        let host = Host { image_based: true, backend: Backend::Ostree, ..Host::default() };
        Snapshot { host, deployments: staged.into_iter().chain([booted]).collect(), ..Snapshot::default() }
    }

    #[test]
    fn a_switch_and_what_goes_on_from_a_staged_one_are_asked_about_and_nothing_else() {
        let to = |image: &str| Task::Switch {
            image: image.into(),
            expected: None,
            soft_restart: false,
            pin: true,
            reset: false,
        };
        let (switch, to_gnome, malformed) = (|| to("r:kde"), || to("r:gnome"), to("--apply"));
        let update = |mode| Task::Update { expected: None, mode, soft_restart: false };
        let deploy = || Task::Deploy { version: "1".into() };
        let table = [
            (switch(), None, Some("r:kde")),
            (switch(), Some("r:xfce"), Some("r:kde")),
            (to_gnome(), Some("r:kde"), None),
            (to_gnome(), None, None),
            (malformed, None, None),
            (update(UpdateMode::Stage), None, None),
            (update(UpdateMode::Stage), Some("r:gnome"), None),
            (update(UpdateMode::Stage), Some("r:kde"), Some("r:kde")),
            (update(UpdateMode::FromDownloaded), Some("r:kde"), Some("r:kde")),
            (deploy(), Some("r:kde"), Some("r:kde")),
            (deploy(), None, None),
            (Task::Discard { expected: None }, Some("r:kde"), None),
            (Task::RollBack { expected: None }, Some("r:kde"), None),
            (Task::SetDefault { deployment: deployment("2", "r:kde").id }, Some("r:kde"), None),
        ];
        for (task, staged, expected) in table {
            let found = switched_to(&task, &host(staged)).map(|image| image.to_string());
            assert_eq!(found.as_deref(), expected, "{task:?} {staged:?}");
        }
    }

    #[test]
    fn with_rpm_ostree_what_goes_on_from_a_queued_switch_is_asked_about() {
        let update = || Task::Update { expected: None, mode: UpdateMode::Stage, soft_restart: false };
        for (queued, expected) in [("r:kde", Some("r:kde")), ("r:gnome", None)] {
            for task in [update(), Task::Deploy { version: "1".into() }] {
                let mut host = host(None);
                host.deployments.insert(0, deployment("2", queued));
                assert_eq!(switched_to(&task, &host), None, "others go on from what runs");
                host.host.backend = Backend::RpmOstree;
                let found = switched_to(&task, &host).map(|image| image.to_string());
                assert_eq!(found.as_deref(), expected, "{task:?}");
            }
        }
    }

    #[test]
    fn what_goes_on_from_an_unknown_image_is_allowed_only_where_everything_is() {
        let update = |mode| Task::Update { expected: None, mode, soft_restart: false };
        let [stage, download, release] =
            [UpdateMode::Stage, UpdateMode::DownloadOnly, UpdateMode::FromDownloaded].map(update);
        let listed = SwitchPolicy::Listed { images: vec!["r:*".into()] };
        for task in [stage, download, release, Task::Deploy { version: "1".into() }] {
            for image in [None, Some(ImageReference::Unknown)] {
                for runs in [ImageReference::from_refspec("r:gnome").ok(), image.clone()] {
                    let mut host = host(Some("r:kde"));
                    host.deployments[0].image = image.clone();
                    host.deployments[1].image = runs.clone();
                    let found = switched_to(&task, &host).unwrap();
                    assert_eq!(found, ImageReference::Unknown, "{task:?} {image:?} {runs:?}");
                    assert_eq!(require(&SwitchPolicy::All, &found), Ok(()));
                    for policy in [&listed, &SwitchPolicy::None, &SwitchPolicy::Unknown] {
                        assert!(require(policy, &found).is_err(), "{task:?} {policy:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_allowed_is_refused_by_name() {
        let image = ImageReference::from_refspec("r:kde").unwrap();
        assert_eq!(require(&SwitchPolicy::All, &image), Ok(()));
        let refused = Err(Refusal::SwitchForbidden { reference: "r:kde".into() });
        let listed = |images: &[&str]| SwitchPolicy::Listed { images: images.iter().map(|&one| one.into()).collect() };
        for policy in [SwitchPolicy::None, SwitchPolicy::Unknown, listed(&[]), listed(&["r:gnome"])] {
            assert_eq!(require(&policy, &image), refused);
        }
        assert_eq!(require(&listed(&["r:gnome", "r:kde"]), &image), Ok(()));
    }
}
