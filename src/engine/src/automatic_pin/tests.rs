// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use isotope_model::Snapshot;
use ostree::glib::VariantDict;

use super::*;
use crate::ostree_backend::commit_tree::tests::{commit, repository, write as put};

/// A sysroot with one deployment for each branch, in this boot order.
fn sysroot(folder: &Path, branches: &[&str]) -> Sysroot {
    let boot = "b".repeat(64);
    fs::create_dir_all(folder.join("ostree")).unwrap();
    let repo = repository(&folder.join("ostree/repo"));
    for (index, branch) in branches.iter().enumerate() {
        put(folder.join(branch).join("usr/lib/os-release"), branch);
        let checksum = commit(&repo, branch, &folder.join(branch), &VariantDict::new(None));
        let deployment = folder.join("ostree/deploy/os/deploy").join(format!("{checksum}.0"));
        fs::create_dir_all(&deployment).unwrap();
        put(deployment.with_extension("0.origin"), &format!("[origin]\nrefspec=r:{branch}\n"));
        let links = folder.join("ostree/boot.0.1/os").join(&boot);
        fs::create_dir_all(&links).unwrap();
        symlink(format!("../../../deploy/os/deploy/{checksum}.0"), links.join(index.to_string())).unwrap();
        let version = branches.len() - index;
        let entry = format!(
            "title {branch}\nversion {version}\nlinux /ostree/os-{boot}/vmlinuz\n\
             options ostree=/ostree/boot.0/os/{boot}/{index}\n"
        );
        put(folder.join("boot/loader.0/entries").join(format!("ostree-{version}.conf")), &entry);
    }
    symlink("boot.0.1", folder.join("ostree/boot.0")).unwrap();
    symlink("loader.0", folder.join("boot/loader")).unwrap();
    load(folder)
}

fn load(folder: &Path) -> Sysroot {
    let sysroot = Sysroot::new(Some(&gio::File::for_path(folder)));
    sysroot.load(gio::Cancellable::NONE).unwrap();
    sysroot
}

fn read(sysroot: &Sysroot) -> Snapshot {
    sysroot::snapshot_of(sysroot).unwrap()
}

/// The pins, in boot order.
fn pins(sysroot: &Sysroot) -> Vec<Pin> {
    read(sysroot).deployments.iter().map(Pin::of).collect()
}

const UNDECIDED: Pin = Pin::Automatic(AutomaticPin { updates_left: None });
const KEPT: Pin = Pin::Automatic(AutomaticPin { updates_left: Some(1) });

#[test]
fn what_was_written_shows_at_once_and_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = sysroot(folder.path(), &["kde", "gnome"]);
    let ids: Vec<_> = read(&sysroot).deployments.into_iter().map(|one| one.id).collect();
    assert_eq!(pins(&sysroot), [Pin::None, Pin::None]);
    // Quickly one after the other: libostree may not notice that the second has changed anything.
    for pin in [UNDECIDED, KEPT, Pin::ByHand, Pin::None, KEPT] {
        write(&sysroot, &ids[1], pin).unwrap();
        assert_eq!(pins(&sysroot), [Pin::None, pin]);
        assert_eq!(pins(&load(folder.path())), [Pin::None, pin]);
        let deployment = sysroot::find(&sysroot, &ids[1]).unwrap();
        assert_eq!(deployment.is_pinned(), pin != Pin::None);
    }
    let unknown = DeploymentId::new("os", "0".repeat(64), 0);
    assert!(matches!(write(&sysroot, &unknown, KEPT), Err(Failure::Refused(_))));
}

#[test]
fn what_is_staged_counts_down_and_what_failed_is_taken_back() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = sysroot(folder.path(), &["kde", "gnome"]);
    let mut before = read(&sysroot);
    before.deployments[0].booted = true;
    let gnome = before.deployments[1].id.clone();

    let way_back = WayBack::from(before.deployments[1].image.as_ref().unwrap(), &before).unwrap();
    way_back.pin(&sysroot).unwrap();
    assert_eq!(pins(&sysroot), [UNDECIDED, Pin::None]);
    way_back.take_back(&sysroot, &before, &read(&sysroot));
    assert_eq!(pins(&sysroot), [Pin::None, Pin::None]);

    write(&sysroot, &gnome, KEPT).unwrap();
    let mut now = read(&sysroot);
    now.deployments[0].booted = true;
    let staged = DeploymentId::new("os", "1".repeat(64), 0);
    let staged = Deployment { staged: true, image: now.deployments[0].image.clone(), ..Deployment::new(staged) };
    now.deployments.insert(0, staged);
    assert_eq!(settle(&sysroot, &before, &now), std::slice::from_ref(&gnome));
    assert_eq!(pins(&load(folder.path())), [Pin::None, Pin::None]);

    restore(&sysroot, &now, &[gnome]);
    assert_eq!(pins(&sysroot), [Pin::None, KEPT]);
}

#[test]
fn of_what_makes_room_all_is_released_or_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = sysroot(folder.path(), &["kde", "gnome", "xfce"]);
    let ids: Vec<_> = read(&sysroot).deployments.into_iter().map(|one| one.id).collect();
    write(&sysroot, &ids[1], KEPT).unwrap();
    write(&sysroot, &ids[2], UNDECIDED).unwrap();
    let before = read(&sysroot);
    let unknown = DeploymentId::new("os", "0".repeat(64), 0);
    release(&sysroot, &before, &[ids[1].clone(), unknown, ids[2].clone()]).unwrap_err();
    assert_eq!(pins(&load(folder.path())), [Pin::None, KEPT, UNDECIDED]);
    release(&sysroot, &before, &ids[1..]).unwrap();
    assert_eq!(pins(&load(folder.path())), [Pin::None; 3]);
    restore(&sysroot, &before, &ids[1..]);
    assert_eq!(pins(&load(folder.path())), [Pin::None, KEPT, UNDECIDED]);
}

#[test]
fn who_keeps_what_runs_has_one_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = sysroot(folder.path(), &["kde", "gnome", "xfce"]);
    let ids: Vec<_> = read(&sysroot).deployments.into_iter().map(|one| one.id).collect();
    ids[1..].iter().for_each(|id| write(&sysroot, id, UNDECIDED).unwrap());
    let mut before = read(&sysroot);
    before.deployments[0].booted = true;
    keep(&sysroot, &before, &ids[1]).unwrap();
    assert_eq!(pins(&load(folder.path())), [Pin::None, kept(AutomaticPin::UPDATES), Pin::None]);
}

#[test]
fn a_mark_that_libostree_left_is_removed() {
    let folder = tempfile::tempdir().unwrap();
    let first = sysroot(folder.path(), &["kde", "gnome"]);
    let ids: Vec<_> = read(&first).deployments.into_iter().map(|one| one.id).collect();
    let path = |id: &DeploymentId| deployment_reader::origin_path(&first, &sysroot::find(&first, id).unwrap());
    let unpinned = "[origin]\nrefspec=r:gnome\n[libostree-transient]\nisotope-pin=kept 2\n";
    for kept in [false, true] {
        put(path(&ids[1]), unpinned);
        let sysroot = load(folder.path());
        let mut now = read(&sysroot);
        now.deployments[0].booted = true;
        assert!(would_settle(&sysroot, &now, &now));
        match kept {
            true => keep(&sysroot, &now, &ids[0]).unwrap(),
            false => assert!(settle(&sysroot, &now, &now).is_empty(), "it was not pinned"),
        }
        assert!(!fs::read_to_string(path(&ids[1])).unwrap().contains(MARK));
        assert!(!would_settle(&sysroot, &now, &now));
        let found = sysroot::find(&sysroot, &ids[1]).unwrap();
        sysroot.deployment_set_pinned(&found, true).unwrap();
        assert_eq!(pins(&load(folder.path()))[1], Pin::ByHand);
    }
}

#[test]
fn what_runs_and_starts_next_is_no_way_back() {
    let folder = tempfile::tempdir().unwrap();
    let sysroot = sysroot(folder.path(), &["kde", "gnome"]);
    let kde = read(&sysroot).deployments[0].id.clone();
    write(&sysroot, &kde, UNDECIDED).unwrap();
    let mut now = read(&sysroot);
    let_go_of_running(&sysroot, &now);
    assert_eq!(pins(&sysroot)[0], UNDECIDED, "it does not run");
    now.deployments[0].booted = true;
    let_go_of_running(&sysroot, &now);
    assert_eq!(pins(&sysroot)[0], Pin::None);
    write(&sysroot, &kde, Pin::ByHand).unwrap();
    let mut now = read(&sysroot);
    now.deployments[0].booted = true;
    let_go_of_running(&sysroot, &now);
    assert_eq!(pins(&sysroot)[0], Pin::ByHand);
}

fn origin(text: &str) -> KeyFile {
    let origin = KeyFile::new();
    origin.load_from_data(text, KeyFileFlags::NONE).unwrap();
    origin
}

fn kept(left: u32) -> Pin {
    Pin::Automatic(AutomaticPin { updates_left: Some(left) })
}

#[test]
fn a_mark_counts_only_while_pinned_and_only_where_it_makes_sense() {
    let table = [
        ("pinned=true", Pin::ByHand),
        ("pinned=true\nisotope-pin=switch", UNDECIDED),
        ("pinned=true\nisotope-pin=kept 3", kept(3)),
        ("pinned=true\nisotope-pin=kept 1", kept(1)),
        ("isotope-pin=switch", Pin::None),
        ("pinned=false\nisotope-pin=switch", Pin::None),
        ("pinned=perhaps\nisotope-pin=switch", Pin::None),
        ("", Pin::None),
    ];
    for (text, expected) in table {
        assert_eq!(Pin::of_origin(&origin(&format!("[libostree-transient]\n{text}\n"))), expected, "{text}");
    }
    for mark in ["", "Switch", "kept", "kept 0", "kept 4", "kept -1", "kept +1", "kept 1 ", "kept 99999999999"] {
        let origin = origin("[libostree-transient]\npinned=true\n");
        origin.set_string(GROUP, MARK, mark);
        assert_eq!(Pin::of_origin(&origin), Pin::ByHand, "{mark:?}");
    }
}

#[test]
fn a_mark_is_stale_without_its_pin() {
    let table = [
        ("isotope-pin=switch", true),
        ("isotope-pin=nonsense", true),
        ("pinned=false\nisotope-pin=kept 2", true),
        ("pinned=true\nisotope-pin=kept 2", false),
        ("pinned=true\nisotope-pin=nonsense", false),
        ("pinned=true", false),
        ("", false),
    ];
    for (text, expected) in table {
        assert_eq!(stale_marks::is_in(&origin(&format!("[libostree-transient]\n{text}\n"))), expected, "{text}");
    }
    assert!(!stale_marks::is_in(&origin("[origin]\nrefspec=r:b\n")));
}

#[test]
fn what_is_written_is_read_again_and_the_rest_stays() {
    let origin = origin("[origin]\nrefspec=r:b\n[libostree-transient]\nother=1\n");
    for pin in [UNDECIDED, kept(2), Pin::ByHand, kept(1), UNDECIDED, Pin::None, Pin::ByHand, Pin::None] {
        pin.write_to(&origin);
        assert_eq!(Pin::of_origin(&origin), pin);
        assert_eq!(origin.string("origin", "refspec").unwrap(), "r:b");
        assert_eq!(origin.string(GROUP, "other").unwrap(), "1");
    }
    assert!(!origin.has_key(GROUP, PINNED).unwrap() && !origin.has_key(GROUP, MARK).unwrap());
}
