// SPDX-License-Identifier: GPL-3.0-or-later
//! Desktops in lists, by their vendors.

use std::collections::HashSet;

use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Backend, CatalogEntry, Catalogs, Snapshot};

use super::super::offer::{Offer, Place};
use super::super::{Choice, Line, LineButton, LineEnd, LineGroup, Tone, unshown};

/// How many rows are shown at once: nobody reads more of them.
const SHOWN: usize = 100;

/// How many of those that are hidden are named.
const NAMED: usize = 5;

/// It has this in its name, or in what else is said of it; nothing is in everything.
pub(super) fn has(entry: &CatalogEntry, wanted: &str) -> bool {
    let holds = |text: &str| text.to_lowercase().contains(wanted);
    let desktop = entry.desktop.as_deref();
    wanted.is_empty()
        || holds(wording::catalog_text(&entry.name))
        || holds(&entry.name.english)
        || holds(&entry.vendor.name)
        || desktop.is_some_and(|desktop| holds(desktop) || holds(wording::desktop_name(desktop)))
        || entry.summary.as_ref().is_some_and(|summary| holds(wording::catalog_text(summary)))
}

/// What the family has beyond its cards, then the others, vendor by vendor; and how many more there are.
pub(super) fn of<'a>(more_kin: &[&'a CatalogEntry], others: &[&'a CatalogEntry], offer: &Offer<'a>) -> Vec<LineGroup> {
    let mut groups: Vec<(&str, LineGroup)> = Vec::new();
    for entry in more_kin.iter().chain(others).take(SHOWN) {
        let line = line(entry, offer);
        match groups.iter_mut().find(|(vendor, _)| *vendor == entry.vendor.id) {
            Some((_, group)) => group.lines.push(line),
            None => groups.push((&entry.vendor.id, LineGroup::titled(title(entry, more_kin), vec![line]))),
        }
    }
    let hidden = (more_kin.len() + others.len()).saturating_sub(SHOWN);
    let more = unshown::end(hidden, None);
    groups.into_iter().map(|(_, group)| group).chain(more).collect()
}

/// The vendor; of the family the cards have said that.
fn title(entry: &CatalogEntry, more_kin: &[&CatalogEntry]) -> String {
    match more_kin.first().is_some_and(|kin| kin.vendor.id == entry.vendor.id) {
        // Translators: the heading of what else a vendor publishes.
        true => gettext("More From {vendor}").replace("{vendor}", &entry.vendor.name),
        false => entry.vendor.name.clone(),
    }
}

fn line<'a>(entry: &'a CatalogEntry, offer: &Offer<'a>) -> Line {
    let place = offer.place(entry);
    let forbidden = offer.forbidden(entry);
    let summary = entry.summary.as_ref().map(|summary| wording::catalog_text(summary).to_owned());
    let words: Vec<_> =
        [place.words(), summary, offer.status(entry), forbidden.clone()].into_iter().flatten().collect();
    let (icon, tone) = match place {
        Place::RunsNow | Place::MadeFrom => (Some("isotope-row-running-symbolic"), Tone::Calling),
        Place::AfterRestart => (Some("isotope-row-next-symbolic"), Tone::Quiet),
        Place::Elsewhere => (None, Tone::Quiet),
    };
    Line {
        icon,
        tone,
        barred: forbidden.is_some(),
        end: LineEnd::Opens(Choice::ShowVariant(entry.id.clone())),
        ..Line::new(wording::catalog_text(&entry.name).to_owned(), words.join("\n"))
    }
}

/// What no catalog has can be named.
pub(super) fn own_image(host: &Snapshot) -> LineGroup {
    let words = match host.host.backend {
        Backend::Bootc => gettext("Any image in a registry, by its name"),
        Backend::RpmOstree => gettext("Any image in a registry, or any branch of a remote, by its name"),
        _ => gettext("Any branch of a remote, by its name"),
    };
    let line = Line { end: LineEnd::Opens(Choice::NameImage), ..Line::new(gettext("Your Own Image…"), words) };
    LineGroup::untitled(vec![line])
}

/// Whose desktops the person does not want to see.
pub(super) fn hidden(entries: &[&CatalogEntry]) -> Option<LineGroup> {
    let mut vendors: Vec<(&str, &str)> = Vec::new();
    for vendor in entries.iter().map(|entry| &entry.vendor) {
        if !vendors.iter().any(|(id, _)| *id == vendor.id) {
            vendors.push((&vendor.id, &vendor.name));
        }
    }
    let title = ngettext("{number} vendor is hidden", "{number} vendors are hidden", wording::plural(vendors.len()));
    let more = (vendors.len() > NAMED).then_some("…");
    let names = vendors.iter().map(|(_, name)| *name).take(NAMED).chain(more).collect::<Vec<_>>().join(", ");
    let line = Line {
        end: LineEnd::Button(LineButton {
            label: gettext("_Preferences"),
            spoken: gettext("Choose in the preferences which vendors are shown"),
            choice: Choice::ShowPreferences,
            destructive: false,
            reason: None,
        }),
        ..Line::new(title.replace("{number}", &vendors.len().to_string()), names)
    };
    (!vendors.is_empty()).then(|| LineGroup::untitled(vec![line]))
}

/// What is wrong with the catalogs, in a quiet line.
pub(super) fn problems(catalogs: &Catalogs) -> Option<LineGroup> {
    let files: HashSet<_> = catalogs.problems.iter().map(|problem| &problem.file).collect();
    let number = wording::plural(files.len());
    let title =
        ngettext("Something is wrong with {number} catalog", "Something is wrong with {number} catalogs", number);
    let line = Line {
        end: LineEnd::Opens(Choice::ShowCatalogProblems),
        ..Line::new(
            title.replace("{number}", &number.to_string()),
            gettext("What could not be read of them is not shown here"),
        )
    };
    (number > 0).then(|| LineGroup::untitled(vec![line]))
}
