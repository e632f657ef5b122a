// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has noted in an origin file that it has changed in the deployment. Source: rpm-ostree's
//! `rust/src/origin.rs`.
//!
//! Packages that the image has by now are still noted: which of them rpm-ostree really adds, only the packages tell.

use isotope_model::Layered;
use ostree::glib::KeyFile;

use crate::foreign_text::shown;

/// The most names of each kind that are told, and the longest, in characters.
const MOST: usize = 1000;
const LONGEST: usize = 100;

/// rpm-ostree has changed this deployment: only rpm-ostree can make the next one like it. Source: also bootc's
/// `origin_has_rpmostree_stuff`.
pub(crate) fn is_changed(origin: &KeyFile) -> bool {
    origin.has_key("origin", "baserefspec").unwrap_or(false)
        || ["packages", "overrides", "rpmostree", "modules"].iter().any(|group| origin.has_group(group))
}

/// Reads it.
pub(crate) fn of_origin(origin: &KeyFile) -> Layered {
    let files = ["requested-local", "requested-local-fileoverride"];
    let initramfs = origin.boolean("rpmostree", "regenerate-initramfs").unwrap_or(false)
        || ["initramfs-etc", "initramfs-args"].iter().any(|key| !entries(origin, "rpmostree", key).is_empty());
    let mut layered = Layered {
        packages: names(origin, "packages", &["requested"]),
        local_packages: names(origin, "packages", &files),
        removed: names(origin, "overrides", &["remove"]),
        replaced: replaced(origin),
        initramfs,
        otherwise: origin.has_group("modules"),
    };
    // A group that tells nothing all the same tells that something is changed.
    layered.otherwise |=
        layered.packages.is_empty() && layered.local_packages.is_empty() && origin.has_group("packages");
    layered.otherwise |= layered.removed.is_empty() && layered.replaced.is_empty() && origin.has_group("overrides");
    layered.otherwise |= has_other_key(origin, initramfs);
    layered.otherwise |= layered.is_empty() && is_changed(origin);
    layered
}

/// Something of rpm-ostree's own beyond the initramfs, or a group without anything that is known.
fn has_other_key(origin: &KeyFile, initramfs: bool) -> bool {
    let known = ["regenerate-initramfs", "initramfs-etc", "initramfs-args"];
    let keys = origin.keys("rpmostree");
    keys.is_ok_and(|keys| !initramfs || keys.iter().any(|key| !known.contains(&key.as_str())))
}

fn entries(origin: &KeyFile, group: &str, key: &str) -> Vec<String> {
    let list = origin.string_list(group, key);
    list.map(|list| list.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

fn names(origin: &KeyFile, group: &str, keys: &[&str]) -> Vec<String> {
    let names = keys.iter().flat_map(|key| entries(origin, group, key)).map(|entry| name(&entry));
    names.filter(|name| !name.is_empty()).take(MOST).collect()
}

/// Those of files, and those of repositories, where an entry is the repository and its packages: `repo=updates,podman,crun`.
fn replaced(origin: &KeyFile) -> Vec<String> {
    let of_files = names(origin, "overrides", &["replace-local"]);
    let of_repositories = entries(origin, "overrides", "replace").into_iter().flat_map(|entry| {
        let packages: Vec<String> = entry.split(',').skip(1).map(name).collect();
        packages
    });
    of_files.into_iter().chain(of_repositories.filter(|name| !name.is_empty())).take(MOST).collect()
}

/// The name in an entry: of a package that was a file the checksum stands before it.
fn name(entry: &str) -> String {
    let is_sum = |text: &str| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let rest = entry.strip_prefix("sha256:").unwrap_or(entry);
    let name = rest.split_once(':').filter(|(sum, _)| is_sum(sum)).map_or(entry, |(_, name)| name);
    shown(name.trim(), LONGEST)
}

#[cfg(test)]
mod tests {
    use ostree::glib::KeyFileFlags;
    use proptest::prelude::*;

    use super::*;

    fn origin(text: &str) -> KeyFile {
        let origin = KeyFile::new();
        origin.load_from_data(text, KeyFileFlags::NONE).unwrap();
        origin
    }

    fn layered(text: &str) -> Layered {
        of_origin(&origin(&format!("[origin]\nbaserefspec=r:b\n{text}")))
    }

    #[test]
    fn what_rpm_ostree_changed_is_recognised() {
        for text in [
            "[origin]\nbaserefspec=fedora:fedora/43/x86_64/silverblue\n[packages]\nrequested=vim;\n",
            "[origin]\ncontainer-image-reference=ostree-image-signed:docker://x\n[overrides]\nremove=firefox;\n",
            "[origin]\nrefspec=r:b\n[rpmostree]\nregenerate-initramfs=true\n",
            "[origin]\nbaserefspec=r:b\n",
        ] {
            assert!(is_changed(&origin(text)) && !of_origin(&origin(text)).is_empty(), "{text}");
        }
        let plain = origin("[origin]\nrefspec=r:b\noverride-commit=1\n[libostree-transient]\npinned=true\n");
        assert!(!is_changed(&plain) && of_origin(&plain).is_empty());
    }

    #[test]
    fn every_kind_of_change_is_told_by_name() {
        let sum = "a".repeat(64);
        let found = layered(&format!(
            "[packages]\nrequested=vim;htop;\nrequested-local={sum}:foo-1:1.0-1.x86_64;\n\
             requested-local-fileoverride=sha256:{sum}:bar-2-1.noarch;\n\
             [overrides]\nremove=firefox;\nreplace-local={sum}:podman-5-1.x86_64;\n\
             replace=repo=updates,systemd;repo=other,kernel,kernel-core;\n\
             [rpmostree]\nregenerate-initramfs=true\ninitramfs-args=-I;/etc/a.conf;\n"
        ));
        assert_eq!(found.packages, ["vim", "htop"]);
        assert_eq!(found.local_packages, ["foo-1:1.0-1.x86_64", "bar-2-1.noarch"]);
        assert_eq!(found.removed, ["firefox"]);
        assert_eq!(found.replaced, ["podman-5-1.x86_64", "systemd", "kernel", "kernel-core"]);
        assert!(found.initramfs && !found.otherwise);
        assert_eq!(found.names().count(), 9);
    }

    #[test]
    fn what_has_no_name_is_told_all_the_same() {
        for text in [
            "[modules]\nenable=x:1;\n",
            "[packages]\nfuture=x\n",
            "[overrides]\nfuture=x\n",
            "[rpmostree]\nex-cliwrap=true\n",
            "[rpmostree]\nregenerate-initramfs=false\n",
            "",
        ] {
            let found = layered(text);
            assert_eq!(found, Layered { otherwise: true, ..Layered::default() }, "{text}");
        }
        let initramfs = Layered { initramfs: true, ..Layered::default() };
        assert_eq!(layered("[rpmostree]\ninitramfs-etc=/etc/crypttab;\n"), initramfs);
        let both = layered("[rpmostree]\ninitramfs-etc=/etc/crypttab;\nex-cliwrap=true\n");
        assert_eq!(both, Layered { otherwise: true, ..initramfs });
    }

    #[test]
    fn names_are_few_short_and_plain() {
        let many: String = (0..2000).map(|number| format!("p{number};")).collect();
        let long = "x".repeat(1000);
        let found = layered(&format!("[packages]\nrequested={many}\n[overrides]\nremove={long};a\\tb;;\n"));
        assert_eq!((found.packages.len(), found.removed[0].len()), (MOST, LONGEST));
        assert_eq!(found.removed[1..], ["ab"]);
    }

    proptest! {
        #[test]
        fn no_origin_brings_it_down(
            text in "(\\[(packages|overrides|rpmostree|modules|origin)\\]\n|(requested|requested-local|replace|replace-local|remove|initramfs-etc)=[\\PC;:,=]{0,40}\n){0,12}"
        ) {
            let origin = KeyFile::new();
            if origin.load_from_data(&text, KeyFileFlags::NONE).is_ok() {
                prop_assert_eq!(is_changed(&origin), !of_origin(&origin).is_empty());
            }
        }
    }
}
