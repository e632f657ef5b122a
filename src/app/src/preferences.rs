// SPDX-License-Identifier: GPL-3.0-or-later
mod keys;
mod unkept;

use std::rc::Rc;

use relm4::gtk::gio;
use relm4::gtk::gio::prelude::*;

use self::keys::{EXPERT_DETAILS, FIRST_BOOT_FINISHED, HIDDEN_VENDORS, KEYS, NOTIFICATIONS};
use self::unkept::Unkept;

/// How this person wants the app to be. It is kept in the person's settings; where those do not know the app, it is
/// kept for as long as the program runs.
#[derive(Clone, Debug)]
pub(crate) struct Preferences(Kept);

#[derive(Clone, Debug)]
enum Kept {
    BySettings(gio::Settings),
    InMemory(Rc<Unkept>),
}

thread_local! {
    static OF_THIS_PERSON: Preferences = Preferences::looked_up_in(gio::SettingsSchemaSource::default().as_ref());
}

impl Preferences {
    /// Those of the person who runs the app: the same wherever they are asked for.
    pub(crate) fn of_this_person() -> Self {
        OF_THIS_PERSON.with(Self::clone)
    }

    fn looked_up_in(schemas: Option<&gio::SettingsSchemaSource>) -> Self {
        let schema = schemas.and_then(|schemas| schemas.lookup(isotope_model::names::APPLICATION_ID, true));
        match schema.filter(keys::are_in) {
            Some(schema) => {
                let settings = gio::Settings::new_full(&schema, gio::SettingsBackend::NONE, None);
                Self(Kept::BySettings(settings))
            }
            None => {
                tracing::warn!("the schema of the settings is not installed: nothing set is kept");
                Self::not_kept()
            }
        }
    }

    /// The defaults, which change for as long as the program runs.
    pub(crate) fn not_kept() -> Self {
        Self(Kept::InMemory(Rc::default()))
    }

    /// Whether notifications are sent.
    pub(crate) fn notifications(&self) -> bool {
        self.boolean(NOTIFICATIONS)
    }

    /// Sets [`notifications`](Self::notifications).
    pub(crate) fn set_notifications(&self, wanted: bool) {
        self.set_boolean(NOTIFICATIONS, wanted);
    }

    /// The vendors of the catalogs whose desktops are not shown.
    pub(crate) fn hidden_vendors(&self) -> Vec<String> {
        match &self.0 {
            Kept::BySettings(settings) => settings.strv(HIDDEN_VENDORS).iter().map(ToString::to_string).collect(),
            Kept::InMemory(unkept) => unkept.values().hidden_vendors,
        }
    }

    /// Sets [`hidden_vendors`](Self::hidden_vendors).
    pub(crate) fn set_hidden_vendors(&self, vendors: &[String]) {
        match &self.0 {
            Kept::BySettings(settings) => warn(HIDDEN_VENDORS, settings.set_strv(HIDDEN_VENDORS, vendors)),
            Kept::InMemory(unkept) => unkept.change(|values| values.hidden_vendors = vendors.to_vec()),
        }
    }

    /// Whether details are shown that few people need.
    pub(crate) fn expert_details(&self) -> bool {
        self.boolean(EXPERT_DETAILS)
    }

    /// Sets [`expert_details`](Self::expert_details).
    pub(crate) fn set_expert_details(&self, wanted: bool) {
        self.set_boolean(EXPERT_DETAILS, wanted);
    }

    /// Whether this person was welcomed.
    pub(crate) fn first_boot_finished(&self) -> bool {
        self.boolean(FIRST_BOOT_FINISHED)
    }

    /// Sets [`first_boot_finished`](Self::first_boot_finished).
    pub(crate) fn set_first_boot_finished(&self, finished: bool) {
        self.set_boolean(FIRST_BOOT_FINISHED, finished);
    }

    /// Calls this whenever one of them has changed, whoever changed it.
    pub(crate) fn connect_changed(&self, changed: impl Fn() + 'static) {
        match &self.0 {
            Kept::BySettings(settings) => {
                settings.connect_changed(None, move |_, _| changed());
                // Only what was read while somebody listened is told of.
                for (key, _) in KEYS {
                    settings.value(key);
                }
            }
            Kept::InMemory(unkept) => unkept.connect_changed(changed),
        }
    }

    fn boolean(&self, key: &str) -> bool {
        match &self.0 {
            Kept::BySettings(settings) => settings.boolean(key),
            Kept::InMemory(unkept) => *unkept.values().boolean(key),
        }
    }

    fn set_boolean(&self, key: &str, value: bool) {
        match &self.0 {
            Kept::BySettings(settings) => warn(key, settings.set_boolean(key, value)),
            Kept::InMemory(unkept) => unkept.change(|values| *values.boolean(key) = value),
        }
    }
}

fn warn(key: &str, written: Result<(), relm4::gtk::glib::BoolError>) {
    if let Err(error) = written {
        tracing::warn!("cannot set {key}: {error}");
    }
}

#[cfg(test)]
mod tests;
