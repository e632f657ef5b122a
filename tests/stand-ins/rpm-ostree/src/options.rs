// SPDX-License-Identifier: GPL-3.0-or-later
//! Options of methods: unknown keys and values of another type are as if they were not there.

use std::collections::BTreeMap;

use zbus::zvariant::{OwnedValue, Value};

/// As they come over the bus.
pub(crate) type Options = BTreeMap<String, OwnedValue>;

/// Looks things up.
pub(crate) trait Lookup {
    fn flag(&self, key: &str) -> Option<bool>;
    fn text(&self, key: &str) -> Option<String>;
    fn list(&self, key: &str) -> Vec<String>;

    fn is_set(&self, key: &str) -> bool {
        self.flag(key).unwrap_or_default()
    }
}

impl Lookup for Options {
    fn flag(&self, key: &str) -> Option<bool> {
        match **self.get(key)? {
            Value::Bool(flag) => Some(flag),
            _ => None,
        }
    }

    fn text(&self, key: &str) -> Option<String> {
        match &**self.get(key)? {
            Value::Str(text) => Some(text.to_string()),
            _ => None,
        }
    }

    fn list(&self, key: &str) -> Vec<String> {
        let Some(Value::Array(array)) = self.get(key).map(|value| &**value) else { return Vec::new() };
        let texts = array.iter().filter_map(|value| match value {
            Value::Str(text) => Some(text.to_string()),
            _ => None,
        });
        texts.collect()
    }
}
