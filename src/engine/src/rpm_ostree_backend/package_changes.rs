// SPDX-License-Identifier: GPL-3.0-or-later
//! Which packages differ, as rpm-ostree tells it in two ways. Source: `rpmostree-package-variants.h` and
//! `rpmostreed-utils.cxx` of rpm-ostree; what it really tells is in `tests/recordings`.

use std::collections::HashMap;

use isotope_model::{Advisory, AdvisoryKind, AdvisoryReference, AdvisorySeverity, PackageChange, PackageChanges};
use zbus::zvariant::{OwnedValue, Value};

use super::values::{entry, items, number, text};

/// The most packages of each kind, the most advisories, and the most packages and pages of one.
const MOST: usize = 2000;
const MOST_ADVISORIES: usize = 500;
const MOST_OF_ADVISORY: usize = 50;
/// The longest name, version or title, and the longest address, in characters.
const LONGEST: usize = 150;
const LONGEST_ADDRESS: usize = 500;

/// A row of what `GetDeploymentsRpmDiff` answers, an `a(sua{sv})`: name, kind of change, and both packages.
pub(crate) type Row = (String, u32, HashMap<String, OwnedValue>);

/// The answer of `GetDeploymentsRpmDiff` between two deployments. It tells of no advisories.
pub(crate) fn of_rows(rows: &[Row]) -> PackageChanges {
    let mut changes = PackageChanges { known: true, ..PackageChanges::default() };
    for (name, kind, packages) in rows {
        let package = |key: &str| packages.get(key).map(|package| items(package)).and_then(Package::of_named);
        let (before, after) = (package("PreviousPackage"), package("NewPackage"));
        let list = match (kind, &before, &after) {
            (0, _, Some(_)) => &mut changes.added,
            (1, Some(_), _) => &mut changes.removed,
            (2, Some(_), Some(_)) => &mut changes.upgraded,
            (3, Some(_), Some(_)) => &mut changes.downgraded,
            // There is something that is not told.
            _ => {
                changes.truncated = true;
                continue;
            }
        };
        changes.truncated |= !push(list, MOST, change(text(&Value::from(name.as_str()), LONGEST), before, after));
    }
    changes
}

/// The entries `rpm-diff` and `advisories` of a `CachedUpdate`.
pub(crate) fn of_cached_update(dictionary: &HashMap<String, OwnedValue>) -> PackageChanges {
    let Some(difference) = dictionary.get("rpm-diff").filter(|value| matches!(&***value, Value::Dict(_))) else {
        return PackageChanges::unknown();
    };
    let mut changes = PackageChanges { known: true, ..PackageChanges::default() };
    let rows = |key| entry(difference, key).map(items).unwrap_or_default();
    for (key, list) in [("upgraded", &mut changes.upgraded), ("downgraded", &mut changes.downgraded)] {
        for row in rows(key) {
            let found = match items(row) {
                [_, name, before, after] => {
                    change(text(name, LONGEST), Package::of(items(before)), Package::of(items(after)))
                }
                _ => None,
            };
            changes.truncated |= !push(list, MOST, found);
        }
    }
    for (key, list) in [("added", &mut changes.added), ("removed", &mut changes.removed)] {
        for row in rows(key) {
            let found = match items(row) {
                [_, name, rest @ ..] => match (key, Package::of(rest)) {
                    ("added", after) => change(text(name, LONGEST), None, after),
                    (_, before) => change(text(name, LONGEST), before, None),
                },
                _ => None,
            };
            changes.truncated |= !push(list, MOST, found);
        }
    }
    for row in dictionary.get("advisories").map(|rows| items(rows)).unwrap_or_default() {
        changes.truncated |= !push(&mut changes.advisories, MOST_ADVISORIES, advisory(row));
    }
    changes
}

/// Epoch, version and release of a package, and its architecture.
struct Package {
    version: String,
    architecture: Option<String>,
}

impl Package {
    fn of(fields: &[Value<'_>]) -> Option<Self> {
        let [version, architecture] = fields else { return None };
        Some(Self { version: text(version, LONGEST)?, architecture: text(architecture, LONGEST) })
    }

    /// With its name before it.
    fn of_named(fields: &[Value<'_>]) -> Option<Self> {
        fields.split_first().and_then(|(_, rest)| Self::of(rest))
    }
}

/// Nothing where it has no name, or where no version of it is known.
fn change(name: Option<String>, before: Option<Package>, after: Option<Package>) -> Option<PackageChange> {
    let architecture = after.as_ref().or(before.as_ref())?.architecture.clone();
    let version = |package: Option<Package>| package.map(|package| package.version);
    Some(PackageChange { name: name?, architecture, before: version(before), after: version(after) })
}

/// Adds what could be read; false where it could not, or where there is no room for it.
fn push<T>(list: &mut Vec<T>, most: usize, item: Option<T>) -> bool {
    match item {
        Some(item) if list.len() < most => {
            list.push(item);
            true
        }
        _ => false,
    }
}

/// An advisory, `(suuasa{sv})`.
fn advisory(row: &Value<'_>) -> Option<Advisory> {
    let [id, kind, severity, packages, more] = items(row) else { return None };
    let references = entry(more, "cve_references").map(items).unwrap_or_default();
    Some(Advisory {
        id: text(id, LONGEST)?,
        kind: match number(kind) {
            Some(1) => AdvisoryKind::Security,
            Some(2) => AdvisoryKind::Bugfix,
            Some(3) => AdvisoryKind::Enhancement,
            Some(4) => AdvisoryKind::NewPackage,
            _ => AdvisoryKind::Unknown,
        },
        severity: match number(severity) {
            Some(1) => AdvisorySeverity::Low,
            Some(2) => AdvisorySeverity::Moderate,
            Some(3) => AdvisorySeverity::Important,
            Some(4) => AdvisorySeverity::Critical,
            _ => AdvisorySeverity::Unknown,
        },
        packages: items(packages).iter().filter_map(|name| text(name, LONGEST)).take(MOST_OF_ADVISORY).collect(),
        references: references.iter().filter_map(reference).take(MOST_OF_ADVISORY).collect(),
    })
}

/// A page, `(ss)`: its address, which a person may click on, and its title.
fn reference(row: &Value<'_>) -> Option<AdvisoryReference> {
    let [address, title] = items(row) else { return None };
    let address = text(address, LONGEST_ADDRESS + 1)?;
    let is_page = ["https://", "http://"].iter().any(|scheme| address.starts_with(scheme));
    let is_whole = address.chars().count() <= LONGEST_ADDRESS && !address.contains(char::is_whitespace);
    (is_page && is_whole).then(|| AdvisoryReference { address, title: text(title, LONGEST).unwrap_or_default() })
}

#[cfg(test)]
mod tests;
