// SPDX-License-Identifier: GPL-3.0-or-later
//! How the computer is set, and how the person wants the app to be.

mod computer;
mod vendors;

use isotope_model::{AutomaticMode, HostCatalogs, SettingsChange};

pub(crate) use self::computer::{ComputerView, SettingSwitch, cannot_be_set, mode_name};
pub(super) use self::vendors::hidden;
pub(crate) use self::vendors::{VendorSwitch, VendorsView};
use super::readings::Read;
use super::screen::Link;

/// Everything that the dialog shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PreferencesView {
    /// What holds for everybody who uses the computer.
    pub(crate) computer: ComputerView,
    /// Notifications are sent.
    pub(crate) notifications: bool,
    /// Whose desktops are shown.
    pub(crate) vendors: VendorsView,
    /// Details are shown that few people need.
    pub(crate) expert_details: bool,
}

/// How this person wants the app to be.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// Notifications are sent.
    pub(crate) notifications: bool,
    /// The vendors whose desktops are not shown.
    pub(crate) hidden_vendors: Vec<String>,
    /// Details are shown that few people need.
    pub(crate) expert_details: bool,
}

/// What was set and not answered yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Configuring {
    /// What the service is being asked for.
    pub(crate) asked: Option<SettingsChange>,
    /// The service has shown that it does not know how to be asked.
    pub(crate) too_old: bool,
}

/// What the person has changed in the dialog.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Preference {
    /// What the computer does about updates by itself.
    Automatic(AutomaticMode),
    /// It does so also where the network costs.
    OnMetered(bool),
    /// It does so also on battery.
    OnBattery(bool),
    /// Notifications are sent.
    Notifications(bool),
    /// The desktops of this vendor are shown.
    Vendor(String, bool),
    /// Details are shown that few people need.
    ExpertDetails(bool),
}

impl Preference {
    /// What the service is to be asked for, where it is about the computer.
    pub(crate) fn settings_change(&self) -> Option<SettingsChange> {
        let nothing = SettingsChange::default();
        match *self {
            Self::Automatic(mode) => Some(SettingsChange { automatic: Some(mode), ..nothing }),
            Self::OnMetered(wanted) => Some(SettingsChange { on_metered: Some(wanted), ..nothing }),
            Self::OnBattery(wanted) => Some(SettingsChange { on_battery: Some(wanted), ..nothing }),
            _ => None,
        }
    }
}

impl PreferencesView {
    /// What to show.
    pub(crate) fn of(link: &Link, configuring: &Configuring, catalogs: &Read<HostCatalogs>, wanted: &Wanted) -> Self {
        Self {
            computer: ComputerView::of(link, configuring),
            notifications: wanted.notifications,
            vendors: VendorsView::of(link, catalogs, &wanted.hidden_vendors),
            expert_details: wanted.expert_details,
        }
    }
}

#[cfg(test)]
mod tests;
