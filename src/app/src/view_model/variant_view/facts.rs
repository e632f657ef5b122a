// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{CatalogEntry, Concern, Preflight, Severity, Trust};

use super::super::readings::Read;
use super::super::{Calendar, Choice, Line, LineEnd, LineGroup, Tone, image_lookup, signature_line, trouble};
use super::Shown;

/// What is known of a stream that runs, or that cannot be switched to: nothing was asked.
pub(super) fn here(shown: &Shown<'_>) -> LineGroup {
    let booted = shown.offer.host.booted().filter(|_| shown.runs());
    let lines = booted.map(|booted| Line::fact(gettext("Version"), booted.label().to_owned()));
    // Translators: the heading of what is known of the desktop that runs.
    LineGroup::titled(gettext("What You Have"), lines.into_iter().collect())
}

/// What is known of what a switch would bring.
pub(super) fn known(preflight: &Read<Preflight>, calendar: &Calendar) -> LineGroup {
    let lines = match preflight {
        Read::Waiting => vec![
            Line::waiting(gettext("Version")),
            Line::waiting(gettext("To Download")),
            signature_line::of(&Read::Waiting),
            Line::waiting(before_you_switch()),
        ],
        Read::Failed(error) => {
            let (what, remedy) = trouble::of_lookup(error);
            let icon = Some("isotope-row-attention-symbolic");
            vec![Line { icon, tone: Tone::Warning, end: Line::trouble(error).end, ..Line::new(what, remedy) }]
        }
        Read::There(preflight) => told(preflight, calendar),
    };
    // Translators: the heading of what is known of a desktop that can be switched to.
    LineGroup::titled(gettext("What You Get"), lines)
}

fn before_you_switch() -> String {
    gettext("Before You Switch")
}

fn told(preflight: &Preflight, calendar: &Calendar) -> Vec<Line> {
    let unknown = || gettext("Unknown");
    let version = preflight.version.clone().unwrap_or_else(unknown);
    let built = preflight.built.and_then(|built| calendar.day(built));
    // Translators: a version and when it was built, as in "10.2, built 18 November".
    let version = match built {
        Some(date) => gettext("{version}, built {date}").replace("{date}", &date).replace("{version}", &version),
        None => version,
    };
    let size = match (&preflight.preview, preflight.download_bytes) {
        (Some(preview), _) => image_lookup::to_download(preview),
        (None, Some(bytes)) => wording::bytes(bytes).replace(' ', "\u{a0}"),
        (None, None) => unknown(),
    };
    let trust = trust(preflight).map(|trust| signature_line::of(&Read::There(Arc::new(trust.clone()))));
    [
        Some(Line::fact(gettext("Version"), version)),
        Some(Line::fact(gettext("To Download"), size)),
        trust,
        Some(findings(preflight)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Who vouches for the image here: what the registry was asked about knows most.
fn trust(preflight: &Preflight) -> Option<&Trust> {
    let preview = preflight.preview.as_ref().map(|preview| &preview.trust);
    preview.or_else(|| preflight.findings.iter().find_map(|finding| told_by(&finding.concern)))
}

fn told_by(concern: &Concern) -> Option<&Trust> {
    match concern {
        Concern::Signature { trust } | Concern::WeakerCheck { target: trust, .. } => Some(trust),
        _ => None,
    }
}

/// How much there is to know; all of it stands in the dialog.
fn findings(preflight: &Preflight) -> Line {
    let count = |severity| wording::plural(preflight.of_severity(severity).count());
    let warnings = count(Severity::Warning).saturating_add(count(Severity::Unknown));
    let (blocking, notes) = (count(Severity::Blocking), count(Severity::Note));
    let counted = |number: u32, words: String| (number > 0).then(|| words.replace("{number}", &number.to_string()));
    let words = [
        counted(blocking, ngettext("{number} thing is in the way", "{number} things are in the way", blocking)),
        counted(warnings, ngettext("{number} warning", "{number} warnings", warnings)),
        // Translators: how many things there are that are worth knowing, as in "2 notes".
        counted(notes, ngettext("{number} note", "{number} notes", notes)),
    ];
    let words: Vec<_> = words.into_iter().flatten().collect();
    let (icon, tone) = match (blocking, warnings) {
        (0, 0) => ("isotope-row-done-symbolic", Tone::Good),
        _ => ("isotope-row-attention-symbolic", Tone::Warning),
    };
    let subtitle = if words.is_empty() { gettext("Nothing that speaks against it") } else { words.join(" · ") };
    Line {
        icon: Some(icon),
        tone,
        end: LineEnd::Opens(Choice::SwitchToVariant),
        ..Line::fact(before_you_switch(), subtitle)
    }
}

/// What its vendor says of it.
pub(super) fn about(entry: &CatalogEntry, calendar: &Calendar) -> LineGroup {
    let architectures = (!entry.architectures.is_empty()).then(|| entry.architectures.join(", "));
    let page = entry.homepage.clone().or_else(|| entry.vendor.homepage.clone());
    let lines = [
        architectures.map(|names| Line::fact(gettext("Made For"), names)),
        // Translators: the kind of processor that a computer has to have.
        entry.cpu_baseline.map(|level| Line::fact(gettext("Processor"), wording::cpu_baseline(level))),
        entry.support_end.as_deref().map(|day| support(day, calendar)),
        page.map(|page| Line {
            end: LineEnd::Opens(Choice::OpenPage(page.clone())),
            ..Line::fact(gettext("Website"), page.trim_start_matches("https://").to_owned())
        }),
    ];
    LineGroup::titled(gettext("What the Vendor Says"), lines.into_iter().flatten().collect())
}

fn support(day: &str, calendar: &Calendar) -> Line {
    let words = calendar.named_day(day).unwrap_or_else(|| day.to_owned());
    match calendar.is_over(day) {
        true => Line {
            icon: Some("isotope-row-attention-symbolic"),
            tone: Tone::Warning,
            // Translators: the last day on which a desktop got updates.
            ..Line::fact(gettext("Support Has Ended"), words)
        },
        // Translators: the last day on which a desktop gets updates.
        false => Line::fact(gettext("Supported Until"), words),
    }
}
