// SPDX-License-Identifier: GPL-3.0-or-later
//! Everything there is to know before a switch, and before a restart into what was switched to.

mod facts;
mod findings;
#[cfg(test)]
mod tests;
mod words;

use gettextrs::gettext;
use isotope_model::{Concern, Preflight, Severity, Snapshot};

pub(crate) use self::findings::{FindingGroup, FindingView};
use super::{Calendar, Line, StatusButton, StatusView, trouble};
use crate::helper_worker::{Answer, Reading, SwitchWish};

/// What is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreflightSubject {
    /// The image, as it was asked for.
    pub(crate) image: String,
    /// What a person calls it.
    pub(crate) name: String,
    /// It is staged already: this is about the restart.
    pub(crate) staged: bool,
}

impl PreflightSubject {
    /// The image that the service is asked about; none where that is what is staged.
    pub(crate) fn asked(&self) -> Option<String> {
        (!self.staged).then(|| self.image.clone())
    }

    /// What the service has to be asked.
    pub(crate) fn reading(&self) -> Reading {
        Reading::Preflight(self.asked())
    }
}

/// How things stand while the dialog is open.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PreflightContext<'a> {
    /// How the host stands.
    pub(crate) snapshot: &'a Snapshot,
    /// What came of asking, where that is there.
    pub(crate) answer: Option<&'a Answer<Preflight>>,
    /// Nothing else is being done.
    pub(crate) idle: bool,
    /// What runs now is to be pinned.
    pub(crate) pin: bool,
    /// What rpm-ostree has changed is to be taken back.
    pub(crate) reset: bool,
}

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreflightView {
    /// The question, or what this is about.
    pub(crate) heading: String,
    /// What a yes does.
    pub(crate) intro: String,
    /// What stands in the place of all that follows: that it is waited for, or that there is no answer.
    pub(crate) status: Option<StatusView>,
    /// What is known of the image.
    pub(crate) facts: Vec<Line>,
    /// What keeps the switch from being made.
    pub(crate) blocking: Vec<FindingGroup>,
    /// What else was found, the gravest first.
    pub(crate) others: Vec<FindingGroup>,
    /// The choice whether what rpm-ostree has changed is taken back.
    pub(crate) reset: Option<SwitchChoice>,
    /// The choice whether what runs now is pinned.
    pub(crate) pin: Option<SwitchChoice>,
    /// What stands on the button that changes nothing.
    pub(crate) cancel: String,
    /// The button that does something.
    pub(crate) button: PreflightButton,
    /// What is read out once the answer is there.
    pub(crate) spoken: String,
}

/// A choice that goes with the switch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchChoice {
    /// What is chosen.
    pub(crate) title: String,
    /// What that means.
    pub(crate) subtitle: String,
}

/// The button that does something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreflightButton {
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// Something is lost by it.
    pub(crate) destructive: bool,
    /// Why it cannot be pressed.
    pub(crate) reason: Option<String>,
}

impl PreflightView {
    /// What to show of this.
    pub(crate) fn of(subject: &PreflightSubject, context: PreflightContext<'_>, calendar: &Calendar) -> Self {
        let view = Self::without_answer(subject, context);
        match context.answer {
            None => view,
            Some(Err(error)) => {
                let (title, description) = trouble::of_lookup(error);
                let button = trouble::may_pass(error).then(StatusButton::retry);
                let icon = Some("isotope-attention-symbolic");
                let spoken = [title.clone(), description.clone()].join("\n");
                Self { status: Some(StatusView { icon, title, description, button }), spoken, ..view }
            }
            Some(Ok(preflight)) => {
                let groups = findings::groups(preflight, context.reset);
                let (blocking, others) = groups.into_iter().partition(|group| group.severity == Severity::Blocking);
                let mut view = Self {
                    intro: words::intro(subject, preflight, context),
                    status: None,
                    facts: facts::lines(subject, preflight, context.snapshot, calendar),
                    blocking,
                    others,
                    reset: words::reset(preflight),
                    pin: words::pin(preflight, context),
                    ..view
                };
                view.spoken = view.read_out(subject);
                view
            }
        }
    }

    /// What a yes asks for: where the person has seen what there is, that and no other.
    pub(crate) fn wish(
        subject: &PreflightSubject,
        answer: &Answer<Preflight>,
        pin: bool,
        reset: bool,
    ) -> Option<SwitchWish> {
        let preflight = answer.as_ref().ok().filter(|preflight| !subject.staged && !preflight.is_blocked(reset))?;
        let (expected, token) = (preflight.checksum.clone(), preflight.token.clone());
        let reset = reset && preflight.resettable().is_some();
        Some(SwitchWish { image: subject.image.clone(), expected, pin, reset, token })
    }

    fn without_answer(subject: &PreflightSubject, context: PreflightContext<'_>) -> Self {
        Self {
            heading: words::heading(subject, context),
            intro: String::new(),
            status: Some(waiting(subject)),
            facts: Vec::new(),
            blocking: Vec::new(),
            others: Vec::new(),
            reset: None,
            pin: None,
            cancel: if subject.staged { gettext("_Close") } else { gettext("_Cancel") },
            button: button(subject, context),
            spoken: String::new(),
        }
    }

    /// The gravest in one sentence, then what there is to mind, by title.
    fn read_out(&self, subject: &PreflightSubject) -> String {
        let grave = self.others.iter().filter(|group| group.severity != Severity::Note);
        let grave: Vec<_> = self.blocking.iter().chain(grave).flat_map(|group| &group.findings).collect();
        let first = match (self.blocking.is_empty(), grave.is_empty()) {
            (false, _) => gettext("This switch cannot be made as things stand."),
            (true, false) if subject.staged => gettext("Read this before you restart."),
            (true, false) => gettext("The switch can be made. Read this before."),
            (true, true) => words::nothing_found(),
        };
        let titles = grave.iter().map(|finding| finding.spoken.clone());
        std::iter::once(first).chain(titles).collect::<Vec<_>>().join("\n")
    }
}

fn waiting(subject: &PreflightSubject) -> StatusView {
    let description = match subject.staged {
        true => gettext("What {name} means for this computer is being found out."),
        false => gettext("What switching to {name} means for this computer is being found out. Nothing is changed."),
    };
    StatusView {
        icon: None,
        title: gettext("Looking at It…"),
        description: description.replace("{name}", &subject.name),
        button: None,
    }
}

fn button(subject: &PreflightSubject, context: PreflightContext<'_>) -> PreflightButton {
    let busy = || (!context.idle).then(|| gettext("Something else is being done at the moment"));
    if subject.staged {
        return PreflightButton { label: gettext("_Discard"), destructive: true, reason: busy() };
    }
    let preflight = context.answer.and_then(|answer| answer.as_ref().ok());
    let reason = match preflight {
        None => Some(gettext("What it means for this computer is not known yet")),
        Some(preflight) if preflight.is_blocked(context.reset) => Some(gettext("Something is in the way")),
        Some(_) => busy(),
    };
    PreflightButton {
        label: gettext("_Switch"),
        destructive: reason.is_none() && preflight.is_some_and(|preflight| loses_something(preflight, context.reset)),
        reason,
    }
}

/// Less is checked from then on, nothing leads back, or packages go.
fn loses_something(preflight: &Preflight, reset: bool) -> bool {
    let loses = |concern: &Concern| matches!(concern, Concern::WeakerCheck { .. } | Concern::OneWay);
    preflight.findings.iter().any(|finding| loses(&finding.concern)) || (reset && preflight.resettable().is_some())
}
