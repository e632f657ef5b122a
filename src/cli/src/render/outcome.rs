// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AvailableUpdate, Outcome, Snapshot};

use super::{Line, View, deployments, problem};

/// How an operation ended, what that replaced, and what to do next. `before` is how the host stood when it began.
pub(crate) fn lines(outcome: &Outcome, before: &Snapshot, after: &Snapshot, view: &View) -> Vec<Line> {
    let mut lines = match outcome {
        Outcome::Failed { refusal } => return problem::of_refusal(refusal, view),
        _ => vec![Line::strong(wording::outcome(outcome, after))],
    };
    match outcome {
        Outcome::UpdateAvailable { update } => lines.extend(available(update, view)),
        Outcome::Staged { replaced: Some(replaced), .. } => {
            let text = gettext("It replaces version {version}, which was ready before.");
            lines.push(Line::plain(text.replace("{version}", &wording::version(before, replaced))));
        }
        Outcome::BootOrderChanged { discarded: Some(discarded), .. } => {
            let text = gettext("Version {version}, which was ready for the next restart, was discarded.");
            lines.push(Line::plain(text.replace("{version}", &wording::version(before, discarded))));
        }
        _ => {}
    }
    let said_already = matches!(outcome, Outcome::Staged { .. } | Outcome::BootOrderChanged { .. });
    if after.restart_changes_something() {
        lines.extend(if said_already { vec![how_to_restart()] } else { next(after) });
    }
    lines
}

/// What a newer image is like, and how to install it.
pub(super) fn available(update: &AvailableUpdate, view: &View) -> Vec<Line> {
    let mut facts = deployments::built(update.built, view);
    facts.extend(
        update.download_bytes.map(|size| gettext("{size} to download").replace("{size}", &wording::bytes(size))),
    );
    let mut lines = Vec::new();
    if !facts.is_empty() {
        lines.push(Line::plain(facts.join(" · ")));
    }
    lines.push(Line::dim(gettext("checksum {checksum}").replace("{checksum}", &update.checksum)));
    lines.push(Line::plain(gettext("To install it: isotopectl update")));
    lines
}

/// What the next restart starts, and how to restart where that changes something.
pub(super) fn next(snapshot: &Snapshot) -> Vec<Line> {
    let Some(next) = snapshot.next() else { return Vec::new() };
    let mut lines = Vec::new();
    if snapshot.restart_changes_something() {
        let text = gettext("A restart starts version {version}.");
        lines.push(Line::plain(text.replace("{version}", next.label())));
        lines.push(how_to_restart());
    } else if next.booted {
        lines.push(Line::plain(gettext("A restart starts the version that runs now.")));
    }
    if let Some(held) = snapshot.staged().filter(|staged| staged.finalization_locked) {
        let text = gettext("Version {version} is ready but held back: a restart does not start it.");
        lines.push(Line::plain(text.replace("{version}", held.label())));
    }
    lines
}

fn how_to_restart() -> Line {
    Line::plain(gettext("Restart when it suits you: systemctl reboot"))
}

#[cfg(test)]
mod tests {
    use isotope_model::{CancelledWith, Refusal};

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn every_end_says_what_to_do_next() {
        let (before, after) = (samples::plain().snapshot, samples::updated().snapshot);
        let staged = after.deployments[0].id.clone();
        let replaced = before.deployments[1].id.clone();
        for (outcome, end, words) in [
            (Outcome::UpToDate, &before, vec!["The system is up to date."]),
            (
                Outcome::UpToDate,
                &after,
                vec!["up to date", "A restart starts version 10.2.20251120", "systemctl reboot"],
            ),
            (Outcome::Staged { deployment: staged.clone(), replaced: None }, &after, vec!["10.2.20251120", "reboot"]),
            (Outcome::Staged { deployment: staged, replaced: Some(replaced.clone()) }, &after, vec!["10.1.20251030"]),
            (
                Outcome::BootOrderChanged { boots_next: replaced.clone(), discarded: Some(replaced) },
                &after,
                vec!["discarded", "reboot"],
            ),
            (Outcome::Cancelled { left: CancelledWith::NothingChanged }, &before, vec!["Nothing was changed"]),
            (Outcome::Failed { refusal: Refusal::NotBooted }, &before, vec!["not started from"]),
            (
                Outcome::UpdateAvailable { update: samples::available() },
                &before,
                vec!["10.2.20251125", "350.0 MB to download", "isotopectl update"],
            ),
            (Outcome::Unknown, &before, vec!["does not know"]),
        ] {
            let text = shown(&lines(&outcome, &before, end, &samples::view())).join("\n");
            for word in words {
                assert!(text.contains(word), "{outcome:?}: {text}");
            }
        }
    }

    #[test]
    fn an_update_of_which_nothing_is_known_is_shown_all_the_same() {
        let mut update = samples::available();
        (update.built, update.download_bytes) = (None, None);
        assert_eq!(shown(&available(&update, &samples::view())).len(), 2);
    }
}
