// SPDX-License-Identifier: GPL-3.0-or-later
//! What pulls images has skopeo choose and check them: both see the same.

use std::path::Path;
use std::process::Command;

use isotope_model::lookup_protocol::{LookupReply, PublishedImage};
use serde_json::json;

use crate::host::{Host, describe};
use crate::image::{INDEX, Image, architecture, digest_of};
use crate::registry::Registry;

fn skopeo(arguments: &[&str]) {
    let output = Command::new("skopeo").args(arguments).output().expect("skopeo");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn described(registry: &Registry, name: &str) -> PublishedImage {
    match Host::trusting(&[&registry.authority]).ask(&describe(&registry.name(name))) {
        LookupReply::Described(image) => *image,
        other => panic!("{other:?}"),
    }
}

/// The digest of the image that skopeo pulls.
fn pulled(registry: &Registry, name: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let source = format!("docker://{}", registry.name(name));
    let target = format!("dir:{}", folder.path().display());
    skopeo(&["--insecure-policy", "copy", "--src-tls-verify=false", &source, &target]);
    digest_of(&std::fs::read(folder.path().join("manifest.json")).unwrap())
}

/// The architecture and the variant, where there is any, and whether it is compressed with zstd.
type Entry<'a> = (Option<(&'a str, &'a str)>, bool);

/// An entry of a list: an image of its own, for this platform, compressed with zstd or not.
fn entry(registry: &Registry, number: usize, platform: Option<(&str, &str)>, zstd: bool) -> serde_json::Value {
    let architecture = platform.map_or(architecture(), |(architecture, _)| architecture);
    let image = Image::new(&number.to_string(), architecture);
    registry.push("o/s", &format!("of-{number}"), &image);
    let mut entry = json!({ "mediaType": image.media_type, "digest": image.digest(), "size": image.manifest.len() });
    if let Some((architecture, variant)) = platform {
        entry["platform"] = json!({ "os": "linux", "architecture": architecture });
        if !variant.is_empty() {
            entry["platform"]["variant"] = variant.into();
        }
    }
    if zstd {
        entry["annotations"] = json!({ "io.github.containers.compression.zstd": "true" });
    }
    entry
}

#[test]
fn of_several_images_the_same_is_chosen() {
    let registry = Registry::start();
    let (ours, level) = (architecture(), if architecture() == "arm64" { "v8" } else { "v2" });
    let lists: [&[Entry<'_>]; 6] = [
        &[(Some(("s390x", "")), false), (Some((ours, "")), false), (Some((ours, level)), false)],
        &[(Some((ours, level)), false), (Some((ours, "")), false)],
        &[(Some((ours, "")), false), (Some((ours, "")), true)],
        &[(Some((ours, "")), true), (Some((ours, "")), false)],
        &[(None, false), (Some((ours, "")), false)],
        &[(Some(("s390x", "")), false), (None, false)],
    ];
    for (position, list) in lists.iter().enumerate() {
        let manifests: Vec<_> = list
            .iter()
            .enumerate()
            .map(|(number, (platform, zstd))| entry(&registry, position * 10 + number, *platform, *zstd))
            .collect();
        let index = json!({ "schemaVersion": 2, "mediaType": INDEX, "manifests": manifests });
        let name = format!("o/s:list-{position}");
        registry.push_manifest("o/s", &format!("list-{position}"), INDEX, index.to_string().as_bytes());
        assert_eq!(described(&registry, &name).digest, pulled(&registry, &name), "{list:?}");
    }
}

#[test]
fn a_signature_that_skopeo_makes_is_seen() {
    let registry = Registry::start();
    registry.push("o/s", "unsigned", &Image::new("1", architecture()));
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    std::fs::write(path("passphrase"), "test").unwrap();
    std::fs::create_dir(Path::new(&path("registries.d"))).unwrap();
    std::fs::write(path("registries.d/test.yaml"), "default-docker:\n  use-sigstore-attachments: true\n").unwrap();
    let passphrase = format!("--passphrase-file={}", path("passphrase"));
    skopeo(&["generate-sigstore-key", "--output-prefix", &path("key"), &passphrase]);
    let (source, target) = (registry.name("o/s:unsigned"), registry.name("o/s:signed"));
    skopeo(&[
        "--insecure-policy",
        "--registries.d",
        &path("registries.d"),
        "copy",
        "--src-tls-verify=false",
        "--dest-tls-verify=false",
        "--sign-by-sigstore-private-key",
        &path("key.private"),
        "--sign-passphrase-file",
        &path("passphrase"),
        &format!("docker://{source}"),
        &format!("docker://{target}"),
    ]);
    // It lies beside the image, whatever tag leads there.
    for tag in ["signed", "unsigned"] {
        assert_eq!(described(&registry, &format!("o/s:{tag}")).signed, Some(true), "{tag}");
    }
    let LookupReply::Tags(told) = Host::trusting(&[&registry.authority]).ask(&crate::host::tags(&source)) else {
        panic!("no tags")
    };
    assert_eq!(told.tags, ["signed", "unsigned"]);
    registry.push("o/s", "other", &Image::new("2", architecture()));
    assert_eq!(described(&registry, "o/s:other").signed, Some(false));
}
