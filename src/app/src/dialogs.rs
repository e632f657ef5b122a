// SPDX-License-Identifier: GPL-3.0-or-later
//! The dialogs of the window.

mod about;
mod failure;
mod preferences;
mod preflight;
mod question;
mod restart;
mod sheet;
mod shortcuts;
mod switch;
mod toast;

pub(crate) use about::present_about;
pub(crate) use failure::present_failure;
pub(crate) use preferences::{PreferencesDialog, PreferencesInput, PreferencesOutput};
pub(crate) use preflight::{ChoiceList, ChoiceListInit, FindingGroupBox, Toggled, show_groups as show_findings};
pub(crate) use preflight::{PreflightDialog, PreflightInput, PreflightOutput};
pub(crate) use question::ask;
pub(crate) use restart::{RestartDialog, RestartDialogInput, RestartDialogOutput};
pub(crate) use sheet::{Sheet, SheetInput, SheetOutput};
pub(crate) use shortcuts::present_shortcuts;
pub(crate) use switch::{SwitchDialog, SwitchInput, SwitchOutput};
pub(crate) use toast::tell;
