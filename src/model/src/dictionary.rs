// SPDX-License-Identifier: GPL-3.0-or-later
//! How the model's values travel over D-Bus: as `a{sv}` with the same keys that their JSON form has.
//!
//! Texts are `s`, truth values `b`, counts `t` (negative ones `x`), dictionaries `a{sv}`, lists of dictionaries
//! `aa{sv}`, other lists `av`. What is absent or empty in the model is absent on the bus.

use std::collections::HashMap;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};
use zvariant::{OwnedValue, Value};

/// A D-Bus dictionary.
pub type Dictionary = HashMap<String, OwnedValue>;

/// A value of the model does not fit into a dictionary, or the other way round.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct DictionaryError(String);

/// How deep dictionaries from the bus may be nested.
const DEEPEST: usize = 16;

/// Turns a value of the model into a dictionary.
///
/// # Errors
/// The value is no structure.
pub fn to_dictionary<T: Serialize>(value: &T) -> Result<Dictionary, DictionaryError> {
    let error = |error: &dyn std::fmt::Display| DictionaryError(error.to_string());
    match serde_json::to_value(value).map_err(|e| error(&e))? {
        Json::Object(map) => map
            .into_iter()
            .filter_map(|(key, value)| to_bus(value).map(|value| (key, value)))
            .map(|(key, value)| value.try_into_owned().map(|value| (key, value)).map_err(|e| error(&e)))
            .collect(),
        other => Err(DictionaryError(format!("not a structure: {other}"))),
    }
}

/// Reads a value of the model from a dictionary; keys that the model does not know are passed over.
///
/// # Errors
/// A known key has the wrong type, or a needed one is missing.
pub fn from_dictionary<T: DeserializeOwned>(dictionary: &Dictionary) -> Result<T, DictionaryError> {
    let mut map = Map::new();
    for (key, value) in dictionary {
        map.insert(key.clone(), to_json(value, 0)?);
    }
    serde_json::from_value(Json::Object(map)).map_err(|error| DictionaryError(error.to_string()))
}

fn to_bus(value: Json) -> Option<Value<'static>> {
    match value {
        Json::Null => None,
        Json::Bool(truth) => Some(Value::from(truth)),
        Json::Number(number) => number
            .as_u64()
            .map(Value::from)
            .or_else(|| number.as_i64().map(Value::from))
            .or_else(|| number.as_f64().map(Value::from)),
        Json::String(text) => Some(Value::from(without_nul(text))),
        Json::Object(map) => Some(Value::from(entries(map))),
        Json::Array(items) if items.is_empty() => None,
        Json::Array(items) if items.iter().all(Json::is_object) => {
            let maps = items.into_iter().filter_map(|item| match item {
                Json::Object(map) => Some(entries(map)),
                _ => None,
            });
            Some(Value::from(maps.collect::<Vec<_>>()))
        }
        Json::Array(items) => Some(Value::from(items.into_iter().filter_map(to_bus).collect::<Vec<_>>())),
    }
}

fn entries(map: Map<String, Json>) -> HashMap<String, Value<'static>> {
    map.into_iter().filter_map(|(key, value)| to_bus(value).map(|value| (without_nul(key), value))).collect()
}

/// The bus has no such letter, and takes whoever sends it for broken.
fn without_nul(text: String) -> String {
    if text.contains('\0') { text.replace('\0', "") } else { text }
}

fn to_json(value: &Value<'_>, depth: usize) -> Result<Json, DictionaryError> {
    if depth > DEEPEST {
        return Err(DictionaryError("nested too deep".into()));
    }
    Ok(match value {
        Value::Bool(truth) => Json::from(*truth),
        Value::U8(number) => Json::from(*number),
        Value::I16(number) => Json::from(*number),
        Value::U16(number) => Json::from(*number),
        Value::I32(number) => Json::from(*number),
        Value::U32(number) => Json::from(*number),
        Value::I64(number) => Json::from(*number),
        Value::U64(number) => Json::from(*number),
        Value::F64(number) => Json::from(*number),
        Value::Str(text) => Json::from(text.as_str()),
        Value::ObjectPath(path) => Json::from(path.as_str()),
        Value::Value(inner) => to_json(inner, depth + 1)?,
        Value::Array(items) => {
            Json::Array(items.iter().map(|item| to_json(item, depth + 1)).collect::<Result<_, _>>()?)
        }
        Value::Dict(dict) => {
            let mut map = Map::new();
            for (key, value) in dict.iter() {
                let Value::Str(key) = key else { return Err(DictionaryError("a key that is no text".into())) };
                map.insert(key.to_string(), to_json(value, depth + 1)?);
            }
            Json::Object(map)
        }
        other => return Err(DictionaryError(format!("a value of type {}", other.value_signature()))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;
    use crate::{Host, OperationStatus, Outcome, Progress, Refusal, Snapshot, Starter};

    #[test]
    fn a_snapshot_survives_the_bus() {
        let snapshot = Snapshot {
            host: Host { image_based: true, ..Host::default() },
            deployments: vec![deployment('1'), deployment('2')],
            last_checked: Some(5),
            ..Snapshot::default()
        };
        let dictionary = to_dictionary(&snapshot).unwrap();
        assert_eq!(dictionary["deployments"].value_signature().to_string(), "aa{sv}");
        assert_eq!(from_dictionary::<Snapshot>(&dictionary).unwrap(), snapshot);
        let empty = to_dictionary(&Snapshot::default()).unwrap();
        assert_eq!(from_dictionary::<Snapshot>(&empty).unwrap(), Snapshot::default());
    }

    #[test]
    fn an_ended_operation_survives_the_bus() {
        let status = OperationStatus {
            kind: crate::OperationKind::Update,
            starter: Starter { uid: 1000, user: None, program: Some("gnome-software".into()) },
            started: 7,
            title: Some("upgrade".into()),
            progress: Progress::default(),
            outcome: Some(Outcome::Failed { refusal: Refusal::Network { detail: "no route".into() } }),
        };
        let dictionary = to_dictionary(&status).unwrap();
        assert_eq!(from_dictionary::<OperationStatus>(&dictionary).unwrap(), status);
    }

    #[test]
    fn a_wrong_type_is_an_error_and_an_unknown_key_is_not() {
        let mut dictionary = to_dictionary(&Snapshot::default()).unwrap();
        dictionary.insert("of-the-future".into(), OwnedValue::from(3u32));
        assert!(from_dictionary::<Snapshot>(&dictionary).is_ok());
        dictionary.insert("changing".into(), OwnedValue::from(3u32));
        assert!(from_dictionary::<Snapshot>(&dictionary).is_err());
    }
}
