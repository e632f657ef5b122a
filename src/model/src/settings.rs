// SPDX-License-Identifier: GPL-3.0-or-later
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};

use crate::catalog::error::line_of;
use crate::catalog::text::shown;

/// What the computer does about updates by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomaticMode {
    /// Nothing.
    Off,
    /// It looks for an update, and tells.
    #[default]
    Check,
    /// It also downloads and stages it; it never restarts the computer.
    Download,
    /// Something that this version does not know, so that it does nothing. Nobody can choose that.
    #[serde(other)]
    Unknown,
}

impl AutomaticMode {
    /// All that can be chosen, in the order in which they do more.
    pub const ALL: [Self; 3] = [Self::Off, Self::Check, Self::Download];

    /// The mode of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.name() == name)
    }

    /// Its name, as it travels.
    pub fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Check => "check",
            Self::Download => "download",
            Self::Unknown => "unknown",
        }
    }

    /// The computer does nothing about updates by itself.
    pub fn does_nothing(self) -> bool {
        matches!(self, Self::Off | Self::Unknown)
    }
}

/// How the whole computer is set, for everybody who uses it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default)]
pub struct Settings {
    /// What it does about updates by itself.
    pub automatic: AutomaticMode,
    /// Also where the network costs by what is transferred.
    pub on_metered: bool,
    /// Also while it runs on battery.
    pub on_battery: bool,
    /// Somebody has been welcomed, and has chosen or declined to choose.
    pub first_boot_finished: bool,
}

/// What is to be set; what is absent stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct SettingsChange {
    /// [`Settings::automatic`]; never [`AutomaticMode::Unknown`] where it was read.
    #[serde(deserialize_with = "known_mode", skip_serializing_if = "Option::is_none")]
    pub automatic: Option<AutomaticMode>,
    /// [`Settings::on_metered`].
    #[serde(alias = "on_metered", skip_serializing_if = "Option::is_none")]
    pub on_metered: Option<bool>,
    /// [`Settings::on_battery`].
    #[serde(alias = "on_battery", skip_serializing_if = "Option::is_none")]
    pub on_battery: Option<bool>,
    /// [`Settings::first_boot_finished`].
    #[serde(alias = "first_boot_finished", skip_serializing_if = "Option::is_none")]
    pub first_boot_finished: Option<bool>,
}

/// The text says nothing that can be relied on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {}: {detail}", line.map_or_else(|| "?".to_owned(), |line| line.to_string()))]
pub struct InvalidSettings {
    /// The line, where it has one.
    pub line: Option<u64>,
    /// What the parser says.
    pub detail: String,
}

impl SettingsChange {
    /// Reads what an administrator or an image builder writes down: TOML with the names of the settings, in which `_` stands
    /// for `-`.
    ///
    /// # Errors
    /// No TOML, a key that is not known, or a value of the wrong type.
    pub fn from_toml(text: &str) -> Result<Self, InvalidSettings> {
        toml::from_str(text).map_err(|error| InvalidSettings {
            line: error.span().map(|span| line_of(text, span.start)),
            detail: shown(error.message()),
        })
    }

    /// What comes of these settings.
    #[must_use]
    pub fn applied_to(&self, settings: &Settings) -> Settings {
        Settings {
            automatic: self.automatic.unwrap_or(settings.automatic),
            on_metered: self.on_metered.unwrap_or(settings.on_metered),
            on_battery: self.on_battery.unwrap_or(settings.on_battery),
            first_boot_finished: self.first_boot_finished.unwrap_or(settings.first_boot_finished),
        }
    }
}

fn known_mode<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<AutomaticMode>, D::Error> {
    const NAMES: &[&str] = &["off", "check", "download"];
    let Some(name) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    AutomaticMode::from_name(&name).map(Some).ok_or_else(|| D::Error::unknown_variant(&name, NAMES))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mode_has_one_name_everywhere() {
        for mode in AutomaticMode::ALL {
            assert_eq!(AutomaticMode::from_name(mode.name()), Some(mode));
            assert_eq!(serde_json::to_value(mode).unwrap(), mode.name());
        }
        assert_eq!(AutomaticMode::from_name("apply"), None);
    }

    #[test]
    fn a_mode_of_a_newer_version_does_nothing_and_cannot_be_chosen() {
        let settings = serde_json::from_str::<Settings>(r#"{"automatic": "apply", "on-metered": true}"#).unwrap();
        assert_eq!(settings, Settings { automatic: AutomaticMode::Unknown, on_metered: true, ..Settings::default() });
        assert!(settings.automatic.does_nothing());
        assert_eq!(AutomaticMode::from_name(AutomaticMode::Unknown.name()), None);
        for name in ["apply", "unknown", "Unknown", ""] {
            assert!(serde_json::from_value::<SettingsChange>(serde_json::json!({ "automatic": name })).is_err());
            let refused = SettingsChange::from_toml(&format!("on_battery = true\nautomatic = {name:?}\n")).unwrap_err();
            assert!(refused.line == Some(2) && refused.detail.contains("`off`"), "{refused:?}");
        }
    }

    #[test]
    fn only_what_is_named_is_changed() {
        let before = Settings { on_metered: true, ..Settings::default() };
        let change = SettingsChange { automatic: Some(AutomaticMode::Off), ..SettingsChange::default() };
        let after = change.applied_to(&before);
        assert_eq!(after, Settings { automatic: AutomaticMode::Off, ..before });
    }

    #[test]
    fn a_change_of_something_unknown_is_none() {
        assert!(serde_json::from_str::<SettingsChange>(r#"{"restart": true}"#).is_err());
        assert!(serde_json::from_str::<SettingsChange>(r#"{"automatic": "apply"}"#).is_err());
        let settings = serde_json::from_str::<Settings>(r#"{"on-battery": true, "later": 1}"#).unwrap();
        assert_eq!(settings, Settings { on_battery: true, ..Settings::default() });
    }
}
