// SPDX-License-Identifier: GPL-3.0-or-later
//! The rules of this host, read as skopeo reads them when root runs it.

use std::fs::{self, File};
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use isotope_model::{ImageReference, Trust};

use super::attachments::Attachments;
use super::policy::{NoPolicy, Policy};
use super::{Remote, Rules};
use crate::ostree_backend::remotes;

/// The first that is there counts. Root's own is left out: the engine's unit hides it from all that it starts.
const POLICIES: [&str; 2] = ["/etc/containers/policy.json", "/usr/share/containers/policy.json"];
/// The first that is there counts, and only it. Source: `configfile.ContainersResourceDirs` of containers.
const SETTINGS: [&str; 4] = [
    "/etc/containers/registries.rootful.d",
    "/etc/containers/registries.d",
    "/usr/share/containers/registries.rootful.d",
    "/usr/share/containers/registries.d",
];
/// The longest policy that is read, and the most of all settings together, in bytes.
const LONGEST: u64 = 1024 * 1024;
/// The most files of settings that are read.
const MOST_FILES: usize = 500;

/// Works out by the rules that hold now what this host would do with the image's signature. `repo` knows the remotes.
pub(crate) fn trust(image: &ImageReference, repo: Option<&ostree::Repo>) -> Trust {
    let root = Path::new("/");
    let remote = |name: &str| match repo {
        Some(repo) if remotes::require(repo, name).is_ok() => match remotes::demands_signature(repo, name) {
            true => Remote::Demands,
            false => Remote::Accepts,
        },
        _ => Remote::Unknown,
    };
    let rules = Rules {
        policy: policy(root),
        attachments: attachments(root),
        has_file: &|path| is_filled(&root.join(path)),
        resolve: &|path| resolve(root, path),
        remote: &remote,
    };
    rules.trust(image)
}

/// The policy below a root.
fn policy(root: &Path) -> Result<Policy, NoPolicy> {
    for file in POLICIES.map(|file| below(root, file)) {
        match read(&file) {
            Ok(text) => {
                let named = |detail| format!("{}: {detail}", file.display());
                return Policy::parse(&text).map_err(|problem| match problem {
                    NoPolicy::Broken(detail) => NoPolicy::Broken(named(detail)),
                    NoPolicy::Missing => NoPolicy::Missing,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(NoPolicy::Broken(format!("{}: {error}", file.display()))),
        }
    }
    Err(NoPolicy::Missing)
}

/// What the files of the first folder of settings say.
fn attachments(root: &Path) -> Result<Attachments, String> {
    let folders = SETTINGS.map(|folder| below(root, folder));
    let Some(folder) = folders.iter().find(|folder| folder.is_dir()) else { return Ok(Attachments::default()) };
    let failed = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut texts = Vec::new();
    let mut room = LONGEST;
    for entry in fs::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let Some(name) = name.to_str().filter(|name| name.ends_with(".yaml")) else { continue };
        let text = match read(&folder.join(name)) {
            Ok(text) => String::from_utf8(text).map_err(|error| format!("{name}: {error}"))?,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(format!("{name}: {error}")),
        };
        room = room.saturating_sub(text.len() as u64);
        if room == 0 || texts.len() >= MOST_FILES {
            return Err(format!("{}: too much of it", folder.display()));
        }
        texts.push((name.to_owned(), text));
    }
    // So that of several errors always the same one is told.
    texts.sort();
    Attachments::parse(texts.iter().map(|(name, text)| (name.as_str(), text.as_str())))
}

/// Reads a regular file that is not endless.
fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    if !fs::metadata(path)?.is_file() {
        return Err(std::io::Error::other("not a file"));
    }
    let mut text = Vec::new();
    File::open(path)?.take(LONGEST).read_to_end(&mut text)?;
    match (text.len() as u64) < LONGEST {
        true => Ok(text),
        false => Err(std::io::Error::other("too long")),
    }
}

/// There is a file, and something in it.
fn is_filled(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| found.is_file() && found.len() > 0)
}

fn resolve(root: &Path, path: &str) -> String {
    let path = root.join(path);
    fs::canonicalize(&path).unwrap_or(path).to_string_lossy().into_owned()
}

fn below(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

#[cfg(test)]
mod tests {
    use isotope_model::{ImageReference, TrustState};

    use super::*;

    fn write(root: &Path, path: &str, text: &str) {
        let file = root.join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }

    const REJECTS: &str = r#"{"default":[{"type":"reject"}]}"#;

    #[test]
    fn the_administrators_policy_counts_and_else_the_vendors() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        assert_eq!(policy(root), Err(NoPolicy::Missing));
        write(root, "usr/share/containers/policy.json", r#"{"default":[{"type":"insecureAcceptAnything"}]}"#);
        assert!(policy(root).unwrap().accepts_everything_by_default());
        write(root, "etc/containers/policy.json", REJECTS);
        assert!(!policy(root).unwrap().accepts_everything_by_default());
    }

    #[test]
    fn a_broken_policy_is_not_made_up_for_by_the_vendors() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        write(root, "usr/share/containers/policy.json", REJECTS);
        let long = format!("{REJECTS}{}", " ".repeat(2 << 20));
        for broken in ["", "{", "{}", "nonsense", &long] {
            write(root, "etc/containers/policy.json", broken);
            let Err(NoPolicy::Broken(detail)) = policy(root) else { panic!("{:?}", broken.get(..20)) };
            assert!(detail.contains("/etc/containers/policy.json: "), "{detail}");
        }
        fs::remove_file(root.join("etc/containers/policy.json")).unwrap();
        fs::create_dir(root.join("etc/containers/policy.json")).unwrap();
        assert!(matches!(policy(root), Err(NoPolicy::Broken(_))));
    }

    #[test]
    fn only_the_first_folder_of_settings_counts() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let used = |root: &Path| attachments(root).unwrap().used(&["quay.io/o".to_owned()]);
        assert!(!used(root));
        let settings = "default-docker:\n  use-sigstore-attachments: true\n";
        write(root, "usr/share/containers/registries.d/o.yaml", settings);
        write(root, "usr/share/containers/registries.d/o.txt", "{");
        assert!(used(root));
        write(root, "etc/containers/registries.d/default.yaml", "# nothing\n");
        assert!(!used(root));
        write(root, "etc/containers/registries.d/o.yaml", settings);
        assert!(used(root));
        write(root, "etc/containers/registries.d/p.yaml", settings);
        assert!(attachments(root).unwrap_err().starts_with("p.yaml: "), "it stands there twice");
        write(root, "etc/containers/registries.d/p.yaml", "docker: [");
        assert!(attachments(root).unwrap_err().starts_with("p.yaml: "));
    }

    #[test]
    fn keys_are_files_with_something_in_them() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path(), "key", "x");
        write(folder.path(), "empty", "");
        for (name, is) in [("key", true), ("empty", false), ("none", false), (".", false)] {
            assert_eq!(is_filled(&folder.path().join(name)), is, "{name}");
        }
    }

    #[test]
    fn an_image_of_the_future_is_nobodys_business() {
        let image = ImageReference::Container { reference: "of-the-future:x".into() };
        assert_eq!(trust(&image, None).state, TrustState::Unknown);
    }
}
