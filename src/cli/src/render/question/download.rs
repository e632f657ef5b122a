// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Deployment, ImageReference, Snapshot};

use super::{Question, named};
use crate::render::table::Table;
use crate::render::{Line, View, sentences};
use crate::selection;

/// A version that a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What the service is asked for: a version, the checksum of its commit, or the digest of a container image.
    pub(crate) asked: String,
    /// The version of that checksum, where it had to be looked up.
    pub(crate) version: Option<String>,
}

/// What installing a version of the followed image would do.
pub(crate) fn deploy(wanted: &Wanted, image: &ImageReference, snapshot: &Snapshot, view: &View) -> Question {
    let version = wanted.version.as_ref().unwrap_or(&wanted.asked);
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    table.row(gettext("After restart"), vec![Line::plain(version)]);
    if wanted.version.is_some() {
        table.row(gettext("Checksum"), vec![Line::plain(&wanted.asked)]);
    }
    table.row(gettext("Follows"), vec![Line::plain(wording::image_name(image))]);
    let mut follows: Vec<_> = replaced(snapshot, view).into_iter().collect();
    let downloaded = gettext("Version {version} is downloaded, and starts with the next restart.");
    follows.push(Line::plain(downloaded.replace("{version}", version)));
    follows.push(Line::plain(match image {
        ImageReference::Container { .. } => gettext(
            "From then on this very image is followed, and there are no updates until the next switch to a tag of it.",
        ),
        _ => gettext("The next update goes on to the newest version."),
    }));
    follows.extend(removed(snapshot, false, view));
    let mut lines = table.lines();
    lines.extend(sentences(follows, view));
    Question { lines, go_ahead: gettext("Install {version}?").replace("{version}", version) }
}

pub(super) fn running(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    snapshot.booted().map(|booted| Line::plain(named(&booted.id, snapshot, view))).into_iter().collect()
}

/// What libostree removes when it makes room for what was staged: what is of the same stateroot, and neither runs nor is
/// pinned. Source: `ostree_sysroot_simple_write_deployment` without flags, which finalises what is staged. With that, what
/// an earlier switch has left pinned may be `released`.
pub(super) fn removed(snapshot: &Snapshot, released: bool, view: &View) -> Vec<Line> {
    if snapshot.host.composefs {
        return Vec::new();
    }
    let Some(booted) = snapshot.booted() else { return Vec::new() };
    let goes = |deployment: &Deployment| {
        let pinned = deployment.pinned && !(released && deployment.automatic_pin.is_some());
        let stays = deployment.booted || pinned || deployment.staged;
        !stays && deployment.id.stateroot() == booted.id.stateroot()
    };
    let gone = snapshot.deployments.iter().filter(|deployment| goes(deployment));
    gone.map(|deployment| {
        // Translators: leave the command as it is; {name} is how the version is named to it.
        let text = gettext("Version {version} is removed with that restart; to keep it: isotopectl pin {name}");
        let text = text.replace("{name}", &typed(deployment, snapshot));
        Line::plain(text.replace("{version}", &named(&deployment.id, snapshot, view)))
    })
    .collect()
}

/// What a person types to name a deployment. Its number is no such thing: it is another one once something is staged.
pub(crate) fn typed(deployment: &Deployment, snapshot: &Snapshot) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+');
    let label = deployment.label();
    let meant = selection::resolve(label, snapshot).is_ok_and(|found| found.id == deployment.id);
    // A number that is none now may be one later.
    let unmistakable = meant && label.chars().all(plain) && label.parse::<usize>().is_err() && !label.starts_with('-');
    if unmistakable { label.to_owned() } else { deployment.id.to_string() }
}

/// What would have started next, and is not going to: the staged deployment goes away.
pub(super) fn replaced(snapshot: &Snapshot, view: &View) -> Option<Line> {
    if let Some(staged) = snapshot.staged() {
        let text = match staged.finalization_locked {
            true => gettext("Version {version}, which is downloaded and held back, is replaced."),
            false => gettext("Version {version}, which is ready for the next restart, is replaced."),
        };
        return Some(Line::plain(text.replace("{version}", &named(&staged.id, snapshot, view))));
    }
    let queued = snapshot.next().filter(|next| next.queued)?;
    let text = gettext("Version {version}, which was to start next, does not start then.");
    Some(Line::plain(text.replace("{version}", &wording::version(snapshot, &queued.id))))
}

#[cfg(test)]
mod tests;
