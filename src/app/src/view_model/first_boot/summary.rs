// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{AutomaticMode, HostCatalogs, Preflight};

use super::super::manager::Manager;
use super::super::{
    Calendar, Choice, FindingGroup, Line, LineButton, LineEnd, PreflightContext, PreflightSubject, PreflightView,
    SwitchChoice, Tone,
};
use super::{Choices, ChosenDesktop, Look, Press, StepButton, StepButtons, desktops, updates};
use crate::helper_worker::{Answer, SwitchWish};

/// What the summary is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SummaryContext<'a> {
    /// How everything stands.
    pub(crate) state: &'a ServiceState,
    /// What vendors publish, where that is known.
    pub(crate) catalogs: Option<&'a HostCatalogs>,
    /// What the person has chosen.
    pub(crate) choices: &'a Choices,
    /// What came of asking about the chosen desktop.
    pub(crate) answer: Option<&'a Answer<Preflight>>,
    /// How updates come was set.
    pub(crate) settings_done: bool,
}

/// What the summary shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct SummaryStep {
    /// What was changed so far.
    pub(crate) so_far: String,
    /// What will happen, in order.
    pub(crate) plan: Vec<Line>,
    /// What keeps the switch from being made.
    pub(crate) blocking: Vec<FindingGroup>,
    /// The name of the chosen desktop, as the heading of what is known of it.
    pub(crate) about: String,
    /// What is known of it, that it is waited for, or why nothing is known.
    pub(crate) facts: Vec<Line>,
    /// What else was found, the gravest first.
    pub(crate) others: Vec<FindingGroup>,
    /// The choice whether what rpm-ostree has changed is taken back.
    pub(crate) reset: Option<SwitchChoice>,
    /// What is read out once all of it is there.
    pub(crate) spoken: String,
    /// The buttons.
    pub(crate) buttons: StepButtons,
}

impl ChosenDesktop {
    /// The same, as it is looked at before a switch.
    pub(crate) fn subject(&self) -> PreflightSubject {
        PreflightSubject { image: self.image.clone(), name: self.name.clone(), staged: false }
    }

    /// What a yes to the summary asks for.
    pub(crate) fn wish(&self, answer: Option<&Answer<Preflight>>, reset: bool) -> Option<SwitchWish> {
        PreflightView::wish(&self.subject(), answer?, true, reset)
    }
}

impl SummaryStep {
    /// What to show of these choices.
    pub(crate) fn of(context: SummaryContext<'_>, calendar: &Calendar) -> Self {
        let preflight = context.choices.desktop.as_ref().map(|desktop| looked_at(desktop, context, calendar));
        let buttons = buttons(context, preflight.as_ref());
        let plan = plan(context, preflight.as_ref().is_some_and(|view| !view.blocking.is_empty()));
        let so_far = match context.settings_done {
            true => gettext("How updates come is set; nothing else was changed so far."),
            false => gettext("Nothing was changed so far."),
        };
        let Some(view) = preflight else { return Self { so_far, plan, buttons, ..Self::default() } };
        let facts = match &view.status {
            Some(status) if context.answer.is_none() => {
                vec![Line { end: LineEnd::Waiting, ..Line::new(status.title.clone(), status.description.clone()) }]
            }
            Some(status) => vec![Line {
                icon: Some("isotope-row-attention-symbolic"),
                tone: Tone::Warning,
                end: status.button.as_ref().map_or(LineEnd::Nothing, |_| retry()),
                ..Line::new(status.title.clone(), status.description.clone())
            }],
            None => view.facts,
        };
        Self {
            so_far,
            plan,
            blocking: view.blocking,
            about: context.choices.desktop.as_ref().map(|desktop| desktop.name.clone()).unwrap_or_default(),
            facts,
            others: view.others,
            reset: view.reset,
            spoken: view.spoken,
            buttons,
        }
    }
}

fn looked_at(desktop: &ChosenDesktop, context: SummaryContext<'_>, calendar: &Calendar) -> PreflightView {
    let about = PreflightContext {
        snapshot: &context.state.snapshot,
        answer: context.answer,
        idle: context.state.running().is_none(),
        pin: true,
        reset: context.choices.reset,
    };
    PreflightView::of(&desktop.subject(), about, calendar)
}

fn retry() -> LineEnd {
    LineEnd::Button(LineButton {
        label: gettext("_Try Again"),
        spoken: gettext("Try Again"),
        choice: Choice::Retry,
        destructive: false,
        reason: None,
    })
}

/// What will happen, in order.
fn plan(context: SummaryContext<'_>, blocked: bool) -> Vec<Line> {
    let settings = &context.state.snapshot.settings;
    let desktop = match &context.choices.desktop {
        Some(desktop) if blocked => Line {
            icon: Some("isotope-row-blocked-symbolic"),
            tone: Tone::Warning,
            ..Line::new(
                gettext("Switch to {name}").replace("{name}", &desktop.name),
                gettext("This cannot be done as things stand; the reason is below."),
            )
        },
        Some(desktop) => Line {
            icon: Some("isotope-row-download-symbolic"),
            ..Line::new(
                gettext("Switch to {name}").replace("{name}", &desktop.name),
                gettext("It is downloaded now and starts with the next restart. What runs now is kept to go back to."),
            )
        },
        None => Line {
            icon: Some("isotope-row-kept-symbolic"),
            ..Line::new(
                gettext("Stay With {name}")
                    .replace("{name}", &desktops::installed_name(context.state, context.catalogs)),
                gettext("No other desktop is downloaded."),
            )
        },
    };
    let automatic = context.choices.automatic.unwrap_or(settings.automatic);
    let others = Manager::sentences(&context.state.snapshot.host);
    let means = match (context.choices.automatic, automatic) {
        _ if !others.is_empty() => {
            // Translators: under what was chosen about updates, where other programs update the computer.
            let stands_back = gettext("Isotope leaves updates to it as long as that is so.");
            others.into_iter().chain([stands_back]).collect::<Vec<_>>().join("\n")
        }
        (None, _) => gettext("This stays as it is."),
        (_, AutomaticMode::Download) => gettext("They are downloaded by themselves and start with a restart of yours."),
        (_, AutomaticMode::Check) => gettext("You are told of them, and nothing is downloaded before you say so."),
        (_, AutomaticMode::Off) => gettext("Nothing is looked for before you do so."),
        (_, AutomaticMode::Unknown) => wording::automatic_mode_explained(automatic),
    };
    let heading = gettext("Updates: {choice}").replace("{choice}", &updates::title(automatic));
    let updates = Line { icon: Some("isotope-row-next-symbolic"), ..Line::new(heading, means) };
    let restart = context.choices.desktop.as_ref().filter(|_| !blocked).map(|_| Line {
        icon: Some("isotope-row-note-symbolic"),
        ..Line::new(
            gettext("You Are Asked to Restart"),
            gettext("Isotope never restarts the computer by itself, and your personal files stay as they are."),
        )
    });
    [Some(updates), Some(desktop), restart].into_iter().flatten().collect()
}

fn buttons(context: SummaryContext<'_>, preflight: Option<&PreflightView>) -> StepButtons {
    let finishes = context.choices.are_nothing(&context.state.snapshot.settings);
    let label = if finishes { gettext("_Finish") } else { gettext("_Start") };
    let mut first = StepButton::suggested(label, Press::Start);
    let Some(view) = preflight else { return StepButtons { first: Some(first), ..StepButtons::default() } };
    first.reason.clone_from(&view.button.reason);
    if view.button.destructive {
        first.look = Look::Destructive;
    }
    let stay = StepButton::plain(gettext("Stay With _This One"), Press::ChooseNone);
    StepButtons { second: first.reason.is_some().then_some(stay), first: Some(first), corner: None }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;
    use isotope_model::{AutomaticUpdater, AutomaticUpdates, Concern, Finding, Settings, Severity};

    use super::super::super::test_states::{CATALOGS, booted, catalogs, container_host, preflight, service, snapshot};
    use super::*;

    fn kde() -> ChosenDesktop {
        ChosenDesktop { entry: "kde".into(), name: "Lab KDE".into(), image: "quay.io/lab/kde:stable".into() }
    }

    fn summary(choices: &Choices, answer: Option<Answer<Preflight>>) -> SummaryStep {
        let state = service(container_host("ostree-unverified-registry:quay.io/lab/gnome:stable"));
        let catalogs = catalogs(&CATALOGS, Some(("gnome", "stable")));
        let context = SummaryContext {
            state: &state,
            catalogs: Some(&catalogs),
            choices,
            answer: answer.as_ref(),
            settings_done: false,
        };
        SummaryStep::of(context, &Calendar::in_greenwich(0))
    }

    fn titles(summary: &SummaryStep) -> Vec<&str> {
        summary.plan.iter().map(|line| line.title.as_str()).collect()
    }

    #[test]
    fn staying_is_said_in_words_and_can_be_started_at_once() {
        let summary = summary(&Choices::default(), None);
        assert_eq!(titles(&summary), ["Updates: Download and Tell Me", "Stay With Lab GNOME"]);
        let first = summary.buttons.first.unwrap();
        assert_eq!((first.label.as_str(), first.reason), ("_Start", None));
        assert!(summary.facts.is_empty() && summary.about.is_empty());
    }

    #[test]
    fn where_nothing_is_to_be_done_nothing_is_started() {
        let state = service(snapshot(vec![booted('1')]));
        assert_eq!(state.snapshot.settings, Settings::default());
        let choices = Choices { automatic: None, ..Choices::default() };
        let context =
            SummaryContext { state: &state, catalogs: None, choices: &choices, answer: None, settings_done: false };
        let set = SummaryContext { settings_done: true, ..context };
        assert!(SummaryStep::of(set, &Calendar::in_greenwich(0)).so_far.starts_with("How updates come is set"));
        let summary = SummaryStep::of(context, &Calendar::in_greenwich(0));
        assert!(summary.so_far.starts_with("Nothing was changed"));
        assert_eq!(summary.buttons.first.unwrap().label, "_Finish");
        assert!(summary.plan[0].subtitle.contains("stays as it is"));
    }

    #[test]
    fn what_another_program_does_is_not_promised() {
        let mut host = snapshot(vec![booted('1')]);
        let (name, unit) = ("uupd".to_owned(), "uupd.timer".to_owned());
        host.host.automatic_updaters = vec![AutomaticUpdater { name, unit, does: AutomaticUpdates::Apply }];
        let (state, choices) = (service(host), Choices::default());
        let context =
            SummaryContext { state: &state, catalogs: None, choices: &choices, answer: None, settings_done: false };
        let updates = &SummaryStep::of(context, &Calendar::in_greenwich(0)).plan[0];
        assert!(
            updates.subtitle.starts_with("uupd (uupd.timer) installs") && updates.subtitle.contains("leaves updates")
        );
    }

    #[test]
    fn a_switch_waits_for_what_is_known_of_it() {
        let choices = Choices { desktop: Some(kde()), ..Choices::default() };
        let waiting = summary(&choices, None);
        assert_eq!(waiting.facts[0].end, LineEnd::Waiting);
        assert!(waiting.buttons.first.unwrap().reason.is_some());
        assert_eq!(waiting.buttons.second.unwrap().press, Press::ChooseNone, "nobody has to wait");
        let known = summary(&choices, Some(Ok(Arc::new(preflight("quay.io/lab/kde:stable", Vec::new())))));
        assert_eq!(titles(&known)[1..], ["Switch to Lab KDE", "You Are Asked to Restart"]);
        assert!(known.facts.iter().any(|line| line.title == "To Download"));
        assert!(known.buttons.first.unwrap().reason.is_none() && known.buttons.second.is_none());
    }

    #[test]
    fn what_is_in_the_way_is_told_and_there_is_a_way_on() {
        let choices = Choices { desktop: Some(kde()), ..Choices::default() };
        let blocking = Finding { severity: Severity::Blocking, concern: Concern::ContentUnknown };
        let answer: Answer<Preflight> = Ok(Arc::new(preflight("quay.io/lab/kde:stable", vec![blocking])));
        assert!(kde().wish(Some(&answer), false).is_none());
        let blocked = summary(&choices, Some(answer));
        assert!(!blocked.blocking.is_empty() && blocked.plan[1].subtitle.contains("cannot be done"));
        assert!(blocked.buttons.first.unwrap().reason.is_some() && blocked.buttons.second.is_some());
    }

    #[test]
    fn what_could_not_be_found_out_can_be_asked_again() {
        let choices = Choices { desktop: Some(kde()), ..Choices::default() };
        let failed = summary(&choices, Some(Err(Arc::new(ClientError::ServiceFailed("x".into())))));
        assert!(matches!(&failed.facts[0].end, LineEnd::Button(button) if button.choice == Choice::Retry));
        assert!(failed.buttons.second.is_some());
    }
}
