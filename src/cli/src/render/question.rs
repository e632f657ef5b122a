// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{DeploymentId, RollbackPlan, Snapshot};

use super::table::Table;
use super::{Line, View, deployments};

/// What a rollback would do, naming both versions; the person is asked to agree to this.
pub(crate) fn rollback(plan: &RollbackPlan, snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let target = named(&plan.boots_next, snapshot, view);
    let now = snapshot.booted().map(|booted| named(&booted.id, snapshot, view)).unwrap_or_default();
    let mut table = Table::default();
    if plan.takes_back {
        let queued = snapshot.next().map(|next| named(&next.id, snapshot, view)).unwrap_or_default();
        table.row(gettext("After restart, so far"), vec![Line::plain(queued)]);
        table.row(gettext("After restart, instead"), vec![Line::plain(target)]);
    } else {
        table.row(gettext("Running now"), vec![Line::plain(now)]);
        table.row(gettext("After restart"), vec![Line::plain(target)]);
    }
    let mut lines = table.lines();
    if let Some(discarded) = &plan.discards {
        let text = gettext("Version {version}, which is ready for the next restart, is discarded.");
        lines.push(Line::plain(text.replace("{version}", &wording::version(snapshot, discarded))));
    }
    lines.push(Line::plain(gettext("The change takes effect with the next restart.")));
    if !plan.takes_back {
        lines.push(Line::plain(gettext("Your own files stay; the settings in /etc are then those of that version.")));
    }
    lines
}

/// What stands before the letters for yes and no.
pub(crate) fn go_ahead(plan: &RollbackPlan) -> String {
    if plan.takes_back { gettext("Take the rollback back?") } else { gettext("Roll back?") }
}

fn named(id: &DeploymentId, snapshot: &Snapshot, view: &View) -> String {
    let deployment = snapshot.deployment(id);
    let mut facts: Vec<String> = deployment.and_then(|deployment| deployment.variant.clone()).into_iter().collect();
    facts.extend(deployments::built(deployment.and_then(|deployment| deployment.built), view));
    let version = wording::version(snapshot, id);
    if facts.is_empty() { version } else { format!("{version} ({})", facts.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn both_versions_are_named() {
        let snapshot = samples::plain().snapshot;
        let plan = RollbackPlan::of(&snapshot).unwrap();
        let text = shown(&rollback(&plan, &snapshot, &samples::view())).join("\n");
        assert!(text.contains("10.2.20251118 (GNOME, built 2025-11-18)"), "{text}");
        assert!(text.contains("10.1.20251030") && !text.contains("discarded"), "{text}");
    }

    #[test]
    fn what_would_be_discarded_is_named() {
        let snapshot = samples::updated().snapshot;
        let plan = RollbackPlan::of(&snapshot).unwrap();
        let text = shown(&rollback(&plan, &snapshot, &samples::view())).join("\n");
        assert!(text.contains("Version 10.2.20251120, which is ready"), "{text}");
    }

    #[test]
    fn taking_a_rollback_back_names_what_was_queued() {
        let snapshot = samples::rolled_back().snapshot;
        let plan = RollbackPlan::of(&snapshot).unwrap();
        let text = shown(&rollback(&plan, &snapshot, &samples::view())).join("\n");
        assert!(text.starts_with("After restart, so far    10.1.20251030"), "{text}");
        assert!(text.contains("After restart, instead   10.2.20251118"), "{text}");
        assert_eq!(go_ahead(&plan), "Take the rollback back?");
    }
}
