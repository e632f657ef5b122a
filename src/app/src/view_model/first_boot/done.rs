// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::ServiceState;
use isotope_model::{DeploymentId, HostCatalogs, ImageReference, OperationKind, Preflight, Snapshot, resolve_image};

use super::super::names::full_name;
use super::super::{Calendar, FindingGroup, PreflightContext, PreflightSubject, PreflightView, StatusView};
use super::{ChosenDesktop, Press, StepButton, StepButtons, desktops, leaving};
use crate::helper_worker::Answer;

/// How the welcome ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The computer is as it was, but for its settings.
    Stays,
    /// Something was left half-way; what became of it is looked up.
    Left,
    /// Another desktop was downloaded and staged.
    Switched(Switched),
}

/// A switch that came to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Switched {
    /// To this desktop.
    pub(crate) desktop: ChosenDesktop,
    /// What was staged, as soon as it is known.
    staged: Option<DeploymentId>,
    /// It was seen among the deployments, which may come a moment later.
    seen: bool,
}

impl Switched {
    /// A switch to this desktop, which has staged this, where that was told.
    pub(crate) fn new(desktop: ChosenDesktop, staged: Option<DeploymentId>) -> Self {
        Self { desktop, staged, seen: false }
    }

    /// Takes in how everything stands.
    pub(crate) fn see(&mut self, snapshot: &Snapshot) {
        if let Some(now) = snapshot.staged() {
            self.seen |= *self.staged.get_or_insert_with(|| now.id.clone()) == now.id;
        }
    }

    /// It was there and is not any more: somebody has discarded or replaced it.
    fn is_gone(&self, snapshot: &Snapshot) -> bool {
        self.seen && snapshot.staged().map(|now| &now.id) != self.staged.as_ref()
    }
}

/// What the last step is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DoneContext<'a> {
    /// How the welcome ends.
    pub(crate) ending: &'a Ending,
    /// The restart was asked for.
    pub(crate) restarting: bool,
    /// How everything stands, as far as was heard.
    pub(crate) state: &'a ServiceState,
    /// The service was lost since.
    pub(crate) lost: bool,
    /// How updates come was set.
    pub(crate) settings_done: bool,
    /// What vendors publish, where that is known.
    pub(crate) catalogs: Option<&'a HostCatalogs>,
    /// The desktop that was chosen.
    pub(crate) desktop: Option<&'a ChosenDesktop>,
    /// What was found out about what was staged.
    pub(crate) answer: Option<&'a Answer<Preflight>>,
}

/// What the last step shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DoneStep {
    /// What has come of it.
    pub(crate) status: StatusView,
    /// What is to be known before the restart, now that all of it is here.
    pub(crate) findings: Vec<FindingGroup>,
    /// The buttons.
    pub(crate) buttons: StepButtons,
}

impl DoneStep {
    /// What to show. That the computer stays as it is is said only where it does.
    pub(crate) fn of(context: DoneContext<'_>) -> Self {
        let DoneContext { ending, state, answer, .. } = context;
        let left = *ending == Ending::Left;
        match ending {
            _ if context.restarting => Self::restarting(),
            Ending::Switched(done) if !done.is_gone(&state.snapshot) => Self::switched(&done.desktop, state, answer),
            Ending::Left if context.lost => Self::unknown(),
            Ending::Stays | Ending::Left | Ending::Switched(_) => match ready(state, context.desktop) {
                _ if left && still_runs(state) => Self::runs(),
                Some(desktop) => Self::switched(&desktop, state, answer),
                None => Self::stays(context),
            },
        }
    }

    fn restarting() -> Self {
        let description = gettext("If the computer does not restart, an app may be holding it up.");
        let status = StatusView { icon: None, title: gettext("Restarting…"), description, button: None };
        let buttons = StepButtons { corner: Some(later()), ..StepButtons::default() };
        Self { status, findings: Vec::new(), buttons }
    }

    fn unknown() -> Self {
        Self::ended("isotope-attention-symbolic", gettext("How It Ended Is Not Known"), leaving::lost())
    }

    fn runs() -> Self {
        let description = gettext("It still runs and goes on without this window; Isotope shows how far it is.");
        Self::ended("isotope-attention-symbolic", gettext("Not Finished Yet"), description)
    }

    fn stays(context: DoneContext<'_>) -> Self {
        let description = match context.settings_done {
            true => gettext(
                "How updates come is set, and this computer stays with {name}. Isotope lets you change all of this at any \
                 time.",
            ),
            false => gettext("This computer stays with {name}. Isotope lets you change all of this at any time."),
        };
        let name = desktops::installed_name(context.state, context.catalogs);
        Self::ended("isotope-good-symbolic", gettext("All Done"), description.replace("{name}", &name))
    }

    fn ended(icon: &'static str, title: String, description: String) -> Self {
        let first = Some(StepButton::suggested(gettext("_Finish"), Press::Finish));
        Self {
            status: StatusView { icon: Some(icon), title, description, button: None },
            findings: Vec::new(),
            buttons: StepButtons { first, ..StepButtons::default() },
        }
    }

    fn switched(desktop: &ChosenDesktop, state: &ServiceState, answer: Option<&Answer<Preflight>>) -> Self {
        let description = gettext(
            "It starts with the next restart. Save your work in other apps first. After the restart Isotope asks whether \
             you keep it; until then the way back stays.",
        );
        Self {
            status: StatusView {
                icon: Some("isotope-restart-symbolic"),
                // Translators: {name} is a desktop that was downloaded.
                title: gettext("{name} Is Ready").replace("{name}", &desktop.name),
                description,
                button: None,
            },
            findings: grave(desktop, state, answer),
            buttons: StepButtons {
                first: Some(StepButton::suggested(gettext("_Restart…"), Press::Restart)),
                second: Some(StepButton::plain(gettext("_Stay With This One"), Press::Discard)),
                corner: Some(later()),
            },
        }
    }
}

fn later() -> StepButton {
    // Translators: the computer is restarted later.
    StepButton::plain(gettext("_Later"), Press::Finish)
}

fn still_runs(state: &ServiceState) -> bool {
    state.running().is_some_and(|running| matches!(running.kind, OperationKind::Switch | OperationKind::Discard))
}

/// The desktop that starts with the next restart in place of what runs, where one is staged: the chosen one, or whatever
/// it is. An update of what runs is none.
pub(crate) fn ready(state: &ServiceState, chosen: Option<&ChosenDesktop>) -> Option<ChosenDesktop> {
    let snapshot = &state.snapshot;
    let (staged, booted) = (snapshot.staged()?, snapshot.booted()?);
    if staged.image == booted.image {
        return None;
    }
    let is_staged = |desktop: &&ChosenDesktop| resolve_image(snapshot, &desktop.image).ok() == staged.image;
    Some(chosen.filter(is_staged).cloned().unwrap_or_else(|| ChosenDesktop {
        entry: String::new(),
        name: full_name(staged),
        image: staged.image.as_ref().map(ImageReference::readable).unwrap_or_default(),
    }))
}

/// What the computer runs, as a person calls it.
pub(crate) fn installed(state: &ServiceState, catalogs: Option<&HostCatalogs>) -> String {
    desktops::installed_name(state, catalogs)
}

/// What is to be minded; notes were read before.
fn grave(desktop: &ChosenDesktop, state: &ServiceState, answer: Option<&Answer<Preflight>>) -> Vec<FindingGroup> {
    let harmless = |preflight: &Preflight| preflight.findings.iter().all(|finding| finding.severity.is_harmless());
    let staged = state.snapshot.staged().and_then(|staged| staged.image.as_ref());
    let is_about_it = |preflight: &Preflight| staged.is_none_or(|image| *image == preflight.image);
    let tells = |preflight: &Preflight| !harmless(preflight) && is_about_it(preflight);
    if !answer.is_some_and(|answer| answer.as_ref().is_ok_and(|preflight| tells(preflight))) {
        return Vec::new();
    }
    let subject = PreflightSubject { image: String::new(), name: desktop.name.clone(), staged: true };
    let context = PreflightContext { snapshot: &state.snapshot, answer, idle: true, pin: true, reset: false };
    let view = PreflightView::of(&subject, context, &Calendar::here_and_now());
    view.blocking.into_iter().chain(view.others).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{Concern, Deployment, Finding, Progress, Severity};

    use super::super::super::test_states::{CATALOGS, catalogs, container_host, operation, preflight, service, staged};
    use super::*;

    fn kde() -> ChosenDesktop {
        ChosenDesktop { entry: "kde".into(), name: "Lab KDE".into(), image: "quay.io/lab/kde:stable".into() }
    }

    fn switched() -> Ending {
        Ending::Switched(Switched::new(kde(), None))
    }

    fn host() -> Snapshot {
        container_host("ostree-unverified-registry:quay.io/lab/gnome:stable")
    }

    fn context<'a>(ending: &'a Ending, state: &'a ServiceState) -> DoneContext<'a> {
        let (restarting, lost, settings_done) = (false, false, false);
        let (catalogs, desktop, answer) = (None, None, None);
        DoneContext { ending, restarting, state, lost, settings_done, catalogs, desktop, answer }
    }

    fn done(ending: &Ending, answer: Option<&Answer<Preflight>>) -> DoneStep {
        let state = service(host());
        let catalogs = catalogs(&CATALOGS, Some(("gnome", "stable")));
        DoneStep::of(DoneContext { catalogs: Some(&catalogs), answer, ..context(ending, &state) })
    }

    fn presses(step: &DoneStep) -> Vec<Press> {
        step.buttons.all().map(|button| button.press).collect()
    }

    #[test]
    fn after_a_switch_there_are_three_ways_out_and_else_one() {
        assert_eq!(presses(&done(&switched(), None)), [Press::Restart, Press::Discard, Press::Finish]);
        let stays = done(&Ending::Stays, None);
        assert_eq!(presses(&stays), [Press::Finish]);
        assert!(stays.status.description.contains("stays with Lab GNOME"));
        let state = service(host());
        let restarting = DoneContext { restarting: true, ..context(&Ending::Stays, &state) };
        assert_eq!(presses(&DoneStep::of(restarting)), [Press::Finish], "a restart that does not come keeps nobody");
        let set = DoneContext { settings_done: true, ..context(&Ending::Stays, &state) };
        assert!(DoneStep::of(set).status.description.starts_with("How updates come is set"));
    }

    #[test]
    fn what_was_left_is_not_said_to_be_undone_where_it_is_not() {
        let title = |state: &ServiceState, lost| {
            let (chosen, left) = (kde(), &Ending::Left);
            let context = DoneContext { lost, desktop: Some(&chosen), ..context(left, state) };
            DoneStep::of(context).status.title
        };
        let still = service(host());
        assert_eq!(
            (title(&still, false).as_str(), title(&still, true).as_str()),
            ("All Done", "How It Ended Is Not Known")
        );
        let switching = Some(Arc::new(operation(OperationKind::Switch, Progress::default())));
        assert_eq!(title(&ServiceState { operation: switching, ..still }, false), "Not Finished Yet");
        let with_staged = |image: &str| {
            let image = Some(ImageReference::Container { reference: image.into() });
            let mut snapshot = host();
            snapshot.deployments.insert(0, Deployment { image, ..staged('3') });
            service(snapshot)
        };
        let kde = title(&with_staged("ostree-unverified-registry:quay.io/lab/kde:stable"), false);
        assert_eq!(kde, "Lab KDE Is Ready");
        let other = title(&with_staged("ostree-unverified-registry:quay.io/lab/other:stable"), false);
        assert!(other.ends_with("Is Ready") && other != kde);
        assert_eq!(title(&with_staged("ostree-unverified-registry:quay.io/lab/gnome:stable"), false), "All Done");
    }

    #[test]
    fn what_was_found_in_what_is_here_now_is_told_where_it_matters() {
        let with = |severity| {
            let finding = Finding { severity, concern: Concern::OneWay };
            let answer: Answer<Preflight> = Ok(Arc::new(preflight("quay.io/lab/kde:stable", vec![finding])));
            done(&switched(), Some(&answer)).findings.len()
        };
        assert_eq!((with(Severity::Note), with(Severity::Warning)), (0, 1));
    }

    #[test]
    fn what_was_ready_is_not_said_to_be_where_it_is_no_more() {
        let with_staged = |digit, image: &str| {
            let image = Some(ImageReference::Container { reference: image.into() });
            let mut snapshot = host();
            snapshot.deployments.insert(0, Deployment { image, ..staged(digit) });
            service(snapshot)
        };
        let (before, here) = (service(host()), with_staged('3', "ostree-unverified-registry:quay.io/lab/kde:stable"));
        let other = with_staged('4', "ostree-unverified-registry:quay.io/lab/other:stable");
        let title = |switched: &Switched, state: &ServiceState| {
            DoneStep::of(context(&Ending::Switched(switched.clone()), state)).status.title
        };
        for known in [Some(staged('3').id), None] {
            let mut switched = Switched::new(kde(), known);
            switched.see(&before.snapshot);
            assert_eq!(title(&switched, &before), "Lab KDE Is Ready", "the service told first that it is there");
            switched.see(&here.snapshot);
            assert_eq!(title(&switched, &here), "Lab KDE Is Ready");
            assert_eq!(title(&switched, &before), "All Done", "somebody has discarded it");
            let replaced = title(&switched, &other);
            assert!(replaced.ends_with("Is Ready") && !replaced.contains("KDE"), "{replaced}");
        }
    }
}
