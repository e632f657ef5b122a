// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Advisory, Backend, DeploymentId, PackageChange, PackageChanges, Snapshot};

use super::{Line, View, grid, sentences};

/// Which packages differ between what runs and a deployment, or the update that was found, and what the vendor says of that.
pub(crate) fn lines(
    changes: &PackageChanges,
    id: Option<&DeploymentId>,
    snapshot: &Snapshot,
    view: &View,
) -> Vec<Line> {
    let is_about_something = changes.known || id.is_some() || snapshot.available.is_some();
    let mut first: Vec<_> = is_about_something.then(|| about(id, snapshot)).into_iter().collect();
    first.push(Line::plain(wording::packages(changes)));
    if !changes.known {
        first.push(Line::plain(why_not(id, snapshot)));
    }
    first.extend(wording::advisory_numbers(changes).map(Line::plain));
    let mut lines = sentences(first, view);
    for (heading, packages) in wording::package_lists(changes) {
        lines.extend([Line::default(), Line::strong(heading)]);
        lines.extend(list(packages, view));
    }
    if !changes.advisories.is_empty() {
        // Translators: heading of what the vendor says of flaws that an update mends.
        lines.extend([Line::default(), Line::strong(gettext("Advisories"))]);
        lines.extend(wording::advisories(changes).into_iter().flat_map(|advisory| one(advisory, view)));
    }
    if changes.truncated {
        lines.push(Line::default());
        lines.extend(sentences([Line::dim(gettext("There is more than is listed here."))], view));
    }
    lines
}

fn about(id: Option<&DeploymentId>, snapshot: &Snapshot) -> Line {
    let from = snapshot.booted().map(|booted| booted.label().to_owned()).unwrap_or_default();
    let found = || snapshot.available.as_ref().map(|update| update.version.clone());
    let to = match id {
        Some(id) => Some(wording::version(snapshot, id)),
        None => found().flatten(),
    };
    let text = match to {
        Some(to) => gettext("From version {from}, which runs now, to version {to}").replace("{to}", &to),
        None => gettext("From version {from}, which runs now, to the update that was found"),
    };
    Line::strong(text.replace("{from}", &from))
}

/// Why nobody can say it, and what helps.
fn why_not(id: Option<&DeploymentId>, snapshot: &Snapshot) -> String {
    let update = snapshot.available.as_ref();
    match (snapshot.host.backend, id, update) {
        (Backend::RpmOstree, None, None) => {
            // Translators: leave the command as it is.
            gettext("No update was found so far. To look for one: isotopectl check")
        }
        (Backend::RpmOstree, None, Some(update)) if update.image.container().is_some() => {
            // Translators: leave the command as it is.
            gettext("For a container image that is known once it was downloaded: isotopectl update")
        }
        (Backend::RpmOstree, ..) => gettext("rpm-ostree does not tell it of this version."),
        _ => gettext("Only rpm-ostree can tell it, and on this computer it is not in charge."),
    }
}

/// One package a line; where the terminal has not that many columns, what changes goes below the name.
fn list(packages: &[PackageChange], view: &View) -> Vec<Line> {
    const BEFORE: usize = 2;
    let row = |package: &PackageChange| vec![Line::plain(name(package, packages, view)), Line::dim(versions(package))];
    let rows = grid::lines(packages.iter().map(row).collect());
    let widest = rows.iter().map(Line::width).max().unwrap_or(0) + BEFORE;
    if view.columns.is_none_or(|columns| widest <= columns) {
        return rows.into_iter().map(|line| Line::plain(" ".repeat(BEFORE)).then(line)).collect();
    }
    let stacked = packages.iter().flat_map(|package| {
        let name = Line::plain(name(package, packages, view)).indented(BEFORE, view.columns);
        name.into_iter().chain(Line::dim(versions(package)).indented(2 * BEFORE, view.columns))
    });
    stacked.collect()
}

/// The architecture stands there only where the name alone would not tell two apart.
fn name(package: &PackageChange, among: &[PackageChange], view: &View) -> String {
    let is_twice = || among.iter().filter(|other| other.name == package.name).count() > 1;
    match &package.architecture {
        Some(architecture) if view.verbose || is_twice() => format!("{}.{architecture}", package.name),
        _ => package.name.clone(),
    }
}

fn versions(package: &PackageChange) -> String {
    match (&package.before, &package.after) {
        (Some(before), Some(after)) => format!("{before} → {after}"),
        (Some(version), None) | (None, Some(version)) => version.clone(),
        (None, None) => String::new(),
    }
}

fn one(advisory: &Advisory, view: &View) -> Vec<Line> {
    let title = Line::plain(wording::advisory(advisory)).then(Line::dim(format!(" · {}", advisory.id)));
    let mut lines = title.indented(2, view.columns);
    if !advisory.packages.is_empty() {
        lines.extend(Line::plain(advisory.packages.join(", ")).indented(4, view.columns));
    }
    for reference in &advisory.references {
        lines.extend(Line::plain(&reference.title).indented(4, view.columns));
        if view.verbose {
            lines.extend(Line::dim(&reference.address).indented(4, view.columns));
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    fn told(changes: &PackageChanges, columns: Option<usize>) -> Vec<String> {
        let (state, view) = (samples::updated(), View { columns, ..samples::view() });
        shown(&lines(changes, Some(&samples::staged().id), &state.snapshot, &view))
    }

    #[test]
    fn packages_and_advisories_are_listed_the_gravest_first() {
        let expected = "\
From version 10.2.20251118, which runs now, to version 10.2.20251120
3 packages newer, 1 package older, 1 package added, 1 package removed.
2 advisories, 1 of security

Newer
  glibc.i686     2.39-1 → 2.39-2
  glibc.x86_64   2.39-1 → 2.39-2
  vim-minimal    2:9.1.100-1 → 2:9.1.200-1

Older
  kernel   6.12.1-1 → 6.12.0-1

Added
  htop   3.3-1

Removed
  nano   8.1-1

Advisories
  Critical security flaw · ALSA-2025:1
    glibc-2.39-2.x86_64
    CVE-2025-1 glibc: overflow
  Bug fix · ALBA-2025:2";
        assert_eq!(told(&samples::package_changes(), None).join("\n"), expected);
        assert_eq!(told(&samples::package_changes(), Some(80)).join("\n"), expected);
    }

    #[test]
    fn a_narrow_terminal_has_the_versions_below_the_names() {
        let lines = told(&samples::package_changes(), Some(40));
        assert!(lines.iter().all(|line| line.chars().count() <= 40), "{lines:?}");
        let at = lines.iter().position(|line| line == "  vim-minimal").unwrap();
        assert_eq!(lines[at + 1], "    2:9.1.100-1 → 2:9.1.200-1");
    }

    #[test]
    fn what_is_not_known_is_said_with_the_reason() {
        let mut snapshot = (*samples::layered_host().snapshot).clone();
        let text = |snapshot: &Snapshot, id| {
            shown(&lines(&PackageChanges::unknown(), id, snapshot, &samples::view())).join("\n")
        };
        let nothing = text(&snapshot, None);
        assert!(nothing.starts_with("Nobody can say") && nothing.ends_with("To look for one: isotopectl check"));
        let id = samples::older().id;
        assert!(text(&snapshot, Some(&id)).ends_with("rpm-ostree does not tell it of this version."));
        snapshot.available = Some(samples::available());
        let branch = text(&snapshot, None);
        assert!(branch.contains("to version 10.2.20251125\nNobody can say which packages change."), "{branch}");
        let image = samples::container().snapshot.deployments[0].image.clone().unwrap();
        snapshot.available = Some(isotope_model::AvailableUpdate { image, ..samples::available() });
        assert!(text(&snapshot, None).ends_with("once it was downloaded: isotopectl update"));
        assert!(text(&samples::plain().snapshot, None).ends_with("it is not in charge."));
    }

    #[test]
    fn what_was_left_out_and_what_is_hostile() {
        let mut changes = samples::package_changes();
        changes.truncated = true;
        changes.upgraded[0].name = "a\x1b[2J\n{to}".into();
        changes.advisories[0].id = "\u{202e}X".into();
        let lines = told(&changes, Some(80));
        assert_eq!(lines.last().unwrap(), "There is more than is listed here.");
        assert!(lines.iter().all(|line| !line.contains(|one: char| one.is_control() || one == '\u{202e}')));
    }
}
