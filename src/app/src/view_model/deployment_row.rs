// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{Deployment, DeploymentId, OperationKind, Refusal, RollbackPlan, Snapshot};

use super::{Looker, impossible, layered_lines, names};

/// What the button on a row does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RowMeaning {
    /// Roll back, or take that back.
    RollBack,
    /// Let the next restart start what was downloaded and held back.
    Release,
}

/// The button on a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RowAction {
    /// What it does.
    pub(crate) meaning: RowMeaning,
    /// What stands on it.
    pub(crate) label: String,
    /// What it is called where only the button is read out.
    pub(crate) spoken: String,
    /// It can be pressed.
    pub(crate) sensitive: bool,
    /// Why it cannot be on this host.
    pub(crate) reason: Option<String>,
}

/// One row of "On This Computer".
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DeploymentRowView {
    /// Which deployment it shows.
    pub(crate) id: DeploymentId,
    /// The name of its symbolic icon.
    pub(crate) icon: &'static str,
    /// It is the one that runs.
    pub(crate) runs: bool,
    /// When it runs: now, next, before.
    pub(crate) title: String,
    /// What it is.
    pub(crate) subtitle: String,
    /// The words of the badge, if it is pinned.
    pub(crate) pinned: Option<String>,
    /// Its button: roll back to it, or take that back.
    pub(crate) action: Option<RowAction>,
    /// The whole row in words.
    pub(crate) spoken: String,
}

/// The rows of a host, in the order in which its deployments boot.
pub(crate) fn rows(state: &ServiceState, looker: &Looker) -> Vec<DeploymentRowView> {
    let snapshot = &*state.snapshot;
    let plan = RollbackPlan::of(snapshot).ok();
    let idle = looker.asked.is_none() && state.running().is_none();
    let row = |deployment: &Deployment| {
        let place = Place::of(deployment, snapshot);
        let words = match (place, &plan) {
            (Place::HeldBack, _) => Some(release(deployment)),
            (_, Some(plan)) => change_of_order(deployment, plan, place, snapshot),
            (_, None) => None,
        };
        let action = words.map(|(meaning, label, spoken)| {
            let refusal = meaning.refusal(state);
            let reason = refusal.as_ref().map(|refusal| wording::refusal(refusal).what);
            RowAction { meaning, label, spoken, sensitive: idle && refusal.is_none(), reason }
        });
        show(deployment, place, action, looker)
    };
    snapshot.deployments.iter().map(row).collect()
}

impl RowMeaning {
    /// Why that cannot be done on this host.
    fn refusal(self, state: &ServiceState) -> Option<Refusal> {
        let kind = match self {
            Self::RollBack => OperationKind::RollBack,
            Self::Release => OperationKind::Update,
        };
        impossible(state, kind)
    }
}

/// When a deployment runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    AfterRestart,
    HeldBack,
    RunsNow,
    Before,
    Newer,
    Kept,
}

impl Place {
    fn of(deployment: &Deployment, snapshot: &Snapshot) -> Self {
        let next = snapshot.next().is_some_and(|next| next.id == deployment.id);
        match deployment {
            Deployment { booted: true, .. } => Self::RunsNow,
            Deployment { staged: true, finalization_locked: true, .. } => Self::HeldBack,
            _ if next => Self::AfterRestart,
            _ if snapshot.booted().is_some_and(|booted| names::newer(deployment, booted)) => Self::Newer,
            Deployment { rollback: true, .. } => Self::Before,
            _ => Self::Kept,
        }
    }

    fn title(self) -> String {
        match self {
            Self::AfterRestart => gettext("After Restart"),
            // Translators: an update that is ready, but must not be started yet.
            Self::HeldBack => gettext("Ready, but Held Back"),
            Self::RunsNow => gettext("Running Now"),
            // Translators: the version of the system that ran before the one that runs now.
            Self::Before => gettext("Before"),
            // Translators: a newer version of the system that is on this computer, but does not run.
            Self::Newer => gettext("Newer"),
            // Translators: another version of the system that is kept on this computer.
            Self::Kept => gettext("Also Kept"),
        }
    }

    fn icon(self, deployment: &Deployment) -> &'static str {
        match self {
            Self::AfterRestart if deployment.queued => "isotope-row-back-symbolic",
            Self::AfterRestart | Self::HeldBack | Self::Newer => "isotope-row-next-symbolic",
            Self::RunsNow => "isotope-row-running-symbolic",
            Self::Before => "isotope-row-before-symbolic",
            Self::Kept => "isotope-row-kept-symbolic",
        }
    }
}

/// Meaning, label and spoken name of a button.
type Words = (RowMeaning, String, String);

fn release(deployment: &Deployment) -> Words {
    let spoken = gettext("Install {version} with the next restart").replace("{version}", deployment.label());
    // Translators: an update was downloaded and held back; the next restart is to start it.
    (RowMeaning::Release, gettext("_Install With Next Restart"), spoken)
}

fn change_of_order(deployment: &Deployment, plan: &RollbackPlan, place: Place, snapshot: &Snapshot) -> Option<Words> {
    let booted = snapshot.booted()?;
    let (this, running) = names::told_apart(deployment, booted);
    if plan.takes_back && deployment.queued && place == Place::AfterRestart {
        let spoken = gettext("Stay with {version}, do not go back").replace("{version}", &running);
        return Some((RowMeaning::RollBack, gettext("_Stay…"), spoken));
    }
    if plan.takes_back || plan.boots_next != deployment.id {
        return None;
    }
    let (label, spoken) = match names::newer(deployment, booted) {
        true => (gettext("_Return…"), gettext("Return to {version}")),
        false => (gettext("Roll _Back…"), gettext("Roll back to {version}")),
    };
    Some((RowMeaning::RollBack, label, spoken.replace("{version}", &this)))
}

fn show(deployment: &Deployment, place: Place, action: Option<RowAction>, looker: &Looker) -> DeploymentRowView {
    let title = place.title();
    let facts = [Some(names::facts(deployment, &looker.calendar)), layered_lines::mark(&deployment.layered)];
    let facts = facts.into_iter().flatten().collect::<Vec<_>>().join(" · ");
    // Translators: a row read out, as in "Running Now: 10.2 · GNOME · built 18 November 2026".
    let mut spoken = gettext("{when}: {facts}").replace("{when}", &title).replace("{facts}", &facts);
    let automatic = deployment.automatic_pin.is_some();
    let pinned = deployment.pinned.then(|| match automatic {
        // Translators: a switch has left the system image here as the way back.
        true => gettext("Kept to go back to"),
        // Translators: the system image is never removed by a clean-up.
        false => gettext("Pinned"),
    });
    if deployment.pinned {
        let row = match automatic {
            // Translators: a row read out, as in "Before: 10.1 · GNOME, kept to go back to".
            true => gettext("{row}, kept to go back to"),
            // Translators: a row read out, as in "Before: 10.1 · GNOME, pinned".
            false => gettext("{row}, pinned"),
        };
        spoken = row.replace("{row}", &spoken);
    }
    DeploymentRowView {
        id: deployment.id.clone(),
        icon: place.icon(deployment),
        runs: place == Place::RunsNow,
        title,
        subtitle: names::foldable(&facts),
        pinned,
        action,
        spoken,
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, deployment, operation, service, snapshot, staged};
    use super::*;

    /// Title, version and button of each row.
    fn shown(deployments: Vec<Deployment>) -> Vec<(String, String, Option<String>)> {
        rows(&service(snapshot(deployments)), &Looker::for_tests())
            .into_iter()
            .map(|row| {
                let version = row.subtitle.split_whitespace().next().unwrap_or_default().to_owned();
                (row.title, version, row.action.map(|action| action.label))
            })
            .collect()
    }

    fn row(title: &str, version: &str, label: Option<&str>) -> (String, String, Option<String>) {
        (title.into(), version.into(), label.map(Into::into))
    }

    #[test]
    fn an_ordinary_computer_can_go_back() {
        assert_eq!(
            shown(vec![staged('3'), booted('2'), deployment('1'), deployment('0')]),
            [
                row("After Restart", "10.3", None),
                row("Running Now", "10.2", None),
                row("Before", "10.1", Some("Roll _Back…")),
                row("Also Kept", "10.0", None),
            ]
        );
    }

    #[test]
    fn a_queued_rollback_can_be_taken_back() {
        assert_eq!(
            shown(vec![deployment('1'), booted('2')]),
            [row("After Restart", "10.1", Some("_Stay…")), row("Running Now", "10.2", None)]
        );
    }

    #[test]
    fn who_has_gone_back_can_return() {
        assert_eq!(
            shown(vec![booted('1'), deployment('2')]),
            [row("Running Now", "10.1", None), row("Newer", "10.2", Some("_Return…"))]
        );
    }

    #[test]
    fn another_desktop_is_never_called_newer() {
        let kde = Deployment { image: None, variant: Some("KDE".into()), ..deployment('2') };
        assert_eq!(
            shown(vec![booted('1'), kde]),
            [row("Running Now", "10.1", None), row("Before", "10.2", Some("Roll _Back…"))]
        );
    }

    #[test]
    fn a_single_deployment_has_no_button() {
        assert_eq!(shown(vec![booted('2')]), [row("Running Now", "10.2", None)]);
    }

    #[test]
    fn a_staged_one_that_is_locked_is_not_what_comes_next() {
        let locked = || Deployment { finalization_locked: true, ..staged('3') };
        assert_eq!(
            shown(vec![locked(), booted('2'), deployment('1')]),
            [
                row("Ready, but Held Back", "10.3", Some("_Install With Next Restart")),
                row("Running Now", "10.2", None),
                row("Before", "10.1", Some("Roll _Back…")),
            ]
        );
        let alone = rows(&service(snapshot(vec![locked(), booted('2')])), &Looker::for_tests());
        let action = alone[0].action.clone().unwrap();
        assert!(action.meaning == RowMeaning::Release && action.sensitive);
        assert_eq!(action.spoken, "Install 10.3 with the next restart");
    }

    #[test]
    fn no_button_can_be_pressed_while_something_runs() {
        let mut state = service(snapshot(vec![booted('2'), deployment('1')]));
        let pressable = |state: &ServiceState| {
            rows(state, &Looker::for_tests()).iter().any(|row| row.action.as_ref().is_some_and(|it| it.sensitive))
        };
        assert!(pressable(&state));
        state.operation = Some(operation(OperationKind::Check, isotope_model::Progress::default()).into());
        assert!(!pressable(&state));
    }

    #[test]
    fn a_button_that_does_nothing_on_this_host_says_why() {
        let mut state = service(snapshot(vec![booted('2'), deployment('1')]));
        let refused = isotope_model::Capability { available: false, reason: Some(Refusal::NotImageBased) };
        state.capabilities = std::sync::Arc::new([(OperationKind::RollBack, refused)].into());
        let action = rows(&state, &Looker::for_tests())[1].action.clone().unwrap();
        assert!(!action.sensitive && action.reason.is_some_and(|reason| reason.contains("image-based")));
    }

    #[test]
    fn what_a_switch_has_left_here_is_not_called_pinned() {
        let automatic_pin = Some(isotope_model::AutomaticPin { updates_left: Some(2) });
        let way_back = Deployment { pinned: true, automatic_pin, ..deployment('1') };
        let rows = rows(&service(snapshot(vec![booted('2'), way_back])), &Looker::for_tests());
        assert_eq!(rows[1].pinned.as_deref(), Some("Kept to go back to"));
        assert!(rows[1].spoken.ends_with(", kept to go back to"));
    }

    #[test]
    fn what_was_changed_with_rpm_ostree_is_marked() {
        let layered = isotope_model::Layered { packages: vec!["vim".into(), "htop".into()], ..Default::default() };
        let rows = rows(&service(snapshot(vec![Deployment { layered, ..booted('2') }])), &Looker::for_tests());
        assert!(rows[0].subtitle.ends_with("· 2\u{a0}packages\u{a0}added"), "{:?}", rows[0].subtitle);
        assert!(rows[0].spoken.ends_with("· 2 packages added"));
    }

    #[test]
    fn what_is_read_out_says_all_that_is_seen() {
        let pinned = Deployment { pinned: true, ..deployment('1') };
        let rows = rows(&service(snapshot(vec![booted('2'), pinned])), &Looker::for_tests());
        assert_eq!(rows[1].spoken, "Before: 10.1 · GNOME · built 9 November 2026, pinned");
        assert_eq!(rows[1].action.as_ref().map(|action| action.spoken.as_str()), Some("Roll back to 10.1"));
    }
}
