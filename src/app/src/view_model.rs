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
pub(crate) mod first_boot;
mod flow_meter;
mod hero;
mod hero_sentence;
mod history_view;
mod image_lookup;
mod impossible;
mod layered_lines;
mod line;
mod main_button;
mod manager;
mod menu_entry;
mod names;
mod network;
mod next_start;
mod notification;
mod notifier;
mod offer;
mod operation_log;
mod operation_progress;
mod package_changes_sheet;
mod picture_place;
mod preferences_view;
mod preflight_view;
mod question;
mod readings;
mod restart_view;
mod screen;
mod service_trouble;
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
mod unshown;
mod update_lines;
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
pub(crate) use flow_meter::FlowMeter;
pub(crate) use hero::{Hero, Tone};
pub(crate) use history_view::{HistoryFilter, HistoryView};
pub(crate) use image_lookup::ImageLookup;
pub(crate) use impossible::impossible;
pub(crate) use line::{Line, LineButton, LineEnd, LineGroup};
pub(crate) use main_button::{MainButton, Meaning};
pub(crate) use menu_entry::{MenuEntry, MenuEntryView};
pub(crate) use network::Network;
pub(crate) use notification::{Matter, Notification};
pub(crate) use notifier::{NotificationChange, Notifier, Told};
pub(crate) use operation_log::{OperationLog, OperationLogView};
pub(crate) use operation_progress::OperationProgress;
pub(crate) use picture_place::PicturePlace;
pub(crate) use preferences_view::{
    ComputerView, Configuring, Preference, PreferencesView, SettingSwitch, VendorSwitch, Wanted, cannot_be_set,
    mode_name,
};
pub(crate) use preflight_view::{
    FindingGroup, FindingView, PreflightContext, PreflightSubject, PreflightView, SwitchChoice,
};
pub(crate) use question::Question;
pub(crate) use readings::{Published, Read, Readings};
pub(crate) use restart_view::{ObstaclesView, RestartMoment, RestartTime, RestartView, at_that_time, hindrance};
pub(crate) use screen::{Link, Screen, StatusButton, StatusView};
pub(crate) use service_trouble::never_answered;
pub(crate) use sheet::{Choice, SheetBody, SheetPageView, SheetView, Topic};
pub(crate) use switch_form::SwitchForm;
pub(crate) use system_view::{Looker, SystemView};
pub(crate) use trial_notice::TrialNotice;
pub(crate) use variant_view::{StreamLine, VariantChoice, VariantView};
