// SPDX-License-Identifier: GPL-3.0-or-later
//! The catalog of what a lab publishes, as its vendor would ship it.

use crate::configuration::REMOTE;
use crate::publication::container_architecture;

/// The file's name.
pub(crate) const FILE: &str = "lab.toml";
/// Variants: what they are called, and their summaries in English and in German.
const VARIANTS: [(&str, &str, &str, &str); 2] = [
    ("gnome", "GNOME", "A desktop in a box, with GNOME.", "Eine Arbeitsumgebung im Kasten, mit GNOME."),
    ("kde", "KDE Plasma", "A desktop in a box, with KDE Plasma.", "Eine Arbeitsumgebung im Kasten, mit KDE Plasma."),
];

/// The catalog. `scope` is the part of the registry that holds the images; `key` is where a machine has the key that they
/// are signed with, if they are.
pub(crate) fn catalog(scope: &str, key: Option<&str>) -> String {
    let entries = VARIANTS.map(|(variant, desktop, summary, german)| {
        let signing = match key {
            Some(key) => format!("{{ kind = \"sigstore\", keys = [\"{key}\"], scope = \"{scope}\" }}"),
            None => "{ kind = \"none\" }".to_owned(),
        };
        format!(
            r#"
[[entry]]
id = "lab-{variant}"
name = "Lab Atomic Desktop with {desktop}"
summary = {{ en = "{summary}", de = "{german}" }}
desktop = "{variant}"
architectures = ["{architecture}"]

[entry.container]
image = "{scope}/{variant}"
signing = {signing}

[entry.ostree]
remote = "{REMOTE}"
signed = true

[entry.recognised_by]
ids = ["lab"]
variant_ids = ["{variant}"]

[[entry.streams]]
tag = "stable"
branch = "lab/{{architecture}}/{variant}"
stability = "stable"

[[entry.streams]]
tag = "testing"
branch = "lab/{{architecture}}/{variant}-testing"
stability = "testing"
"#,
            architecture = container_architecture(),
        )
    });
    format!("format = 1\n\n[vendor]\nid = \"lab\"\nname = \"Lab\"\n{}", entries.concat())
}

#[cfg(test)]
mod tests {
    use isotope_model::ImageReference;
    use isotope_model::catalog::{Catalog, Catalogs, Signing, recognise_image};

    use super::*;
    use crate::Publication;

    #[test]
    fn the_catalog_is_one_and_knows_what_is_published() {
        for key in [None, Some("/etc/pki/containers/lab.pub")] {
            let read = Catalog::from_toml(FILE, &catalog("127.0.0.1:1234/lab", key)).unwrap();
            let container = read.entries[0].container.as_ref().unwrap();
            assert_eq!(key.is_none(), container.signing == Some(Signing::None));
            let catalogs = Catalogs::merge(vec![(FILE.to_owned(), Ok(read))]);
            assert_eq!((catalogs.entries.len(), catalogs.problems.len()), (2, 0));
            for (variant, stream) in [("gnome", "stable"), ("gnome", "testing"), ("kde", "stable")] {
                let branch = Publication::new(variant, "1").tag(stream).branch();
                let image = ImageReference::from_refspec(&format!("{REMOTE}:{branch}")).unwrap();
                let container = format!("ostree-unverified-registry:127.0.0.1:1234/lab/{variant}:{stream}");
                for image in [image, ImageReference::Container { reference: container }] {
                    let found = recognise_image(&catalogs, &image).unwrap();
                    assert_eq!((found.entry, found.stream), (format!("lab-{variant}"), Some(stream.to_owned())));
                }
            }
        }
    }
}
