// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use ostree::gio::prelude::CancellableExt as _;

use super::*;
use crate::ostree_backend::commit_tree::tests::{commit, repository, write};
use crate::ostree_backend::pull::Limits;

/// A remote over HTTP, and a system that knows it and has the branch `gnome`.
struct Lab {
    folder: tempfile::TempDir,
    remote: Repo,
    system: Repo,
    _alone: MutexGuard<'static, ()>,
}

/// Whoever pulls has the process's main loop for itself, as in the engine.
static ALONE: Mutex<()> = Mutex::new(());

impl Lab {
    fn new() -> Self {
        Self::slow(Duration::ZERO)
    }

    /// Each answer of the remote takes so long.
    fn slow(delay: Duration) -> Self {
        let alone = ALONE.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = tempfile::tempdir().unwrap();
        let [remote, system] = ["remote", "system"].map(|name| repository(&folder.path().join(name)));
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = folder.path().join("remote");
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                thread::sleep(delay);
                let _ = serve(stream, &served);
            }
        });
        let options = VariantDict::new(None);
        options.insert("gpg-verify", false);
        system.remote_add("r", Some(&url), Some(&options.end()), gio::Cancellable::NONE).unwrap();
        let lab = Self { folder, remote, system, _alone: alone };
        lab.publish("gnome", &lab.tree("gnome", true), true);
        let gnome = source("gnome");
        lab.system
            .pull(&gnome.remote, &[&gnome.branch], ostree::RepoPullFlags::NONE, None, gio::Cancellable::NONE)
            .unwrap();
        lab
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn tree(&self, name: &str, kernel: bool) -> PathBuf {
        let tree = self.path(name);
        write(tree.join("usr/etc/hosts"), "localhost\n");
        write(tree.join("usr/etc/motd"), name);
        write(tree.join("usr/share/large"), &name.repeat(100_000));
        write(tree.join("usr/lib/systemd/system/x.service"), &format!("unit of {name}"));
        fs::create_dir_all(tree.join("boot")).unwrap();
        if kernel {
            write(tree.join("usr/lib/modules/6.12/vmlinuz"), &format!("kernel of {name}"));
            write(tree.join("usr/lib/modules/6.12/initramfs.img"), "initramfs");
        }
        tree
    }

    fn publish(&self, branch: &str, tree: &Path, summary: bool) -> String {
        let metadata = VariantDict::new(None);
        metadata.insert("version", format!("{branch} 1"));
        metadata.insert("ostree.architecture", "x86_64\u{1b}[m");
        let checksum = commit(&self.remote, branch, tree, &metadata);
        if summary {
            self.remote.regenerate_summary(None, gio::Cancellable::NONE).unwrap();
        }
        checksum
    }

    fn look(&self, branch: &str) -> Result<Found, Refusal> {
        self.look_within(Allowance::default(), branch)
    }

    fn look_within(&self, allowance: Allowance, branch: &str) -> Result<Found, Refusal> {
        let budget = Budget::begin(allowance, &gio::Cancellable::new()).unwrap();
        look(self.scratch(), &source(branch), &budget).map_err(Failure::into_refusal)
    }

    fn scratch(&self) -> ScratchRepo {
        ScratchRepo::make(&self.system, self.folder.path(), &gio::Cancellable::new()).unwrap()
    }

    /// Everything that the system's repository has.
    fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        list(&self.path("system"), &mut found);
        found.sort();
        found
    }
}

fn source(branch: &str) -> Source {
    Source { remote: "r".into(), branch: branch.into() }
}

fn list(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        match entry.file_type().unwrap().is_dir() {
            true => list(&entry.path(), found),
            false => found.push(entry.path()),
        }
    }
}

/// Answers one request with a file.
fn serve(mut stream: TcpStream, folder: &Path) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    lines.map_while(Result::ok).take_while(|line| !line.is_empty()).for_each(drop);
    let path = request.split(' ').nth(1).unwrap_or_default().trim_start_matches('/').to_owned();
    let (status, body) = match fs::read(folder.join(path)) {
        Ok(body) => ("200 OK", body),
        Err(_) => ("404 Not Found", Vec::new()),
    };
    write!(stream, "HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len())?;
    stream.write_all(&body)
}

#[test]
fn a_branch_is_looked_at_without_a_trace_and_without_its_bulk() {
    let lab = Lab::new();
    let kde = lab.tree("kde", true);
    symlink("/usr/lib/systemd/system/x.service", kde.join("usr/lib/systemd/system/display-manager.service")).unwrap();
    let checksum = lab.publish("kde", &kde, true);
    let before = lab.files();
    let found = lab.look("kde").unwrap();
    assert_eq!(found.commit.checksum, checksum);
    assert_eq!(found.commit.version.as_deref(), Some("kde 1"));
    assert_eq!(found.commit.architecture.as_deref(), Some("x86_64[m"));
    assert_eq!(found.commit.bootable, Some(true));
    assert!(found.commit.built.is_some() && found.commit.download_bytes.is_some());
    assert!(found.commit.unpacked_bytes.unwrap() >= 300_000, "what is not here yet");
    let tree = found.tree.as_ref().unwrap();
    assert_eq!(tree.text("usr/etc/motd", 99).unwrap().as_deref(), Some("kde"));
    assert_eq!(tree.text("usr/etc/hosts", 99).unwrap().as_deref(), Some("localhost\n"), "the system's own");
    assert!(tree.link("usr/lib/systemd/system/display-manager.service").unwrap().is_some());
    assert!(tree.node("usr/lib/systemd/system/x.service").unwrap().is_some());
    for bulk in ["usr/lib/systemd/system/x.service", "usr/lib/modules/6.12/vmlinuz"] {
        assert!(tree.text(bulk, 1 << 20).is_err(), "{bulk} is not fetched");
    }
    assert!(tree.node("usr/share/large").is_err());
    let whole = KernelFiles::of(&lab.remote, &checksum).unwrap();
    assert_eq!(found.kernel.as_ref(), Some(&whole), "known without having it");
    assert_eq!(lab.files(), before);
    drop(found);
    assert_eq!(fs::read_dir(lab.path("isotope-preflight")).unwrap().count(), 0);
}

#[test]
fn what_the_system_has_of_it_already_does_not_matter() {
    let lab = Lab::new();
    let found = lab.look("gnome").unwrap();
    assert_eq!((found.commit.bootable, found.commit.unpacked_bytes), (Some(true), Some(0)));
    assert!(found.tree.unwrap().text("usr/etc/motd", 99).is_ok());
    // A check has fetched the commit alone.
    lab.publish("kde", &lab.tree("kde", true), true);
    fetch_commit(&lab.system, &source("kde"), &gio::Cancellable::new()).unwrap();
    let found = lab.look("kde").unwrap();
    assert_eq!(found.tree.unwrap().text("usr/etc/motd", 99).unwrap().as_deref(), Some("kde"));
    // And the update still gets everything.
    lab.system.pull("r", &["kde"], ostree::RepoPullFlags::NONE, None, gio::Cancellable::NONE).unwrap();
    let checksum = lab.system.require_rev("r:kde").unwrap();
    let tree = CommitTree::of_commit(&lab.system, &checksum).unwrap();
    assert!(tree.text("usr/share/large", 1 << 20).unwrap().is_some());
}

#[test]
fn what_has_no_kernel_is_told() {
    let lab = Lab::new();
    lab.publish("none", &lab.tree("none", false), true);
    assert_eq!(lab.look("none").unwrap().commit.bootable, Some(false));
    let empty = lab.tree("empty", false);
    write(empty.join("usr/lib/modules/6.12/module.ko"), "x");
    lab.publish("empty", &empty, true);
    let found = lab.look("empty").unwrap();
    assert_eq!((found.commit.bootable, found.kernel.map(|kernel| kernel.bytes)), (Some(false), Some(0)));
    let old = lab.tree("old", false);
    write(old.join("usr/lib/ostree-boot/vmlinuz-6.12-abc"), "x");
    lab.publish("old", &old, true);
    assert_eq!(lab.look("old").unwrap().commit.bootable, Some(true));
}

#[test]
fn why_a_remote_tells_nothing_is_told() {
    let lab = Lab::new();
    assert_eq!(lab.look("missing").unwrap_err().code(), "image-not-found");
    let cancelled = gio::Cancellable::new();
    cancelled.cancel();
    let budget = Budget::begin(Allowance::default(), &cancelled).unwrap();
    let refusal = look(lab.scratch(), &source("gnome"), &budget).unwrap_err().into_refusal();
    assert_eq!(refusal, Refusal::Cancelled);
}

#[test]
fn no_more_is_fetched_than_is_allowed() {
    // How far it is, libostree tells once a second.
    let lab = Lab::slow(Duration::from_millis(10));
    let kde = lab.tree("kde", true);
    (0..200).for_each(|number| write(kde.join(format!("usr/etc/{number}")), &format!("{number}").repeat(1000)));
    lab.publish("kde", &kde, true);
    let folders = ["/usr/etc".to_owned()];
    let fetched = |limits| {
        let scratch = lab.scratch();
        let (repo, never) = (scratch.repo(), gio::Cancellable::new());
        let checksum = fetch_commit(repo, &source("kde"), &never).unwrap();
        fetch_folders(repo, &source("kde"), &checksum, &folders, limits, &never).map_err(|refusal| refusal.code())
    };
    let limits = Allowance::default().content;
    assert_eq!(fetched(Limits { bytes: 10, ..limits }), Err("failed".to_owned()));
    assert_eq!(fetched(Limits { objects: 10, ..limits }), Err("failed".to_owned()));
    assert_eq!(fetched(limits), Ok(()));
}

#[test]
fn there_is_one_budget_for_all_that_is_fetched() {
    let lab = Lab::new();
    lab.publish("kde", &lab.tree("kde", true), true);
    let (all, limits) = (lab.look("kde").unwrap(), Allowance::default().content);
    let used = all._repo.used().unwrap();
    assert!(all.kernel.is_some() && used.bytes > 0 && used.objects > 5);
    let within = |content| {
        let found = lab.look_within(Allowance { content, ..Allowance::default() }, "kde").unwrap();
        (found.tree.is_some(), found.kernel.is_some(), found.commit.bootable)
    };
    assert_eq!(within(Limits { objects: used.objects, bytes: used.bytes }), (true, true, Some(true)));
    // What the kernels are is fetched last.
    assert!(within(Limits { objects: used.objects - 1, ..limits }).0);
    assert_eq!(within(Limits { objects: 3, ..limits }), (false, false, None));
    assert_eq!(within(Limits { bytes: 500, ..limits }), (false, false, None));
}

#[test]
fn without_room_on_the_disk_the_content_stays_unknown() {
    let lab = Lab::new();
    lab.publish("kde", &lab.tree("kde", true), true);
    let found = lab.look_within(Allowance { room: u64::MAX, ..Allowance::default() }, "kde").unwrap();
    assert!(found.tree.is_none() && found.kernel.is_none());
    assert_eq!(found.commit.version.as_deref(), Some("kde 1"));
}

#[test]
fn a_remote_that_takes_too_long_is_not_waited_for() {
    let lab = Lab::slow(Duration::from_millis(300));
    let kde = lab.tree("kde", true);
    (0..200).for_each(|number| write(kde.join(format!("usr/etc/{number}")), &format!("{number}")));
    lab.publish("kde", &kde, true);
    let began = Instant::now();
    let within = |time| lab.look_within(Allowance { time, ..Allowance::default() }, "kde");
    assert_eq!(within(Duration::ZERO).unwrap_err().code(), "network");
    let found = within(Duration::from_secs(8)).unwrap();
    assert!(found.tree.is_none(), "the content takes a minute");
    assert_eq!(found.commit.version.as_deref(), Some("kde 1"));
    assert!(began.elapsed() < Duration::from_secs(20));
}
