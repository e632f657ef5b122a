// SPDX-License-Identifier: GPL-3.0-or-later
//! The catalogs that Isotope ships, and the one in the document for those who write their own.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use crate::catalog::{Catalog, Catalogs, Recognised, RecognisedFrom, Signing, Status, recognise};
use crate::deployment::tests::deployment;
use crate::{ContainerTarget, Deployment, ImageReference, OsRelease, Snapshot};

fn project() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The catalogs, by file.
fn files() -> BTreeMap<String, String> {
    let files = std::fs::read_dir(project().join("data/catalogs")).unwrap().map(|file| file.unwrap().path());
    let files = files.filter(|path| path.extension().is_some_and(|kind| kind == "toml"));
    files
        .map(|path| (path.file_name().unwrap().to_str().unwrap().into(), std::fs::read_to_string(path).unwrap()))
        .collect()
}

fn catalogs() -> Catalogs {
    Catalogs::merge(files().into_iter().map(|(name, text)| (name.clone(), Catalog::from_toml(&name, &text))).collect())
}

#[test]
fn every_catalog_is_read_and_nothing_is_wrong_with_any() {
    let catalogs = catalogs();
    let problems: Vec<String> = catalogs.problems.iter().map(ToString::to_string).collect();
    assert!(problems.is_empty(), "{problems:#?}");
    for file in ["almalinux", "heliumos", "fedora", "bluefin", "aurora", "bazzite", "alt", "centos", "secureblue"] {
        assert!(files().contains_key(&format!("{file}.toml")), "{file}");
    }
    for (name, text) in files() {
        assert!(
            text.starts_with("# SPDX-License-Identifier: GPL-3.0-or-later\n#:schema catalog.schema.json\n"),
            "{name}"
        );
    }
}

#[test]
fn every_reference_is_one_and_leads_back_to_its_stream() {
    let catalogs = catalogs();
    for entry in &catalogs.entries {
        for stream in &entry.streams {
            let container = entry.container_reference(stream).map(|name| {
                let target = ContainerTarget::from_person(&name).unwrap();
                ImageReference::from(&target.on(&crate::Verification::Policy))
            });
            let branch = entry.refspec(stream, "amd64").map(|refspec| ImageReference::from_refspec(&refspec).unwrap());
            assert!(container.is_some() || branch.is_some(), "{}: {}", entry.id, stream.id);
            for image in container.into_iter().chain(branch) {
                let booted = Deployment { booted: true, image: Some(image.clone()), ..deployment('1') };
                let host = Snapshot { deployments: vec![booted], ..Snapshot::default() };
                let expected = Recognised {
                    entry: entry.id.clone(),
                    stream: Some(stream.id.clone()),
                    from: RecognisedFrom::Image,
                };
                assert_eq!(recognise(&catalogs, &host, &OsRelease::default()), Some(expected), "{image}");
            }
        }
    }
}

#[test]
fn whatever_is_deprecated_or_discontinued_has_a_way_on() {
    let catalogs = catalogs();
    let old = catalogs.entries.iter().filter(|entry| !entry.is_offered());
    for entry in old {
        let successor = catalogs.way_on(entry).unwrap_or_else(|| panic!("{}", entry.id));
        assert_eq!(successor.status, Status::Active, "{}", entry.id);
        assert_eq!(successor.vendor.id, entry.vendor.id, "{}", entry.id);
    }
}

#[test]
fn a_vendor_is_called_the_same_everywhere() {
    let mut vendors = HashMap::new();
    for entry in catalogs().entries {
        let known = vendors.entry(entry.vendor.id.clone()).or_insert_with(|| entry.vendor.clone());
        assert_eq!(*known, entry.vendor);
    }
}

#[test]
fn images_are_recognised_by_what_else_is_known_of_them() {
    let catalogs = catalogs();
    let table = [
        ("ostree-image-signed:docker://oci.heliumos.org/heliumos/bootc:10", "heliumos", Some("10")),
        ("ostree-image-signed:docker://quay.io/heliumos/bootc:9", "heliumos-9", Some("9")),
        ("ostree-image-signed:docker://ghcr.io/ublue-os/bluefin:lts-hwe", "bluefin-legacy-lts-hwe", Some("lts-hwe")),
        ("ostree-image-signed:docker://ghcr.io/ublue-os/bluefin:stable-44.20261101", "bluefin-legacy", None),
        ("ostree-image-signed:docker://ghcr.io/ublue-os/aurora:stable-daily", "aurora", Some("stable")),
        ("ostree-remote-image:fedora:docker://quay.io/fedora/fedora-cosmic-atomic:42", "fedora-cosmic", None),
        ("ostree-unverified-registry:altlinux.space/alt-atomic/kyanite/nightly", "alt-atomic-kyanite", Some("nightly")),
        (
            "ostree-unverified-registry:altlinux.space/alt-atomic/onyx:stable-nv",
            "alt-atomic-onyx-nvidia-legacy",
            Some("stable-nv"),
        ),
        ("ostree-unverified-registry:quay.io/centos-bootc/centos-bootc:c10s", "centos-bootc", Some("stream10")),
        ("fedora:fedora/43/x86_64/silverblue", "fedora-silverblue", None),
        ("fedora:fedora/44/x86_64/onyx", "fedora-budgie", Some("44")),
    ];
    for (text, entry, stream) in table {
        let image = ImageReference::from_refspec(text).ok().filter(|_| !text.starts_with("ostree-"));
        let image = image.or(Some(ImageReference::Container { reference: text.into() }));
        let booted = Deployment { booted: true, image, ..deployment('1') };
        let host = Snapshot { deployments: vec![booted], ..Snapshot::default() };
        let found = recognise(&catalogs, &host, &OsRelease::default()).unwrap_or_else(|| panic!("{text}"));
        assert_eq!((found.entry.as_str(), found.stream.as_deref()), (entry, stream), "{text}");
    }
    let gnome = OsRelease { variant_id: Some("atomic-desktop-gnome".into()), ..OsRelease::default() };
    let found = recognise(&catalogs, &Snapshot::default(), &gnome).unwrap();
    assert_eq!((found.entry.as_str(), found.from), ("almalinux-atomic-gnome", RecognisedFrom::OsRelease));
}

#[test]
fn the_example_in_the_document_is_a_catalog() {
    let document = std::fs::read_to_string(project().join("docs/publish-your-own-desktop.md")).unwrap();
    let examples: Vec<&str> = document.split("```toml\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let [whole, policy] = examples.as_slice() else { panic!("{examples:?}") };
    let catalog = Catalog::from_toml("example.toml", whole).unwrap();
    let merged = Catalogs::merge(vec![("example.toml".into(), Ok(catalog))]);
    assert!(merged.problems.is_empty() && merged.entries.len() == 2, "{merged:?}");
    let signing = merged.entries.iter().filter_map(|entry| entry.container.as_ref()?.signing.as_ref());
    assert!(signing.into_iter().any(|signing| matches!(signing, Signing::Sigstore { .. })));
    assert!(crate::SwitchPolicy::from_toml(policy).is_ok());
}
