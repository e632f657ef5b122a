// SPDX-License-Identifier: GPL-3.0-or-later
//! Which packages differ, and what their vendor says of flaws that this mends.

mod advisories;

use gettextrs::{gettext, ngettext};
use isotope_client::{ServiceState, wording};
use isotope_model::{Backend, Deployment, DeploymentId, PackageChange, PackageChanges};

use super::readings::{Read, Readings};
use super::sheet::{Choice, SheetBody, SheetPageView, empty, failed, waiting};
use super::situation::Situation;
use super::{Line, LineEnd, LineGroup, unshown};

/// How many rows are shown at once: nobody reads more of them.
const SHOWN: usize = 100;

/// From how many rows on it is worth looking for one.
const WORTH_SEARCHING: usize = 12;

/// The sheet; nothing where there is no such update and no such deployment any more.
pub(super) fn of(id: Option<&DeploymentId>, state: &ServiceState, readings: &Readings) -> Option<SheetPageView> {
    match id {
        Some(id) => drop(state.snapshot.deployment(id)?),
        None => drop(state.snapshot.available.as_ref()?),
    }
    let title = gettext("Package Changes");
    Some(match &readings.packages {
        Read::Waiting => SheetPageView::new(title, waiting(gettext("rpm-ostree is asked which packages change."))),
        Read::Failed(error) => SheetPageView::new(title, failed(error)),
        Read::There(changes) => there(title, changes, &readings.search),
    })
}

/// The way to it from the page, where an update was found.
pub(super) fn way_in_from_page(state: &ServiceState) -> Option<Line> {
    let offered = matches!(Situation::of(state), Situation::Available(_));
    (offered && told_here(state)).then(|| way_in(None, gettext("What the update changes")))
}

/// The way to it from the details of a deployment other than the one that runs.
pub(super) fn way_in_from_details(deployment: &Deployment, state: &ServiceState) -> Option<Line> {
    let words = match deployment.staged {
        true => gettext("What the next restart changes"),
        false => gettext("What is different from the running system"),
    };
    (!deployment.booted && told_here(state)).then(|| way_in(Some(deployment.id.clone()), words))
}

/// Only rpm-ostree knows of packages.
fn told_here(state: &ServiceState) -> bool {
    state.snapshot.host.backend == Backend::RpmOstree
}

fn way_in(id: Option<DeploymentId>, words: String) -> Line {
    Line { end: LineEnd::Opens(Choice::ShowPackageChanges(id)), ..Line::new(gettext("Package Changes"), words) }
}

fn there(title: String, changes: &PackageChanges, search: &str) -> SheetPageView {
    let nothing = changes.count() == 0 && changes.advisories.is_empty();
    if nothing && !changes.known {
        let words = gettext(
            "Which packages change is not known here. Of a container image that is known only once it is downloaded.",
        );
        return SheetPageView::new(title, empty("isotope-attention-symbolic", gettext("Not Known"), words));
    }
    if nothing {
        let words = gettext("Both have the same packages in the same versions.");
        return SheetPageView::new(title, empty("isotope-good-symbolic", gettext("No Package Changes"), words));
    }
    let wanted = search.trim().to_lowercase();
    let mut groups: Vec<_> = advisories::group(changes, &wanted).into_iter().collect();
    groups.extend(packages(changes, &wanted));
    let found = groups.iter().map(|group| group.lines.len()).sum();
    let hits = (!wanted.is_empty()).then(|| hits(found));
    cut(&mut groups);
    let mut shown = vec![numbers(changes, hits.as_ref().filter(|_| found == 0))];
    shown.extend(groups);
    let untold = changes.truncated.then(|| gettext("There are more changes than were told."));
    shown.extend(unshown::end(found.saturating_sub(SHOWN), untold));
    let all = changes.count() + changes.advisories.len();
    let search = (all > WORTH_SEARCHING).then(|| search.to_owned());
    SheetPageView { search, hits, ..SheetPageView::new(title, SheetBody::Lists(shown)) }
}

/// The packages that have this in their names, by what becomes of them.
fn packages(changes: &PackageChanges, wanted: &str) -> Vec<LineGroup> {
    let lists = wording::package_lists(changes).into_iter();
    let groups = lists.map(|(title, packages)| {
        let found = packages.iter().filter(|package| package.name.to_lowercase().contains(wanted));
        LineGroup::titled(title, found.map(line).collect())
    });
    groups.filter(|group| !group.lines.is_empty()).collect()
}

/// How many there are of everything, and that nothing was found of what is looked for.
fn numbers(changes: &PackageChanges, nothing_found: Option<&String>) -> LineGroup {
    let mut words = wording::package_numbers(changes);
    words.extend(wording::advisory_numbers(changes));
    words.extend(nothing_found.cloned());
    LineGroup { description: words.join("\n"), ..LineGroup::untitled(Vec::new()) }
}

fn line(package: &PackageChange) -> Line {
    let versions = match (&package.before, &package.after) {
        (Some(before), Some(after)) => {
            // Translators: the versions of a package before and after an update, as in "2.3-1.fc43 to 2.4-1.fc43".
            gettext("{before} to {after}").replace("{after}", after).replace("{before}", before)
        }
        (Some(only), None) | (None, Some(only)) => only.clone(),
        (None, None) => String::new(),
    };
    let architecture = package.architecture.clone().filter(|architecture| !architecture.is_empty());
    let facts = [Some(versions).filter(|versions| !versions.is_empty()), architecture];
    Line::new(package.name.clone(), facts.into_iter().flatten().collect::<Vec<_>>().join(" · "))
}

/// Leaves so many rows as can be shown, of all groups together.
fn cut(groups: &mut Vec<LineGroup>) {
    let mut room = SHOWN;
    for group in groups.iter_mut() {
        group.lines.truncate(room);
        room -= group.lines.len();
    }
    groups.retain(|group| !group.lines.is_empty());
}

/// How much was found of what is looked for, to be read out.
fn hits(found: usize) -> String {
    match found {
        0 => gettext("Nothing has this in its name."),
        number => ngettext("{number} change found", "{number} changes found", wording::plural(number))
            .replace("{number}", &number.to_string()),
    }
}

#[cfg(test)]
mod tests;
