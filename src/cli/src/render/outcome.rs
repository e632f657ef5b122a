// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AvailableUpdate, Deployment, DeploymentId, OperationKind, Outcome, Snapshot};

use super::{Line, View, deployments, problem, question, tags, versions};
use crate::following::Asked;

/// How an operation ended, what that replaced, and what to do next. `before` is how the host stood when it began.
pub(crate) fn lines(
    outcome: &Outcome,
    asked: Asked,
    (before, after): (&Snapshot, &Snapshot),
    view: &View,
) -> Vec<Line> {
    let mut lines = match outcome {
        Outcome::Failed { refusal } => return problem::of_refusal(refusal, view),
        Outcome::Versions { versions } if !versions.is_empty() => return versions::lines(versions, after, view),
        Outcome::Tags { repository, tags, truncated } if !tags.is_empty() => {
            return tags::lines(repository, tags, *truncated, after, view);
        }
        _ => vec![Line::strong(sentence(outcome, before, after))],
    };
    match outcome {
        Outcome::UpdateAvailable { update } => lines.extend(available(update, view)),
        Outcome::UpToDate => {
            let freed = held_back(before).filter(|held| released(&held.id, before, after));
            let text = gettext("Version {version} is no longer held back.");
            lines.extend(freed.map(|freed| Line::plain(text.replace("{version}", freed.label()))));
        }
        Outcome::Staged { replaced: Some(replaced), .. } => {
            let text = gettext("It replaces version {version}, which was ready before.");
            lines.push(Line::plain(text.replace("{version}", &wording::version(before, replaced))));
        }
        Outcome::BootOrderChanged { discarded: Some(discarded), .. } => {
            let text = match held_back(before).is_some_and(|held| held.id == *discarded) {
                true => gettext("Version {version}, which was downloaded and held back, was discarded."),
                false => gettext("Version {version}, which was ready for the next restart, was discarded."),
            };
            lines.push(Line::plain(text.replace("{version}", &wording::version(before, discarded))));
        }
        _ => {}
    }
    lines.extend(wording::ways_back(outcome, before).iter().map(Line::plain));
    lines.extend(goes(outcome, after));
    match outcome {
        Outcome::Staged { deployment, .. } if held_back(after).is_some_and(|held| held.id == *deployment) => {
            lines.extend(how_to_release());
        }
        Outcome::Staged { .. } | Outcome::BootOrderChanged { .. } => {
            lines.extend(how_to_restart(after, Some(asked.kind)));
            lines.extend(kind_of_restart(after, asked.soft_restart));
        }
        Outcome::Discarded { .. } => lines.extend(next(after)),
        Outcome::Versions { .. }
        | Outcome::Tags { .. }
        | Outcome::Pinned { .. }
        | Outcome::Unpinned { .. }
        | Outcome::Kept { .. }
        | Outcome::Removed { .. }
        | Outcome::CleanedUp { .. } => {}
        _ if after.restart_changes_something() || held_back(after).is_some() => lines.extend(next(after)),
        _ => {}
    }
    lines
}

/// How it ended; what is gone afterwards is named as it was before.
fn sentence(outcome: &Outcome, before: &Snapshot, after: &Snapshot) -> String {
    let gone = |text: String, id| text.replace("{version}", &wording::version(before, id));
    match outcome {
        Outcome::UpToDate if held_back(after).is_some() => {
            gettext("There is nothing newer than what is on this computer.")
        }
        Outcome::Discarded { deployment } => gone(gettext("Version {version} was discarded."), deployment),
        Outcome::Removed { deployment, freed_bytes: Some(freed) } => {
            let text = gettext("Version {version} was removed. That freed {size}.");
            gone(text, deployment).replace("{size}", &wording::bytes(*freed))
        }
        Outcome::Removed { deployment, .. } => gone(gettext("Version {version} was removed."), deployment),
        Outcome::Staged { deployment, .. } if released(deployment, before, after) => {
            gettext("Version {version} is no longer held back. It starts with the next restart.")
                .replace("{version}", &wording::version(after, deployment))
        }
        _ => wording::outcome(outcome, after),
    }
}

/// That the way back which the outcome has released goes away with the restart.
fn goes(outcome: &Outcome, after: &Snapshot) -> Option<Line> {
    let Outcome::Staged { released: Some(released), .. } = outcome else { return None };
    let released = after.deployment(released).filter(|one| !one.booted && !one.pinned && held_back(after).is_none())?;
    // Translators: leave the command as it is; {name} is how the version is named to it.
    let text = gettext("Version {version} is removed with that restart; to keep it: isotopectl pin {name}");
    let text = text.replace("{name}", &question::typed(released, after));
    Some(Line::plain(text.replace("{version}", released.label())))
}

/// What is staged, but not started by a restart.
fn held_back(snapshot: &Snapshot) -> Option<&Deployment> {
    snapshot.staged().filter(|staged| staged.finalization_locked)
}

fn released(id: &DeploymentId, before: &Snapshot, after: &Snapshot) -> bool {
    let held = |snapshot| held_back(snapshot).is_some_and(|held| held.id == *id);
    held(before) && !held(after) && after.staged().is_some_and(|staged| staged.id == *id)
}

/// What a newer image is like, and how to install it.
pub(super) fn available(update: &AvailableUpdate, view: &View) -> Vec<Line> {
    let mut facts = deployments::built(update.built, view);
    facts.extend(update.download_bytes.map(|size| match size {
        0 => gettext("nothing to download: it is on this computer already"),
        _ => gettext("{size} to download").replace("{size}", &wording::bytes(size)),
    }));
    let mut lines = Vec::new();
    if !facts.is_empty() {
        lines.push(Line::plain(facts.join(" · ")));
    }
    if update.image.container().is_none() {
        lines.push(Line::dim(gettext("checksum {checksum}").replace("{checksum}", &update.checksum)));
    } else if view.verbose {
        lines.push(deployments::digest(&update.checksum));
    }
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
        lines.extend(how_to_restart(snapshot, None));
        lines.extend(kind_of_restart(snapshot, false));
    } else if next.booted {
        lines.push(Line::plain(gettext("A restart starts the version that runs now.")));
    }
    if let Some(held) = held_back(snapshot) {
        let text = gettext("Version {version} is downloaded and held back: a restart does not start it, and drops it.");
        lines.push(Line::plain(text.replace("{version}", held.label())));
        lines.extend(how_to_release());
    }
    lines
}

/// How to go on with what is held back.
fn how_to_release() -> [Line; 2] {
    [
        Line::plain(gettext("To let the next restart start it: isotopectl update --from-downloaded")),
        Line::plain(gettext("To install the newest version, this one or a newer one: isotopectl update")),
    ]
}

/// That a restart is a short one, or that it is not although that was `wanted`.
fn kind_of_restart(snapshot: &Snapshot, wanted: bool) -> Option<Line> {
    let text = match snapshot.soft_restart {
        _ if !snapshot.restart_changes_something() => return None,
        true => gettext("That restart is a short one: only the system starts anew, the hardware does not."),
        false if wanted => gettext("It could not be prepared as a short restart: the hardware starts anew too."),
        false => return None,
    };
    Some(Line::plain(text))
}

/// How to restart where that changes something, and what for; in the words of the app, where no operation is told of.
fn how_to_restart(snapshot: &Snapshot, after: Option<OperationKind>) -> Option<Line> {
    if !snapshot.restart_changes_something() {
        return None;
    }
    let (booted, next) = (snapshot.booted()?, snapshot.next()?);
    let text = match next {
        Deployment { staged: true, image, .. } if *image != booted.image => {
            gettext("To finish switching, restart when it suits you: systemctl reboot")
        }
        Deployment { staged: true, .. }
            if after != Some(OperationKind::Deploy) && !deployments::newer(booted, next) =>
        {
            gettext("To finish updating, restart when it suits you: systemctl reboot")
        }
        next if !next.staged && next.automatic_pin.is_some() && next.image != booted.image => {
            gettext("To go back, restart when it suits you: systemctl reboot")
        }
        next if next.staged || deployments::newer(next, booted) => {
            gettext("To start {version}, restart when it suits you: systemctl reboot")
        }
        _ => gettext("To go back, restart when it suits you: systemctl reboot"),
    };
    Some(Line::plain(text.replace("{version}", next.label())))
}

#[cfg(test)]
mod tests {
    use isotope_model::{CancelledWith, ImageReference, Refusal};

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
            (
                Outcome::Staged { deployment: staged.clone(), replaced: None, pinned: None, released: None },
                &after,
                vec!["10.2.20251120", "reboot"],
            ),
            (
                Outcome::Staged { deployment: staged, replaced: Some(replaced.clone()), pinned: None, released: None },
                &after,
                vec!["10.1.20251030"],
            ),
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
            (Outcome::Kept { deployment: samples::older().id }, &before, vec!["10.1.20251030 stays for a few more"]),
            (Outcome::Versions { versions: Vec::new() }, &before, vec!["0 versions"]),
            (Outcome::Unknown, &before, vec!["does not know"]),
        ] {
            let text =
                shown(&lines(&outcome, OperationKind::Update.into(), (&before, end), &samples::view())).join("\n");
            for word in words {
                assert!(text.contains(word), "{outcome:?}: {text}");
            }
        }
    }

    #[test]
    fn a_restart_is_for_what_the_app_says_it_is_for() {
        let mut back = samples::trial().snapshot.deployments.clone();
        back.rotate_left(1);
        back[0].built = Some(u64::from(u32::MAX));
        let back = samples::state(back);
        let newer = samples::state(vec![Deployment { staged: false, ..samples::staged() }, samples::running()]);
        let other = Some(ImageReference::from_refspec("alma:desktop/10/kde").unwrap());
        let switched = samples::state(vec![Deployment { image: other, ..samples::staged() }, samples::running()]);
        let chosen = samples::state(vec![Deployment { built: Some(1), ..samples::staged() }, samples::running()]);
        for (state, words) in [
            (switched, "To finish switching, restart"),
            (chosen, "To start 10.2.20251120, restart"),
            (samples::updated(), "To finish updating, restart"),
            (samples::rolled_back(), "To go back, restart"),
            (newer, "To start 10.2.20251120, restart"),
            (back, "To go back, restart"),
        ] {
            let text = shown(&next(&state.snapshot)).join("\n");
            assert!(text.contains(words), "{text}");
        }
        assert_eq!(how_to_restart(&samples::plain().snapshot, None), None);
        let deployed = how_to_restart(&samples::updated().snapshot, Some(OperationKind::Deploy)).unwrap();
        assert!(deployed.paint(false).starts_with("To start 10.2.20251120, restart"));
    }

    fn told(outcome: &Outcome, soft_restart: bool, before: &Snapshot, after: &Snapshot) -> Vec<String> {
        let asked = Asked { kind: OperationKind::Update, soft_restart };
        shown(&lines(outcome, asked, (before, after), &samples::view()))
    }

    #[test]
    fn what_is_held_back_says_what_that_means_and_how_to_go_on() {
        let (before, held) = (samples::plain().snapshot, samples::held_back().snapshot);
        let outcome =
            Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
        let how = [
            "Version 10.2.20251120 is downloaded and held back: a restart does not start it, and drops it.",
            "To let the next restart start it: isotopectl update --from-downloaded",
            "To install the newest version, this one or a newer one: isotopectl update",
        ];
        assert_eq!(told(&outcome, false, &before, &held), how);
        let nothing_newer = told(&Outcome::UpToDate, false, &held, &held);
        let nothing = "There is nothing newer than what is on this computer.";
        assert_eq!(nothing_newer[..2], [nothing, "A restart starts the version that runs now."]);
        assert_eq!(nothing_newer[2..], how);
        let released = told(&outcome, false, &held, &samples::updated().snapshot);
        assert_eq!(
            released,
            [
                "Version 10.2.20251120 is no longer held back. It starts with the next restart.",
                "To finish updating, restart when it suits you: systemctl reboot",
            ]
        );
        assert!(
            told(&outcome, false, &before, &samples::updated().snapshot)[0]
                .ends_with("is ready. It starts with the next restart.")
        );
    }

    #[test]
    fn where_nothing_is_newer_a_release_is_told_all_the_same() {
        let (held, released) = (samples::held_back().snapshot, samples::updated().snapshot);
        let told = told(&Outcome::UpToDate, false, &held, &released);
        let expected = ["Version 10.2.20251120 is no longer held back.", "A restart starts version 10.2.20251120."];
        assert_eq!(told[1..3], expected);
    }

    #[test]
    fn what_was_held_back_is_not_said_to_have_been_ready() {
        let (held, after) = (samples::held_back().snapshot, samples::rolled_back().snapshot);
        let discarded = Some(samples::staged().id);
        let outcome = Outcome::BootOrderChanged { boots_next: samples::older().id, discarded };
        assert_eq!(
            told(&outcome, false, &held, &after)[1],
            "Version 10.2.20251120, which was downloaded and held back, was discarded."
        );
    }

    #[test]
    fn a_short_restart_is_told_as_it_came_out() {
        let (before, whole) = (samples::plain().snapshot, samples::updated().snapshot);
        let short = Snapshot { soft_restart: true, ..(*whole).clone() };
        let outcome =
            Outcome::Staged { deployment: samples::staged().id, replaced: None, pinned: None, released: None };
        for (wanted, after, words) in [
            (true, &short, Some("That restart is a short one")),
            (false, &short, Some("That restart is a short one")),
            (true, &*whole, Some("It could not be prepared as a short restart")),
            (false, &*whole, None),
        ] {
            let text = told(&outcome, wanted, &before, after);
            assert_eq!(text.len(), 2 + usize::from(words.is_some()), "{text:?}");
            assert!(words.is_none_or(|words| text[2].starts_with(words)), "{text:?}");
        }
        assert!(shown(&next(&short)).last().unwrap().contains("short one"));
        let nothing = Snapshot { soft_restart: true, ..(*before).clone() };
        assert_eq!(next(&nothing).len(), 1);
    }

    #[test]
    fn what_is_kept_to_go_back_to_and_what_no_longer_is_told() {
        let (before, after) = (samples::plain().snapshot, samples::updated().snapshot);
        let (deployment, released) = (samples::staged().id, Some(samples::older().id));
        let outcome = Outcome::Staged { deployment, replaced: None, pinned: Some(samples::running().id), released };
        let expected =
            ["Version 10.2.20251118 is kept to go back to.", "Version 10.1.20251030 is no longer kept to go back to."];
        assert_eq!(told(&outcome, false, &before, &after)[1..3], expected);
        let mut unpinned = (*after).clone();
        unpinned.deployments[2].pinned = false;
        let goes = "Version 10.1.20251030 is removed with that restart; to keep it: isotopectl pin 10.1.20251030";
        assert_eq!(told(&outcome, false, &before, &unpinned)[3], goes);
    }

    #[test]
    fn a_container_shows_its_digest_only_when_asked() {
        let update = AvailableUpdate { checksum: samples::digest('5'), ..samples::available() };
        let image = samples::container().snapshot.deployments[0].image.clone().unwrap();
        let update = AvailableUpdate { image, ..update };
        let text = shown(&available(&update, &samples::view()));
        assert_eq!(text, ["built 2025-11-25 · 350.0 MB to download", "To install it: isotopectl update"]);
        let text = shown(&available(&update, &View { verbose: true, ..samples::view() }));
        assert_eq!(text[1], format!("digest {}", samples::digest('5')));
    }

    #[test]
    fn what_is_kept_or_gone_says_nothing_of_a_restart() {
        let snapshot = samples::updated().snapshot;
        let pinned = Outcome::Pinned { deployment: samples::older().id };
        assert_eq!(told(&pinned, false, &snapshot, &snapshot).len(), 1);
    }

    #[test]
    fn an_update_of_which_nothing_is_known_is_shown_all_the_same() {
        let mut update = samples::available();
        (update.built, update.download_bytes) = (None, None);
        assert_eq!(shown(&available(&update, &samples::view())).len(), 2);
        update.download_bytes = Some(0);
        let text = shown(&available(&update, &samples::view()));
        assert_eq!(text[0], "nothing to download: it is on this computer already");
    }
}
