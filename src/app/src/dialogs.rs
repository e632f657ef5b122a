// SPDX-License-Identifier: GPL-3.0-or-later
//! The dialogs of the window.

mod about;
mod deployment_details;
mod failure;
mod question;
mod shortcuts;

pub(crate) use about::present_about;
pub(crate) use deployment_details::present_deployment_details;
pub(crate) use failure::present_failure;
pub(crate) use question::ask;
pub(crate) use shortcuts::present_shortcuts;
