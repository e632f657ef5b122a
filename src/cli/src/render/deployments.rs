// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Deployment, Snapshot};

use super::table::Table;
use super::{Line, View, time};

/// One row for each deployment, in boot order, under the words that the app uses too.
pub(super) fn rows(table: &mut Table, snapshot: &Snapshot, view: &View) {
    let stateroot = snapshot.booted().map(|booted| booted.id.stateroot());
    for deployment in &snapshot.deployments {
        let mut lines = lines(deployment, view);
        if !view.verbose && stateroot.is_some_and(|booted| booted != deployment.id.stateroot()) {
            lines.push(stateroot_line(deployment));
        }
        table.row(role(deployment, snapshot), lines);
    }
}

fn role(deployment: &Deployment, snapshot: &Snapshot) -> String {
    let next = snapshot.next().is_some_and(|next| next.id == deployment.id);
    if deployment.booted {
        gettext("Running now")
    } else if next && snapshot.booted().is_some() {
        gettext("After restart")
    } else if next {
        // Translators: the deployment that starts first, where none of them runs now.
        gettext("Starts first")
    } else if deployment.staged {
        gettext("Held back")
    } else if deployment.rollback {
        // Translators: the version that ran before the one that runs now.
        gettext("Before")
    } else {
        gettext("Also kept")
    }
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
    lines.extend(deployment.image.as_ref().map(|image| Line::plain(image.to_string())));
    if view.verbose {
        lines.push(Line::dim(gettext("checksum {checksum}").replace("{checksum}", deployment.id.checksum())));
        lines.push(stateroot_line(deployment));
    }
    lines
}

/// Name and variant; often the name says the variant already.
fn named(deployment: &Deployment) -> Vec<String> {
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
        (deployment.pinned, gettext("pinned")),
    ];
    marks.into_iter().filter_map(|(set, mark)| set.then_some(mark)).collect()
}

fn stateroot_line(deployment: &Deployment) -> Line {
    let text = gettext("stateroot {stateroot}, serial {serial}");
    let text = text.replace("{serial}", &deployment.id.serial().to_string());
    Line::dim(text.replace("{stateroot}", deployment.id.stateroot()))
}
