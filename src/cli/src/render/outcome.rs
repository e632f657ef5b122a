// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AvailableUpdate, Deployment, Outcome, Snapshot};

use super::{Line, View, deployments, problem, versions};

/// How an operation ended, what that replaced, and what to do next. `before` is how the host stood when it began.
pub(crate) fn lines(outcome: &Outcome, before: &Snapshot, after: &Snapshot, view: &View) -> Vec<Line> {
    let mut lines = match outcome {
        Outcome::Failed { refusal } => return problem::of_refusal(refusal, view),
        Outcome::Versions { versions } if !versions.is_empty() => return versions::lines(versions, after, view),
        _ => vec![Line::strong(sentence(outcome, before, after))],
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
    match outcome {
        Outcome::Staged { .. } | Outcome::BootOrderChanged { .. } => lines.extend(how_to_restart(after)),
        Outcome::Discarded { .. } => lines.extend(next(after)),
        Outcome::Versions { .. }
        | Outcome::Pinned { .. }
        | Outcome::Unpinned { .. }
        | Outcome::Removed { .. }
        | Outcome::CleanedUp { .. } => {}
        _ if after.restart_changes_something() => lines.extend(next(after)),
        _ => {}
    }
    lines
}

/// How it ended; what is gone afterwards is named as it was before.
fn sentence(outcome: &Outcome, before: &Snapshot, after: &Snapshot) -> String {
    let gone = |text: String, id| text.replace("{version}", &wording::version(before, id));
    match outcome {
        Outcome::Discarded { deployment } => gone(gettext("Version {version} was discarded."), deployment),
        Outcome::Removed { deployment, freed_bytes: Some(freed) } => {
            let text = gettext("Version {version} was removed. That freed {size}.");
            gone(text, deployment).replace("{size}", &wording::bytes(*freed))
        }
        Outcome::Removed { deployment, .. } => gone(gettext("Version {version} was removed."), deployment),
        _ => wording::outcome(outcome, after),
    }
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
        lines.extend(how_to_restart(snapshot));
    } else if next.booted {
        lines.push(Line::plain(gettext("A restart starts the version that runs now.")));
    }
    if let Some(held) = snapshot.staged().filter(|staged| staged.finalization_locked) {
        let text = gettext("Version {version} is ready but held back: a restart does not start it.");
        lines.push(Line::plain(text.replace("{version}", held.label())));
    }
    lines
}

/// How to restart where that changes something, and what for; in the words of the app.
fn how_to_restart(snapshot: &Snapshot) -> Option<Line> {
    if !snapshot.restart_changes_something() {
        return None;
    }
    let (booted, next) = (snapshot.booted()?, snapshot.next()?);
    let text = match next {
        Deployment { staged: true, .. } => gettext("To finish updating, restart when it suits you: systemctl reboot"),
        next if deployments::newer(next, booted) => {
            gettext("To start {version}, restart when it suits you: systemctl reboot")
        }
        _ => gettext("To go back, restart when it suits you: systemctl reboot"),
    };
    Some(Line::plain(text.replace("{version}", next.label())))
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
            (
                Outcome::Discarded { deployment: samples::older().id },
                &before,
                vec!["Version 10.1.20251030 was discarded", "A restart starts the version that runs now"],
            ),
            (
                Outcome::Removed { deployment: samples::older().id, freed_bytes: Some(1_500) },
                &before,
                vec!["Version 10.1.20251030 was removed. That freed 1.5 kB."],
            ),
            (Outcome::CleanedUp { freed_bytes: Some(5_000_000) }, &before, vec!["freed 5.0 MB"]),
            (Outcome::Pinned { deployment: samples::older().id }, &before, vec!["10.1.20251030 is kept"]),
            (Outcome::Versions { versions: Vec::new() }, &before, vec!["0 versions"]),
            (Outcome::Unknown, &before, vec!["does not know"]),
        ] {
            let text = shown(&lines(&outcome, &before, end, &samples::view())).join("\n");
            for word in words {
                assert!(text.contains(word), "{outcome:?}: {text}");
            }
        }
    }

    #[test]
    fn a_restart_is_for_what_the_app_says_it_is_for() {
        let newer = samples::state(vec![Deployment { staged: false, ..samples::staged() }, samples::running()]);
        for (state, words) in [
            (samples::updated(), "To finish updating, restart"),
            (samples::rolled_back(), "To go back, restart"),
            (newer, "To start 10.2.20251120, restart"),
        ] {
            let text = shown(&next(&state.snapshot)).join("\n");
            assert!(text.contains(words), "{text}");
        }
        assert_eq!(how_to_restart(&samples::plain().snapshot), None);
    }

    #[test]
    fn what_is_kept_or_gone_says_nothing_of_a_restart() {
        let snapshot = samples::updated().snapshot;
        let pinned = Outcome::Pinned { deployment: samples::older().id };
        assert_eq!(lines(&pinned, &snapshot, &snapshot, &samples::view()).len(), 1);
    }

    #[test]
    fn an_update_of_which_nothing_is_known_is_shown_all_the_same() {
        let mut update = samples::available();
        (update.built, update.download_bytes) = (None, None);
        assert_eq!(shown(&available(&update, &samples::view())).len(), 2);
    }
}
