// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{BootOrderPlan, DeploymentId, RollbackPlan, Snapshot};

use super::{Question, discarded, named, start_changes};
use crate::render::table::Table;
use crate::render::{Line, View, deployments};

/// What a rollback would do.
pub(crate) fn rollback(plan: &RollbackPlan, snapshot: &Snapshot, view: &View) -> Question {
    let (target, booted) = (snapshot.deployment(&plan.boots_next), snapshot.booted());
    let newer = target.zip(booted).is_some_and(|(target, booted)| deployments::newer(target, booted));
    let (mut lines, go_ahead) = if plan.takes_back {
        let queued = snapshot.next().map_or(&plan.boots_next, |next| &next.id);
        (start_changes(queued, &plan.boots_next, snapshot, view), gettext("Stay with {version}?"))
    } else {
        let text = if newer { gettext("Return to {version}?") } else { gettext("Roll back to {version}?") };
        (from_what_runs(&plan.boots_next, snapshot, view), text)
    };
    lines.extend(discarded(plan.discards.as_ref(), snapshot));
    lines.extend(with_the_next_restart(&plan.boots_next, snapshot));
    Question { lines, go_ahead: go_ahead.replace("{version}", &wording::version(snapshot, &plan.boots_next)) }
}

/// What starting a deployment next would do.
pub(crate) fn set_default(plan: &BootOrderPlan, snapshot: &Snapshot, view: &View) -> Question {
    let before = snapshot.next().map_or(&plan.boots_next, |next| &next.id);
    let mut lines = start_changes(before, &plan.boots_next, snapshot, view);
    lines.extend(discarded(plan.discards.as_ref(), snapshot));
    lines.extend(with_the_next_restart(&plan.boots_next, snapshot));
    let go_ahead = gettext("Start {version} next?").replace("{version}", &wording::version(snapshot, &plan.boots_next));
    Question { lines, go_ahead }
}

/// What going back to what ran before a switch would do.
pub(crate) fn go_back(plan: &BootOrderPlan, snapshot: &Snapshot, view: &View) -> Question {
    let mut lines = from_what_runs(&plan.boots_next, snapshot, view);
    lines.extend(discarded(plan.discards.as_ref(), snapshot));
    lines.extend(with_the_next_restart(&plan.boots_next, snapshot));
    lines.push(Line::plain(gettext(
        "Accounts and passwords that were changed since the switch are those of before again.",
    )));
    lines.push(Line::plain(gettext("What runs now stays on this computer until the next update.")));
    let version = wording::version(snapshot, &plan.boots_next);
    Question { lines, go_ahead: gettext("Go back to {version}?").replace("{version}", &version) }
}

/// What discarding the staged deployment would do.
pub(crate) fn discard(plan: &BootOrderPlan, snapshot: &Snapshot, view: &View) -> Question {
    let mut table = Table::default();
    let staged = plan.discards.as_ref();
    table.row(
        gettext("Discarded"),
        staged.map(|staged| Line::plain(named(staged, snapshot, view))).into_iter().collect(),
    );
    table.row(gettext("After restart"), vec![Line::plain(named(&plan.boots_next, snapshot, view))]);
    let mut lines = table.lines();
    lines.push(Line::plain(gettext("To have it again, it must be prepared again, and perhaps downloaded again.")));
    let version = staged.map(|staged| wording::version(snapshot, staged)).unwrap_or_default();
    Question { lines, go_ahead: gettext("Discard {version}?").replace("{version}", &version) }
}

fn from_what_runs(target: &DeploymentId, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let now = snapshot.booted().map(|booted| named(&booted.id, snapshot, view)).unwrap_or_default();
    let mut table = Table::default();
    table.row(gettext("Running now"), vec![Line::plain(now)]);
    table.row(gettext("After restart"), vec![Line::plain(named(target, snapshot, view))]);
    table.lines()
}

fn with_the_next_restart(target: &DeploymentId, snapshot: &Snapshot) -> Vec<Line> {
    let mut lines = vec![Line::plain(gettext("The change takes effect with the next restart."))];
    if snapshot.booted().is_none_or(|booted| booted.id != *target) {
        lines.push(Line::plain(gettext(
            "Your own files stay, those in /home; the settings in /etc are then those of that version, accounts and \
             passwords too.",
        )));
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    fn rolled(snapshot: &Snapshot) -> (String, String) {
        let question = rollback(&RollbackPlan::of(snapshot).unwrap(), snapshot, &samples::view());
        (shown(&question.lines).join("\n"), question.go_ahead)
    }

    #[test]
    fn both_versions_are_named() {
        let (text, go_ahead) = rolled(&samples::plain().snapshot);
        assert!(text.contains("10.2.20251118 (GNOME, built 2025-11-18)"), "{text}");
        assert!(text.contains("10.1.20251030") && !text.contains("discarded"), "{text}");
        assert_eq!(go_ahead, "Roll back to 10.1.20251030?");
    }

    #[test]
    fn what_would_be_discarded_is_named() {
        let (text, _) = rolled(&samples::updated().snapshot);
        assert!(text.contains("Version 10.2.20251120, which is ready"), "{text}");
    }

    #[test]
    fn taking_a_rollback_back_names_what_was_queued() {
        let (text, go_ahead) = rolled(&samples::rolled_back().snapshot);
        assert!(text.starts_with("After restart, so far    10.1.20251030"), "{text}");
        assert!(text.contains("After restart, instead   10.2.20251118"), "{text}");
        assert_eq!(go_ahead, "Stay with 10.2.20251118?");
    }

    #[test]
    fn going_to_a_newer_one_is_not_called_rolling_back() {
        assert_eq!(rolled(&samples::went_back().snapshot).1, "Return to 10.2.20251120?");
    }

    #[test]
    fn a_choice_of_what_starts_next_names_what_it_discards() {
        let snapshot = samples::updated().snapshot;
        let plan = BootOrderPlan::starting(&snapshot, &samples::older().id).unwrap();
        let question = set_default(&plan, &snapshot, &samples::view());
        let text = shown(&question.lines).join("\n");
        for words in
            ["so far    10.2.20251120", "instead   10.1.20251030", "Version 10.2.20251120, which is ready", "/etc"]
        {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(question.go_ahead, "Start 10.1.20251030 next?");
        let plan = BootOrderPlan::starting(&snapshot, &samples::running().id).unwrap();
        let text = shown(&set_default(&plan, &snapshot, &samples::view()).lines).join("\n");
        assert!(text.contains("is discarded") && !text.contains("/etc"), "{text}");
    }

    #[test]
    fn going_back_names_both_and_what_becomes_of_them() {
        let snapshot = samples::trial().snapshot;
        let plan = BootOrderPlan::starting(&snapshot, &samples::older().id).unwrap();
        let question = go_back(&plan, &snapshot, &samples::view());
        let text = shown(&question.lines);
        assert_eq!(text[0], "Running now     10.2.20251118 (KDE, built 2025-11-18)");
        assert_eq!(text[1], "After restart   10.1.20251030 (GNOME, built 2025-10-30)");
        assert_eq!(text.last().unwrap(), "What runs now stays on this computer until the next update.");
        assert!(
            text.iter().any(|line| line.contains("passwords that were changed since"))
                && !text.join("").contains("discarded"),
            "{text:?}"
        );
        assert_eq!(question.go_ahead, "Go back to 10.1.20251030?");
    }

    #[test]
    fn discarding_names_what_goes_and_what_starts() {
        let snapshot = samples::updated().snapshot;
        let question = discard(&BootOrderPlan::discarding(&snapshot).unwrap(), &snapshot, &samples::view());
        let text = shown(&question.lines);
        assert_eq!(text[0], "Discarded       10.2.20251120 (GNOME, built 2025-11-20)");
        assert_eq!(text[1], "After restart   10.2.20251118 (GNOME, built 2025-11-18)");
        assert_eq!(question.go_ahead, "Discard 10.2.20251120?");
    }
}
