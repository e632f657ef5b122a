// SPDX-License-Identifier: GPL-3.0-or-later
//! Which packages differ, and what their vendor says of that.

use std::cmp::Reverse;

use gettextrs::{gettext, ngettext};
use isotope_model::{Advisory, AdvisoryKind, AdvisorySeverity, PackageChange, PackageChanges};

use super::lists::plural;

/// How many packages differ, by how they do, each to stand for itself: `12 packages newer`. Empty where nothing differs, and
/// where nothing is known.
pub fn package_numbers(changes: &PackageChanges) -> Vec<String> {
    let of = |text: fn(u32) -> String, packages: &[PackageChange]| {
        let number = packages.len();
        (number > 0).then(|| text(plural(number)).replace("{number}", &number.to_string()))
    };
    let numbers = [
        of(|number| ngettext("{number} package newer", "{number} packages newer", number), &changes.upgraded),
        of(|number| ngettext("{number} package older", "{number} packages older", number), &changes.downgraded),
        of(|number| ngettext("{number} package added", "{number} packages added", number), &changes.added),
        of(|number| ngettext("{number} package removed", "{number} packages removed", number), &changes.removed),
    ];
    numbers.into_iter().flatten().collect()
}

/// The same in one sentence, also where nothing differs or nothing is known.
pub fn packages(changes: &PackageChanges) -> String {
    if !changes.known {
        return gettext("Nobody can say which packages change.");
    }
    let numbers = package_numbers(changes);
    match numbers.is_empty() {
        true => gettext("No package changes."),
        // Translators: {numbers} is a list such as “12 packages newer, 1 package removed”.
        false => gettext("{numbers}.").replace("{numbers}", &numbers.join(", ")),
    }
}

/// The headings of the lists of packages, as they come: those that get newer, older, are added, are removed.
pub fn package_lists(changes: &PackageChanges) -> Vec<(String, &[PackageChange])> {
    let lists: [(String, &[PackageChange]); 4] = [
        // Translators: heading of a list of packages that get newer.
        (gettext("Newer"), &changes.upgraded),
        // Translators: heading of a list of packages that get older.
        (gettext("Older"), &changes.downgraded),
        // Translators: heading of a list of packages that come with the other version.
        (gettext("Added"), &changes.added),
        // Translators: heading of a list of packages that go with the other version.
        (gettext("Removed"), &changes.removed),
    ];
    lists.into_iter().filter(|(_, packages)| !packages.is_empty()).collect()
}

/// How many advisories there are, and how many of them mend a flaw that endangers security; nothing where there are none.
pub fn advisory_numbers(changes: &PackageChanges) -> Option<String> {
    let all = changes.advisories.len();
    let security = changes.advisories.iter().filter(|one| one.kind == AdvisoryKind::Security).count();
    let text = match (all, security) {
        (0, _) => return None,
        (_, 0) => ngettext("{all} advisory", "{all} advisories", plural(all)),
        (_, security) if security == all => {
            ngettext("{all} security advisory", "{all} security advisories", plural(all))
        }
        // Translators: at least one of the advisories is about security.
        _ => {
            ngettext("{all} advisory, {security} of security", "{all} advisories, {security} of security", plural(all))
        }
    };
    Some(text.replace("{all}", &all.to_string()).replace("{security}", &security.to_string()))
}

/// The advisories, the gravest first: those of security by how grave they are, then all others by name.
pub fn advisories(changes: &PackageChanges) -> Vec<&Advisory> {
    let mut sorted: Vec<_> = changes.advisories.iter().collect();
    sorted.sort_by_key(|advisory| (order(advisory.kind), Reverse(gravity(advisory.severity)), &advisory.id));
    sorted
}

/// What an advisory is about, and how grave that is.
pub fn advisory(advisory: &Advisory) -> String {
    match (advisory.kind, advisory.severity) {
        // Translators: how grave a flaw is that an update mends.
        (AdvisoryKind::Security, AdvisorySeverity::Critical) => gettext("Critical security flaw"),
        (AdvisoryKind::Security, AdvisorySeverity::Important) => gettext("Important security flaw"),
        (AdvisoryKind::Security, AdvisorySeverity::Moderate) => gettext("Moderate security flaw"),
        (AdvisoryKind::Security, AdvisorySeverity::Low) => gettext("Low security flaw"),
        (AdvisoryKind::Security, AdvisorySeverity::Unknown) => gettext("Security flaw"),
        // Translators: a flaw that an update mends, not of security.
        (AdvisoryKind::Bugfix, _) => gettext("Bug fix"),
        (AdvisoryKind::Enhancement, _) => gettext("Enhancement"),
        (AdvisoryKind::NewPackage, _) => gettext("New package"),
        // Translators: what a vendor says of an update, whatever that is about.
        (AdvisoryKind::Unknown, _) => gettext("Advisory"),
    }
}

fn order(kind: AdvisoryKind) -> u8 {
    match kind {
        AdvisoryKind::Security => 0,
        AdvisoryKind::Unknown => 1,
        AdvisoryKind::Bugfix => 2,
        AdvisoryKind::Enhancement => 3,
        AdvisoryKind::NewPackage => 4,
    }
}

/// What nobody has judged may be as grave as what is moderate.
fn gravity(severity: AdvisorySeverity) -> u8 {
    match severity {
        AdvisorySeverity::Critical => 4,
        AdvisorySeverity::Important => 3,
        AdvisorySeverity::Moderate => 2,
        AdvisorySeverity::Unknown => 1,
        AdvisorySeverity::Low => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(number: usize) -> Vec<PackageChange> {
        vec![PackageChange::default(); number]
    }

    fn advised(kind: AdvisoryKind, severity: AdvisorySeverity) -> Advisory {
        Advisory { id: format!("{kind:?} {severity:?}"), kind, severity, ..Advisory::default() }
    }

    #[test]
    fn packages_are_counted_by_what_becomes_of_them() {
        let changes = PackageChanges { known: true, upgraded: some(12), removed: some(1), ..PackageChanges::default() };
        assert_eq!(packages(&changes), "12 packages newer, 1 package removed.");
        let other = PackageChanges { downgraded: some(1), added: some(2), ..PackageChanges::default() };
        assert_eq!(package_numbers(&other), ["1 package older", "2 packages added"]);
        assert_eq!(package_lists(&other).into_iter().map(|(title, _)| title).collect::<Vec<_>>(), ["Older", "Added"]);
    }

    #[test]
    fn what_is_not_known_is_not_nothing() {
        assert_eq!(packages(&PackageChanges::unknown()), "Nobody can say which packages change.");
        assert_eq!(packages(&PackageChanges { known: true, ..PackageChanges::default() }), "No package changes.");
    }

    #[test]
    fn the_gravest_advisory_comes_first_and_each_kind_has_words() {
        use {AdvisoryKind as Kind, AdvisorySeverity as Grave};
        let changes = PackageChanges {
            advisories: [
                (Kind::NewPackage, Grave::Critical),
                (Kind::Bugfix, Grave::Unknown),
                (Kind::Security, Grave::Low),
                (Kind::Unknown, Grave::Unknown),
                (Kind::Security, Grave::Unknown),
                (Kind::Enhancement, Grave::Unknown),
                (Kind::Security, Grave::Critical),
                (Kind::Security, Grave::Moderate),
                (Kind::Security, Grave::Important),
            ]
            .map(|(kind, severity)| advised(kind, severity))
            .to_vec(),
            ..PackageChanges::default()
        };
        let told: Vec<_> = advisories(&changes).into_iter().map(advisory).collect();
        assert_eq!(
            told,
            [
                "Critical security flaw",
                "Important security flaw",
                "Moderate security flaw",
                "Security flaw",
                "Low security flaw",
                "Advisory",
                "Bug fix",
                "Enhancement",
                "New package",
            ]
        );
        assert_eq!(advisory_numbers(&changes).unwrap(), "9 advisories, 5 of security");
    }

    #[test]
    fn advisories_are_counted() {
        let of = |kinds: &[AdvisoryKind]| {
            let advisories = kinds.iter().map(|kind| advised(*kind, AdvisorySeverity::Unknown)).collect();
            advisory_numbers(&PackageChanges { advisories, ..PackageChanges::default() })
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[AdvisoryKind::Bugfix]).unwrap(), "1 advisory");
        assert_eq!(of(&[AdvisoryKind::Security; 2]).unwrap(), "2 security advisories");
    }
}
