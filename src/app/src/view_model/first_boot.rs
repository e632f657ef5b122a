// SPDX-License-Identifier: GPL-3.0-or-later
//! What the welcome of a new computer shows, step by step.

mod beginning;
mod buttons;
mod chosen;
mod desktops;
mod discarding;
mod done;
mod leaving;
mod network;
mod step;
mod summary;
mod updates;
mod work;

pub(crate) use beginning::Beginning;
pub(crate) use buttons::{Look, Press, StepButton, StepButtons};
pub(crate) use chosen::{Choices, ChosenDesktop};
pub(crate) use desktops::{DesktopCards, DesktopsStep};
pub(crate) use discarding::{Meanwhile, Unwanted};
pub(crate) use done::{DoneContext, DoneStep, Ending, Switched, installed, ready};
pub(crate) use leaving::{Begun, LeavingQuestion};
pub(crate) use network::{NetworkStep, settings_app};
pub(crate) use step::Step;
pub(crate) use summary::{SummaryContext, SummaryStep};
pub(crate) use updates::{UpdateChoice, UpdatesStep};
pub(crate) use work::{Task, Work, WorkStep, own_operation};
