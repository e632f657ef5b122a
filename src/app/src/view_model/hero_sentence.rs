// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ServiceState;
use isotope_model::{BootVerdict, Deployment};

use super::manager::Manager;
use super::names::update_label;
use super::situation::Situation;
use super::{BootNotice, Looker, Network};

/// How the computer is, in one sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeroSentence {
    /// The words; nothing where the quiet line below says it all.
    pub(super) words: Option<String>,
    /// Something has gone wrong.
    pub(super) warns: bool,
}

/// The sentence for what matters most: what waits for the person first, then what went wrong with the last start, then
/// who else takes care of the updates and whether there is a network.
pub(super) fn of(
    situation: &Situation<'_>,
    state: &ServiceState,
    booted: &Deployment,
    looker: &Looker,
) -> HeroSentence {
    if let Some(words) = not_applied(situation, state, booted, looker) {
        return HeroSentence { words: Some(words), warns: true };
    }
    let words = Manager::of(&state.snapshot.host).and_then(|manager| managed(situation, &manager));
    let words = words.or_else(|| offline(situation, looker)).or_else(|| situation.in_words());
    HeroSentence { words, warns: false }
}

/// The last start did not come up with what was to be applied, and nothing else is to be done by now.
fn not_applied(
    situation: &Situation<'_>,
    state: &ServiceState,
    booted: &Deployment,
    looker: &Looker,
) -> Option<String> {
    let quiet = matches!(
        situation,
        Situation::RolledBack { .. } | Situation::UpToDate | Situation::NotChecked | Situation::OnlyByUpdating
    );
    BootNotice::of(&state.snapshot, looker.closed_boot.as_deref()).filter(|_| quiet)?;
    let (expected, known, unknown) = match &state.snapshot.last_boot.as_ref()?.verdict {
        BootVerdict::StagedLost { expected }
        | BootVerdict::NotFinalised { expected }
        | BootVerdict::FinalisationFailed { expected, .. } => (
            expected,
            // Translators: {version} was to be installed; {running} runs, as it did before.
            gettext("{version} was not applied: {running} runs as before"),
            gettext("The update was not applied: {running} runs as before"),
        ),
        BootVerdict::FellBack { expected } | BootVerdict::HealthChecksFailed { expected } => (
            expected,
            // Translators: {version} did not work; {running} is the version from before it.
            gettext("{version} did not work: {running} runs again"),
            gettext("The update did not work: {running} runs again"),
        ),
        _ => return None,
    };
    let words = expected.as_ref().map_or(unknown, |version| known.replace("{version}", version));
    Some(words.replace("{running}", booted.label()))
}

/// Another program installs the updates.
fn managed(situation: &Situation<'_>, manager: &Manager) -> Option<String> {
    match situation {
        Situation::Available(update) if manager.drives() => {
            // Translators: {version} is an update, {name} the program that installs it, for example Zincati.
            let words = gettext("{version} is available, and {name} takes care of it");
            Some(words.replace("{name}", manager.name()).replace("{version}", &update_label(update)))
        }
        Situation::UpToDate => {
            // Translators: {name} is the program that updates this computer, for example bootc.
            Some(gettext("Up to date, and {name} takes care of that").replace("{name}", manager.name()))
        }
        Situation::NotChecked | Situation::OnlyByUpdating | Situation::NoUpdates(_) => Some(manager.in_words()),
        _ => None,
    }
}

/// Without a network nobody can look for an update; what is known already stands.
fn offline(situation: &Situation<'_>, looker: &Looker) -> Option<String> {
    let unknown = matches!(situation, Situation::NotChecked | Situation::OnlyByUpdating);
    (looker.network == Network::Offline && unknown).then(|| gettext("Offline, and not checked for updates yet"))
}

#[cfg(test)]
mod tests {
    use isotope_model::{AutomaticUpdater, AutomaticUpdates, Snapshot, UpdateDriver};

    use super::super::test_states::{NOON, available, booted, deployment, lost_boot, service, snapshot, staged};
    use super::*;

    fn sentence(snapshot: Snapshot, looker: &Looker) -> String {
        let state = service(snapshot);
        let booted = state.snapshot.booted().cloned().unwrap();
        of(&Situation::of(&state), &state, &booted, looker).words.unwrap_or_default()
    }

    fn checked(snapshot: Snapshot) -> Snapshot {
        Snapshot { last_checked: Some(NOON), ..snapshot }
    }

    fn found(snapshot: Snapshot) -> Snapshot {
        Snapshot { available: Some(available()), ..snapshot }
    }

    #[test]
    fn what_failed_at_the_last_start_is_said_until_something_else_is_to_be_done() {
        let looker = Looker::for_tests();
        let started = |verdict, host| {
            let last_boot = isotope_model::BootRecord { verdict, ..lost_boot() };
            sentence(Snapshot { last_boot: Some(last_boot), ..host }, &looker)
        };
        let expected = || Some("10.2".to_owned());
        let lost = || BootVerdict::StagedLost { expected: expected() };
        let here = || snapshot(vec![booted('1')]);
        assert_eq!(started(lost(), here()), "10.2 was not applied: 10.1 runs as before");
        let nobody_knows = BootVerdict::NotFinalised { expected: None };
        assert_eq!(started(nobody_knows, here()), "The update was not applied: 10.1 runs as before");
        let both = snapshot(vec![booted('1'), deployment('2')]);
        let unhealthy = BootVerdict::HealthChecksFailed { expected: expected() };
        assert_eq!(started(unhealthy, both.clone()), "10.2 did not work: 10.1 runs again");
        let chosen = BootVerdict::AnotherStarted { expected: expected() };
        assert_eq!(started(chosen, both), "Rolled back to 10.1, passing over 10.2");
        assert!(started(lost(), found(here())).starts_with("10.2 is available"));
        assert!(started(lost(), snapshot(vec![staged('2'), booted('1')])).starts_with("10.2 is ready"));
        let closed = Looker { closed_boot: Some(lost_boot().boot_id), ..Looker::for_tests() };
        let told = Snapshot { last_boot: Some(lost_boot()), ..checked(here()) };
        assert_eq!(sentence(told, &closed), "Up to date");
    }

    #[test]
    fn who_takes_care_of_the_updates_is_named() {
        let managed = |mut host: Snapshot, does| {
            let (name, unit) = ("bootc".into(), "bootc-fetch-apply-updates.timer".into());
            host.host.automatic_updaters = vec![AutomaticUpdater { name, unit, does }];
            sentence(host, &Looker::for_tests())
        };
        use AutomaticUpdates::{Apply, Check};
        let here = || snapshot(vec![booted('1')]);
        assert_eq!(managed(here(), Apply), "bootc updates and restarts this computer by itself");
        assert_eq!(managed(here(), Check), "Not checked for updates yet");
        assert_eq!(managed(checked(here()), Apply), "Up to date, and bootc takes care of that");
        assert_eq!(managed(found(here()), Apply), "10.2 is available, 30.0\u{a0}MB to download");
        let driven = |mut host: Snapshot| {
            host.host.update_driver = Some(UpdateDriver { name: "Zincati".into(), unit: "zincati.service".into() });
            sentence(host, &Looker::for_tests())
        };
        assert_eq!(driven(here()), "Zincati takes care of the updates by itself");
        assert_eq!(driven(found(here())), "10.2 is available, and Zincati takes care of it");
        assert!(driven(snapshot(vec![staged('2'), booted('1')])).starts_with("10.2 is ready"));
    }

    #[test]
    fn offline_hides_nothing_that_is_known() {
        let offline = Looker { network: Network::Offline, ..Looker::for_tests() };
        let here = || snapshot(vec![booted('1')]);
        assert_eq!(sentence(here(), &offline), "Offline, and not checked for updates yet");
        assert_eq!(sentence(checked(here()), &offline), "Up to date");
        assert!(sentence(found(here()), &offline).starts_with("10.2 is available"));
        assert!(sentence(snapshot(vec![staged('2'), booted('1')]), &offline).starts_with("10.2 is ready"));
    }
}
