// SPDX-License-Identifier: GPL-3.0-or-later
//! What the model does with catalogs and tags, without a computer.

use isotope_client::wording;
use isotope_model::catalog::recognise_image;
use isotope_model::dictionary::{from_dictionary, to_dictionary};
use isotope_model::{
    Backend, Catalog, CatalogEntry, Catalogs, Deployment, DeploymentId, Host, HostCatalogs, ImageReference, Outcome,
    Snapshot,
};

use crate::made_up;
use crate::stopwatch::measure;

/// Measures and prints it.
pub(crate) fn all() {
    let files = made_up::catalogs(1000);
    let read = || {
        let read = |(name, text): &(String, String)| (name.clone(), Catalog::from_bytes(name, text.as_bytes()));
        files.iter().map(read).collect::<Vec<_>>()
    };
    measure("1,000 entries in 10 files: parsing", read);
    let parsed = read();
    measure("1,000 entries in 10 files: merging", || Catalogs::merge(parsed.clone()));
    let host = host();
    let catalogs = Catalogs::merge(parsed);
    assert_eq!((catalogs.entries.len(), catalogs.problems.len()), (1000, 0), "{:?}", catalogs.problems.first());
    let image = host.booted().and_then(|booted| booted.image.clone()).expect("an image is followed");
    measure("1,000 entries: recognising an image", || recognise_image(&catalogs, &image));
    let here = recognise_image(&catalogs, &image);
    let catalogs = HostCatalogs { catalogs, here, architecture: "amd64".into(), ..HostCatalogs::default() };
    let dictionary = to_dictionary(&catalogs).expect("a dictionary");
    measure("1,000 entries: HostCatalogs to a dictionary", || to_dictionary(&catalogs));
    measure("1,000 entries: HostCatalogs from a dictionary", || from_dictionary::<HostCatalogs>(&dictionary));
    // The app's own filter, `view_model/desktops_view`, cannot be reached from here; this asks the same of each entry.
    for search in ["", "desktop 7", "nothing has this"] {
        measure(&format!("1,000 entries: those for this computer that have “{search}”"), || {
            let entries = catalogs.catalogs.entries.iter();
            entries.filter(|entry| catalogs.is_for(entry, &host) && has(entry, search)).count()
        });
    }
    tags();
}

fn has(entry: &CatalogEntry, wanted: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    wanted.is_empty()
        || holds(wording::catalog_text(&entry.name))
        || holds(&entry.vendor.name)
        || entry.desktop.as_deref().is_some_and(|desktop| holds(wording::desktop_name(desktop)))
        || entry.summary.as_ref().is_some_and(|summary| holds(wording::catalog_text(summary)))
}

fn tags() {
    let repository = "registry.example.org/vendor-1/desktop-1".to_owned();
    let tags: Vec<String> = made_up::tags(10_000).collect();
    let outcome = Outcome::Tags { repository, tags: tags.clone(), truncated: false };
    let dictionary = to_dictionary(&outcome).expect("a dictionary");
    measure("10,000 tags: Outcome::Tags to a dictionary", || to_dictionary(&outcome));
    measure("10,000 tags: Outcome::Tags from a dictionary", || from_dictionary::<Outcome>(&dictionary));
    measure("10,000 tags: those that have “2025”", || {
        tags.iter().filter(|tag| tag.to_lowercase().contains("2025")).count()
    });
}

/// A computer that runs one of the images.
fn host() -> Snapshot {
    let reference = "ostree-image-signed:docker://registry.example.org/vendor-7/desktop-777:stable".to_owned();
    let image = Some(ImageReference::Container { reference });
    let booted = Deployment { booted: true, image, ..Deployment::new(DeploymentId::new("os", "1".repeat(64), 0)) };
    let host = Host { image_based: true, backend: Backend::Bootc, ..Host::default() };
    Snapshot { host, deployments: vec![booted], ..Snapshot::default() }
}
