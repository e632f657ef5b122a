// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::{Concern, Finding, Severity};

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
    if let Concern::Refused { refusal } = &finding.concern {
        words.remedy = problem::remedy(refusal, words.remedy);
    }
    let mut lines = indented(2, Line::strong(words.what), view);
    lines.extend(indented(4, Line::plain(words.means), view));
    // What is to be typed with the rights of an administrator stands unbroken, so that it can be copied.
    if words.remedy.contains("sudo ") {
        lines.push(Line::plain("    ").then(Line::plain(words.remedy)));
    } else if !words.remedy.is_empty() {
        lines.extend(indented(4, Line::plain(words.remedy), view));
    }
    if let Some(detail) = words.detail.filter(|_| view.verbose) {
        lines.extend(Line::said(&detail).into_iter().map(|said| Line::plain("    ").then(said)));
    }
    lines
}

fn indented(columns: usize, line: Line, view: &View) -> Vec<Line> {
    // Where less room is left, broken lines are harder to read than those that the terminal breaks.
    const LEAST: usize = 24;
    let room = view.columns.and_then(|all| all.checked_sub(columns)).filter(|room| *room >= LEAST);
    let lines = line.wrapped(room.unwrap_or(usize::MAX));
    lines.into_iter().map(|line| Line::default().filled_to(columns).then(line)).collect()
}
