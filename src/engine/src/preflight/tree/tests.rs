// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs;
use std::os::unix::fs::{PermissionsExt as _, symlink};

use ostree::Repo;
use ostree::gio::prelude::CancellableExt as _;
use ostree::glib::VariantDict;

use super::*;
use crate::ostree_backend::commit_tree::tests::{commit, repository, write};

/// A computer that runs GNOME, and an image with KDE.
struct Computer {
    folder: tempfile::TempDir,
    repo: Repo,
}

const UNITS: &str = "usr/lib/systemd/system";

/// What a login screen comes to: its unit, the users that are missing, and the unit that is not there.
type LoginScreen = (Option<String>, Vec<String>, Option<String>);

fn screen(unit: &str, missing: &[&str], broken: bool) -> LoginScreen {
    let missing = missing.iter().map(|user| (*user).to_owned()).collect();
    (Some(format!("{unit}.service")), missing, broken.then(|| format!("{unit}.service")))
}

const NO_SCREEN: LoginScreen = (None, Vec::new(), None);

impl Computer {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let repo = repository(&folder.path().join("repo"));
        let computer = Self { folder, repo };
        for (image, unit) in [("gnome", "gdm"), ("kde", "sddm")] {
            let tree = computer.path(image);
            write(tree.join(UNITS).join(format!("{unit}.service")), "[Unit]\n");
            write(tree.join("usr/etc/passwd"), "root:x:0:0::/root:/bin/sh\n");
            write(tree.join("usr/etc/group"), "root:x:0:\n");
            write(tree.join("usr/etc/same.conf"), "same\n");
            write(tree.join("usr/etc/differs.conf"), image);
            write(tree.join("usr/lib/passwd"), &format!("{unit}:x:42:42::/:/sbin/nologin\n"));
            write(tree.join("usr/lib/group"), &format!("{unit}:x:42:\n"));
            fs::create_dir_all(tree.join("usr/etc/systemd/system")).unwrap();
            link(&tree.join("usr/etc").join(display_manager::LINK), unit);
        }
        copy(&computer.path("gnome").join(ETC), &computer.etc());
        computer
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn etc(&self) -> PathBuf {
        self.path("etc")
    }

    fn facts_for(&self, everything: bool) -> TreeFacts {
        self.facts_unless(&gio::Cancellable::new(), everything).unwrap()
    }

    fn facts_unless(&self, cancelled: &gio::Cancellable, everything: bool) -> anyhow::Result<TreeFacts> {
        let tree = |image: &str| {
            let checksum = commit(&self.repo, image, &self.path(image), &VariantDict::new(None));
            CommitTree::of_commit(&self.repo, &checksum).unwrap()
        };
        let image_etc = self.path("gnome").join(ETC);
        let here = Here { image: tree("gnome"), image_etc, etc: self.etc(), everything };
        facts(&here, &tree("kde"), "kde".into(), cancelled)
    }

    fn facts(&self) -> TreeFacts {
        self.facts_for(false)
    }

    fn screen(&self) -> LoginScreen {
        let facts = self.facts();
        (facts.display_manager, facts.missing_users, facts.broken_link.map(|broken| broken.unit))
    }

    /// The link in /etc of this computer leads there.
    fn links_to(&self, target: &str) {
        let own = self.etc().join(display_manager::LINK);
        let _ = fs::remove_file(&own);
        symlink(target, own).unwrap();
    }
}

fn link(path: &Path, unit: &str) {
    let _ = fs::remove_file(path);
    symlink(format!("/{UNITS}/{unit}.service"), path).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().flatten() {
        let to = to.join(entry.file_name());
        match entry.file_type().unwrap() {
            kind if kind.is_dir() => copy(&entry.path(), &to),
            kind if kind.is_symlink() => symlink(fs::read_link(entry.path()).unwrap(), to).unwrap(),
            _ => drop(fs::copy(entry.path(), to).unwrap()),
        }
    }
}

#[test]
fn a_computer_where_nothing_was_changed_gets_what_the_image_brings() {
    let expected = TreeFacts {
        image_checksum: "kde".into(),
        present_display_manager: Some("gdm.service".into()),
        display_manager: Some("sddm.service".into()),
        ..TreeFacts::default()
    };
    assert_eq!(Computer::new().facts(), expected);
}

#[test]
fn a_link_that_nobody_touched_becomes_the_images() {
    let computer = Computer::new();
    let kde = computer.path("kde");
    fs::remove_file(kde.join("usr/lib/passwd")).unwrap();
    assert_eq!(computer.screen(), screen("sddm", &["sddm"], false));
    fs::remove_file(kde.join(ETC).join(display_manager::LINK)).unwrap();
    assert_eq!(computer.screen(), NO_SCREEN, "the image has none");
    symlink("/dev/null", kde.join(ETC).join(display_manager::LINK)).unwrap();
    link(&kde.join(display_manager::LINK_OF_VENDOR), "sddm");
    assert_eq!(computer.screen(), NO_SCREEN, "the image masks its own");
    for path in [computer.path("gnome").join(ETC), computer.etc()] {
        fs::remove_file(path.join(display_manager::LINK)).unwrap();
    }
    assert_eq!(computer.screen(), NO_SCREEN);
    fs::remove_file(kde.join(ETC).join(display_manager::LINK)).unwrap();
    assert_eq!(computer.screen(), screen("sddm", &["sddm"], false), "the vendor's");
}

#[test]
fn a_link_that_was_changed_stays() {
    let computer = Computer::new();
    computer.links_to("/usr/lib/systemd/system/lightdm.service");
    assert_eq!(computer.screen(), screen("lightdm", &["lightdm"], true));
    assert_eq!(computer.facts().broken_link.unwrap().link, "/etc/systemd/system/display-manager.service");
    assert_eq!(computer.facts().present_display_manager.as_deref(), Some("lightdm.service"));
    write(computer.path("kde").join(UNITS).join("lightdm.service"), "[Unit]\n");
    assert_eq!(computer.screen(), screen("lightdm", &["lightdm"], false), "the image has it");
    write(computer.path("kde").join("usr/lib/passwd"), "lightdm:x:42:42::/:/sbin/nologin\n");
    assert_eq!(computer.screen(), screen("lightdm", &[], false));
    computer.links_to("sddm.service");
    assert_eq!(computer.screen(), screen("sddm", &["sddm"], false), "in other words the image's");
}

#[test]
fn a_unit_of_this_computers_own_is_there_with_another_image_and_one_of_the_image_that_runs_is_not() {
    let computer = Computer::new();
    let own = "systemd/system/own.service";
    computer.links_to("/etc/systemd/system/own.service");
    assert_eq!(computer.screen(), screen("own", &[], true));
    write(computer.etc().join(own), "[Unit]\n");
    assert_eq!(computer.screen(), screen("own", &[], false), "added here");
    write(computer.path("gnome").join(ETC).join(own), "[Unit]\n");
    assert_eq!(computer.screen(), screen("own", &[], true), "it goes with the image that runs");
    write(computer.path("kde").join(ETC).join(own), "[Unit]\nkde");
    assert_eq!(computer.screen(), screen("own", &[], false), "the image has it");
    fs::remove_file(computer.etc().join(own)).unwrap();
    assert_eq!(computer.screen(), screen("own", &[], true), "removed here");
}

#[test]
fn a_mask_means_that_no_login_screen_starts() {
    let computer = Computer::new();
    fs::remove_file(computer.path("kde").join("usr/lib/passwd")).unwrap();
    link(&computer.path("kde").join(display_manager::LINK_OF_VENDOR), "sddm");
    computer.links_to("/dev/null");
    assert_eq!(computer.screen(), NO_SCREEN);
    assert_eq!(computer.facts().present_display_manager, None);
    fs::remove_file(computer.etc().join(display_manager::LINK)).unwrap();
    write(computer.etc().join(display_manager::LINK), "[Unit]\n");
    assert_eq!(computer.screen(), NO_SCREEN, "a unit without a name of its own");
}

#[test]
fn a_link_that_was_removed_stays_removed() {
    let computer = Computer::new();
    let kde = computer.path("kde");
    fs::remove_file(kde.join("usr/lib/passwd")).unwrap();
    fs::remove_file(computer.etc().join(display_manager::LINK)).unwrap();
    assert_eq!(computer.screen(), NO_SCREEN);
    link(&kde.join(display_manager::LINK_OF_VENDOR), "sddm");
    assert_eq!(computer.screen(), screen("sddm", &["sddm"], false), "the vendor's");
    // With the folder the link goes as well.
    fs::remove_dir_all(computer.etc().join("systemd")).unwrap();
    fs::remove_file(kde.join(display_manager::LINK_OF_VENDOR)).unwrap();
    assert_eq!(computer.screen(), NO_SCREEN);
}

#[test]
fn a_link_that_was_added_stays() {
    let computer = Computer::new();
    fs::remove_file(computer.path("gnome").join(ETC).join(display_manager::LINK)).unwrap();
    assert_eq!(computer.screen(), screen("gdm", &["gdm"], true));
    fs::remove_dir_all(computer.path("gnome").join(ETC).join("systemd")).unwrap();
    assert_eq!(computer.screen(), screen("gdm", &["gdm"], true), "with its folder");
}

#[test]
fn users_are_looked_for_in_so_many_files_only() {
    let computer = Computer::new();
    let kde = computer.path("kde");
    let users: String = (0..1000).map(|number| format!("u user{number} -\n")).collect();
    link(&kde.join(ETC).join(display_manager::LINK), "many");
    write(kde.join("usr/lib/sysusers.d/many.conf"), &users);
    assert_eq!(computer.screen(), screen("many", &[], false), "systemd makes all of them");
    (0..1000).for_each(|number| write(kde.join(format!("usr/lib/sysusers.d/{number}.conf")), ""));
    assert!(computer.facts_unless(&gio::Cancellable::new(), false).is_err(), "too many files");
}

#[test]
fn a_cancel_ends_the_comparison() {
    let cancelled = gio::Cancellable::new();
    cancelled.cancel();
    assert!(Computer::new().facts_unless(&cancelled, false).is_err());
}

#[test]
fn the_link_may_be_the_vendors() {
    let computer = Computer::new();
    for image in ["gnome", "kde"] {
        let tree = computer.path(image);
        let unit = fs::read_link(tree.join(ETC).join(display_manager::LINK)).unwrap();
        fs::remove_file(tree.join(ETC).join(display_manager::LINK)).unwrap();
        symlink(unit.file_name().unwrap(), tree.join(display_manager::LINK_OF_VENDOR)).unwrap();
    }
    fs::remove_file(computer.etc().join(display_manager::LINK)).unwrap();
    let facts = computer.facts();
    assert_eq!(facts.present_display_manager.as_deref(), Some("gdm.service"));
    assert_eq!(facts.display_manager.as_deref(), Some("sddm.service"));
    assert_eq!(facts.broken_link, None);
}

#[test]
fn the_user_of_a_login_screen_is_missed_only_where_nothing_makes_it() {
    let computer = Computer::new();
    let (kde, missing) = (computer.path("kde"), |computer: &Computer| computer.facts().missing_users);
    fs::remove_file(kde.join("usr/lib/passwd")).unwrap();
    assert_eq!(missing(&computer), ["sddm"]);
    write(kde.join("usr/etc/passwd"), "sddm:x:42:42::/:/sbin/nologin\n");
    assert!(missing(&computer).is_empty(), "/etc/passwd becomes the image's");
    write(computer.etc().join("passwd"), "person:x:1000:1000::/home/person:/bin/sh\n");
    assert_eq!(missing(&computer), ["sddm"], "/etc/passwd stays");
    write(kde.join("usr/lib/sysusers.d/display.conf"), "u sddm -\n");
    assert!(missing(&computer).is_empty(), "systemd makes it");
    fs::remove_file(kde.join("usr/lib/sysusers.d/display.conf")).unwrap();
    write(computer.etc().join("passwd"), "sddm:x:1000:1000::/:/bin/sh\n");
    assert!(missing(&computer).is_empty(), "it is here");
}

#[test]
fn a_login_screen_says_itself_which_users_it_needs() {
    let computer = Computer::new();
    let kde = computer.path("kde");
    link(&kde.join(ETC).join(display_manager::LINK), "unheard-of");
    assert!(computer.facts().missing_users.is_empty());
    write(kde.join("usr/lib/sysusers.d/unheard-of.conf"), "u greeter -\n");
    assert!(computer.facts().missing_users.is_empty());
}

#[test]
fn gdm_needs_its_group_as_well() {
    let computer = Computer::new();
    let kde = computer.path("kde");
    link(&kde.join(ETC).join(display_manager::LINK), "gdm");
    write(kde.join("usr/lib/passwd"), "gdm:x:42:42::/:/sbin/nologin\n");
    assert_eq!(computer.facts().missing_users, ["gdm"]);
    write(kde.join("usr/lib/group"), "gdm:x:42:\n");
    assert!(computer.facts().missing_users.is_empty());
    write(kde.join("usr/lib/group"), "");
    write(kde.join("usr/lib/sysusers.d/groups.conf"), "g gdm -\n");
    assert!(computer.facts().missing_users.is_empty());
}

#[test]
fn what_was_changed_here_and_comes_in_another_form_is_told() {
    let computer = Computer::new();
    let (gnome, kde, etc) = (computer.path("gnome").join(ETC), computer.path("kde").join(ETC), computer.etc());
    // Changed here, and the same in both images.
    write(etc.join("same.conf"), "mine");
    // Changed here and by the image.
    write(etc.join("differs.conf"), "mine");
    // Here there is already what the image brings.
    write(gnome.join("agreed.conf"), "old");
    write(kde.join("agreed.conf"), "new");
    write(etc.join("agreed.conf"), "new");
    // Added on both sides, in the same form and in another one.
    write(kde.join("added/same"), "x");
    write(etc.join("added/same"), "x");
    write(kde.join("added/other"), "x");
    write(etc.join("added/other"), "y");
    symlink("/a", kde.join("same-link")).unwrap();
    symlink("/a", etc.join("same-link")).unwrap();
    symlink("/a", kde.join("other-link")).unwrap();
    symlink("/b", etc.join("other-link")).unwrap();
    // Removed here: brought again in another form, in the same, and not at all.
    for (name, of_kde) in [("gone-other", Some("kde")), ("gone-same", Some("gnome")), ("gone-everywhere", None)] {
        write(gnome.join(name), "gnome");
        of_kde.into_iter().for_each(|text| write(kde.join(name), text));
    }
    // Changed here, and the image has none.
    write(gnome.join("gnome-only"), "x");
    write(etc.join("gnome-only"), "mine");
    // A computer's own.
    for name in ["passwd", "shadow", "shadow-", "subuid", "machine-id", "resolv.conf", "hostname"] {
        write(kde.join(name), "kde");
        write(etc.join(name), "mine");
    }
    let facts = computer.facts();
    assert_eq!(facts.kept, ["/etc/added/other", "/etc/differs.conf", "/etc/gone-other", "/etc/other-link"]);
    assert_eq!(facts.more_kept, 0);
}

#[test]
fn names_in_closed_folders_are_counted_and_told_to_root_only() {
    let computer = Computer::new();
    for (tree, text) in [("gnome", "gnome"), ("kde", "kde")] {
        write(computer.path(tree).join(ETC).join("closed/file"), text);
    }
    write(computer.etc().join("closed/file"), "mine");
    fs::set_permissions(computer.etc().join("closed"), fs::Permissions::from_mode(0o700)).unwrap();
    let facts = computer.facts();
    assert_eq!((facts.kept.len(), facts.more_kept), (0, 1));
    let facts = computer.facts_for(true);
    assert_eq!((facts.kept.len(), facts.more_kept), (1, 0));
}

#[test]
fn only_so_many_are_told_by_name() {
    let computer = Computer::new();
    for number in 0..60 {
        write(computer.path("kde").join(ETC).join(format!("many/{number}")), "kde");
        write(computer.etc().join(format!("many/{number}")), "mine");
    }
    let facts = computer.facts();
    assert_eq!((facts.kept.len(), facts.more_kept), (50, 10));
}
