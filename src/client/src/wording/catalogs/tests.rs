// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Backend, Catalog, CatalogError, CatalogFault, Deployment, DeploymentId, Host, ImageReference};

use super::*;

const CATALOG: &str = r#"
format = 1
vendor = { id = "v", name = "V" }
[[entry]]
id = "old"
name = "Old {successor}"
status = "deprecated"
replaced_by = "new"
container = { image = "quay.io/v/old" }
streams = [{ tag = "10" }, { tag = "11", stability = "testing" }, { tag = "12", label = { en = "Twelve", xx = "Y" } }]
[[entry]]
id = "gone"
name = "Gone"
status = "discontinued"
recognised_by = { variant_ids = ["gone"] }
[[entry]]
id = "new"
name = "New"
status = "experimental"
container = { image = "quay.io/v/new" }
streams = [{ tag = "10" }]
"#;

fn catalogs(entry: &str, from: RecognisedFrom) -> HostCatalogs {
    let catalogs = Catalogs::merge(vec![("v.toml".into(), Catalog::from_toml("v.toml", CATALOG))]);
    assert!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
    let here = Some(Recognised { entry: entry.into(), stream: None, from });
    HostCatalogs { catalogs, here, architecture: "amd64".into(), ..HostCatalogs::default() }
}

fn host() -> Snapshot {
    let image = ImageReference::Container { reference: "ostree-unverified-registry:quay.io/v/old:10".into() };
    let id = DeploymentId::new("v", "1".repeat(64), 0);
    let booted = Deployment { booted: true, image: Some(image), ..Deployment::new(id) };
    let host = Host { image_based: true, backend: Backend::Bootc, ..Host::default() };
    Snapshot { host, deployments: vec![booted], ..Snapshot::default() }
}

#[test]
fn what_is_not_looked_after_any_more_is_told_with_the_way_on() {
    let table = [
        ("old", RecognisedFrom::Image, Some("Old {successor} is deprecated; New takes its place.")),
        (
            "old",
            RecognisedFrom::OsRelease,
            Some("This system is made from Old {successor}, which is deprecated; New takes its place."),
        ),
        (
            "gone",
            RecognisedFrom::Image,
            Some("Gone is published no more, and its catalog names nothing that takes its place."),
        ),
        ("new", RecognisedFrom::Image, None),
        ("nothing", RecognisedFrom::Image, None),
    ];
    for (entry, from, expected) in table {
        assert_eq!(outdated(&catalogs(entry, from), &host()).as_deref(), expected);
    }
}

#[test]
fn entries_and_streams_have_names_and_a_status() {
    let catalogs = catalogs("old", RecognisedFrom::Image).catalogs;
    let told: Vec<_> = catalogs.entries.iter().map(|entry| variant_status(entry, &catalogs).unwrap()).collect();
    assert_eq!(told, ["deprecated, replaced by New", "discontinued", "experimental"]);
    let names: Vec<_> = catalogs.entries[0].streams.iter().map(stream_name).collect();
    assert_eq!(names, ["10", "Testing", "Twelve"]);
    assert_eq!(["kde", "gnome", "of-the-future"].map(desktop_name), ["KDE Plasma", "GNOME", "of-the-future"]);
}

#[test]
fn every_fault_has_words_of_its_own() {
    let (key, value) = ("k".to_owned(), "{key} and {limit}".to_owned());
    let faults = [
        CatalogFault::CannotRead { detail: value.clone() },
        CatalogFault::NotOwnedByRoot,
        CatalogFault::TooLarge { limit: 262_144 },
        CatalogFault::NotUnderstood { detail: value.clone() },
        CatalogFault::OtherFormat { format: 2 },
        CatalogFault::TooMany { key: value.clone(), limit: 7 },
        CatalogFault::Missing { key: key.clone() },
        CatalogFault::TooLong { key: key.clone(), limit: 100 },
        CatalogFault::HiddenLetters { key: key.clone() },
        CatalogFault::Invalid { key: key.clone(), value: value.clone() },
        CatalogFault::Needs { key: key.clone(), needed: value.clone() },
        CatalogFault::Repeated { key, value: value.clone() },
        CatalogFault::SuccessorMissing { id: value.clone() },
        CatalogFault::SuccessorLoop { id: value.clone() },
        CatalogFault::Unknown,
    ];
    let mut told: Vec<_> = faults.iter().map(catalog_fault).collect();
    for (text, fault) in told.iter().zip(&faults) {
        let rest = text.replace(&value, "");
        assert!(!rest.contains(['{', '}']), "{text}");
        let debug = format!("{fault:?}");
        assert_eq!(text.contains(&value), debug.contains(&value), "{text}");
    }
    told.sort();
    told.dedup();
    assert_eq!(told.len(), faults.len());
}

#[test]
fn a_place_is_written_as_editors_read_it() {
    let of = |line, entry: Option<&str>| {
        let entry = entry.map(Into::into);
        catalog_place(&CatalogError { file: "v.toml".into(), line, entry, fault: CatalogFault::Unknown })
    };
    assert_eq!(of(Some(3), Some("v-gnome")), "v.toml:3: v-gnome");
    assert_eq!((of(None, None), of(Some(1), None)), ("v.toml".into(), "v.toml:1".into()));
}
