// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

/// What a button of the welcome means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Press {
    /// The next step.
    Next,
    /// The next step, without having chosen anything in this one.
    Skip,
    /// Leave the welcome.
    Leave,
    /// Do what was chosen.
    Start,
    /// Stay with the desktop that runs, whatever was chosen, and look at the summary again.
    ChooseNone,
    /// Stop what is being done.
    Cancel,
    /// Try once more what did not come to its end.
    TryAgain,
    /// Leave it at what was done so far.
    GiveUp,
    /// Restart the computer.
    Restart,
    /// Do not start what was switched to: discard it.
    Discard,
    /// The welcome is over.
    Finish,
}

/// How a button looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Look {
    /// As any other.
    #[default]
    Plain,
    /// As what most people want.
    Suggested,
    /// As something by which something is lost.
    Destructive,
}

/// A button of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StepButton {
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// What it means.
    pub(crate) press: Press,
    /// How it looks.
    pub(crate) look: Look,
    /// Why it cannot be pressed.
    pub(crate) reason: Option<String>,
}

/// The buttons of a step.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct StepButtons {
    /// The large one below.
    pub(crate) first: Option<StepButton>,
    /// The one below that.
    pub(crate) second: Option<StepButton>,
    /// The one in the header bar.
    pub(crate) corner: Option<StepButton>,
}

impl StepButton {
    /// What most people want.
    pub(super) fn suggested(label: String, press: Press) -> Self {
        Self { label, press, look: Look::Suggested, reason: None }
    }

    /// Something else.
    pub(super) fn plain(label: String, press: Press) -> Self {
        Self { label, press, look: Look::Plain, reason: None }
    }
}

impl StepButtons {
    /// Those of the first step.
    pub(crate) fn of_welcome() -> Self {
        Self {
            first: Some(StepButton::suggested(gettext("_Next"), Press::Next)),
            second: Some(StepButton::plain(gettext("_Skip Setup"), Press::Leave)),
            corner: None,
        }
    }

    /// Those of a step in which nothing has to be chosen.
    pub(crate) fn of_words() -> Self {
        Self { first: Some(StepButton::suggested(gettext("_Next"), Press::Next)), ..Self::default() }
    }

    /// Those of a step in which something is chosen.
    pub(crate) fn of_choice() -> Self {
        Self { corner: Some(StepButton::plain(gettext("_Skip"), Press::Skip)), ..Self::of_words() }
    }

    /// All of them.
    #[cfg(test)]
    pub(super) fn all(&self) -> impl Iterator<Item = &StepButton> {
        [&self.first, &self.second, &self.corner].into_iter().flatten()
    }
}
