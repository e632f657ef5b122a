// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Deployment, Snapshot};

use super::{Question, named};
use crate::render::table::Table;
use crate::render::{Line, View};

/// What removing a deployment would do. `frees` is in bytes, if it is known.
pub(crate) fn remove(target: &Deployment, frees: Option<u64>, snapshot: &Snapshot, view: &View) -> Question {
    let mut table = Table::default();
    table.row(gettext("Removed"), vec![Line::plain(named(&target.id, snapshot, view))]);
    table.row(gettext("Frees"), vec![freed(frees)]);
    let mut lines = table.lines();
    let stays = |other: &Deployment| !other.booted && other.id != target.id;
    if target.rollback && !snapshot.written().any(stays) {
        lines.push(Line::plain(gettext("After that there is no other version on this computer to go back to.")));
    }
    Question { lines, go_ahead: gettext("Remove {version}?").replace("{version}", target.label()) }
}

/// What a clean-up would do. `frees` is in bytes, if it is known.
pub(crate) fn clean_up(frees: Option<u64>) -> Question {
    let mut table = Table::default();
    table.row(gettext("Frees"), vec![freed(frees)]);
    let mut lines = table.lines();
    lines.push(Line::plain(gettext("All versions on this computer stay; what none of them needs is removed.")));
    Question { lines, go_ahead: gettext("Clean up?") }
}

fn freed(bytes: Option<u64>) -> Line {
    match bytes {
        Some(0) => Line::plain(gettext("nothing")),
        Some(bytes) => Line::plain(wording::bytes(bytes)),
        // Translators: nobody knows how much space something frees.
        None => Line::plain(gettext("not known how much")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn what_it_would_free_is_said_before() {
        let snapshot = samples::updated().snapshot;
        let question = remove(&snapshot.deployments[2], Some(1_200_000_000), &snapshot, &samples::view());
        assert_eq!(
            shown(&question.lines),
            [
                "Removed   10.1.20251030 (GNOME, built 2025-10-30)",
                "Frees     1.2 GB",
                "After that there is no other version on this computer to go back to.",
            ]
        );
        assert_eq!(question.go_ahead, "Remove 10.1.20251030?");
        for (frees, words) in [(Some(0), "nothing"), (Some(999), "999 bytes"), (None, "not known how much")] {
            assert_eq!(shown(&clean_up(frees).lines)[0], format!("Frees   {words}"));
        }
    }

    #[test]
    fn where_another_one_is_kept_there_is_a_way_back() {
        let kept = samples::deployment('0', "10.0", 0);
        let snapshot = samples::state(vec![samples::running(), samples::older(), kept]).snapshot;
        for target in &snapshot.deployments[1..] {
            let text = shown(&remove(target, None, &snapshot, &samples::view()).lines).join("\n");
            assert!(!text.contains("to go back to"), "{text}");
        }
    }
}
