// SPDX-License-Identifier: GPL-3.0-or-later
use relm4::gtk::{gio, glib};

pub(super) const NOTIFICATIONS: &str = "notifications";
pub(super) const HIDDEN_VENDORS: &str = "hidden-vendors";
pub(super) const EXPERT_DETAILS: &str = "expert-details";
pub(super) const FIRST_BOOT_FINISHED: &str = "first-boot-finished";

/// All of them, with their types.
pub(super) const KEYS: [(&str, &str); 4] =
    [(NOTIFICATIONS, "b"), (HIDDEN_VENDORS, "as"), (EXPERT_DETAILS, "b"), (FIRST_BOOT_FINISHED, "b")];

/// Whether the schema has them all: GIO ends a program that asks for another one.
pub(super) fn are_in(schema: &gio::SettingsSchema) -> bool {
    KEYS.iter().all(|(key, kind)| {
        let wanted = glib::VariantTy::new(kind).ok();
        schema.has_key(key) && wanted.is_some_and(|wanted| schema.key(key).value_type() == *wanted)
    })
}
