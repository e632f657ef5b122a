// SPDX-License-Identifier: GPL-3.0-or-later
//! Where the images of an entry are, as the backends want to have it.

use crate::catalog::{CatalogEntry, Status, Stream};
use crate::{Backend, ImageReference, Snapshot};

/// What stands for the computer's architecture in a branch.
pub(crate) const ARCHITECTURE: &str = "{architecture}";

/// The architectures that images have names for, and OSTree's names of the same. Source: `GOARCH` of the OCI image
/// specification, and what vendors' branches are called.
pub(crate) const ARCHITECTURES: [(&str, &str); 6] = [
    ("amd64", "x86_64"),
    ("arm64", "aarch64"),
    ("loong64", "loongarch64"),
    ("ppc64le", "ppc64le"),
    ("riscv64", "riscv64"),
    ("s390x", "s390x"),
];

/// What images call the architecture that OSTree calls so; nothing for what is none.
pub fn architecture_of_branch(name: &str) -> Option<&'static str> {
    ARCHITECTURES.into_iter().find(|(_, other)| *other == name).map(|(of_images, _)| of_images)
}

impl CatalogEntry {
    /// The stream with this id.
    pub fn stream(&self, id: &str) -> Option<&Stream> {
        self.streams.iter().find(|stream| stream.id == id)
    }

    /// It is something to switch to.
    pub fn is_offered(&self) -> bool {
        matches!(self.status, Status::Active | Status::Experimental)
    }

    /// There are images for this architecture, or nobody says which there are.
    pub fn is_for(&self, architecture: &str) -> bool {
        self.architectures.is_empty() || self.architectures.iter().any(|one| one == architecture)
    }

    /// The repository of a stream's container images.
    pub(crate) fn repository<'a>(&'a self, stream: &'a Stream) -> Option<&'a str> {
        let own = stream.image.as_deref();
        own.or_else(|| self.container.as_ref().map(|container| container.image.as_str()))
    }

    /// The container image of a stream, without what checks it: `quay.io/example/desktop-gnome:10`.
    pub fn container_reference(&self, stream: &Stream) -> Option<String> {
        let tag = stream.tag.as_ref()?;
        Some(format!("{}:{tag}", self.repository(stream)?))
    }

    /// The branch of a stream for an architecture, as images name it: `example:example/10/x86_64/gnome`.
    pub fn refspec(&self, stream: &Stream, architecture: &str) -> Option<String> {
        let (_, name) = ARCHITECTURES.into_iter().find(|(name, _)| *name == architecture)?;
        let branch = stream.branch.as_ref()?.replace(ARCHITECTURE, name);
        Some(format!("{}:{branch}", self.ostree.as_ref()?.remote))
    }

    /// What to switch to on this host, in the form that [`crate::resolve_image`] takes: of the kind that it follows already
    /// where there is a choice. Nothing where the entry has nothing that its backend can pull.
    pub fn reference_on(&self, stream: &Stream, host: &Snapshot, architecture: &str) -> Option<String> {
        let container = || self.container_reference(stream);
        let refspec = || self.refspec(stream, architecture);
        let followed = host.booted().and_then(|booted| booted.image.as_ref());
        match (host.host.backend, followed) {
            (Backend::Bootc | Backend::Apm, _) => container(),
            (Backend::Ostree, _) => refspec(),
            (Backend::RpmOstree, Some(ImageReference::Container { .. })) => container().or_else(refspec),
            (Backend::RpmOstree, _) => refspec().or_else(container),
            _ => None,
        }
    }
}
