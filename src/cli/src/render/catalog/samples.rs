// SPDX-License-Identifier: GPL-3.0-or-later
//! A vendor's catalog, for the tests of this folder.

use isotope_model::catalog::{Recognised, RecognisedFrom};
use isotope_model::{Catalog, Catalogs, HostCatalogs, ImageReference, Snapshot};

use crate::render::samples;

const EXAMPLE: &str = r#"
format = 1
[vendor]
id = "example"
name = "Example"
homepage = "https://example.org"
[[entry]]
id = "example-gnome"
name = "Example with GNOME"
summary = "A desktop for everyday work."
desktop = "gnome"
architectures = ["amd64", "arm64"]
cpu_baseline = "x86-64-v3"
support_end = 2030-05-31
[entry.container]
image = "quay.io/example/gnome"
signing = { kind = "sigstore", keys = ["/usr/lib/pki/example.pub"], scope = "quay.io/example" }
[entry.ostree]
remote = "example"
[[entry.streams]]
tag = "11"
label = "Eleven"
branch = "example/11/{architecture}/gnome"
[[entry.streams]]
tag = "10"
[[entry.streams]]
tag = "next"
stability = "testing"
[[entry]]
id = "example-kde"
name = "Example with KDE Plasma"
desktop = "kde"
architectures = ["s390x"]
reversible = false
container = { image = "quay.io/example/kde" }
streams = [{ tag = "11" }]
[[entry]]
id = "example-mate"
name = "Example with MATE"
desktop = "mate"
status = "discontinued"
replaced_by = "example-gnome"
recognised_by = { image_prefixes = ["quay.io/example/mate"] }
[[entry]]
id = "example-sway"
name = "Example with Sway"
desktop = "sway"
status = "deprecated"
replaced_by = "example-mate"
container = { image = "quay.io/example/sway" }
streams = [{ tag = "11" }]
"#;

/// A computer of bootc that runs this, and the catalogs that say so.
pub(crate) fn running(entry: &str, stream: Option<&str>) -> (HostCatalogs, Snapshot) {
    let catalogs = Catalogs::merge(vec![("example.toml".into(), Catalog::from_toml("example.toml", EXAMPLE))]);
    assert!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
    let image = stream.map(|stream| catalogs.entry(entry).unwrap().stream(stream).unwrap());
    let image = image.and_then(|stream| catalogs.entry(entry).unwrap().container_reference(stream));
    let mut host = (*samples::container().snapshot).clone();
    for deployment in &mut host.deployments {
        let name = image.as_deref().unwrap_or("quay.io/example/mate:11");
        deployment.image =
            Some(ImageReference::Container { reference: format!("ostree-image-signed:docker://{name}") });
    }
    let here = Recognised { entry: entry.into(), stream: stream.map(Into::into), from: RecognisedFrom::Image };
    (HostCatalogs { catalogs, here: Some(here), architecture: "amd64".into(), ..HostCatalogs::default() }, host)
}
