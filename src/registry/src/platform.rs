// SPDX-License-Identifier: GPL-3.0-or-later
//! Which of several images is the one for this computer, chosen as what pulls it chooses: bootc and rpm-ostree have it
//! chosen by skopeo.

use oci_client::manifest::{ImageIndexEntry, OciImageIndex};

use crate::failure::{Failure, plain};
use crate::limits;

const ZSTD: &str = "io.github.containers.compression.zstd";

/// The image for this architecture.
pub(crate) fn choose<'a>(index: &'a OciImageIndex, architecture: &str) -> Result<&'a ImageIndexEntry, Failure> {
    let candidates = index.manifests.iter().filter_map(|entry| Some((rank(entry, architecture)?, entry)));
    // Of equals the first is taken; of compressions the better one.
    let best = candidates.min_by_key(|(rank, entry)| (*rank, !is_zstd(entry)));
    best.map(|(_, entry)| entry)
        .ok_or_else(|| Failure::Architecture { expected: architecture.to_owned(), offered: architectures(index) })
}

/// The architectures for which there are images.
pub(crate) fn architectures(index: &OciImageIndex) -> Vec<String> {
    let platforms = index.manifests.iter().filter_map(|entry| entry.platform.as_ref());
    let for_linux = platforms.filter(|platform| platform.os.to_string() == "linux");
    // What is attached to an image stands in the list as made for nothing.
    let known = for_linux.map(|platform| platform.architecture.to_string());
    let known = known.filter(|name| name != "unknown" && !name.is_empty() && name.len() <= 32);
    let mut architectures: Vec<String> = known.map(|name| plain(&name)).collect();
    architectures.sort();
    architectures.dedup();
    architectures.truncate(limits::KINDS);
    architectures
}

/// How well an image fits; less is better.
fn rank(entry: &ImageIndexEntry, architecture: &str) -> Option<usize> {
    let wanted: &[&str] = match architecture {
        "arm64" => &["v8", ""],
        // Images for later levels of amd64 are chosen by nobody who is not told to.
        _ => &[""],
    };
    let Some(platform) = &entry.platform else { return Some(usize::MAX) };
    if platform.os.to_string() != "linux" || platform.architecture.to_string() != architecture {
        return None;
    }
    let variant = platform.variant.as_deref().unwrap_or_default();
    wanted.iter().position(|&wanted| wanted == variant)
}

fn is_zstd(entry: &ImageIndexEntry) -> bool {
    entry.annotations.as_ref().and_then(|annotations| annotations.get(ZSTD)).is_some_and(|value| value == "true")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `os/architecture/variant`, `-` for none at all, `+` for zstd; digests are positions.
    fn chosen(entries: &[&str], architecture: &str) -> Result<String, Failure> {
        let entry = |(position, text): (usize, &&str)| {
            let mut entry = serde_json::json!({ "mediaType": "m", "digest": position.to_string(), "size": 1 });
            let platform = text.trim_end_matches('+');
            if platform != "-" {
                let mut parts = platform.split('/');
                entry["platform"] = serde_json::json!({ "os": parts.next(), "architecture": parts.next() });
                if let Some(variant) = parts.next() {
                    entry["platform"]["variant"] = variant.into();
                }
            }
            if text.ends_with('+') {
                entry["annotations"] = serde_json::json!({ ZSTD: "true" });
            }
            entry
        };
        let manifests: Vec<_> = entries.iter().enumerate().map(entry).collect();
        let index = serde_json::json!({ "schemaVersion": 2, "manifests": manifests });
        let index: OciImageIndex = serde_json::from_value(index).unwrap();
        choose(&index, architecture).map(|entry| entry.digest.clone())
    }

    #[test]
    fn the_image_is_chosen_as_skopeo_chooses_it() {
        let alma = ["linux/arm64", "linux/amd64", "linux/amd64/v2", "unknown/unknown"];
        for (entries, architecture, expected) in [
            (&alma[..], "amd64", "1"),
            (&alma, "arm64", "0"),
            (&["linux/arm64", "linux/arm64/v8"], "arm64", "1"),
            (&["linux/amd64", "linux/amd64+"], "amd64", "1"),
            (&["linux/amd64", "linux/amd64"], "amd64", "0"),
            (&["-", "linux/amd64"], "amd64", "1"),
            (&["-", "linux/arm64"], "amd64", "0"),
            (&["windows/amd64", "linux/amd64"], "amd64", "1"),
        ] {
            assert_eq!(chosen(entries, architecture).as_deref(), Ok(expected), "{entries:?}");
        }
    }

    #[test]
    fn without_one_it_is_told_which_there_are() {
        let offered = |entries: &[&str]| match chosen(entries, "amd64") {
            Err(Failure::Architecture { offered, .. }) => offered,
            other => panic!("{other:?}"),
        };
        assert_eq!(offered(&["linux/s390x", "linux/arm64", "linux/arm64/v8", "unknown/unknown"]), ["arm64", "s390x"]);
        assert_eq!(offered(&["linux/amd64/v3"]), ["amd64"]);
        assert_eq!(offered(&["linux/a\0\n\u{1b}", "linux/a\t\u{7f} "]), ["a   "]);
        assert!(offered(&[]).is_empty());
    }
}
