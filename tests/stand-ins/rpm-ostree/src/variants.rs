// SPDX-License-Identifier: GPL-3.0-or-later
//! Variants of GLib, which libostree speaks, as those of the bus.

use std::collections::HashMap;

use anyhow::{Context, Result};
use ostree::glib::Variant;
use zbus::zvariant::{Array, Dict, ObjectPath, OwnedValue, Signature, StructureBuilder, Value};

/// A dictionary as a property or an argument.
pub(crate) type Dictionary = HashMap<String, OwnedValue>;

/// The same value.
pub(crate) fn value(variant: &Variant) -> Result<Value<'static>> {
    let kind = variant.type_().as_str();
    let missing = || format!("a variant of the type {kind}");
    Ok(match kind.as_bytes()[0] {
        b'b' => Value::Bool(variant.get().with_context(missing)?),
        b'y' => Value::U8(variant.get().with_context(missing)?),
        b'n' => Value::I16(variant.get().with_context(missing)?),
        b'q' => Value::U16(variant.get().with_context(missing)?),
        b'i' => Value::I32(variant.get().with_context(missing)?),
        b'u' => Value::U32(variant.get().with_context(missing)?),
        b'x' => Value::I64(variant.get().with_context(missing)?),
        b't' => Value::U64(variant.get().with_context(missing)?),
        b'd' => Value::F64(variant.get().with_context(missing)?),
        b's' => Value::from(variant.str().with_context(missing)?.to_owned()),
        b'o' => Value::from(ObjectPath::try_from(variant.str().with_context(missing)?.to_owned())?),
        b'v' => Value::Value(Box::new(value(&variant.as_variant().with_context(missing)?)?)),
        b'(' => {
            let mut structure = StructureBuilder::new();
            for child in variant.iter() {
                structure.push_value(value(&child)?);
            }
            Value::Structure(structure.build()?)
        }
        b'a' if kind.starts_with("a{") => {
            let (key, item) = (&kind[2..3], &kind[3..kind.len() - 1]);
            let mut dictionary = Dict::new(&signature(key)?, &signature(item)?);
            for entry in variant.iter() {
                dictionary.append(value(&entry.child_value(0))?, value(&entry.child_value(1))?)?;
            }
            Value::Dict(dictionary)
        }
        b'a' => {
            let mut array = Array::new(&signature(&kind[1..])?);
            for item in variant.iter() {
                array.append(value(&item)?)?;
            }
            Value::Array(array)
        }
        _ => anyhow::bail!("no value for {}", missing()),
    })
}

fn signature(text: &str) -> Result<Signature> {
    Signature::try_from(text).map_err(|error| anyhow::anyhow!("{text}: {error}"))
}

/// A dictionary from texts to anything.
pub(crate) fn dictionary(variant: &Variant) -> Result<Dictionary> {
    let mut dictionary = Dictionary::new();
    for entry in variant.iter() {
        let key = entry.child_value(0).str().context("a key that is no text")?.to_owned();
        let item = entry.child_value(1).as_variant().context("a value that is no variant")?;
        dictionary.insert(key, OwnedValue::try_from(value(&item)?)?);
    }
    Ok(dictionary)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ostree::glib::VariantTy;

    #[test]
    fn types_stay() {
        for text in [
            "[(true, 'a', 3)]",
            "[('TEST', [(uint32 0, 'a', ('1', 'x'), ('2', 'x'))])]",
            "{'a': <{'b': <[('c', uint64 1)]>}>}",
            "@a(usss) []",
            "@av []",
            "[<(true, 'x', int64 3)>]",
        ] {
            let variant = Variant::parse(None::<&VariantTy>, text).unwrap();
            assert_eq!(value(&variant).unwrap().value_signature().to_string(), variant.type_().as_str(), "{text}");
        }
    }
}
