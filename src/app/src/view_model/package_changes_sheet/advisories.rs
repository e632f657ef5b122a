// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors say of an update of packages, the gravest first.

use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Advisory, AdvisoryKind, AdvisoryReference, AdvisorySeverity, PackageChanges};

use super::super::{Choice, Line, LineEnd, LineGroup, Tone};

/// So many packages are named with an advisory.
const PACKAGES: usize = 8;

/// The advisories that have this in what they are about.
pub(super) fn group(changes: &PackageChanges, wanted: &str) -> Option<LineGroup> {
    let found = wording::advisories(changes).into_iter().filter(|advisory| has(advisory, wanted));
    let lines: Vec<_> = found.flat_map(lines).collect();
    // Translators: what a vendor says of flaws that an update of packages mends.
    (!lines.is_empty()).then(|| LineGroup::titled(gettext("Advisories"), lines))
}

fn has(advisory: &Advisory, wanted: &str) -> bool {
    let titles = advisory.references.iter().map(|reference| &reference.title);
    let mut texts = std::iter::once(&advisory.id).chain(&advisory.packages).chain(titles);
    texts.any(|text| text.to_lowercase().contains(wanted))
}

/// What it is about, and each page that it refers to.
fn lines(advisory: &Advisory) -> Vec<Line> {
    let is_grave = advisory.kind == AdvisoryKind::Security
        && matches!(advisory.severity, AdvisorySeverity::Critical | AdvisorySeverity::Important);
    let (icon, tone) = match is_grave {
        true => ("isotope-row-attention-symbolic", Tone::Warning),
        false => ("isotope-row-note-symbolic", Tone::Quiet),
    };
    let words = [wording::advisory(advisory), packages(&advisory.packages)];
    let words: Vec<_> = words.into_iter().filter(|words| !words.is_empty()).collect();
    let first = Line { icon: Some(icon), tone, ..Line::new(advisory.id.clone(), words.join("\n")) };
    std::iter::once(first).chain(advisory.references.iter().filter_map(page)).collect()
}

fn packages(names: &[String]) -> String {
    let shown = names.get(..PACKAGES).unwrap_or(names);
    match names.len() - shown.len() {
        0 => shown.join(", "),
        // Translators: {names} is a list of names of which the last ones are left out.
        more => ngettext("{names} and {number} more", "{names} and {number} more", wording::plural(more))
            .replace("{number}", &more.to_string())
            .replace("{names}", &shown.join(", ")),
    }
}

/// A page of the web; whatever else an address may be is not opened.
fn page(reference: &AdvisoryReference) -> Option<Line> {
    let address = reference.address.trim();
    let rest = ["https://", "http://"].iter().find_map(|scheme| address.strip_prefix(scheme))?;
    // Where that is, so that nobody is sent to a place without knowing.
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let title = Some(reference.title.trim()).filter(|title| !title.is_empty()).unwrap_or(address);
    Some(Line {
        end: LineEnd::Opens(Choice::OpenPage(address.to_owned())),
        ..Line::new(title.to_owned(), host.to_owned())
    })
}
