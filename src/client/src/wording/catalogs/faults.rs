// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{CatalogError, CatalogFault};

use crate::wording::bytes;

/// Where a mistake is, as compilers and editors write it: the file, the line and the entry, as far as they are known.
pub fn catalog_place(error: &CatalogError) -> String {
    let line = error.line.map(|line| format!(":{line}")).unwrap_or_default();
    let entry = error.entry.as_ref().map(|entry| format!(": {entry}")).unwrap_or_default();
    format!("{}{line}{entry}", error.file)
}

/// What is wrong with a catalog, in one sentence.
pub fn catalog_fault(fault: &CatalogFault) -> String {
    match fault {
        CatalogFault::CannotRead { detail } => filled(gettext("It cannot be read: {detail}"), &[("{detail}", detail)]),
        CatalogFault::NotOwnedByRoot => gettext(
            "It is not used, because somebody other than root may have written it. It has to belong to root, and nobody \
             else may be allowed to write it.",
        ),
        CatalogFault::TooLarge { limit } => {
            // Translators: {size} is a size such as 262.1 kB.
            filled(gettext("It is too large: only {size} are read."), &[("{size}", &bytes(*limit))])
        }
        CatalogFault::NotUnderstood { detail } => {
            // Translators: {detail} is in English.
            filled(gettext("It is not understood: {detail}"), &[("{detail}", detail)])
        }
        CatalogFault::OtherFormat { format } => filled(
            gettext("Its format is {format}, which this version of Isotope does not read."),
            &[("{format}", &format.to_string())],
        ),
        CatalogFault::TooMany { key, limit } => {
            // Translators: {key} is a word of the file, which stays as it is.
            let text = gettext("There is more of “{key}” than the {limit} that are read.");
            filled(text, &[("{key}", key), ("{limit}", &limit.to_string())])
        }
        CatalogFault::TooLong { key, limit } => {
            // Translators: {key} is a word of the file, which stays as it is.
            let text = gettext("“{key}” is too long: {limit} letters at most.");
            filled(text, &[("{key}", key), ("{limit}", &limit.to_string())])
        }
        _ => about_a_key(fault),
    }
}

fn about_a_key(fault: &CatalogFault) -> String {
    match fault {
        CatalogFault::Missing { key } => filled(gettext("“{key}” is missing or empty."), &[("{key}", key)]),
        CatalogFault::HiddenLetters { key } => filled(
            gettext("“{key}” has letters that cannot be seen, or that turn others around, or more than one line."),
            &[("{key}", key)],
        ),
        CatalogFault::Invalid { key, value } => {
            // Translators: {key} and {value} are words of the file, which stay as they are.
            filled(gettext("“{key}” cannot be “{value}”."), &[("{key}", key), ("{value}", value)])
        }
        CatalogFault::Needs { key, needed } => filled(
            // Translators: {key} and {needed} are words of the file, which stay as they are.
            gettext("“{key}” makes sense only together with “{needed}”, which is missing."),
            &[("{key}", key), ("{needed}", needed)],
        ),
        CatalogFault::Repeated { key, value } => filled(
            gettext("“{key}” has to tell things apart, and “{value}” is already used for another one."),
            &[("{key}", key), ("{value}", value)],
        ),
        CatalogFault::SuccessorMissing { id } => filled(
            // Translators: leave “replaced_by” as it is.
            gettext("“replaced_by” names “{id}”, and no entry is called so."),
            &[("{id}", id)],
        ),
        CatalogFault::SuccessorLoop { id } => filled(
            // Translators: leave “replaced_by” as it is.
            gettext("Following “replaced_by” leads in a circle, back to “{id}”."),
            &[("{id}", id)],
        ),
        _ => gettext("Something is wrong with it that this version of Isotope has no words for."),
    }
}

/// The text with its placeholders filled in. What they are filled with comes from the file, and is left as it is.
pub(super) fn filled(text: String, values: &[(&str, &str)]) -> String {
    let Some(((placeholder, value), rest)) = values.split_first() else { return text };
    let parts: Vec<_> = text.split(placeholder).map(|part| filled(part.to_owned(), rest)).collect();
    parts.join(value)
}
