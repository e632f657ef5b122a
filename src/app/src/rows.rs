// SPDX-License-Identifier: GPL-3.0-or-later
//! The rows of the boxed lists.

mod deployment_row;
mod line_group;
mod line_list;
mod line_row;

pub(crate) use deployment_row::{DeploymentRow, DeploymentRowInput, DeploymentRowOutput};
pub(crate) use line_group::{LineGroupBox, show_groups};
pub(crate) use line_list::show_lines;
pub(crate) use line_row::{LineOutput, LineRow};
