// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{AutomaticUpdates, DiskUsage, HostCatalogs, OperationKind, Refusal, Snapshot, Space, Trial, Trust};

use super::table::Table;
use super::{Line, View, catalog, deployments, duration, operation, outcome, problem, progress, time};

/// What was asked for beyond the state, as far as it is known.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Known<'a> {
    /// What is where on disk.
    pub(crate) usage: Option<&'a DiskUsage>,
    /// Who vouches for the image that is followed.
    pub(crate) trust: Option<&'a Trust>,
    /// What vendors publish, and what runs of it.
    pub(crate) catalogs: Option<&'a HostCatalogs>,
    /// When the computer is to restart, in seconds since 1970.
    pub(crate) restart: Option<u64>,
}

/// The whole state, as the app's first page has it: what is on this computer, what comes next, what to do about it.
pub(crate) fn lines(state: &ServiceState, known: Known<'_>, view: &View) -> Vec<Line> {
    let Known { usage, trust, catalogs, restart } = known;
    let snapshot = &state.snapshot;
    let mut lines = Vec::new();
    if let Some(surprise) = snapshot.last_boot.as_ref().and_then(wording::boot) {
        lines.extend(problem::explained(&surprise, view));
        lines.push(Line::default());
    }
    if snapshot.changing {
        lines.push(Line::plain(gettext("The system is being changed right now. This is how it stood just before.")));
        lines.push(Line::default());
    }
    if snapshot.booted().is_none() {
        lines.extend(problem::of_refusal(&Refusal::NotBooted, view));
        lines.push(Line::default());
    }
    let mut table = Table::default();
    deployments::rows(&mut table, snapshot, usage, view);
    if !snapshot.deployments.is_empty() {
        table.row("", vec![Line::default()]);
    }
    // Translators: stands beside the time at which things stood as shown.
    table.row(gettext("As of"), as_of(snapshot, view));
    if snapshot.booted().is_some() {
        table.row(gettext("Next"), outcome::next(snapshot));
    }
    // Translators: stands beside the time at which the computer is to restart.
    table.row(gettext("Restart"), restart.map_or_else(Vec::new, |at| super::restart::scheduled(at, view)));
    // Translators: stands beside the question whether to keep what was switched to, or to go back.
    table.row(gettext("To decide"), undecided(snapshot));
    // Translators: stands beside the sentence that the desktop that runs is deprecated.
    table.row(gettext("Variant"), catalogs.map_or_else(Vec::new, |catalogs| catalog::outdated(catalogs, snapshot)));
    table.row(gettext("Update"), available(snapshot, view));
    table.row(gettext("Last checked"), vec![last_checked(state, view)]);
    // Translators: stands beside what is done with updates without anybody asking for it.
    table.row(gettext("Automatic"), automatic(snapshot, view));
    table.row(gettext("In progress"), running(state, view));
    if view.verbose {
        table.row(gettext("Signature"), signature(trust, snapshot));
        table.row(gettext("Free space"), free_space(usage));
        table.row(gettext("Backend"), backend(snapshot));
        for (kind, label) in
            [(OperationKind::Update, gettext("No update")), (OperationKind::RollBack, gettext("No rollback"))]
        {
            table.row(label, why_not(state, kind, view));
        }
        // Translators: stands beside what cannot be done on this computer, and why.
        table.row(gettext("Not offered"), not_offered(state, view));
    }
    lines.extend(table.lines_within(view.columns));
    lines
}

/// How old the reading is, where it is not made anew for everybody who asks.
fn as_of(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let Some((read, moment)) = snapshot.read.and_then(|read| Some((read, time::minute(read, &view.zone)?))) else {
        return Vec::new();
    };
    let line = match view.now.checked_sub(read) {
        // Translators: when something was read, and how long ago that is: “2025-11-18 14:05 (3 minutes ago)”.
        Some(age) => gettext("{time} ({age})").replace("{time}", &moment).replace("{age}", &duration::ago(age)),
        // The clock was set back.
        None => moment,
    };
    vec![Line::plain(line)]
}

/// That the computer runs another image since a switch, and how to say whether that is kept.
fn undecided(snapshot: &Snapshot) -> Vec<Line> {
    let Ok(trial) = Trial::of(snapshot) else { return Vec::new() };
    vec![
        Line::plain(wording::trial(&trial).what),
        // Translators: leave the commands as they are.
        Line::plain(gettext("To keep it: isotopectl keep. To go back: isotopectl go-back")),
    ]
}

fn available(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let Some(update) = &snapshot.available else { return Vec::new() };
    let mut lines = vec![Line::plain(wording::available(update))];
    lines.extend(outcome::available(update, &snapshot.host, view));
    lines
}

/// Who else takes care of updates.
fn automatic(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let host = &snapshot.host;
    let driver = host.update_driver.as_ref().map(wording::update_driver);
    let policy = host.automatic_updates.filter(|policy| view.verbose || *policy != AutomaticUpdates::None);
    // Its timer says the same, and that it is switched on.
    let timers = &host.automatic_updaters;
    let policy = policy.filter(|_| timers.iter().all(|timer| timer.name != "rpm-ostree"));
    let timers = timers.iter().map(wording::automatic_updater);
    driver.into_iter().chain(timers).chain(policy.map(wording::automatic_updates)).map(Line::plain).collect()
}

fn last_checked(state: &ServiceState, view: &View) -> Line {
    let checks = state.capabilities.get(&OperationKind::Check);
    let never = || matches!(checks.and_then(|check| check.reason.as_ref()), Some(Refusal::NotWithBackend { .. }));
    match state.snapshot.last_checked.and_then(|seconds| time::minute(seconds, &view.zone)) {
        Some(moment) => Line::plain(moment),
        // Translators: stands beside “Last checked”, on computers that can only be updated at once.
        None if never() => Line::plain(gettext("cannot be checked here; to install what is new: isotopectl update")),
        // Translators: stands beside “Last checked”.
        None => Line::plain(gettext("not yet; to look for updates: isotopectl check")),
    }
}

fn running(state: &ServiceState, view: &View) -> Vec<Line> {
    let Some(status) = state.running() else { return Vec::new() };
    vec![
        Line::plain(operation::started(status, view)),
        Line::plain(progress::line_of_the_whole(&status.progress)),
        Line::plain(gettext("To see how far it is: isotopectl watch")),
    ]
}

/// Who vouches for what updates come from, which a staged switch changes.
fn signature(trust: Option<&Trust>, snapshot: &Snapshot) -> Vec<Line> {
    let Some(trust) = trust else { return Vec::new() };
    let runs = snapshot.booted().and_then(|booted| booted.image.as_ref());
    let other = (runs != Some(&trust.image)).then(|| Line::dim(wording::image_name(&trust.image)));
    std::iter::once(Line::plain(wording::trust(trust))).chain(other).collect()
}

fn free_space(usage: Option<&DiskUsage>) -> Vec<Line> {
    let Some(usage) = usage else { return vec![Line::plain(gettext("not known"))] };
    let of = |text: String, space: Space| {
        let text = text.replace("{free}", &wording::bytes(space.free));
        Line::plain(text.replace("{total}", &wording::bytes(space.total)))
    };
    // Translators: free space on a disk, as in “4.0 GB of 20.0 GB”.
    let mut lines = vec![of(gettext("{free} of {total}"), usage.system)];
    lines.extend(usage.boot.map(|boot| of(gettext("{free} of {total} in /boot"), boot)));
    lines
}

fn backend(snapshot: &Snapshot) -> Vec<Line> {
    let mut lines = vec![Line::plain(wording::backend_reason(&snapshot.host))];
    if let Some(version) = &snapshot.host.libostree_version {
        lines.push(Line::plain(gettext("libostree {version}").replace("{version}", version)));
    }
    lines
}

/// What this host has no such thing as, whatever state it is in.
fn not_offered(state: &ServiceState, view: &View) -> Vec<Line> {
    let reason = |kind| match state.capabilities.get(kind).and_then(|capability| capability.reason.as_ref()) {
        Some(reason @ Refusal::NotWithBackend { .. }) => Some(reason),
        _ => None,
    };
    let missing: Vec<_> = OperationKind::ALL.iter().filter_map(|kind| Some((kind, reason(kind)?))).collect();
    let Some((_, reason)) = missing.first() else { return Vec::new() };
    let names: Vec<_> = missing.iter().map(|(kind, _)| wording::operation_name(**kind)).collect();
    let mut lines = vec![Line::plain(names.join(" · "))];
    lines.extend(problem::of_capability(reason, view));
    lines
}

fn why_not(state: &ServiceState, kind: OperationKind, view: &View) -> Vec<Line> {
    match state.capabilities.get(&kind) {
        Some(capability) if !capability.available => match &capability.reason {
            Some(reason) => problem::of_capability(reason, view),
            None => vec![Line::plain(gettext("The service does not say why."))],
        },
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
