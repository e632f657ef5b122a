// SPDX-License-Identifier: GPL-3.0-or-later
//! What makes an image differ from the others of a lab.

use std::os::unix::fs::symlink;
use std::path::{Component, Path, PathBuf};

use anyhow::{Context, Result};

use super::Publication;
use crate::{base_tree, packages, payload};

/// Where the payload is, and nothing else.
const PAYLOAD: &str = "usr/share/lab";

/// Writes what makes this image differ from the base.
pub(crate) fn write_tree(tree: &Path, publication: &Publication, payload_bytes: u64) -> Result<()> {
    let library: PathBuf = tree.join("usr/lib");
    std::fs::create_dir_all(&library)?;
    std::fs::create_dir_all(tree.join("usr/etc"))?;
    std::fs::write(library.join("os-release"), os_release(&publication.variant, &publication.version))?;
    symlink("../usr/lib/os-release", tree.join("usr/etc/os-release"))?;
    let Publication { variant, version, .. } = publication;
    if let Some(bytes) = publication.initramfs_bytes {
        let modules = tree.join("usr/lib/modules").join(base_tree::KERNEL);
        std::fs::create_dir_all(&modules)?;
        std::fs::write(modules.join("initramfs.img"), payload::noise(("initramfs", variant, version), bytes))?;
    }
    if let Some(display_manager) = publication.display_manager {
        display_manager.write(tree, publication.sysusers)?;
    }
    for (path, content) in &publication.files {
        let place = place(path).with_context(|| format!("an image cannot have a file “{path}”"))?;
        let file = tree.join(place);
        std::fs::create_dir_all(file.parent().unwrap_or(tree))?;
        // Not through a link that is there already.
        let _ = std::fs::remove_file(&file);
        std::fs::write(&file, content).with_context(|| format!("cannot write {}", file.display()))?;
    }
    packages::write(tree, &tree.with_extension("packages"), publication)?;
    payload::write(&tree.join(PAYLOAD), variant, version, payload_bytes)
}

/// Where a file of an image is in its tree: what a machine has in /etc is in /usr/etc.
fn place(path: &str) -> Option<PathBuf> {
    let path = Path::new(path.strip_prefix('/').unwrap_or(path));
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    let place = if path.starts_with("etc") { Path::new("usr").join(path) } else { path.to_path_buf() };
    let below = place.starts_with("usr") && place.components().count() > 2 && !place.starts_with(PAYLOAD);
    (plain && below).then_some(place)
}

fn os_release(variant: &str, version: &str) -> String {
    let short = version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".");
    let name = match variant {
        "gnome" => "GNOME".to_owned(),
        "kde" => "KDE Plasma".to_owned(),
        other => other[..1].to_uppercase() + &other[1..],
    };
    format!(
        "NAME=\"Lab Atomic Desktop\"\nID=lab\nVERSION=\"{version} ({name})\"\nVERSION_ID={short}\nVARIANT=\"{name}\"\n\
         VARIANT_ID={variant}\nPRETTY_NAME=\"Lab Atomic Desktop {short} · {name}\"\nOSTREE_VERSION='{version}'\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DisplayManager;

    #[test]
    fn release_files_name_variant_and_version() {
        let text = os_release("kde", "10.2.20261118");
        for line in [
            "VERSION_ID=10.2",
            "VARIANT=\"KDE Plasma\"",
            "PRETTY_NAME=\"Lab Atomic Desktop 10.2 · KDE Plasma\"",
            "OSTREE_VERSION='10.2.20261118'",
        ] {
            assert!(text.lines().any(|found| found == line), "{line} is missing in\n{text}");
        }
        assert!(os_release("xfce", "1").contains("VARIANT=\"Xfce\""));
    }

    #[test]
    fn files_stay_in_the_tree() {
        for (path, expected) in [
            ("usr/share/x/y", "usr/share/x/y"),
            ("/usr/etc/x", "usr/etc/x"),
            ("etc/isotope/switching.toml", "usr/etc/isotope/switching.toml"),
        ] {
            assert_eq!(place(path), Some(expected.into()), "{path}");
        }
        for path in ["", "usr", "etc", "usr/x/../../etc/passwd", "var/x", "//usr/x", "usr/share/lab/x", "../usr/x"] {
            assert_eq!(place(path), None, "{path}");
        }
    }

    #[test]
    fn an_image_has_its_login_screen_and_its_own_files() {
        let made = |publication: Publication| {
            let folder = tempfile::tempdir().unwrap();
            write_tree(&folder.path().join("tree"), &publication, 0).unwrap();
            folder
        };
        let link = "tree/usr/etc/systemd/system/display-manager.service";
        let unit = |folder: &tempfile::TempDir| std::fs::read_link(folder.path().join(link)).ok();
        let users = |folder: &tempfile::TempDir, user| {
            std::fs::read_to_string(folder.path().join(format!("tree/usr/lib/sysusers.d/{user}.conf"))).ok()
        };
        let gnome = made(Publication::new("gnome", "1"));
        assert_eq!(unit(&gnome), Some("/usr/lib/systemd/system/gdm.service".into()));
        assert!(gnome.path().join("tree/usr/lib/systemd/system/gdm.service").is_file());
        assert_eq!(users(&gnome, "gdm").unwrap(), "u gdm - \"GNOME Display Manager\" /var/lib/gdm\n");
        let kde = made(Publication::new("kde", "1").without_sysusers().file("/etc/sddm.conf", "[Users]\n"));
        assert_eq!((unit(&kde), users(&kde, "sddm")), (Some("/usr/lib/systemd/system/sddm.service".into()), None));
        assert_eq!(std::fs::read_to_string(kde.path().join("tree/usr/etc/sddm.conf")).unwrap(), "[Users]\n");
        for none in [Publication::new("xfce", "1"), Publication::new("gnome", "1").display_manager(None)] {
            assert_eq!(unit(&made(none)), None);
        }
        let other = made(Publication::new("xfce", "1").display_manager(DisplayManager::Sddm));
        assert!(users(&other, "sddm").is_some());
    }
}
