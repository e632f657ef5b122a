// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashMap;

use isotope_model::{ContainerReference, Deployment, ImageReference, PackageChanges};
use zbus::zvariant::OwnedValue;

use super::{package_changes, values};

/// The longest text that is kept, in characters, the longest reference, and the longest version.
const LONGEST: usize = 500;
const LONGEST_REFERENCE: usize = 2000;
const LONGEST_VERSION: usize = 100;

/// What rpm-ostree's property `CachedUpdate` tells: the update that its last check has found, or that is staged.
///
/// Of a container image the last check tells version and size and no digest, and what is staged neither version nor size.
/// On a computer with layered packages that follows a container image it is empty, whatever there is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CachedUpdate {
    /// The commit, before anything was layered. After a check of a container image it is the one that runs.
    pub(crate) checksum: Option<String>,
    /// Its version; nothing once a container image is staged.
    pub(crate) version: Option<String>,
    /// The time stamp of that commit, in seconds since 1970: of a container image nothing that its maker said.
    pub(crate) built: Option<u64>,
    /// What it is of, as rpm-ostree writes it.
    pub(crate) reference: Option<String>,
    /// The stateroot.
    pub(crate) stateroot: Option<String>,
    /// The branch has a commit that is not here; also false for container images.
    pub(crate) has_new_commit: Option<bool>,
    /// Bytes to download, where it is told.
    pub(crate) download_bytes: Option<u64>,
    /// The id that rpm-ostree gives the staged deployment, where it is staged: `stateroot-checksum.serial`.
    pub(crate) deployment: Option<String>,
    /// The packages that differ; not known for a container image that is not staged.
    pub(crate) changes: PackageChanges,
}

impl CachedUpdate {
    /// Reads it; nothing where it is empty.
    pub(crate) fn of(dictionary: &HashMap<String, OwnedValue>) -> Option<Self> {
        if dictionary.is_empty() {
            return None;
        }
        let text = |key, longest| dictionary.get(key).and_then(|value| values::text(value, longest));
        let difference = dictionary.get("manifest-diff");
        let is_checksum = |text: &String| text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        Some(Self {
            checksum: text("checksum", LONGEST).filter(is_checksum),
            version: text("version", LONGEST_VERSION),
            built: dictionary.get("timestamp").and_then(|time| values::number(time)).filter(|seconds| *seconds > 0),
            reference: text("origin", LONGEST_REFERENCE),
            stateroot: text("osname", LONGEST),
            has_new_commit: dictionary.get("ref-has-new-commit").and_then(|truth| values::truth(truth)),
            download_bytes: difference.and_then(|all| values::entry(all, "added-size")).and_then(values::number),
            deployment: text("deployment", LONGEST),
            changes: package_changes::of_cached_update(dictionary),
        })
    }

    /// It is about what this deployment follows, as far as it says so. One image can be written in several ways.
    pub(crate) fn is_of(&self, deployment: &Deployment) -> bool {
        let is_image = |reference: &String| match &deployment.image {
            Some(image) => match image.container() {
                Some(container) => ContainerReference::from_origin(reference).is_ok_and(|told| told == container),
                None => ImageReference::from_refspec(reference).is_ok_and(|told| told == *image),
            },
            None => false,
        };
        self.reference.as_ref().is_none_or(is_image)
            && self.stateroot.as_ref().is_none_or(|stateroot| stateroot == deployment.id.stateroot())
    }

    /// Packages that were added to the commit that runs are newer; there is no newer commit.
    pub(crate) fn is_only_packages(&self) -> bool {
        self.deployment.is_none() && self.changes.known && self.changes.count() > 0
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{DeploymentId, PackageChange};
    use proptest::prelude::*;
    use zbus::zvariant::Value;

    use super::super::recordings::{cached_update, owned};
    use super::*;

    const BOOTED: &str = "9f9235487414407b481366072fc961988a13c57a3281b5064dac56977bfedb3b";

    #[test]
    fn after_a_check_of_a_container_image_version_and_size_are_known() {
        let found = CachedUpdate::of(&cached_update("getall-02-cached-update.json")).unwrap();
        assert_eq!(found.version.as_deref(), Some("9.20250201"));
        assert_eq!(found.download_bytes, Some(11_768_323));
        assert_eq!(found.checksum.as_deref(), Some(BOOTED), "it is the one that runs");
        assert_eq!((found.has_new_commit, found.deployment.as_deref()), (Some(false), None));
        assert_eq!(found.changes, PackageChanges::unknown());
        assert_eq!(found.reference.as_deref(), Some("ostree-unverified-registry:localhost:5101/alma/gnome:latest"));
    }

    #[test]
    fn of_what_is_staged_the_packages_are_known() {
        let found = CachedUpdate::of(&cached_update("getall-03-staged.json")).unwrap();
        let staged = "b25596a3fc762c81e200cc225c93249eb16802948c24a43c12ca10cff53cb0f2";
        assert_eq!(found.deployment, Some(format!("alma-{staged}.0")));
        assert_eq!((found.checksum.as_deref(), found.has_new_commit), (Some(staged), Some(true)));
        assert_eq!((found.version, found.download_bytes), (None, None));
        assert!(found.changes.known && !found.changes.truncated);
        assert_eq!((found.changes.upgraded.len(), found.changes.count()), (6, 8));
        assert_eq!(
            found.changes.upgraded[1],
            PackageChange {
                name: "firefox".into(),
                architecture: Some("x86_64".into()),
                before: Some("128.5.1-1".into()),
                after: Some("128.8.0-1".into()),
            }
        );
    }

    #[test]
    fn of_a_branch_everything_is_known_before_it_is_staged() {
        let checked = CachedUpdate::of(&cached_update("getall-21-ostree-cached-update.json")).unwrap();
        assert_eq!(checked.version.as_deref(), Some("41.20250201.0"));
        assert_eq!((checked.has_new_commit, checked.built), (Some(true), Some(1_795_222_586)));
        assert_eq!((checked.changes.count(), checked.deployment.as_deref()), (8, None));
        let staged = CachedUpdate::of(&cached_update("getall-22-ostree-staged.json")).unwrap();
        assert_eq!(CachedUpdate { deployment: None, ..staged.clone() }, checked);
        assert!(staged.deployment.is_some());
    }

    #[test]
    fn on_a_layered_machine_the_commit_is_the_base_and_a_check_finds_nothing() {
        assert_eq!(CachedUpdate::of(&cached_update("getall-17-layered-booted.json")), None);
        let staged = CachedUpdate::of(&cached_update("getall-19-layered-update-staged.json")).unwrap();
        assert!(!staged.deployment.unwrap().contains(&staged.checksum.unwrap()));
        assert_eq!(staged.changes.advisories.len(), 1);
    }

    #[test]
    fn what_is_about_another_image_or_stateroot_is_told_from_what_is_about_this_one() {
        let container = CachedUpdate::of(&cached_update("getall-02-cached-update.json")).unwrap();
        let branch = CachedUpdate::of(&cached_update("getall-21-ostree-cached-update.json")).unwrap();
        let of = |stateroot: &str, image: ImageReference| Deployment {
            image: Some(image),
            ..Deployment::new(DeploymentId::new(stateroot, "1".repeat(64), 0))
        };
        let image = |text: &str| ImageReference::Container { reference: text.into() };
        let gnome = "ostree-unverified-registry:localhost:5101/alma/gnome:latest";
        assert!(container.is_of(&of("alma", image(gnome))));
        let otherwise = "ostree-unverified-image:docker://localhost:5101/alma/gnome:latest";
        assert!(container.is_of(&of("alma", image(otherwise))));
        assert!(!container.is_of(&of("other", image(gnome))));
        assert!(!container.is_of(&of("alma", image("ostree-unverified-registry:localhost:5101/alma/kde:latest"))));
        let silverblue = || ImageReference::from_refspec("fedora:fedora/x86_64/silverblue").unwrap();
        assert!(branch.is_of(&of("fedora", silverblue())) && !container.is_of(&of("alma", silverblue())));
        assert!(!branch.is_of(&of("fedora", ImageReference::from_refspec("fedora:fedora/x86_64/kinoite").unwrap())));
        assert!(!branch.is_of(&Deployment::new(DeploymentId::new("fedora", "1".repeat(64), 0))));
        assert!(CachedUpdate::default().is_of(&of("alma", silverblue())), "nothing speaks against it");
    }

    #[test]
    fn newer_packages_beside_the_same_commit_are_something() {
        let checked = CachedUpdate::of(&cached_update("getall-21-ostree-cached-update.json")).unwrap();
        assert!(checked.is_only_packages());
        let staged = CachedUpdate::of(&cached_update("getall-22-ostree-staged.json")).unwrap();
        assert!(!staged.is_only_packages() && !CachedUpdate::default().is_only_packages());
    }

    #[test]
    fn what_is_of_another_type_is_absent() {
        let dictionary = HashMap::from([
            ("checksum".to_owned(), owned(Value::from("not one"))),
            ("version".to_owned(), owned(Value::from(5_u32))),
            ("timestamp".to_owned(), owned(Value::from("soon"))),
            ("manifest-diff".to_owned(), owned(Value::from(true))),
            ("ref-has-new-commit".to_owned(), owned(Value::from("yes"))),
            ("rpm-diff".to_owned(), owned(Value::from("x"))),
            ("advisories".to_owned(), owned(Value::from(vec!["x"]))),
        ]);
        assert_eq!(CachedUpdate::of(&dictionary), Some(CachedUpdate::default()));
        assert_eq!(CachedUpdate::of(&HashMap::new()), None);
    }

    proptest! {
        #[test]
        fn no_text_brings_it_down(text in "\\PC{0,700}|[\u{0}-\u{1f}]{0,40}", key in "checksum|version|origin|osname|deployment") {
            let found = CachedUpdate::of(&HashMap::from([(key, owned(Value::from(text.replace('\0', ""))))])).unwrap();
            prop_assert!(found.version.is_none_or(|version| version.chars().count() <= LONGEST_VERSION));
        }
    }
}
