// SPDX-License-Identifier: GPL-3.0-or-later
//! What is known of the image itself.

use std::sync::Arc;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Preflight, Severity, Snapshot};

use super::super::readings::Read;
use super::super::{Calendar, Line, Tone, image_lookup, signature_line};
use super::{PreflightSubject, words};

/// The lines about it.
pub(super) fn lines(
    subject: &PreflightSubject,
    preflight: &Preflight,
    snapshot: &Snapshot,
    calendar: &Calendar,
) -> Vec<Line> {
    let name = wording::image_name(&preflight.image);
    let image = (name != subject.name).then(|| Line::fact(gettext("Image"), name));
    let stream = preflight.recognised.as_ref().and_then(|recognised| recognised.stream.clone());
    let stream = stream.map(|stream| Line::fact(gettext("Stream"), stream));
    let (version, built) = match snapshot.staged().filter(|_| subject.staged) {
        Some(staged) => (Some(staged.label().to_owned()), staged.built),
        None => (preflight.version.clone(), preflight.built),
    };
    // Where it could not be looked at, that is told, and not fact by fact that nothing is known.
    let known = preflight.checksum.is_some() || version.is_some() || built.is_some();
    let size = (known && !subject.staged).then(|| Line::fact(gettext("To Download"), to_download(preflight)));
    let lines = [
        nothing_found(preflight),
        image,
        stream,
        known.then(|| Line::fact(gettext("Version"), version_and_day(version, built, calendar))),
        size,
        signature(preflight),
    ];
    lines.into_iter().flatten().collect()
}

/// That nothing grave was found: it is good to know that somebody has looked.
fn nothing_found(preflight: &Preflight) -> Option<Line> {
    preflight.findings.iter().all(|finding| finding.severity == Severity::Note).then(|| Line {
        icon: Some("isotope-row-done-symbolic"),
        tone: Tone::Good,
        ..Line::new(words::nothing_found(), String::new())
    })
}

fn version_and_day(version: Option<String>, built: Option<u64>, calendar: &Calendar) -> String {
    match (version, built.and_then(|built| calendar.day(built))) {
        (Some(version), Some(day)) => {
            // Translators: a version and the day on which it was built.
            gettext("{version}, built {date}").replace("{version}", &version).replace("{date}", &day)
        }
        (Some(version), None) => version,
        (None, Some(day)) => gettext("Built {date}").replace("{date}", &day),
        (None, None) => gettext("Unknown"),
    }
}

fn to_download(preflight: &Preflight) -> String {
    let of_commit = || preflight.download_bytes.map(|bytes| wording::bytes(bytes).replace(' ', "\u{a0}"));
    match &preflight.preview {
        Some(preview) => image_lookup::to_download(preview),
        None => of_commit().unwrap_or_else(|| gettext("Unknown")),
    }
}

/// Who vouches for it, where that is nothing to worry about; else it is among what was found.
fn signature(preflight: &Preflight) -> Option<Line> {
    preflight.of_severity(Severity::Note).find_map(|finding| match &finding.concern {
        Concern::Signature { trust } => Some(signature_line::of(&Read::There(Arc::new((**trust).clone())))),
        _ => None,
    })
}
