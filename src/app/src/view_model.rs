// SPDX-License-Identifier: GPL-3.0-or-later
//! What the window shows, worked out from what the service tells: plain functions from state to texts, buttons and
//! fractions. Nothing here knows a widget; the pages paint what comes out.

mod bar_position;
mod boot_notice;
mod calendar;
mod changes_page;
mod clean_up_sheet;
mod deployment_actions;
mod deployment_question;
mod deployment_row;
mod details_sheet;
mod duration;
mod hero;
mod history_sheet;
mod image_lookup;
mod line;
mod main_button;
mod menu_entry;
mod names;
mod next_start;
mod operation_progress;
mod question;
mod readings;
mod screen;
mod sheet;
mod signature_line;
mod situation;
mod switch_form;
mod switch_question;
mod system_view;
mod tags_list;
#[cfg(test)]
mod test_states;
mod trouble;
mod verification_sheet;
mod versions_sheet;

pub(crate) use bar_position::{BarMotion, BarPosition};
pub(crate) use boot_notice::BootNotice;
pub(crate) use calendar::Calendar;
pub(crate) use deployment_row::{DeploymentRowView, RowMeaning};
pub(crate) use hero::{Hero, Tone};
pub(crate) use image_lookup::ImageLookup;
pub(crate) use line::{Line, LineButton, LineEnd, LineGroup};
pub(crate) use main_button::{MainButton, Meaning};
pub(crate) use menu_entry::{MenuEntry, MenuEntryView};
pub(crate) use operation_progress::OperationProgress;
pub(crate) use question::Question;
pub(crate) use readings::{Published, Read, Readings};
pub(crate) use screen::{Link, Screen, StatusButton, StatusView};
pub(crate) use sheet::{Choice, SheetBody, SheetPageView, SheetView, Topic};
pub(crate) use switch_form::SwitchForm;
pub(crate) use system_view::{Looker, SystemView};
