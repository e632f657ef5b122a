// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::{HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::catalog::error::Place;
use crate::catalog::{Catalog, CatalogEntry, CatalogError, CatalogFault};

/// The most entries of all files together.
const MOST_ALTOGETHER: usize = 5000;

/// What all catalogs together offer, and what is wrong with them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Catalogs {
    /// The entries, in the order of the files and in the order in which they stand there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entries: Vec<CatalogEntry>,
    /// What is wrong, by file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub problems: Vec<CatalogError>,
}

impl Catalogs {
    /// Puts the files together, by their names. Where two folders have a file of the same name, the caller passes the one
    /// that counts. A file that could not be read is a problem and nothing else; of an id that two files have, the first
    /// counts; a `replaced_by` that leads nowhere or in a circle is left out, and its entry stays.
    pub fn merge(files: Vec<(String, Result<Catalog, CatalogError>)>) -> Self {
        let mut files = files;
        files.sort_by(|(one, _), (other, _)| one.cmp(other));
        let mut catalogs = Self::default();
        let mut places = HashMap::new();
        for (name, read) in files {
            let of_file = Place::of_file(&name);
            match read {
                Ok(catalog) if catalogs.entries.len() + catalog.entries.len() > MOST_ALTOGETHER => {
                    let limit = MOST_ALTOGETHER as u64;
                    catalogs.problems.push(of_file.error(CatalogFault::TooMany { key: "entry".into(), limit }));
                }
                Ok(catalog) => {
                    for entry in catalog.entries {
                        let place = of_file.named(&entry.id);
                        if places.contains_key(&entry.id) {
                            let fault = CatalogFault::Repeated { key: "id".into(), value: entry.id };
                            catalogs.problems.push(place.error(fault));
                        } else {
                            places.insert(entry.id.clone(), place);
                            catalogs.entries.push(entry);
                        }
                    }
                }
                Err(problem) => catalogs.problems.push(problem),
            }
        }
        catalogs.leave_out_bad_successors(&places);
        catalogs
    }

    /// The entry with this id.
    pub fn entry(&self, id: &str) -> Option<&CatalogEntry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// What takes the place of an entry that is deprecated or discontinued: the first one on the way that is neither.
    pub fn way_on(&self, entry: &CatalogEntry) -> Option<&CatalogEntry> {
        let mut seen = HashSet::new();
        let mut next = entry.replaced_by.as_deref();
        while let Some(id) = next {
            let successor = self.entry(id).filter(|_| seen.insert(id))?;
            if successor.is_offered() {
                return Some(successor);
            }
            next = successor.replaced_by.as_deref();
        }
        None
    }

    fn leave_out_bad_successors(&mut self, places: &HashMap<String, Place>) {
        let bad = bad_successors(&self.entries);
        for entry in &mut self.entries {
            let Some(fault) = bad.get(&entry.id) else { continue };
            entry.replaced_by = None;
            self.problems.extend(places.get(&entry.id).map(|place| place.error(fault.clone())));
        }
    }
}

/// What is wrong with the successor of each entry that has a bad one.
fn bad_successors(entries: &[CatalogEntry]) -> HashMap<String, CatalogFault> {
    let next: HashMap<&str, &str> =
        entries.iter().filter_map(|entry| Some((entry.id.as_str(), entry.replaced_by.as_deref()?))).collect();
    let ids: HashSet<&str> = entries.iter().map(|entry| entry.id.as_str()).collect();
    let missing = next.iter().filter(|(_, successor)| !ids.contains(*successor));
    let mut bad: HashMap<String, CatalogFault> = missing
        .map(|(id, successor)| ((*id).to_owned(), CatalogFault::SuccessorMissing { id: (*successor).to_owned() }))
        .collect();
    // Each entry is walked over once: who is met again on the same walk is part of a circle.
    let mut walked: HashMap<&str, &str> = HashMap::new();
    for start in entries.iter().map(|entry| entry.id.as_str()) {
        let mut at = start;
        while let (None, Some(successor)) = (walked.get(at), next.get(at)) {
            walked.insert(at, start);
            at = successor;
        }
        // An older walk has dealt with what lies beyond; and nothing else ends a walk but a circle or an end.
        while walked.get(at) == Some(&start) && !bad.contains_key(at) {
            bad.insert(at.to_owned(), CatalogFault::SuccessorLoop { id: at.to_owned() });
            at = next.get(at).copied().unwrap_or(at);
        }
    }
    bad
}
