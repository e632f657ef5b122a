// SPDX-License-Identifier: GPL-3.0-or-later
//! The recorded runs of the real rpm-ostree.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use ostree::glib::{self, Variant};
use serde_json::Value as Json;
use zbus::zvariant::{Array, Dict, OwnedValue, Signature, StructureBuilder, Value};

use super::events::TransactionEvent;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings/rpm-ostree-2026.2")
}

/// The names of all recordings with such an end.
pub(super) fn names(end: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.ends_with(end));
    names.sort();
    names
}

/// A recording.
pub(super) fn read(name: &str) -> String {
    std::fs::read_to_string(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What happened, one after the other.
pub(super) fn lines(name: &str) -> Vec<Json> {
    read(name).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// What every connection to a transaction was told, by the order of the connections.
pub(super) fn transactions(name: &str) -> Vec<Vec<TransactionEvent>> {
    let mut all: Vec<Vec<TransactionEvent>> = Vec::new();
    for line in lines(name).iter().filter(|line| line["ev"] == "peer-signal") {
        let peer = usize::try_from(line["peer"].as_u64().unwrap()).unwrap();
        all.resize_with(all.len().max(peer + 1), Vec::new);
        all[peer].extend(event(line["member"].as_str().unwrap(), &line["args"]));
    }
    all
}

fn event(member: &str, arguments: &Json) -> Option<TransactionEvent> {
    let text = |at: usize| arguments[at].as_str().unwrap();
    Some(match member {
        "Message" => TransactionEvent::message(text(0)),
        "TaskBegin" => TransactionEvent::task_begin(text(0)),
        "TaskEnd" => TransactionEvent::TaskEnd,
        "PercentProgress" => TransactionEvent::percent(text(0), u32::try_from(arguments[1].as_u64().unwrap()).unwrap()),
        "DownloadProgress" => {
            let numbers: super::events::DownloadNumbers = serde_json::from_value(arguments.clone()).unwrap();
            TransactionEvent::Download(numbers.into())
        }
        "SignatureProgress" => TransactionEvent::SignatureSeen,
        "ProgressEnd" => TransactionEvent::ProgressEnd,
        "Finished" => TransactionEvent::finished(arguments[0].as_bool().unwrap(), text(1)),
        "PropertiesChanged" => TransactionEvent::title(arguments[1]["Title"].as_str()?),
        other => panic!("{other}"),
    })
}

/// The property `CachedUpdate` in a recording of all properties.
pub(super) fn cached_update(name: &str) -> HashMap<String, OwnedValue> {
    let all: Json = serde_json::from_str(&read(name)).unwrap();
    let mut interfaces = all.as_object().unwrap().iter();
    let (_, found) = interfaces.find(|(name, _)| name.ends_with(" org.projectatomic.rpmostree1.OS")).unwrap();
    let entries = found["CachedUpdate"].as_object().unwrap();
    entries.iter().map(|(key, json)| (key.clone(), owned(of_json(key, json)))).collect()
}

/// An answer that was written down as GVariant's text.
pub(super) fn answer(text: &str) -> Value<'static> {
    of_variant(&Variant::parse(None, text).unwrap())
}

pub(super) fn owned(value: Value<'_>) -> OwnedValue {
    OwnedValue::try_from(value).unwrap()
}

/// The types are lost in JSON; those that matter are told by the key.
fn of_json(key: &str, json: &Json) -> Value<'static> {
    match json {
        Json::Bool(truth) => Value::from(*truth),
        Json::Number(number) if key == "timestamp" || key.ends_with("size") => Value::from(number.as_u64().unwrap()),
        Json::Number(number) => Value::from(u32::try_from(number.as_u64().unwrap()).unwrap()),
        Json::String(text) => Value::from(text.clone()),
        Json::Array(items) if items.iter().all(Json::is_array) => {
            let mut array = Array::new(&Signature::Variant);
            items.iter().for_each(|item| array.append(Value::Value(Box::new(structure(item)))).unwrap());
            Value::Array(array)
        }
        Json::Array(items) => {
            Value::from(items.iter().filter_map(Json::as_str).map(str::to_owned).collect::<Vec<String>>())
        }
        Json::Object(entries) => {
            let mut dictionary = Dict::new(&Signature::Str, &Signature::Variant);
            for (key, json) in entries {
                dictionary.append(Value::from(key.clone()), Value::Value(Box::new(of_json(key, json)))).unwrap();
            }
            Value::Dict(dictionary)
        }
        Json::Null => panic!("{key}"),
    }
}

fn structure(json: &Json) -> Value<'static> {
    let fields = json.as_array().unwrap().iter().map(|field| match field {
        Json::Array(items) if items.len() == 2 && items.iter().all(Json::is_string) => structure(field),
        field => of_json("", field),
    });
    let builder = fields.fold(StructureBuilder::new(), StructureBuilder::append_field);
    Value::Structure(builder.build().unwrap())
}

fn of_variant(variant: &Variant) -> Value<'static> {
    let children = || variant.iter().map(|child| of_variant(&child));
    let of_type = |wanted: &str| variant.type_().as_str() == wanted;
    match variant.classify() {
        glib::VariantClass::Boolean => Value::from(variant.get::<bool>().unwrap()),
        glib::VariantClass::Int32 => Value::from(variant.get::<i32>().unwrap()),
        glib::VariantClass::Uint32 => Value::from(variant.get::<u32>().unwrap()),
        glib::VariantClass::Uint64 => Value::from(variant.get::<u64>().unwrap()),
        glib::VariantClass::String => Value::from(variant.get::<String>().unwrap()),
        glib::VariantClass::Variant => Value::Value(Box::new(of_variant(&variant.as_variant().unwrap()))),
        glib::VariantClass::Tuple => {
            let builder = children().fold(StructureBuilder::new(), StructureBuilder::append_field);
            Value::Structure(builder.build().unwrap())
        }
        glib::VariantClass::Array if of_type("a{sv}") => {
            let mut dictionary = Dict::new(&Signature::Str, &Signature::Variant);
            for entry in variant.iter() {
                let (key, value) = (entry.child_value(0), entry.child_value(1));
                dictionary.append(of_variant(&key), of_variant(&value)).unwrap();
            }
            Value::Dict(dictionary)
        }
        glib::VariantClass::Array => {
            let signature = Signature::try_from(&variant.type_().as_str()[1..]).unwrap();
            let mut array = Array::new(&signature);
            children().for_each(|child| array.append(child).unwrap());
            Value::Array(array)
        }
        other => panic!("{other:?}"),
    }
}
