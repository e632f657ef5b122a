// SPDX-License-Identifier: GPL-3.0-or-later
//! The rows of the boxed lists.

mod deployment_row;

pub(crate) use deployment_row::{DeploymentRow, DeploymentRowInput, DeploymentRowOutput};
