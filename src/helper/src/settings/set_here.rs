// SPDX-License-Identifier: GPL-3.0-or-later
//! What was set through the service, as it is kept. A newer version of Isotope may have written more than this one knows,
//! before the computer went back to this one: that is kept as it stands.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use isotope_model::{AutomaticMode, Settings, SettingsChange};
use serde_json::{Map, Value};

use super::news;
use crate::state_file;

const NAME: &str = "settings.json";
const AUTOMATIC: &str = "automatic";

/// What was set here, by the names of the settings.
#[derive(Debug, Default, PartialEq)]
pub(super) struct SetHere(Map<String, Value>);

impl SetHere {
    /// What stands in this directory; nothing where it cannot be read, which is said in the journal.
    pub(super) fn load(directory: &Path) -> Self {
        Self::read(directory).unwrap_or_else(|error| {
            news::warn_once(&directory.join(NAME), &[], &format!("what was set cannot be read: {error}"));
            Self::default()
        })
    }

    /// Adds a change to what stands in this directory.
    ///
    /// # Errors
    /// It cannot be read, or not be written.
    pub(super) fn change(directory: &Path, change: &SettingsChange) -> io::Result<()> {
        let Self(mut all) = Self::read(directory)?;
        if let Value::Object(changes) = serde_json::to_value(change).map_err(io::Error::other)? {
            all.extend(changes);
        }
        state_file::save_in(directory, NAME, &all)
    }

    /// These settings, where nothing else was set here. What this version does not understand is left aside; an unknown way
    /// to take care of updates is [`AutomaticMode::Unknown`].
    pub(super) fn applied_to(&self, settings: Settings) -> Settings {
        self.0.iter().fold(settings, |settings, (key, value)| match with(&settings, key, value.clone()) {
            Some(settings) => settings,
            None if key == AUTOMATIC => Settings { automatic: AutomaticMode::Unknown, ..settings },
            None => settings,
        })
    }

    /// What has been no JSON object ever since it was written is no loss: it is said, and written over.
    fn read(directory: &Path) -> io::Result<Self> {
        let path = directory.join(NAME);
        let mut content = Vec::new();
        match File::open(&path) {
            Ok(file) => file.take(super::LARGEST as u64 + 1).read_to_end(&mut content)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(error),
        };
        if content.len() > super::LARGEST {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, "the file is too large"));
        }
        match serde_json::from_slice(&content) {
            Ok(all) => {
                news::is_well(&path);
                Ok(Self(all))
            }
            Err(error) => {
                news::warn_once(&path, &content, &format!("what was set cannot be read, and is left aside: {error}"));
                Ok(Self::default())
            }
        }
    }
}

/// The settings with this one, if it is understood.
fn with(settings: &Settings, key: &str, value: Value) -> Option<Settings> {
    let Ok(Value::Object(mut all)) = serde_json::to_value(settings) else { return None };
    all.insert(key.to_owned(), value);
    serde_json::from_value(Value::Object(all)).ok()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use serde_json::json;

    use super::*;

    fn kept(directory: &Path) -> Value {
        serde_json::from_slice(&fs::read(directory.join(NAME)).unwrap()).unwrap()
    }

    #[test]
    fn what_a_newer_version_has_set_counts_as_far_as_it_is_known_and_is_kept() {
        let directory = tempfile::tempdir().unwrap();
        let newer = json!({ "automatic": "apply", "on-metered": true, "on-battery": 1, "window": { "from": 3 } });
        fs::write(directory.path().join(NAME), newer.to_string()).unwrap();
        let set = SetHere::load(directory.path()).applied_to(Settings { on_battery: true, ..Settings::default() });
        let expected =
            Settings { automatic: AutomaticMode::Unknown, on_metered: true, on_battery: true, ..Settings::default() };
        assert_eq!(set, expected);

        let change = SettingsChange { on_metered: Some(false), ..SettingsChange::default() };
        SetHere::change(directory.path(), &change).unwrap();
        let after = json!({ "automatic": "apply", "on-metered": false, "on-battery": 1, "window": { "from": 3 } });
        assert_eq!(kept(directory.path()), after);
        let change = SettingsChange { automatic: Some(AutomaticMode::Download), ..SettingsChange::default() };
        SetHere::change(directory.path(), &change).unwrap();
        assert_eq!(SetHere::load(directory.path()).applied_to(Settings::default()).automatic, AutomaticMode::Download);
        assert_eq!(kept(directory.path())["window"], json!({ "from": 3 }));
    }

    #[test]
    fn a_mode_that_is_not_even_a_name_does_nothing() {
        for mode in [json!({ "every": "week" }), json!(["check"]), json!(null), json!(3)] {
            let set = SetHere(Map::from_iter([(AUTOMATIC.to_owned(), mode)]));
            assert_eq!(set.applied_to(Settings::default()).automatic, AutomaticMode::Unknown);
        }
    }

    #[test]
    fn what_cannot_be_read_is_left_aside_and_not_lost_by_a_change() {
        let directory = tempfile::tempdir().unwrap();
        let change = SettingsChange { on_metered: Some(true), ..SettingsChange::default() };
        let file = directory.path().join(NAME);
        let large = format!("{{\"later\": \"{}\"}}", "x".repeat(super::super::LARGEST));
        fs::write(&file, &large).unwrap();
        assert_eq!(SetHere::load(directory.path()), SetHere::default());
        assert!(SetHere::change(directory.path(), &change).is_err());
        assert_eq!(fs::read_to_string(&file).unwrap(), large);
        // Nobody can do anything with this.
        fs::write(&file, "{\"automatic\": ").unwrap();
        assert_eq!(SetHere::load(directory.path()), SetHere::default());
        SetHere::change(directory.path(), &change).unwrap();
        assert_eq!(kept(directory.path()), json!({ "on-metered": true }));
    }
}
