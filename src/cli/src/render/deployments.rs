// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Deployment, DiskUsage, Snapshot};

use super::table::Table;
use super::{Line, View, time};

/// One row for each deployment, in boot order, with its place in it, under the words that the app uses too.
pub(super) fn rows(table: &mut Table, snapshot: &Snapshot, usage: Option<&DiskUsage>, view: &View) {
    let stateroot = snapshot.booted().map(|booted| booted.id.stateroot());
    for (index, deployment) in snapshot.deployments.iter().enumerate() {
        let mut lines = lines(deployment, view);
        lines.extend(changed(deployment, view));
        if view.verbose {
            lines.push(Line::dim(gettext("id {id}").replace("{id}", &deployment.id.to_string())));
            lines.extend(deployment.digest.as_deref().map(digest));
            lines.extend(deployment.base_checksum.as_deref().map(base));
            lines.extend(usage.and_then(|usage| own_size(deployment, usage)).map(Line::dim));
        } else if stateroot.is_some_and(|booted| booted != deployment.id.stateroot()) {
            lines.push(stateroot_line(deployment));
        }
        table.row(format!("{index}  {}", role(deployment, snapshot)), lines);
    }
}

/// When a deployment runs.
pub(super) fn role(deployment: &Deployment, snapshot: &Snapshot) -> String {
    let next = snapshot.next().is_some_and(|next| next.id == deployment.id);
    if deployment.booted {
        gettext("Running now")
    } else if deployment.staged && deployment.finalization_locked {
        // Translators: an update that is ready, but must not be started yet.
        gettext("Ready, but held back")
    } else if next && snapshot.booted().is_some() {
        gettext("After restart")
    } else if next {
        // Translators: the deployment that starts first, where none of them runs now.
        gettext("Starts first")
    } else if snapshot.booted().is_some_and(|booted| deployment.image == booted.image && newer(deployment, booted)) {
        // Translators: a newer version of the system that is on this computer, but does not run.
        gettext("Newer")
    } else if deployment.rollback {
        // Translators: the version that ran before the one that runs now.
        gettext("Before")
    } else {
        gettext("Also kept")
    }
}

/// This deployment was built after the other one, as far as is known.
pub(super) fn newer(deployment: &Deployment, other: &Deployment) -> bool {
    matches!((deployment.built, other.built), (Some(built), Some(other)) if built > other)
}

fn lines(deployment: &Deployment, view: &View) -> Vec<Line> {
    let marks = marks(deployment);
    let mut first = Line::strong(deployment.label());
    if !marks.is_empty() {
        first = first.then(Line::plain(format!(" ({})", marks.join(", "))));
    }
    let mut facts = named(deployment);
    facts.extend(built(deployment.built, view));
    let mut lines = vec![first];
    if !facts.is_empty() {
        lines.push(Line::plain(facts.join(" · ")));
    }
    lines.extend(match &deployment.image {
        Some(image) if view.verbose => {
            // Translators: {image} is the image that a deployment gets its updates from.
            Some(Line::plain(gettext("follows {image}").replace("{image}", &image.to_string())))
        }
        Some(image) => Some(Line::plain(wording::image_name(image))),
        None if view.verbose => Some(Line::plain(gettext("follows no image"))),
        None => None,
    });
    lines
}

/// The digest of a container image.
pub(super) fn digest(digest: &str) -> Line {
    Line::dim(gettext("digest {digest}").replace("{digest}", digest))
}

/// The commit of the image, where rpm-ostree has made another one of it.
fn base(checksum: &str) -> Line {
    // Translators: {checksum} is that of the image before anything was layered on it.
    Line::dim(gettext("made from commit {checksum}").replace("{checksum}", checksum))
}

/// What was changed in it on this computer.
fn changed(deployment: &Deployment, view: &View) -> Vec<Line> {
    let layered = match view.verbose {
        true => wording::layered_in_full(&deployment.layered),
        false => wording::layered(&deployment.layered),
    };
    layered.into_iter().chain(wording::tampered(deployment)).map(Line::plain).collect()
}

/// What a deployment takes for itself, on the disk and in /boot.
fn own_size(deployment: &Deployment, usage: &DiskUsage) -> Option<String> {
    let usage = usage.deployments.iter().find(|usage| usage.id == deployment.id)?;
    let text = match usage.boot_bytes {
        0 => gettext("takes {size} for itself"),
        _ => gettext("takes {size} for itself, and {boot} in /boot"),
    };
    Some(text.replace("{size}", &wording::bytes(usage.own_bytes)).replace("{boot}", &wording::bytes(usage.boot_bytes)))
}

/// Name and variant; often the name says the variant already.
pub(super) fn named(deployment: &Deployment) -> Vec<String> {
    let name = deployment.name.as_deref().unwrap_or_default();
    let variant = deployment.variant.as_deref().filter(|variant| !name.ends_with(variant));
    [deployment.name.as_deref(), variant].into_iter().flatten().map(str::to_owned).collect()
}

/// When an image was built, if that is known.
pub(super) fn built(seconds: Option<u64>, view: &View) -> Vec<String> {
    let day = seconds.and_then(|seconds| time::day(seconds, &view.zone));
    day.map(|day| gettext("built {date}").replace("{date}", &day)).into_iter().collect()
}

fn marks(deployment: &Deployment) -> Vec<String> {
    let marks = [
        // Translators: a deployment that becomes the default when the computer shuts down.
        (deployment.staged, gettext("staged")),
        // Translators: a deployment that the next restart starts.
        (deployment.queued, gettext("queued")),
        // Translators: a deployment that every clean-up keeps.
        (deployment.pinned && deployment.automatic_pin.is_none(), gettext("pinned")),
    ];
    let marks = marks.into_iter().filter_map(|(set, mark)| set.then_some(mark));
    marks.chain(kept_to_go_back_to(deployment)).collect()
}

/// That a switch has left it as the way back, and for how long.
pub(super) fn kept_to_go_back_to(deployment: &Deployment) -> Option<String> {
    let pin = deployment.automatic_pin.filter(|_| deployment.pinned)?;
    Some(match pin.updates_left {
        Some(updates) => ngettext(
            // Translators: a deployment that a switch has left as the way back.
            "kept for {number} more update, to go back to",
            "kept for {number} more updates, to go back to",
            updates,
        )
        .replace("{number}", &updates.to_string()),
        // Translators: a deployment that a switch has left as the way back.
        None => gettext("kept to go back to"),
    })
}

fn stateroot_line(deployment: &Deployment) -> Line {
    let text = gettext("stateroot {stateroot}, serial {serial}");
    let text = text.replace("{serial}", &deployment.id.serial().to_string());
    Line::dim(text.replace("{stateroot}", deployment.id.stateroot()))
}
