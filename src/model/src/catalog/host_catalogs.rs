// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::catalog::references::ARCHITECTURES;
use crate::catalog::{CatalogEntry, Catalogs, Recognised, Status, Stream, SwitchPolicy};
use crate::{Deployment, Snapshot, resolve_image};

/// The catalogs of one computer, and what it is in their words.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct HostCatalogs {
    /// What is offered, to whatever computer, and what is wrong with it.
    #[serde(flatten)]
    pub catalogs: Catalogs,
    /// What runs, where a catalog has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub here: Option<Recognised>,
    /// The computer's architecture, as images name it: `amd64`, `arm64`, …
    #[serde(default)]
    pub architecture: String,
    /// Which images the administrator allows to switch to.
    #[serde(default)]
    pub switching: SwitchPolicy,
}

/// Something of a catalog that a computer can be switched to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SwitchTo<'a> {
    /// The entry.
    pub entry: &'a CatalogEntry,
    /// Its stream.
    pub stream: &'a Stream,
    /// What to ask for.
    pub reference: String,
}

impl HostCatalogs {
    /// The entry that runs.
    pub fn running(&self) -> Option<&CatalogEntry> {
        self.catalogs.entry(&self.here.as_ref()?.entry)
    }

    /// This entry runs, in this stream.
    pub fn runs(&self, entry: &CatalogEntry, stream: &Stream) -> bool {
        self.here.as_ref().is_some_and(|here| here.entry == entry.id && here.stream.as_ref() == Some(&stream.id))
    }

    /// There is something of it that this computer can follow.
    pub fn is_for(&self, entry: &CatalogEntry, host: &Snapshot) -> bool {
        let mut streams = entry.streams.iter();
        entry.is_for(&self.architecture) && streams.any(|stream| self.reference(entry, stream, host).is_some())
    }

    /// What to switch to for a stream, if there is something that this computer can follow.
    pub fn reference(&self, entry: &CatalogEntry, stream: &Stream, host: &Snapshot) -> Option<String> {
        entry.reference_on(stream, host, &self.architecture)
    }

    /// The entry that runs, if it is not looked after any more, and nothing else was chosen to start next.
    pub fn outdated(&self, host: &Snapshot) -> Option<&CatalogEntry> {
        let image = |deployment: Option<&Deployment>| deployment.and_then(|one| one.image.clone());
        let entry = self.running()?;
        let old = matches!(entry.status, Status::Deprecated | Status::Discontinued);
        (old && image(host.newest()) == image(host.booted())).then_some(entry)
    }

    /// What to switch to for an entry: the stream that is called as the one that runs, else the first, of those that this
    /// computer can follow and does not follow already.
    pub fn switch_to<'a>(&'a self, entry: &'a CatalogEntry, host: &Snapshot) -> Option<SwitchTo<'a>> {
        let name = self.here.as_ref().and_then(|here| here.stream.as_deref());
        let same = name.and_then(|name| entry.stream(name)).into_iter();
        let runs = host.booted().and_then(|booted| booted.image.as_ref());
        let mut streams = same.chain(&entry.streams).filter(|_| entry.is_for(&self.architecture));
        streams.find_map(|stream| {
            let reference = self.reference(entry, stream, host)?;
            let same = resolve_image(host, &reference).is_ok_and(|image| Some(&image) == runs);
            (!same).then_some(SwitchTo { entry, stream, reference })
        })
    }
}

/// What images call an architecture that Rust calls so.
pub fn image_architecture(name: &str) -> &str {
    let name = if name == "powerpc64" { "ppc64le" } else { name };
    let known = ARCHITECTURES.into_iter().find(|(_, other)| *other == name);
    known.map_or(name, |(of_images, _)| of_images)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{Catalog, RecognisedFrom};
    use crate::deployment::tests::deployment;
    use crate::dictionary::{from_dictionary, to_dictionary};
    use crate::{Backend, Host, ImageReference};

    const CATALOG: &str = r#"
        format = 1
        vendor = { id = "v", name = "V" }
        [[entry]]
        id = "old"
        name = "Old"
        status = "deprecated"
        replaced_by = "new"
        container = { image = "quay.io/v/old" }
        streams = [{ tag = "lts" }]
        [[entry]]
        id = "new"
        name = "New"
        architectures = ["arm64"]
        container = { image = "quay.io/v/new" }
        streams = [{ tag = "stable" }, { tag = "lts" }]
    "#;

    fn catalogs(stream: Option<&str>) -> HostCatalogs {
        let here = Recognised { entry: "old".into(), stream: stream.map(Into::into), from: RecognisedFrom::Image };
        let read = Catalog::from_bytes("v.toml", CATALOG.as_bytes());
        let catalogs = Catalogs::merge(vec![("v.toml".into(), read)]);
        HostCatalogs { catalogs, here: Some(here), architecture: "arm64".into(), ..HostCatalogs::default() }
    }

    fn host(backend: Backend, images: &[&str]) -> Snapshot {
        let of = |(number, image): (usize, &&str)| Deployment {
            booted: number + 1 == images.len(),
            staged: number + 1 != images.len(),
            image: Some(ImageReference::Container { reference: format!("ostree-unverified-registry:{image}") }),
            ..deployment('1')
        };
        let deployments = images.iter().enumerate().map(of).collect();
        Snapshot { host: Host { image_based: true, backend, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    #[test]
    fn what_is_outdated_has_a_way_on_in_the_same_stream() {
        let host = host(Backend::Bootc, &["quay.io/v/old:lts"]);
        for (stream, expected) in [(Some("lts"), "lts"), (Some("other"), "stable"), (None, "stable")] {
            let catalogs = catalogs(stream);
            let outdated = catalogs.outdated(&host).unwrap();
            let way_on = catalogs.catalogs.way_on(outdated).unwrap();
            let switch_to = catalogs.switch_to(way_on, &host).unwrap();
            assert_eq!((switch_to.entry.id.as_str(), switch_to.stream.id.as_str()), ("new", expected));
            assert_eq!(switch_to.reference, format!("quay.io/v/new:{expected}"));
        }
        let mut newer = catalogs(None);
        newer.here.as_mut().unwrap().entry = "new".into();
        assert_eq!(newer.outdated(&host), None);
    }

    #[test]
    fn who_has_gone_on_already_is_told_nothing() {
        let staged = host(Backend::Bootc, &["quay.io/v/new:lts", "quay.io/v/old:lts"]);
        assert_eq!(catalogs(None).outdated(&staged), None);
        let update = host(Backend::Bootc, &["quay.io/v/old:lts", "quay.io/v/old:lts"]);
        assert!(catalogs(None).outdated(&update).is_some());
    }

    #[test]
    fn what_cannot_be_followed_here_is_no_way() {
        let catalogs = catalogs(None);
        let new = catalogs.catalogs.entry("new").unwrap();
        assert_eq!(catalogs.switch_to(new, &host(Backend::Ostree, &["quay.io/v/old:lts"])), None);
        let elsewhere = HostCatalogs { architecture: "amd64".into(), ..catalogs.clone() };
        let here = host(Backend::Bootc, &["quay.io/v/new:stable"]);
        assert_eq!(elsewhere.switch_to(new, &here), None);
        assert!(!elsewhere.is_for(new, &here) && catalogs.is_for(new, &here));
        assert_eq!(catalogs.switch_to(new, &here).unwrap().stream.id, "lts", "it follows the other one");
    }

    #[test]
    fn it_travels_and_what_is_missing_or_unknown_does_no_harm() {
        let catalogs = catalogs(Some("lts"));
        let mut dictionary = to_dictionary(&catalogs).unwrap();
        dictionary.insert("of-the-future".into(), 1_u32.into());
        assert_eq!(from_dictionary::<HostCatalogs>(&dictionary).unwrap(), catalogs);
        assert_eq!(from_dictionary::<HostCatalogs>(&Default::default()).unwrap(), HostCatalogs::default());
    }

    #[test]
    fn architectures_are_called_as_images_call_them() {
        let names = ["x86_64", "aarch64", "powerpc64", "riscv64", "loongarch64", "vax"].map(image_architecture);
        assert_eq!(names, ["amd64", "arm64", "ppc64le", "riscv64", "loong64", "vax"]);
    }
}
