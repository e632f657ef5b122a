// SPDX-License-Identifier: GPL-3.0-or-later
use std::fs::Permissions;
use std::os::unix::fs::{PermissionsExt as _, chown, symlink};
use std::path::PathBuf;

use isotope_model::CatalogFault;
use tempfile::TempDir;

use super::*;

struct Folders {
    _root: TempDir,
    vendors: PathBuf,
    administrators: PathBuf,
}

impl Folders {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let (vendors, administrators) = (root.path().join("usr"), root.path().join("etc"));
        for folder in [&vendors, &administrators] {
            std::fs::create_dir(folder).unwrap();
            set_mode(folder, 0o755);
        }
        Self { _root: root, vendors, administrators }
    }

    fn read(&self) -> Catalogs {
        of_folders([&self.vendors, &self.administrators], nix::unistd::geteuid().as_raw())
    }

    fn ids(&self) -> Vec<String> {
        self.read().entries.into_iter().map(|entry| entry.id).collect()
    }
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

fn put(folder: &Path, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, content).unwrap();
    set_mode(&path, 0o644);
    path
}

fn catalog(id: &str) -> String {
    format!(
        "format = 1\nvendor = {{ id = \"v\", name = \"V\" }}\n[[entry]]\nid = \"{id}\"\nname = \"{id}\"\n\
         container = {{ image = \"quay.io/v/{id}\" }}\nstreams = [{{ tag = \"10\" }}]\n"
    )
}

#[test]
fn an_administrators_file_overrides_hides_and_adds() {
    let folders = Folders::new();
    assert_eq!(folders.read(), Catalogs::default());
    for name in ["a", "b", "c"] {
        put(&folders.vendors, &format!("{name}.toml"), catalog(name));
    }
    put(&folders.vendors, "README", "no catalog");
    put(&folders.vendors, ".d.toml", "no catalog");
    assert_eq!(folders.ids(), ["a", "b", "c"]);
    put(&folders.administrators, "a.toml", catalog("mine"));
    put(&folders.administrators, "b.toml", " \n");
    put(&folders.administrators, "z.toml", catalog("z"));
    // Theirs come first: of an id that two files have, the administrator's counts.
    assert_eq!(folders.ids(), ["mine", "z", "c"]);
    put(&folders.administrators, "z.toml", catalog("c"));
    let problems = folders.read().problems;
    assert!(problems[0].file.ends_with("usr/c.toml") && problems.len() == 1, "{problems:?}");
    put(&folders.administrators, "z.toml", catalog("z"));
    assert!(folders.read().problems.is_empty());
    std::fs::remove_dir_all(&folders.administrators).unwrap();
    assert_eq!(folders.ids(), ["a", "b", "c"]);
}

#[test]
fn each_bad_file_is_left_out_alone_and_by_name() {
    let folders = Folders::new();
    put(&folders.vendors, "good.toml", catalog("good"));
    put(&folders.vendors, "broken.toml", "format = 1\nvendor = [");
    put(&folders.vendors, "empty.toml", "format = 1\n");
    put(&folders.vendors, "bytes.toml", b"format = 1\n# \xff\n");
    put(&folders.vendors, "huge.toml", "#".repeat(300 * 1024));
    put(&folders.vendors, "turned.toml", catalog("x").replace("\"V\"", "\"\\u202eV\""));
    set_mode(&put(&folders.vendors, "shared.toml", catalog("shared")), 0o664);
    nix::unistd::mkfifo(&folders.vendors.join("pipe.toml"), nix::sys::stat::Mode::S_IRWXU).unwrap();
    std::fs::create_dir(folders.vendors.join("folder.toml")).unwrap();
    symlink("nowhere", folders.vendors.join("link.toml")).unwrap();
    assert_eq!(folders.ids(), ["good"]);
    let problems = folders.read().problems;
    let wrong = |name: &str| {
        let path = folders.vendors.join(name).to_string_lossy().into_owned();
        let found: Vec<_> = problems.iter().filter(|problem| problem.file == path).collect();
        let [problem] = found.as_slice() else { panic!("{name}: {problems:#?}") };
        (problem.line, &problem.fault)
    };
    assert!(matches!(wrong("broken.toml"), (Some(2), CatalogFault::NotUnderstood { .. })));
    assert!(matches!(wrong("empty.toml").1, CatalogFault::NotUnderstood { .. }));
    assert!(matches!(wrong("bytes.toml"), (Some(2), CatalogFault::NotUnderstood { .. })));
    assert!(matches!(wrong("huge.toml").1, CatalogFault::TooLarge { .. }));
    assert!(matches!(wrong("turned.toml").1, CatalogFault::HiddenLetters { .. }));
    assert_eq!(wrong("shared.toml").1, &CatalogFault::NotOwnedByRoot);
    for name in ["pipe.toml", "folder.toml", "link.toml"] {
        assert!(matches!(wrong(name).1, CatalogFault::CannotRead { .. }), "{name}");
    }
    assert_eq!(problems.len(), 9);
}

#[test]
fn what_somebody_else_may_have_written_takes_nobodys_place() {
    let folders = Folders::new();
    put(&folders.vendors, "a.toml", catalog("a"));
    let other = put(&folders.administrators, "a.toml", "");
    set_mode(&other, 0o666);
    assert_eq!(folders.ids(), ["a"]);
    // A file of its own that has a mistake does: what was to be hidden stays hidden.
    put(&folders.administrators, "a.toml", "format = 1\nvendor = [");
    assert!(folders.ids().is_empty());
    if nix::unistd::geteuid().is_root() {
        put(&folders.administrators, "a.toml", catalog("mine"));
        chown(&other, Some(1000), None).unwrap();
        assert_eq!((folders.ids(), folders.read().problems.len()), (vec!["a".to_owned()], 1));
    }
}

#[test]
fn a_folder_that_others_may_write_has_no_catalogs() {
    let folders = Folders::new();
    put(&folders.vendors, "a.toml", catalog("a"));
    put(&folders.administrators, "b.toml", catalog("b"));
    set_mode(&folders.administrators, 0o777);
    assert_eq!(folders.ids(), ["a"]);
    let [problem] = folders.read().problems.try_into().unwrap();
    assert_eq!(problem.file, folders.administrators.to_string_lossy());
    assert_eq!(problem.fault, CatalogFault::NotOwnedByRoot);
}

#[test]
fn so_many_files_and_bytes_are_read_and_no_more() {
    let folders = Folders::new();
    for number in 0..120 {
        put(&folders.vendors, &format!("{number:03}.toml"), catalog(&format!("a{number}")));
    }
    for number in 0..20 {
        let filler = format!("{}#{}", catalog(&format!("b{number}")), "x".repeat(250 * 1024));
        put(&folders.administrators, &format!("b{number:02}.toml"), filler);
    }
    let read = folders.read();
    assert_eq!((read.entries.len(), read.problems.len()), (116, 2), "{:?}", read.problems);
    assert!(read.problems.iter().any(|problem| matches!(problem.fault, CatalogFault::TooMany { limit: 100, .. })));
    assert!(read.problems.iter().any(|problem| matches!(problem.fault, CatalogFault::TooLarge { .. })));
}

#[tokio::test]
async fn what_was_read_is_good_for_a_moment_and_for_one_state() {
    let reader = CatalogReader::default();
    let first = reader.read(Arc::default()).await.unwrap();
    let catalogs: HostCatalogs = isotope_model::dictionary::from_dictionary(&first.0).unwrap();
    assert_eq!(catalogs.architecture, image_architecture(std::env::consts::ARCH));
    assert!(Arc::ptr_eq(&first.0, &reader.read(Arc::default()).await.unwrap().0));
    let other = Snapshot { token: StateToken("another".into()), ..Snapshot::default() };
    assert!(!Arc::ptr_eq(&first.0, &reader.read(Arc::new(other)).await.unwrap().0));
}
