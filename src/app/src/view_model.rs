// SPDX-License-Identifier: GPL-3.0-or-later
//! What the window shows, worked out from what the service tells: plain functions from state to texts, buttons and
//! fractions. Nothing here knows a widget; the pages paint what comes out.

mod bar_position;
mod calendar;
mod deployment_details;
mod deployment_row;
mod hero;
mod main_button;
mod names;
mod next_start;
mod operation_progress;
mod question;
mod screen;
mod situation;
mod system_view;
#[cfg(test)]
mod test_states;

pub(crate) use bar_position::{BarMotion, BarPosition};
pub(crate) use calendar::Calendar;
pub(crate) use deployment_details::{DeploymentDetails, Detail};
pub(crate) use deployment_row::DeploymentRowView;
pub(crate) use hero::{Hero, Tone};
pub(crate) use main_button::{MainButton, Meaning};
pub(crate) use operation_progress::OperationProgress;
pub(crate) use question::Question;
pub(crate) use screen::{Link, Screen, StatusView};
pub(crate) use system_view::{Looker, SystemView};
