// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Finding, LayeredEffect, Severity};

use crate::render::{Line, View, problem};

const GRAVITY: [Severity; 4] = [Severity::Blocking, Severity::Warning, Severity::Unknown, Severity::Note];

/// What was found, under a heading for each severity: what, what it means, what to do.
pub(crate) fn lines(found: &[&Finding], view: &View) -> Vec<Line> {
    let mut lines = Vec::new();
    for severity in GRAVITY {
        let mut some = found.iter().filter(|finding| finding.severity == severity).peekable();
        if some.peek().is_none() {
            continue;
        }
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::strong(wording::severity(severity)));
        lines.extend(some.flat_map(|finding| one(finding, view)));
    }
    lines
}

fn one(finding: &Finding, view: &View) -> Vec<Line> {
    let mut words = wording::finding(finding);
    match &finding.concern {
        Concern::Refused { refusal } => words.remedy = problem::remedy(refusal, words.remedy),
        Concern::Layered { effect: LayeredEffect::NeedsReset, .. } => words.remedy = problem::to_reset(),
        // Translators: leave the command as it is.
        Concern::Layered { effect: LayeredEffect::CarriedOver, .. } => {
            words.remedy = gettext("To have it taken back with the switch instead: isotopectl switch --reset IMAGE");
        }
        _ => {}
    }
    let mut lines = Line::strong(words.what).indented(2, view.columns);
    lines.extend(Line::plain(words.means).indented(4, view.columns));
    // What is to be typed with the rights of an administrator stands unbroken, so that it can be copied.
    if words.remedy.contains("sudo ") {
        lines.push(Line::plain("    ").then(Line::plain(words.remedy)));
    } else if !words.remedy.is_empty() {
        lines.extend(Line::plain(words.remedy).indented(4, view.columns));
    }
    if let Some(detail) = words.detail.filter(|_| view.verbose) {
        lines.extend(Line::said(&detail).into_iter().map(|said| Line::plain("    ").then(said)));
    }
    lines
}
