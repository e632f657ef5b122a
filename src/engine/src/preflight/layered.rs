// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has noted in an origin file that it has changed in the deployment. Source: rpm-ostree's
//! `rpmostree-origin.cxx`.

use isotope_model::Layered;
use ostree::glib::KeyFile;

use crate::foreign_text::shown;

const PACKAGES: [(&str, &str); 3] =
    [("packages", "requested"), ("packages", "requested-local"), ("packages", "requested-local-fileoverride")];
const OVERRIDES: [(&str, &str); 3] =
    [("overrides", "remove"), ("overrides", "replace-local"), ("overrides", "replace")];
const OTHERWISE: [&str; 2] = ["rpmostree", "modules"];
/// The most names of each kind that are told, and the longest, in characters.
const MOST: usize = 100;
const LONGEST: usize = 100;

/// Reads it.
pub(super) fn of_origin(origin: &KeyFile) -> Layered {
    let mut layered = Layered {
        packages: names(origin, PACKAGES),
        overrides: names(origin, OVERRIDES),
        otherwise: OTHERWISE.iter().any(|group| origin.has_group(group)),
    };
    // A group that tells no name all the same tells that something is changed.
    layered.otherwise |= layered.packages.is_empty() && origin.has_group("packages");
    layered.otherwise |= layered.overrides.is_empty() && origin.has_group("overrides");
    layered
}

fn names(origin: &KeyFile, keys: [(&str, &str); 3]) -> Vec<String> {
    let lists = keys.iter().filter_map(|(group, key)| origin.string_list(group, key).ok());
    let names = lists.flat_map(|list| list.iter().map(|entry| name(entry)).collect::<Vec<_>>());
    names.filter(|name| !name.is_empty()).take(MOST).collect()
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

    use super::*;

    fn layered(text: &str) -> Layered {
        let origin = KeyFile::new();
        origin.load_from_data(&format!("[origin]\nbaserefspec=r:b\n{text}"), KeyFileFlags::NONE).unwrap();
        of_origin(&origin)
    }

    #[test]
    fn packages_and_overrides_are_told_by_name() {
        let sum = "a".repeat(64);
        let found = layered(&format!(
            "[packages]\nrequested=vim;htop;\nrequested-local={sum}:foo-1:1.0-1.x86_64;sha256:{sum}:bar-2-1.noarch;\n\
             [overrides]\nremove=firefox;\nreplace-local={sum}:podman-5-1.x86_64;\n"
        ));
        assert_eq!(found.packages, ["vim", "htop", "foo-1:1.0-1.x86_64", "bar-2-1.noarch"]);
        assert_eq!(found.overrides, ["firefox", "podman-5-1.x86_64"]);
        assert!(!found.otherwise);
    }

    #[test]
    fn what_has_no_name_is_told_all_the_same() {
        assert!(layered("").is_empty());
        for text in ["[rpmostree]\nregenerate-initramfs=true\n", "[modules]\nenable=x:1;\n", "[packages]\nfuture=x\n"] {
            let found = layered(text);
            assert!(found.otherwise && found.packages.is_empty() && found.overrides.is_empty(), "{text}");
        }
    }

    #[test]
    fn names_are_few_short_and_plain() {
        let many: String = (0..500).map(|number| format!("p{number};")).collect();
        let long = "x".repeat(1000);
        let found = layered(&format!("[packages]\nrequested={many}\n[overrides]\nremove={long};a\\tb;;\n"));
        assert_eq!((found.packages.len(), found.overrides[0].len()), (MOST, LONGEST));
        assert_eq!(found.overrides[1..], ["ab"]);
    }
}
