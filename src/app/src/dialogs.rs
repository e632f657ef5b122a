// SPDX-License-Identifier: GPL-3.0-or-later
//! The dialogs of the window.

mod about;
mod failure;
mod preflight;
mod question;
mod sheet;
mod shortcuts;
mod switch;
mod toast;

pub(crate) use about::present_about;
pub(crate) use failure::present_failure;
pub(crate) use preflight::{PreflightDialog, PreflightInput, PreflightOutput};
pub(crate) use question::ask;
pub(crate) use sheet::{Sheet, SheetInput, SheetOutput};
pub(crate) use shortcuts::present_shortcuts;
pub(crate) use switch::{SwitchDialog, SwitchInput, SwitchOutput};
pub(crate) use toast::tell;
