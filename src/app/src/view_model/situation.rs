// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{AvailableUpdate, Deployment, OperationKind, OperationStatus, Refusal, Snapshot};

use super::names::{newer, told_apart, update_label};
use super::next_start::NextStart;

/// The one thing about the computer that matters most now.
#[derive(Clone, Debug)]
pub(crate) enum Situation<'a> {
    /// An operation runs.
    Busy(&'a OperationStatus),
    /// Another program is writing the sysroot.
    Changing,
    /// A restart starts another deployment.
    Restart(NextStart<'a>),
    /// There is a newer image to download.
    Available(&'a AvailableUpdate),
    /// An update was downloaded and is held back.
    HeldBack(&'a Deployment),
    /// Whether there is an update is found out only by updating.
    OnlyByUpdating,
    /// This system cannot be updated from here.
    NoUpdates(&'a Refusal),
    /// The computer was rolled back: a newer version than the one that runs lies on it.
    RolledBack {
        /// What runs.
        runs: &'a Deployment,
        /// What was there before.
        passed_over: &'a Deployment,
    },
    /// A check has found nothing newer.
    UpToDate,
    /// Nobody has checked yet.
    NotChecked,
}

impl<'a> Situation<'a> {
    /// What matters most in this state. A newer image comes before a restart into a staged one, which the banner
    /// offers at the same time; but it does not hide that the person asked to go back.
    pub(crate) fn of(state: &'a ServiceState) -> Self {
        let snapshot = &*state.snapshot;
        if let Some(operation) = state.running() {
            return Self::Busy(operation);
        }
        if snapshot.changing {
            return Self::Changing;
        }
        let available = snapshot.available.as_ref().filter(|update| !lies_here(update, snapshot));
        match (NextStart::of(snapshot), available) {
            (Some(next), None) | (Some(next @ (NextStart::GoesBack(_) | NextStart::Other(_))), _) => {
                return Self::Restart(next);
            }
            (_, Some(update)) => return Self::Available(update),
            (None, None) => {}
        }
        if let Some(held) = snapshot.staged().filter(|staged| staged.finalization_locked) {
            return Self::HeldBack(held);
        }
        let tells = state.can(OperationKind::Check) && !snapshot.only_update_tells;
        if !tells && state.can(OperationKind::Update) {
            return Self::OnlyByUpdating;
        }
        let update = state.capabilities.get(&OperationKind::Check);
        if let Some(reason) = update.filter(|update| !update.available).and_then(|update| update.reason.as_ref()) {
            return Self::NoUpdates(reason);
        }
        if let (Some(runs), Some(passed_over)) = (snapshot.booted(), newer_than_booted(state)) {
            return Self::RolledBack { runs, passed_over };
        }
        if snapshot.last_checked.is_some() { Self::UpToDate } else { Self::NotChecked }
    }

    /// The state in a few words, as they stand below version and date.
    pub(crate) fn in_words(&self) -> Option<String> {
        Some(match self {
            Self::Busy(operation) => wording::operation_titled(operation),
            Self::Changing => gettext("Being changed by another program"),
            Self::Restart(NextStart::Update(next)) => {
                gettext("{version} is ready and starts after a restart").replace("{version}", next.label())
            }
            Self::Restart(NextStart::Switch(next)) => {
                // Translators: {variant} is another desktop, for example "KDE".
                gettext("{variant} {version} is ready and starts after a restart")
                    .replace("{variant}", next.variant.as_deref().unwrap_or_default())
                    .replace("{version}", next.label())
                    .trim_start()
                    .to_owned()
            }
            Self::Restart(NextStart::GoesBack(next)) => {
                gettext("Goes back to {version} after a restart").replace("{version}", next.label())
            }
            Self::Restart(NextStart::Other(next)) => {
                gettext("{version} starts after a restart").replace("{version}", next.label())
            }
            Self::Available(update) => available(update),
            Self::HeldBack(held) => gettext("{version} is downloaded and held back").replace("{version}", held.label()),
            Self::OnlyByUpdating => gettext("Not checked for updates"),
            Self::NoUpdates(_) => return None,
            Self::RolledBack { runs, passed_over } => {
                // Translators: {version} is the older version, that runs; {newer} is the one that was there before.
                let (runs, passed_over) = told_apart(runs, passed_over);
                gettext("Rolled back to {version}, passing over {newer}")
                    .replace("{newer}", &passed_over)
                    .replace("{version}", &runs)
            }
            Self::UpToDate => gettext("Up to date"),
            Self::NotChecked => gettext("Not checked for updates yet"),
        })
    }
}

fn available(update: &AvailableUpdate) -> String {
    match update.download_bytes {
        Some(bytes) => {
            let size = wording::bytes(bytes).replace(' ', "\u{a0}");
            gettext("{version} is available, {size} to download").replace("{size}", &size)
        }
        None => gettext("{version} is available, download size unknown"),
    }
    .replace("{version}", &update_label(update))
}

/// The image that a check has found is one of the deployments already, for example after a rollback.
fn lies_here(update: &AvailableUpdate, snapshot: &Snapshot) -> bool {
    snapshot.deployments.iter().any(|deployment| deployment.image_checksum() == update.checksum)
}

/// A written deployment of the same stateroot and image that was built after the one that runs.
fn newer_than_booted(state: &ServiceState) -> Option<&Deployment> {
    let booted = state.snapshot.booted()?;
    state
        .snapshot
        .written()
        .filter(|deployment| deployment.id.stateroot() == booted.id.stateroot() && deployment.image == booted.image)
        .find(|deployment| newer(deployment, booted))
}

#[cfg(test)]
mod tests {
    use isotope_model::Progress;

    use super::super::test_states::{
        NOON, available as update, booted, container_host, deployment, operation, service, snapshot, staged,
    };
    use super::*;

    fn words(snapshot: Snapshot) -> String {
        Situation::of(&service(snapshot)).in_words().unwrap_or_default()
    }

    fn checked(snapshot: Snapshot) -> Snapshot {
        Snapshot { last_checked: Some(NOON), ..snapshot }
    }

    #[test]
    fn up_to_date_is_said_only_after_a_check() {
        assert_eq!(words(snapshot(vec![booted('1')])), "Not checked for updates yet");
        assert_eq!(words(checked(snapshot(vec![booted('1')]))), "Up to date");
        let gone_back = checked(snapshot(vec![booted('1'), deployment('2')]));
        assert_eq!(words(gone_back.clone()), "Rolled back to 10.1, passing over 10.2");
        let found_again = Snapshot { available: Some(update()), ..gone_back };
        assert_eq!(words(found_again), "Rolled back to 10.1, passing over 10.2");
    }

    #[test]
    fn an_update_is_named_with_its_size_where_that_is_known() {
        let found = |download_bytes| {
            let available = Some(AvailableUpdate { download_bytes, ..update() });
            words(Snapshot { available, ..checked(snapshot(vec![booted('1')])) })
        };
        assert_eq!(found(Some(30_000_000)), "10.2 is available, 30.0\u{a0}MB to download");
        assert_eq!(found(None), "10.2 is available, download size unknown");
    }

    #[test]
    fn what_the_next_restart_does_is_said() {
        assert_eq!(words(snapshot(vec![staged('2'), booted('1')])), "10.2 is ready and starts after a restart");
        assert_eq!(words(snapshot(vec![deployment('1'), booted('2')])), "Goes back to 10.1 after a restart");
        let kde = Deployment { image: None, variant: Some("KDE".into()), ..staged('2') };
        assert_eq!(words(snapshot(vec![kde, booted('1')])), "KDE 10.2 is ready and starts after a restart");
        let newer = AvailableUpdate { version: Some("10.3".into()), checksum: "3".repeat(64), ..update() };
        let with_newer = |deployments| Snapshot { available: Some(newer.clone()), ..snapshot(deployments) };
        assert!(words(with_newer(vec![staged('2'), booted('1')])).starts_with("10.3 is available"));
        assert!(words(with_newer(vec![deployment('1'), booted('2')])).starts_with("Goes back to 10.1"));
    }

    #[test]
    fn what_is_held_back_is_not_called_ready_for_a_restart() {
        let held = || Deployment { finalization_locked: true, ..staged('2') };
        assert_eq!(words(checked(snapshot(vec![held(), booted('1')]))), "10.2 is downloaded and held back");
        let found = Snapshot { available: Some(update()), ..snapshot(vec![held(), booted('1')]) };
        assert_eq!(words(found), "10.2 is downloaded and held back");
    }

    #[test]
    fn the_image_of_a_container_is_known_by_its_digest() {
        let digest = format!("sha256:{}", "d".repeat(64));
        let here = Deployment { digest: Some(digest.clone()), ..staged('2') };
        let available = Some(AvailableUpdate { checksum: digest, ..update() });
        let found = Snapshot { available, ..snapshot(vec![here, booted('1')]) };
        assert_eq!(words(found), "10.2 is ready and starts after a restart");
    }

    #[test]
    fn where_only_an_update_can_tell_nothing_is_claimed() {
        let mut host = container_host("ostree-unverified-image:oci:/var/lab/gnome");
        host.host.composefs = true;
        assert_eq!(words(host), "Not checked for updates");
    }

    #[test]
    fn what_runs_comes_first() {
        let mut state = service(checked(snapshot(vec![staged('2'), booted('1')])));
        state.operation = Some(operation(OperationKind::Update, Progress::default()).into());
        assert_eq!(Situation::of(&state).in_words().as_deref(), Some("Updating"));
        let changing = Snapshot { changing: true, ..snapshot(vec![booted('1')]) };
        assert_eq!(words(changing), "Being changed by another program");
    }

    #[test]
    fn a_system_that_follows_nothing_is_never_called_up_to_date() {
        let bare = Deployment { image: None, ..booted('1') };
        assert_eq!(words(checked(snapshot(vec![bare]))), "");
    }
}
