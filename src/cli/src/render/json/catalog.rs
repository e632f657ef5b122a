// SPDX-License-Identifier: GPL-3.0-or-later
//! The JSON forms of catalogs.

use isotope_model::{CatalogEntry, CatalogError, HostCatalogs, Snapshot};
use serde_json::{Map, Value, json};

use crate::render::catalog;
use crate::render::catalog::check::Checked;
use crate::render::catalog::list::is_listed;

/// What `catalog list` answers.
pub(crate) fn listed(catalogs: &HostCatalogs, host: &Snapshot, all: bool) -> Value {
    let entries = catalogs.catalogs.entries.iter().filter(|entry| all || is_listed(entry, catalogs, host));
    json!({
        "entries": entries.collect::<Vec<_>>(),
        "problems": catalogs.catalogs.problems,
        "here": catalogs.here,
        "architecture": catalogs.architecture,
        "switching": catalogs.switching,
    })
}

/// What `catalog show` answers.
pub(crate) fn shown(entry: &CatalogEntry, catalogs: &HostCatalogs, host: &Snapshot) -> Value {
    let here = catalogs.here.as_ref().filter(|here| here.entry == entry.id);
    let references = entry.streams.iter().filter_map(|stream| {
        let reference = catalog::reference(entry, stream, catalogs, host)?;
        Some((&stream.id, catalog::is_allowed(&reference, catalogs, host), reference))
    });
    let (allowed, forbidden): (Vec<_>, Vec<_>) = references.partition(|(_, allowed, _)| *allowed);
    let switch_to: Map<_, _> = allowed.into_iter().map(|(id, _, reference)| (id.clone(), json!(reference))).collect();
    let forbidden: Vec<_> = forbidden.into_iter().map(|(id, ..)| id).collect();
    json!({ "entry": entry, "here": here, "switch-to": switch_to, "forbidden": forbidden })
}

/// What `catalog check` answers.
pub(crate) fn checked(files: &[Checked], problems: &[CatalogError]) -> Value {
    let files = files.iter().map(|checked| json!({ "file": checked.file, "entries": checked.entries }));
    json!({ "files": files.collect::<Vec<_>>(), "problems": problems })
}

/// What `status` answers of the variant that runs.
pub(super) fn running(catalogs: &HostCatalogs, host: &Snapshot) -> Option<Value> {
    let (here, entry) = (catalogs.here.as_ref()?, catalogs.running()?);
    let way_on = catalogs.catalogs.way_on(entry).filter(|_| !entry.is_offered());
    Some(json!({
        "entry": entry.id,
        "stream": here.stream,
        "from": here.from,
        "status": entry.status,
        "replaced-by": way_on.map(|way_on| &way_on.id),
        "switch-to": way_on.and_then(|way_on| {
            let reference = catalogs.switch_to(way_on, host)?.reference;
            catalog::is_allowed(&reference, catalogs, host).then_some(reference)
        }),
    }))
}
