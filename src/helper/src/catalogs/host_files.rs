// SPDX-License-Identifier: GPL-3.0-or-later
//! What else an image builder or an administrator puts beside catalogs: what may be switched to, and pictures.

use std::path::Path;

use isotope_model::SwitchPolicy;
use isotope_model::catalog::LARGEST_FILE;

use super::folder::Folder;

/// Where they have them: an administrator's file takes the place of an image builder's.
const FOLDERS: [&str; 2] = ["/etc/isotope", "/usr/share/isotope"];
const SWITCHING: &str = "switching.toml";
const PICTURES: &str = "pictures";
/// The largest picture, in bytes.
const LARGEST_PICTURE: usize = 1 << 20;

/// What may be switched to. What cannot be believed or read to the letter allows nothing; the engine sees to it.
pub(super) fn switching() -> SwitchPolicy {
    switching_of(FOLDERS.map(Path::new), 0)
}

fn switching_of(folders: [&Path; 2], owner: u32) -> SwitchPolicy {
    for path in folders {
        let text = match (Folder { path, owner }).file(SWITCHING, LARGEST_FILE) {
            Ok(None) => continue,
            Ok(Some(text)) => String::from_utf8(text).ok(),
            Err(_) => None,
        };
        return text.and_then(|text| SwitchPolicy::from_toml(&text).ok()).unwrap_or(SwitchPolicy::Unknown);
    }
    SwitchPolicy::All
}

/// A picture by its file's name; nothing where there is none that can be believed.
pub(super) fn picture(name: &str) -> Vec<u8> {
    picture_of(FOLDERS.map(Path::new), name, 0)
}

fn picture_of(folders: [&Path; 2], name: &str, owner: u32) -> Vec<u8> {
    let read = |folder: &Path| {
        let path = folder.join(PICTURES);
        (Folder { path: &path, owner }).file(name, LARGEST_PICTURE).ok().flatten()
    };
    folders.into_iter().find_map(read).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs::{self, Permissions};
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    fn put(path: &Path, content: &[u8], mode: u32) {
        let folder = path.parent().unwrap();
        fs::create_dir_all(folder).unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o755)).unwrap();
        fs::write(path, content).unwrap();
        fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn the_administrators_word_counts_and_what_is_not_understood_allows_nothing() {
        let root = tempfile::tempdir().unwrap();
        let (etc, usr) = (root.path().join("etc"), root.path().join("usr"));
        let read = || switching_of([&etc, &usr], nix::unistd::geteuid().as_raw());
        assert_eq!(read(), SwitchPolicy::All);
        put(&usr.join(SWITCHING), b"[switch]\nallow = \"none\"\n", 0o644);
        assert_eq!(read(), SwitchPolicy::None);
        put(&etc.join(SWITCHING), b"[switch]\nallow = \"all\"\n", 0o644);
        assert_eq!(read(), SwitchPolicy::All);
        for (content, mode) in
            [(&b"[switch]\nallow = 1"[..], 0o644), (b"\xff", 0o644), (b"[switch]\nallow = \"all\"", 0o666)]
        {
            put(&etc.join(SWITCHING), content, mode);
            assert_eq!(read(), SwitchPolicy::Unknown, "{content:?} {mode:o}");
        }
        fs::remove_file(etc.join(SWITCHING)).unwrap();
        std::os::unix::fs::symlink("nowhere", etc.join(SWITCHING)).unwrap();
        assert_eq!(read(), SwitchPolicy::Unknown, "a link that leads nowhere");
    }

    #[test]
    fn a_picture_is_read_whole_or_not_at_all() {
        let root = tempfile::tempdir().unwrap();
        let (etc, usr) = (root.path().join("etc"), root.path().join("usr"));
        let read = |name: &str| picture_of([&etc, &usr], name, nix::unistd::geteuid().as_raw());
        put(&usr.join("pictures/a.png"), b"vendor", 0o644);
        assert_eq!((read("a.png"), read("b.png")), (b"vendor".to_vec(), Vec::new()));
        put(&etc.join("pictures/a.png"), b"own", 0o644);
        assert_eq!(read("a.png"), b"own");
        put(&usr.join("pictures/large.png"), &vec![0; LARGEST_PICTURE + 1], 0o644);
        put(&usr.join("pictures/open.png"), b"x", 0o666);
        assert_eq!((read("large.png"), read("open.png")), (Vec::new(), Vec::new()));
    }
}
