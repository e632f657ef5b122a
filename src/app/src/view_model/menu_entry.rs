// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{OperationKind, Refusal};

use super::impossible;
use super::situation::Situation;

/// What can be chosen in the main menu and needs the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MenuEntry {
    /// Look for an update.
    Check,
    /// Download the update that was found, and hold it back.
    DownloadOnly,
    /// See which versions the server has.
    Versions,
    /// Name another image.
    Switch,
    /// Remove what nothing needs any more.
    CleanUp,
}

/// How an entry of the main menu stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MenuEntryView {
    /// Which.
    pub(crate) entry: MenuEntry,
    /// It can be chosen.
    pub(crate) enabled: bool,
    /// Why it cannot be on this host, where it is not just a matter of the moment.
    pub(crate) reason: Option<String>,
}

impl MenuEntry {
    /// All of them, in their order.
    pub(crate) const ALL: [Self; 5] = [Self::Check, Self::DownloadOnly, Self::Versions, Self::Switch, Self::CleanUp];

    /// What stands in the menu, with a mnemonic.
    pub(crate) fn label(self) -> String {
        match self {
            Self::Check => gettext("_Check for Updates"),
            // Translators: an update is downloaded, but not installed with the next restart.
            Self::DownloadOnly => gettext("_Download Only"),
            Self::Versions => gettext("_Other Versions…"),
            Self::Switch => gettext("_Switch Image…"),
            Self::CleanUp => gettext("Clean _Up…"),
        }
    }

    /// How it stands; without the service nothing can be chosen.
    pub(crate) fn view(self, state: Option<&ServiceState>) -> MenuEntryView {
        let refusal = state.and_then(|state| self.refusal(state));
        let enabled =
            state.is_some_and(|state| refusal.is_none() && (self != Self::DownloadOnly || offers_update(state)));
        MenuEntryView { entry: self, enabled, reason: refusal.map(|refusal| wording::refusal(&refusal).what) }
    }

    fn refusal(self, state: &ServiceState) -> Option<Refusal> {
        let kind = match self {
            Self::Check => OperationKind::Check,
            Self::DownloadOnly => OperationKind::Update,
            Self::Versions => OperationKind::ListVersions,
            Self::Switch => OperationKind::Switch,
            Self::CleanUp => OperationKind::CleanUp,
        };
        impossible(state, kind)
    }
}

fn offers_update(state: &ServiceState) -> bool {
    matches!(Situation::of(state), Situation::Available(_))
}

#[cfg(test)]
mod tests {
    use isotope_model::Snapshot;

    use super::super::test_states::{available, booted, container_host, service, snapshot};
    use super::*;

    const IN_REGISTRY: &str = "ostree-unverified-registry:quay.io/lab/gnome:stable";
    const IN_FOLDER: &str = "ostree-unverified-image:oci:/var/lab/gnome";

    fn views(snapshot: Snapshot) -> Vec<(MenuEntry, bool, Option<String>)> {
        let state = service(snapshot);
        MenuEntry::ALL.map(|entry| entry.view(Some(&state))).map(|it| (it.entry, it.enabled, it.reason)).into()
    }

    #[test]
    fn everything_can_be_chosen_where_everything_can_be_done() {
        for (entry, enabled, reason) in views(snapshot(vec![booted('1')])) {
            assert_eq!((enabled, reason), (entry != MenuEntry::DownloadOnly, None), "{entry:?}");
        }
        let found = Snapshot { available: Some(available()), ..snapshot(vec![booted('1')]) };
        assert!(views(found).iter().all(|(_, enabled, _)| *enabled));
        assert!(MenuEntry::ALL.iter().all(|entry| !entry.view(None).enabled && entry.view(None).reason.is_none()));
    }

    #[test]
    fn a_host_of_bootc_has_other_versions_where_a_registry_can_be_asked_and_else_says_why_not() {
        assert!(views(container_host(IN_REGISTRY)).iter().all(|(_, _, reason)| reason.is_none()));
        for (entry, enabled, reason) in views(container_host(IN_FOLDER)) {
            match entry {
                MenuEntry::Versions => assert!(!enabled && reason.unwrap().contains("bootc")),
                MenuEntry::DownloadOnly => assert!(!enabled && reason.is_none()),
                _ => assert!(enabled && reason.is_none(), "{entry:?}"),
            }
        }
    }

    #[test]
    fn on_a_composefs_host_what_bootc_does_not_do_says_why_not() {
        let unavailable = |followed: &str| -> Vec<_> {
            let mut host = container_host(followed);
            host.host.composefs = true;
            views(host).into_iter().filter(|(_, _, reason)| reason.is_some()).map(|(entry, ..)| entry).collect()
        };
        assert_eq!(unavailable(IN_REGISTRY), [MenuEntry::CleanUp]);
        assert_eq!(unavailable(IN_FOLDER), [MenuEntry::Check, MenuEntry::Versions, MenuEntry::CleanUp]);
    }
}
