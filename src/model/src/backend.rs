// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{ImageReference, Transport};

/// What pulls and stages on a host.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Backend {
    /// libostree, for deployments that follow a branch of a remote.
    Ostree,
    /// bootc, for container images.
    Bootc,
    /// The daemon of rpm-ostree.
    RpmOstree,
    /// ALT's apm.
    Apm,
    /// Nothing here can update this host, or this version does not know what can.
    #[default]
    #[serde(other)]
    Unknown,
}

/// Why a host has the backend that it has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BackendReason {
    /// It follows a branch of an OSTree remote, and nothing else claims that.
    Branch,
    /// It follows a branch, or nothing, and rpm-ostree is there, which takes care of branches.
    BranchWithRpmOstree,
    /// It was deployed by a checksum and follows nothing yet.
    NothingFollowed,
    /// It follows a container image, and bootc is there.
    Container,
    /// It follows a container image, but of the programs that pull those only rpm-ostree is there.
    ContainerWithoutBootc,
    /// It follows a container image, and no program is there that pulls those.
    ContainerWithoutProgram,
    /// rpm-ostree has changed a deployment, with packages or overrides: no other program carries that over, also where
    /// bootc is there.
    ChangedByRpmOstree,
    /// The image was built on this computer, by apm.
    BuiltHere,
    /// Its deployments are composefs images, which only bootc knows.
    Composefs,
    /// It follows something that this version does not know.
    #[default]
    #[serde(other)]
    Unknown,
}

/// What a backend is chosen by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BackendFacts<'a> {
    /// What the booted deployment follows.
    pub followed: Option<&'a ImageReference>,
    /// rpm-ostree has changed the booted deployment, or the staged one.
    pub changed_by_rpm_ostree: bool,
    /// bootc is installed.
    pub has_bootc: bool,
    /// rpm-ostree is installed.
    pub has_rpm_ostree: bool,
    /// apm is installed.
    pub has_apm: bool,
}

/// Chooses what pulls and stages on a host with an OSTree sysroot, and says why.
pub fn choose_backend(facts: &BackendFacts<'_>) -> (Backend, BackendReason) {
    let container = match facts.followed {
        _ if facts.changed_by_rpm_ostree => {
            let backend = if facts.has_rpm_ostree { Backend::RpmOstree } else { Backend::Unknown };
            return (backend, BackendReason::ChangedByRpmOstree);
        }
        None if facts.has_rpm_ostree => return (Backend::RpmOstree, BackendReason::BranchWithRpmOstree),
        None => return (Backend::Ostree, BackendReason::NothingFollowed),
        Some(ImageReference::Ostree { .. }) if facts.has_rpm_ostree => {
            return (Backend::RpmOstree, BackendReason::BranchWithRpmOstree);
        }
        Some(ImageReference::Ostree { .. }) => return (Backend::Ostree, BackendReason::Branch),
        Some(ImageReference::Container { .. }) => facts.followed.and_then(ImageReference::container),
        Some(ImageReference::Unknown) => None,
    };
    match container {
        None => (Backend::Unknown, BackendReason::Unknown),
        Some(image) if facts.has_apm && image.transport() == Transport::ContainersStorage => {
            (Backend::Apm, BackendReason::BuiltHere)
        }
        Some(_) if facts.has_bootc => (Backend::Bootc, BackendReason::Container),
        Some(_) if facts.has_rpm_ostree => (Backend::RpmOstree, BackendReason::ContainerWithoutBootc),
        Some(_) => (Backend::Unknown, BackendReason::ContainerWithoutProgram),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_host_has_its_backend_and_its_reason() {
        const BRANCH: &str = "alma:10/gnome";
        const REGISTRY: &str = "ostree-unverified-registry:quay.io/o/gnome:10";
        const LOCAL: &str = "ostree-unverified-image:containers-storage:localhost/os";
        use Backend::{Apm, Bootc, Ostree, RpmOstree};
        use BackendReason as Why;
        // What is followed; whether it was changed; which of b(ootc), r(pm-ostree), a(pm) are there.
        let table = [
            (Some(BRANCH), false, "", (Ostree, Why::Branch)),
            (Some(BRANCH), false, "b", (Ostree, Why::Branch)),
            (Some(BRANCH), false, "br", (RpmOstree, Why::BranchWithRpmOstree)),
            (None, false, "b", (Ostree, Why::NothingFollowed)),
            (None, false, "r", (RpmOstree, Why::BranchWithRpmOstree)),
            (Some(REGISTRY), false, "br", (Bootc, Why::Container)),
            (Some(REGISTRY), false, "bra", (Bootc, Why::Container)),
            (Some(REGISTRY), true, "br", (RpmOstree, Why::ChangedByRpmOstree)),
            (Some(BRANCH), true, "r", (RpmOstree, Why::ChangedByRpmOstree)),
            (Some(BRANCH), true, "b", (Backend::Unknown, Why::ChangedByRpmOstree)),
            (Some(REGISTRY), false, "r", (RpmOstree, Why::ContainerWithoutBootc)),
            (Some(REGISTRY), false, "", (Backend::Unknown, Why::ContainerWithoutProgram)),
            (Some(LOCAL), false, "ba", (Apm, Why::BuiltHere)),
            (Some(LOCAL), false, "b", (Bootc, Why::Container)),
            (Some("ostree-teleported:x"), false, "bra", (Backend::Unknown, Why::Unknown)),
        ];
        for (followed, changed_by_rpm_ostree, programs, expected) in table {
            let followed = followed.map(|text| {
                let container = ImageReference::Container { reference: text.to_owned() };
                ImageReference::from_refspec(text).ok().filter(|_| text == BRANCH).unwrap_or(container)
            });
            let facts = BackendFacts {
                followed: followed.as_ref(),
                changed_by_rpm_ostree,
                has_bootc: programs.contains('b'),
                has_rpm_ostree: programs.contains('r'),
                has_apm: programs.contains('a'),
            };
            assert_eq!(choose_backend(&facts), expected, "{facts:?}");
        }
    }
}
