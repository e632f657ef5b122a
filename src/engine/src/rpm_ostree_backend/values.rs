// SPDX-License-Identifier: GPL-3.0-or-later
//! Values of dictionaries of the bus, whose types nobody promises.

use zbus::zvariant::Value;

use crate::foreign_text::shown;

/// A text as far as it may be shown; nothing where it is none, or empty.
pub(super) fn text(value: &Value<'_>, longest: usize) -> Option<String> {
    let text = match inner(value) {
        Value::Str(text) => shown(text.as_str().trim(), longest),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A number that is not negative.
pub(super) fn number(value: &Value<'_>) -> Option<u64> {
    match inner(value) {
        Value::U8(number) => Some(u64::from(*number)),
        Value::U16(number) => Some(u64::from(*number)),
        Value::U32(number) => Some(u64::from(*number)),
        Value::U64(number) => Some(*number),
        Value::I16(number) => u64::try_from(*number).ok(),
        Value::I32(number) => u64::try_from(*number).ok(),
        Value::I64(number) => u64::try_from(*number).ok(),
        _ => None,
    }
}

/// Yes or no.
pub(super) fn truth(value: &Value<'_>) -> Option<bool> {
    match inner(value) {
        Value::Bool(truth) => Some(*truth),
        _ => None,
    }
}

/// What an array or a structure has in it.
pub(super) fn items<'v>(value: &'v Value<'_>) -> &'v [Value<'v>] {
    match inner(value) {
        Value::Array(array) => array.inner(),
        Value::Structure(structure) => structure.fields(),
        _ => &[],
    }
}

/// An entry of a dictionary.
pub(super) fn entry<'v>(value: &'v Value<'_>, key: &str) -> Option<&'v Value<'v>> {
    let Value::Dict(dictionary) = inner(value) else { return None };
    dictionary.iter().find(|(name, _)| matches!(name, Value::Str(name) if name.as_str() == key)).map(|(_, value)| value)
}

fn inner<'v>(value: &'v Value<'_>) -> &'v Value<'v> {
    match value {
        Value::Value(value) => inner(value),
        value => value,
    }
}
