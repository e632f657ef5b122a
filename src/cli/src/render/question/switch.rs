// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{ImageReference, Snapshot, only_resets};

use super::download::{removed, replaced, running};
use super::{Prospect, Question};
use crate::render::table::Table;
use crate::render::{Line, View, preflight, sentences};

/// What following another image would do.
pub(crate) fn switch(image: &ImageReference, prospect: &Prospect, snapshot: &Snapshot, view: &View) -> Question {
    if only_resets(snapshot, image) {
        return take_back(image, prospect, snapshot, view);
    }
    let followed = snapshot.booted().and_then(|booted| booted.image.as_ref());
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    let name = wording::image_name(image);
    table.row(
        gettext("Follows now"),
        followed.map(|image| Line::plain(wording::image_name(image))).into_iter().collect(),
    );
    table.row(gettext("Follows then"), vec![Line::plain(&name)]);
    prospect.rows(&mut table, view);
    let mut lines = table.lines_within(view.columns);
    let found = prospect.findings(image, view);
    if !found.is_empty() {
        lines.push(Line::default());
        lines.extend(found.iter().cloned());
        lines.push(Line::default());
    }
    let taken_back = prospect.taken_back(view);
    if !taken_back.is_empty() {
        if found.is_empty() {
            lines.push(Line::default());
        }
        lines.extend(taken_back);
        lines.push(Line::default());
    }
    let pins = pins(prospect, snapshot);
    let mut follows: Vec<_> = replaced(snapshot, view).into_iter().collect();
    follows.push(Line::plain(
        gettext("The newest version of {image} is downloaded, and starts with the next restart.")
            .replace("{image}", &name),
    ));
    follows.push(Line::plain(match pins {
        _ if prospect.preflight.as_ref().is_some_and(preflight::is_one_way) => gettext(
            "The version that runs now stays on this computer, but may not work any more once the new one was started.",
        ),
        true => gettext(
            "The version that runs now is kept to go back to, through later updates too, until you say that you keep the \
             new one.",
        ),
        false => gettext("The version that runs now is kept, to go back to: isotopectl rollback"),
    }));
    follows.extend(removed(snapshot, pins, view));
    lines.extend(sentences(follows, view));
    Question { lines, go_ahead: gettext("Switch to {image}?").replace("{image}", &name) }
}

/// What taking back does that was changed on this computer, where the image stays.
fn take_back(image: &ImageReference, prospect: &Prospect, snapshot: &Snapshot, view: &View) -> Question {
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    table.row(gettext("Follows"), vec![Line::plain(wording::image_name(image))]);
    let mut lines = table.lines_within(view.columns);
    lines.push(Line::default());
    lines.extend(prospect.taken_back(view));
    lines.push(Line::default());
    let mut follows: Vec<_> = replaced(snapshot, view).into_iter().collect();
    follows.push(Line::plain(gettext(
        "The image stays what it is on this computer. Without these changes it starts with the next restart; for a newer \
         version update afterwards.",
    )));
    follows.extend(removed(snapshot, false, view));
    lines.extend(sentences(follows, view));
    Question { lines, go_ahead: gettext("Take these changes back?") }
}

/// What runs is pinned with that; somebody may have pinned it already.
fn pins(prospect: &Prospect, snapshot: &Snapshot) -> bool {
    let known = prospect.preflight.as_ref().map(|preflight| preflight.pins.is_some());
    let likely = || snapshot.booted().is_some_and(|booted| !booted.pinned) && !snapshot.host.composefs;
    !prospect.without_pin && known.unwrap_or_else(likely)
}

#[cfg(test)]
mod tests;
