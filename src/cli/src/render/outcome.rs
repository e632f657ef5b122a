// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{AvailableUpdate, Backend, Deployment, DeploymentId, Host, OperationKind, Outcome, Snapshot};

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
        Outcome::UpdateAvailable { update } => lines.extend(available(update, &after.host, view)),
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
        Outcome::Staged { .. } if after.host.backend == Backend::RpmOstree => {
            lines.push(which_packages());
            lines.extend(restart(after, asked));
        }
        Outcome::Staged { .. } | Outcome::BootOrderChanged { .. } => {
            lines.extend(restart(after, asked));
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

/// How to restart, and what kind of restart it is.
fn restart(after: &Snapshot, asked: Asked) -> Vec<Line> {
    let how = how_to_restart(after, Some(asked.kind)).into_iter();
    how.chain(kind_of_restart(after, asked.soft_restart)).collect()
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
pub(super) fn available(update: &AvailableUpdate, host: &Host, view: &View) -> Vec<Line> {
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
    if host.backend == Backend::RpmOstree && update.image.container().is_none() {
        lines.push(which_packages());
    }
    lines.push(Line::plain(match &host.update_driver {
        Some(driver) => wording::update_driver(driver),
        None => gettext("To install it: isotopectl update"),
    }));
    lines
}

fn which_packages() -> Line {
    // Translators: leave the command as it is.
    Line::plain(gettext("To see which packages change: isotopectl changes"))
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
mod tests;
