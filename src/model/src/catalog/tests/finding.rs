// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;
use crate::catalog::{RecognisedFrom, recognise};
use crate::deployment::tests::deployment;
use crate::{Backend, Deployment, Host, ImageReference, OsRelease, Snapshot};

const CATALOG: &str = r#"
format = 1
[vendor]
id = "v"
name = "V"
[[entry]]
id = "gnome"
name = "GNOME"
container = { image = "quay.io/v/gnome" }
recognised_by = { variant_ids = ["gnome"], ids = ["v"], image_prefixes = ["old.v.example/gnome"] }
streams = [{ tag = "10", aliases = ["c10"] }, { tag = "latest" }]
[[entry]]
id = "gnome-lts"
name = "GNOME with long support"
container = { image = "quay.io/v/gnome" }
streams = [{ tag = "lts" }]
[[entry]]
id = "family"
name = "Anything else of V"
status = "discontinued"
recognised_by = { image_prefixes = ["quay.io/v"], ids = ["v"] }
[[entry]]
id = "nightly"
name = "In repositories of its own"
container = { image = "v.example/k/stable" }
streams = [{ tag = "latest", id = "s" }, { tag = "latest", id = "n", image = "v.example/k/nightly" }]
[[entry]]
id = "branches"
name = "Branches"
ostree = { remote = "f" }
recognised_by = { refspecs = ["f:f/*/*/k"], variant_ids = ["k"] }
streams = [{ id = "44", branch = "f/44/{architecture}/k" }, { id = "45", branch = "f/45/x86_64/k" }]
[[entry]]
id = "copy"
name = "The same name as another"
container = { image = "quay.io/copy/k" }
recognised_by = { variant_ids = ["k"] }
streams = [{ tag = "latest" }]
"#;

fn catalogs() -> Catalogs {
    Catalogs::merge(vec![("v.toml".into(), Catalog::from_toml("v.toml", CATALOG))])
}

fn host(image: Option<ImageReference>) -> Snapshot {
    Snapshot {
        host: Host { image_based: true, ..Host::default() },
        deployments: vec![Deployment { booted: true, image, ..deployment('1') }],
        ..Snapshot::default()
    }
}

fn image(text: &str) -> ImageReference {
    match text.starts_with("ostree-") {
        true => ImageReference::Container { reference: text.into() },
        false => ImageReference::from_refspec(text).unwrap(),
    }
}

#[test]
fn the_image_tells_entry_and_stream() {
    let catalogs = catalogs();
    assert!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
    let digest = format!("@sha256:{}", "0".repeat(64));
    let (at, tagged) = (format!("quay.io/v/gnome{digest}"), format!("quay.io/v/gnome:10{digest}"));
    type Expected<'a> = Option<(&'a str, Option<&'a str>)>;
    let table: &[(&str, Expected<'_>)] = &[
        ("quay.io/v/gnome:10", Some(("gnome", Some("10")))),
        ("quay.io/v/gnome:c10", Some(("gnome", Some("10")))),
        ("quay.io/v/gnome", Some(("gnome", Some("latest")))),
        ("QUAY.io/v/gnome:lts", Some(("gnome-lts", Some("lts")))),
        ("quay.io/v/gnome:10.20261120", Some(("gnome", None))),
        (&at, Some(("gnome", None))),
        (&tagged, Some(("gnome", Some("10")))),
        ("quay.io/v/gnome-dx:10", Some(("family", None))),
        ("quay.io/v/gnome/x:10", Some(("family", None))),
        ("quay.io/vv/gnome:10", None),
        ("quay.io.example/v/gnome:10", None),
        ("old.v.example/gnome:10", Some(("gnome", Some("10")))),
        ("old.v.example/gnome/sub:10", Some(("gnome", None))),
        ("old.v.example/gnomes:10", None),
        ("v.example/k/stable:latest", Some(("nightly", Some("s")))),
        ("v.example/k/nightly:latest", Some(("nightly", Some("n")))),
        ("v.example/k", None),
    ];
    for (name, expected) in table {
        for verification in ["ostree-image-signed:docker://", "ostree-unverified-registry:"] {
            let host = host(Some(image(&format!("{verification}{name}"))));
            let found = recognise(&catalogs, &host, &OsRelease::default());
            let found = found.as_ref().map(|found| (found.entry.as_str(), found.stream.as_deref()));
            assert_eq!(found, *expected, "{name}");
        }
    }
}

#[test]
fn the_branch_tells_entry_and_stream() {
    let table = [
        ("f:f/44/aarch64/k", Some(("branches", Some("44")))),
        ("f:f/45/x86_64/k", Some(("branches", Some("45")))),
        ("f:f/45/aarch64/k", Some(("branches", None))),
        ("f:f/43/x86_64/k", Some(("branches", None))),
        ("g:f/44/x86_64/k", None),
        ("f:f/44/x86_64/k/x", None),
        ("f:f/44/x86_64/kk", None),
    ];
    for (refspec, expected) in table {
        let found = recognise(&catalogs(), &host(Some(image(refspec))), &OsRelease::default());
        let found = found.as_ref().map(|found| (found.entry.as_str(), found.stream.as_deref()));
        assert_eq!(found, expected, "{refspec}");
    }
}

#[test]
fn the_systems_own_name_is_asked_last_and_only_if_it_is_clear() {
    let words = |id: &str, variant: &str| {
        let word = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        OsRelease { id: word(id), variant_id: word(variant), ..OsRelease::default() }
    };
    let own = || host(Some(image("ostree-unverified-registry:registry.example/mine")));
    let table = [
        (words("v", "gnome"), Some("gnome")),
        (words("v", "kde"), Some("family")),
        (words("v", ""), Some("family")),
        (words("w", "gnome"), None),
        // Two entries call themselves that.
        (words("", "k"), None),
        (words("", ""), None),
    ];
    for (os_release, expected) in table {
        let local = host(Some(image("ostree-unverified-image:containers-storage:quay.io/v/gnome:10")));
        for host in [own(), local, host(None), Snapshot::default()] {
            let found = recognise(&catalogs(), &host, &os_release);
            assert_eq!(found.as_ref().map(|found| found.entry.as_str()), expected, "{os_release:?}");
            assert!(found.is_none_or(|found| found.from == RecognisedFrom::OsRelease && found.stream.is_none()));
        }
    }
    let found = recognise(&catalogs(), &host(Some(image("f:f/44/x86_64/k"))), &words("v", "gnome")).unwrap();
    assert_eq!((found.entry.as_str(), found.from), ("branches", RecognisedFrom::Image));
}

#[test]
fn what_to_switch_to_follows_what_the_host_can_pull() {
    let text = CATALOG
        .replace("ostree = { remote = \"f\" }", "ostree = { remote = \"f\" }\ncontainer = { image = \"q.io/k\" }");
    let text = text.replace("{ id = \"44\",", "{ tag = \"44\",");
    let catalog = Catalog::from_toml("v.toml", &text).unwrap();
    let catalogs = Catalogs::merge(vec![("v.toml".into(), Ok(catalog))]);
    let (gnome, both) = (catalogs.entry("gnome").unwrap(), catalogs.entry("branches").unwrap());
    let container = Some(image("ostree-unverified-registry:quay.io/v/gnome"));
    let branch = Some(image("f:f/44/x86_64/s"));
    let table = [
        (Backend::Bootc, &container, Some("q.io/k:44"), true),
        (Backend::Apm, &container, Some("q.io/k:44"), true),
        (Backend::Ostree, &branch, Some("f:f/44/x86_64/k"), false),
        (Backend::RpmOstree, &branch, Some("f:f/44/x86_64/k"), true),
        (Backend::RpmOstree, &container, Some("q.io/k:44"), true),
        (Backend::Unknown, &container, None, false),
    ];
    for (backend, followed, expected, has_gnome) in table {
        let mut host = host(followed.clone());
        host.host.backend = backend;
        let reference = both.reference_on(both.stream("44").unwrap(), &host, "amd64");
        assert_eq!(reference.as_deref(), expected, "{backend:?}");
        let reference = gnome.reference_on(gnome.stream("10").unwrap(), &host, "amd64");
        assert_eq!(reference.is_some(), has_gnome, "{backend:?}");
        if backend != Backend::Unknown {
            assert!(crate::resolve_image(&host, expected.unwrap()).is_ok());
        }
    }
}
