// SPDX-License-Identifier: GPL-3.0-or-later
//! What the window shows, worked out from what the service tells: plain functions from state to texts, buttons and
//! fractions. Nothing here knows a widget; the pages paint what comes out.

mod bar_position;
mod boot_notice;
mod calendar;
mod catalog_problems;
mod changes_page;
mod clean_up_sheet;
mod deployment_actions;
mod deployment_question;
mod deployment_row;
mod desktop_card;
mod desktop_picture;
mod desktops_view;
mod details_sheet;
mod duration;
mod hero;
mod history_sheet;
mod image_lookup;
mod impossible;
mod line;
mod main_button;
mod menu_entry;
mod names;
mod next_start;
mod offer;
mod operation_progress;
mod picture_place;
mod preflight_view;
mod question;
mod readings;
mod screen;
mod sheet;
mod signature_line;
mod situation;
mod switch_form;
mod system_view;
mod tags_list;
#[cfg(test)]
mod test_states;
mod trial_notice;
mod trouble;
mod variant_view;
mod verification_sheet;
mod versions_sheet;

pub(crate) use bar_position::{BarMotion, BarPosition};
pub(crate) use boot_notice::BootNotice;
pub(crate) use calendar::Calendar;
pub(crate) use deployment_row::{DeploymentRowView, RowMeaning};
pub(crate) use desktop_card::DesktopCard;
pub(crate) use desktop_picture::picture_of;
pub(crate) use desktops_view::{DesktopsView, Offers};
pub(crate) use hero::{Hero, Tone};
pub(crate) use image_lookup::ImageLookup;
pub(crate) use impossible::impossible;
pub(crate) use line::{Line, LineButton, LineEnd, LineGroup};
pub(crate) use main_button::{MainButton, Meaning};
pub(crate) use menu_entry::{MenuEntry, MenuEntryView};
pub(crate) use operation_progress::OperationProgress;
pub(crate) use picture_place::PicturePlace;
pub(crate) use preflight_view::{
    FindingGroup, FindingView, PinChoice, PreflightContext, PreflightSubject, PreflightView,
};
pub(crate) use question::Question;
pub(crate) use readings::{Published, Read, Readings};
pub(crate) use screen::{Link, Screen, StatusButton, StatusView};
pub(crate) use sheet::{Choice, SheetBody, SheetPageView, SheetView, Topic};
pub(crate) use switch_form::SwitchForm;
pub(crate) use system_view::{Looker, SystemView};
pub(crate) use trial_notice::TrialNotice;
pub(crate) use variant_view::{StreamLine, VariantChoice, VariantView};
