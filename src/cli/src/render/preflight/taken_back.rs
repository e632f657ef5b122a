// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree has changed, where the switch is to take it back: no finding any more, but a list of its own.

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Finding, Layered, LayeredEffect};

use crate::render::{Line, View, sentences};

/// This finding is settled by the reset that somebody asked for.
pub(crate) fn settles(reset: bool, finding: &Finding) -> bool {
    let effect = match &finding.concern {
        Concern::Layered { effect, .. } => *effect,
        _ => return false,
    };
    reset && matches!(effect, LayeredEffect::NeedsReset | LayeredEffect::CarriedOver)
}

/// All that is taken back, by name; nothing where nothing is.
pub(crate) fn lines(layered: &Layered, view: &View) -> Vec<Line> {
    if layered.is_empty() {
        return Vec::new();
    }
    // Translators: stands above a list of packages and of other changes.
    let title = Line::strong(gettext("What was changed with rpm-ostree is taken back:"));
    let changes = wording::layered_in_full(layered);
    let changes = changes.iter().flat_map(|change| Line::plain(change).indented(2, view.columns));
    sentences([title], view).into_iter().chain(changes).collect()
}
