// SPDX-License-Identifier: GPL-3.0-or-later
//! Who else updates this computer from time to time: the timers of other programs that are switched on, as the files of
//! the service manager say. Nobody is asked over a bus, so that reading never waits.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read as _;
use std::path::{Path, PathBuf};

use isotope_model::{AutomaticUpdater, AutomaticUpdates};

use crate::rpm_ostree_backend::automatic_updates;

/// A timer, the program that it starts, and how far that goes as it is delivered.
struct Timer {
    name: &'static str,
    unit: &'static str,
    does: Does,
}

enum Does {
    This(AutomaticUpdates),
    /// What is set in its configuration.
    PolicyOfRpmOstree,
}

/// Sources: the units and manuals of these programs.
const TIMERS: [Timer; 5] = [
    // `bootc upgrade --apply`.
    Timer { name: "bootc", unit: "bootc-fetch-apply-updates.timer", does: Does::This(AutomaticUpdates::Apply) },
    Timer { name: "rpm-ostree", unit: "rpm-ostreed-automatic.timer", does: Does::PolicyOfRpmOstree },
    Timer { name: "uupd", unit: "uupd.timer", does: Does::This(AutomaticUpdates::Stage) },
    Timer { name: "ublue-update", unit: "ublue-update.timer", does: Does::This(AutomaticUpdates::Stage) },
    Timer { name: "eos-updater", unit: "eos-autoupdater.timer", does: Does::This(AutomaticUpdates::Stage) },
];

/// What this computer does by itself.
const OURS: &str = "isotope-automatic.timer";

/// Where an administrator has units, where those are that last until the restart, and where the image has them; the first
/// wins. Source: `systemd.unit(5)`.
const ADMINISTRATOR: &str = "etc/systemd/system";
const RUNTIME: &str = "run/systemd/system";
const IMAGE: &str = "usr/lib/systemd/system";
const FOLDERS: [&str; 3] = [ADMINISTRATOR, RUNTIME, IMAGE];
/// So many folders of a kind are looked through.
const MOST: usize = 1000;
/// The longest that is read of a unit, in bytes.
const LONGEST: u64 = 64 * 1024;

/// What of this the running system has switched on.
pub(crate) fn read() -> Vec<AutomaticUpdater> {
    of_root(Path::new("/"), automatic_updates::read())
}

/// The timer is switched on that lets Isotope do something by itself.
pub(crate) fn looks_by_itself() -> bool {
    comes_by_itself(Path::new("/"))
}

fn comes_by_itself(root: &Path) -> bool {
    is_switched_on(root, OURS) && is_installed(root, &service_of(OURS))
}

fn of_root(root: &Path, policy: AutomaticUpdates) -> Vec<AutomaticUpdater> {
    let switched_on = TIMERS.iter().filter(|timer| is_switched_on(root, timer.unit));
    let found = switched_on.map(|timer| AutomaticUpdater {
        name: timer.name.to_owned(),
        unit: timer.unit.to_owned(),
        does: does(root, timer, policy),
    });
    found.filter(|updater| updater.does != AutomaticUpdates::None).collect()
}

fn does(root: &Path, timer: &Timer, policy: AutomaticUpdates) -> AutomaticUpdates {
    let service = service_of(timer.unit);
    match timer.does {
        _ if starts_another(root, timer.unit) => AutomaticUpdates::Unknown,
        _ if !is_installed(root, &service) => AutomaticUpdates::None,
        Does::PolicyOfRpmOstree => policy,
        Does::This(_) if is_changed(root, &service) => AutomaticUpdates::Unknown,
        Does::This(does) => does,
    }
}

/// It is installed, not masked, and something wants it.
fn is_switched_on(root: &Path, unit: &str) -> bool {
    is_installed(root, unit) && is_wanted(root, unit)
}

fn is_installed(root: &Path, unit: &str) -> bool {
    winner(root, Path::new(unit)).is_some_and(|file| !is_masked(&file))
}

/// What is said first of it.
fn winner(root: &Path, name: &Path) -> Option<PathBuf> {
    FOLDERS.iter().map(|folder| root.join(folder).join(name)).find(|file| is_there(file))
}

/// What an administrator says of a folder of wishes overrides what the image says of the same.
fn is_wanted(root: &Path, unit: &str) -> bool {
    let all: BTreeSet<String> = FOLDERS.iter().flat_map(|folder| wishes(&root.join(folder))).collect();
    all.iter().any(|folder| winner(root, &Path::new(folder).join(unit)).is_some_and(|link| !is_masked(&link)))
}

/// The folders of what units want and require, by their names.
fn wishes(units: &Path) -> Vec<String> {
    let names =
        fs::read_dir(units).into_iter().flatten().flatten().filter_map(|entry| entry.file_name().into_string().ok());
    names.filter(|name| name.ends_with(".wants") || name.ends_with(".requires")).take(MOST).collect()
}

/// Also a link that leads nowhere from here.
fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

/// A link to nothing, or an empty file. Source: `systemd.unit(5)`.
fn is_masked(path: &Path) -> bool {
    match fs::read_link(path) {
        Ok(target) => target == Path::new("/dev/null"),
        Err(_) => path.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() == 0),
    }
}

/// The service does not do what it was delivered to do, or nobody knows.
fn is_changed(root: &Path, service: &str) -> bool {
    let versions = FOLDERS.iter().filter(|folder| is_there(&root.join(folder).join(service))).count();
    versions > 1 || !additions(root, service).is_empty()
}

/// The timer starts another service than the one of its name, or nobody knows. When it does that does not matter.
fn starts_another(root: &Path, timer: &str) -> bool {
    let service = service_of(timer);
    let names_another = |file: PathBuf| {
        let mut text = String::new();
        let read = File::open(file).and_then(|file| file.take(LONGEST).read_to_string(&mut text));
        let mut assignments = text.lines().filter_map(|line| line.split_once('='));
        read.is_err() || assignments.any(|(key, value)| key.trim() == "Unit" && value.trim() != service)
    };
    winner(root, Path::new(timer)).into_iter().chain(additions(root, timer)).any(names_another)
}

/// What is added to a unit.
fn additions(root: &Path, unit: &str) -> Vec<PathBuf> {
    let folders = FOLDERS.iter().map(|folder| root.join(folder).join(format!("{unit}.d")));
    let files = folders.filter_map(|folder| fs::read_dir(folder).ok()).flat_map(|entries| entries.flatten().take(MOST));
    files
        .map(|entry| entry.path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "conf"))
        .collect()
}

fn service_of(timer: &str) -> String {
    timer.replace(".timer", ".service")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    struct Root(tempfile::TempDir);

    impl Root {
        /// With these units in the image.
        fn with(units: &[&str]) -> Self {
            let root = Self(tempfile::tempdir().unwrap());
            for unit in units {
                root.file(&format!("{IMAGE}/{unit}"), "[Timer]\nOnBootSec=1h\n");
                root.file(&format!("{IMAGE}/{}", service_of(unit)), "[Service]\nExecStart=/usr/bin/true\n");
            }
            root
        }

        fn place(&self, path: &str) -> PathBuf {
            let path = self.0.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            path
        }

        fn file(&self, path: &str, text: &str) {
            fs::write(self.place(path), text).unwrap();
        }

        fn link(&self, path: &str, target: &str) {
            symlink(target, self.place(path)).unwrap();
        }

        fn found(&self, policy: AutomaticUpdates) -> Vec<(String, AutomaticUpdates)> {
            of_root(self.0.path(), policy).into_iter().map(|updater| (updater.unit, updater.does)).collect()
        }
    }

    const BOOTC: &str = "bootc-fetch-apply-updates.timer";
    const RPM_OSTREE: &str = "rpm-ostreed-automatic.timer";

    #[test]
    fn an_installed_timer_alone_is_none() {
        let root = Root::with(&[BOOTC, "uupd.timer"]);
        assert_eq!(root.found(AutomaticUpdates::None), []);
        assert_eq!(of_root(Path::new("/nonexistent"), AutomaticUpdates::Stage), []);
    }

    #[test]
    fn one_that_something_wants_is_told_of() {
        let root = Root::with(&[BOOTC, "uupd.timer", "ublue-update.timer", "other.timer"]);
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/uupd.timer"), "/usr/lib/systemd/system/uupd.timer");
        root.link(&format!("{IMAGE}/default.target.wants/{BOOTC}"), "../bootc-fetch-apply-updates.timer");
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/other.timer"), "/usr/lib/systemd/system/other.timer");
        let expected = [(BOOTC.into(), AutomaticUpdates::Apply), ("uupd.timer".into(), AutomaticUpdates::Stage)];
        assert_eq!(root.found(AutomaticUpdates::None), expected);
    }

    #[test]
    fn a_masked_one_is_none() {
        for (path, text) in [
            (format!("{ADMINISTRATOR}/{BOOTC}"), None),
            (format!("{ADMINISTRATOR}/{BOOTC}"), Some("")),
            // Only the wish of the image is taken back.
            (format!("{ADMINISTRATOR}/default.target.wants/{BOOTC}"), None),
        ] {
            let root = Root::with(&[BOOTC]);
            root.link(&format!("{IMAGE}/default.target.wants/{BOOTC}"), "../bootc-fetch-apply-updates.timer");
            match text {
                None => root.link(&path, "/dev/null"),
                Some(text) => root.file(&path, text),
            }
            assert_eq!(root.found(AutomaticUpdates::None), [], "{path} {text:?}");
        }
    }

    #[test]
    fn a_wish_for_what_is_not_installed_is_none() {
        let root = Root::with(&[]);
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/uupd.timer"), "/usr/lib/systemd/system/uupd.timer");
        assert_eq!(root.found(AutomaticUpdates::None), []);
        root.file(&format!("{ADMINISTRATOR}/uupd.timer"), "[Timer]\n");
        assert_eq!(root.found(AutomaticUpdates::None), [], "there is nothing that it could start");
        root.file(&format!("{ADMINISTRATOR}/uupd.service"), "[Service]\n");
        assert_eq!(root.found(AutomaticUpdates::None).len(), 1);
    }

    #[test]
    fn rpm_ostree_does_what_it_is_set_to() {
        let root = Root::with(&[RPM_OSTREE]);
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/{RPM_OSTREE}"), "/usr/lib/systemd/system/x");
        for policy in [AutomaticUpdates::Check, AutomaticUpdates::Stage, AutomaticUpdates::Unknown] {
            assert_eq!(root.found(policy), [(RPM_OSTREE.into(), policy)]);
        }
        assert_eq!(root.found(AutomaticUpdates::None), []);
    }

    #[test]
    fn nothing_is_claimed_of_a_service_that_was_changed() {
        let root = Root::with(&[BOOTC]);
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/{BOOTC}"), "/usr/lib/systemd/system/x");
        root.file(&format!("{IMAGE}/bootc-fetch-apply-updates.service.d/10-stage.conf"), "[Service]\nExecStart=\n");
        assert_eq!(root.found(AutomaticUpdates::None), [(BOOTC.into(), AutomaticUpdates::Unknown)]);
    }

    #[test]
    fn a_timer_whose_service_is_masked_does_nothing() {
        for unit in [BOOTC, RPM_OSTREE] {
            let root = Root::with(&[unit]);
            root.link(&format!("{IMAGE}/timers.target.wants/{unit}"), "../x");
            assert_eq!(root.found(AutomaticUpdates::Stage).len(), 1);
            root.link(&format!("{ADMINISTRATOR}/{}", service_of(unit)), "/dev/null");
            assert_eq!(root.found(AutomaticUpdates::Stage), [], "{unit}");
        }
    }

    #[test]
    fn what_lasts_until_the_restart_counts_too() {
        let root = Root::with(&[BOOTC, "uupd.timer"]);
        root.link(&format!("{RUNTIME}/timers.target.wants/uupd.timer"), "/usr/lib/systemd/system/uupd.timer");
        root.link(&format!("{IMAGE}/default.target.wants/{BOOTC}"), "../x");
        root.link(&format!("{RUNTIME}/{BOOTC}"), "/dev/null");
        assert_eq!(root.found(AutomaticUpdates::None), [("uupd.timer".into(), AutomaticUpdates::Stage)]);
    }

    #[test]
    fn a_timer_may_be_set_to_start_something_else() {
        for unit in [BOOTC, RPM_OSTREE] {
            let root = Root::with(&[unit]);
            root.link(&format!("{IMAGE}/timers.target.wants/{unit}"), "../x");
            let addition = format!("{ADMINISTRATOR}/{unit}.d/10.conf");
            root.file(&addition, "[Timer]\nOnCalendar=weekly\n");
            assert_ne!(root.found(AutomaticUpdates::Stage)[0].1, AutomaticUpdates::Unknown, "only the time is another");
            root.file(&addition, "[Timer]\nUnit = other.service\n");
            assert_eq!(root.found(AutomaticUpdates::None), [(unit.into(), AutomaticUpdates::Unknown)]);
        }
    }

    #[test]
    fn our_own_is_switched_on_by_the_same_files_and_none_of_the_others() {
        let root = Root::with(&[OURS]);
        assert!(!comes_by_itself(root.0.path()));
        root.link(&format!("{ADMINISTRATOR}/timers.target.wants/{OURS}"), "/usr/lib/systemd/system/x");
        assert!(comes_by_itself(root.0.path()));
        assert_eq!(root.found(AutomaticUpdates::Stage), []);
        root.link(&format!("{ADMINISTRATOR}/{}", service_of(OURS)), "/dev/null");
        assert!(!comes_by_itself(root.0.path()));
    }
}
