// SPDX-License-Identifier: GPL-3.0-or-later
//! The pages of the window.

mod status;
mod system;

pub(crate) use status::{StatusInput, StatusOutput, StatusPage};
pub(crate) use system::{SystemInput, SystemOutput, SystemPage};
