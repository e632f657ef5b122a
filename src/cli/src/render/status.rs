// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{DiskUsage, HostCatalogs, OperationKind, Refusal, Snapshot, Space, Trust};

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
}

/// The whole state, as the app's first page has it: what is on this computer, what comes next, what to do about it.
pub(crate) fn lines(state: &ServiceState, known: Known<'_>, view: &View) -> Vec<Line> {
    let Known { usage, trust, catalogs } = known;
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
    // Translators: stands beside the sentence that the desktop that runs is deprecated.
    table.row(gettext("Variant"), catalogs.map_or_else(Vec::new, |catalogs| catalog::outdated(catalogs, snapshot)));
    table.row(gettext("Update"), available(snapshot, view));
    table.row(gettext("Last checked"), vec![last_checked(state, view)]);
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

fn available(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let Some(update) = &snapshot.available else { return Vec::new() };
    let mut lines = vec![Line::plain(wording::available(update))];
    lines.extend(outcome::available(update, view));
    lines
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
mod tests {
    use isotope_model::{BootVerdict, Deployment, DeploymentId, ImageReference, Snapshot, TrustState, capabilities};

    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn a_reading_says_how_old_it_is() {
        let at = |now, read| {
            let state = changed(samples::composefs(), |snapshot| snapshot.read = Some(read));
            shown(&lines(&state, Known::default(), &View { now, ..samples::view() })).join("\n")
        };
        assert!(
            at(samples::NOW, samples::NOW - 900).contains("\nAs of            2025-11-18 09:30 (15 minutes ago)\n")
        );
        assert!(at(0, samples::NOW).contains("\nAs of            2025-11-18 09:45\n"));
        assert!(!at(0, u64::MAX).contains("As of"));
        assert!(!text(&samples::container(), false).contains("As of"));
        let now = at(samples::NOW, samples::NOW);
        assert!(now.contains("(less than a minute ago)") && now.contains("isotopectl check"), "{now}");
        // A registry can be asked; bootc, on such a host, cannot.
        let elsewhere = changed(samples::composefs(), |snapshot| {
            for deployment in &mut snapshot.deployments {
                let reference = "ostree-unverified-image:oci:/var/os".to_owned();
                deployment.image = Some(ImageReference::Container { reference });
            }
        });
        let elsewhere = ServiceState { capabilities: capabilities(&elsewhere.snapshot).into(), ..elsewhere };
        assert!(text(&elsewhere, false).contains("cannot be checked here"), "{}", text(&elsewhere, false));
    }

    #[test]
    fn a_container_is_called_by_its_name_and_known_by_its_digest() {
        let plain = text(&samples::container(), false);
        assert!(plain.contains("                quay.io/alma/gnome:10\n") && !plain.contains("sha256"), "{plain}");
        let verbose = text(&samples::container(), true);
        for words in [
            "follows ostree-image-signed:docker://quay.io/alma/gnome:10",
            &format!("digest {}", samples::digest('a')),
            "bootc, because this system follows a container image",
            "Not offered      Chosen version\n",
            "bootc, which takes care of this system, cannot do this",
        ] {
            assert!(verbose.contains(words), "{words}: {verbose}");
        }
    }

    #[test]
    fn who_vouches_for_what_is_followed_is_told_when_asked_for() {
        let trust = |image: &ImageReference| Trust { state: TrustState::Unchecked, ..Trust::unknown(image.clone()) };
        let state = samples::container();
        let followed = trust(state.snapshot.deployments[0].image.as_ref().unwrap());
        let other = trust(&ImageReference::Container { reference: "ostree-unverified-registry:q.io/o/s".into() });
        let told = |trust: &Trust, verbose| {
            let known = Known { trust: Some(trust), ..Known::default() };
            shown(&lines(&state, known, &View { verbose, ..samples::view() })).join("\n")
        };
        let sentence = "\nSignature        Installed without a check of its signature\n";
        assert!(told(&followed, true).contains(&format!("{sentence}Free space")), "{}", told(&followed, true));
        assert!(told(&other, true).contains(&format!("{sentence}                 q.io/o/s\n")));
        assert!(!told(&followed, false).contains("Signature"));
    }

    #[test]
    fn on_a_terminal_long_reasons_stay_in_their_column() {
        let state = changed(samples::plain(), |snapshot| {
            snapshot.host.backend_reason = isotope_model::BackendReason::ChangedByRpmOstree;
        });
        let view = View { verbose: true, columns: Some(60), ..samples::view() };
        let text = shown(&lines(&state, Known::default(), &view));
        let at = text.iter().position(|line| line.starts_with("Backend")).unwrap();
        assert_eq!(text[at], "Backend          rpm-ostree, because packages were added or");
        assert_eq!(text[at + 1], "                 removed with it: bootc would refuse to");
    }

    fn text(state: &ServiceState, verbose: bool) -> String {
        let usage = verbose.then(samples::usage);
        let known = Known { usage: usage.as_ref(), ..Known::default() };
        shown(&lines(state, known, &View { verbose, ..samples::view() })).join("\n")
    }

    fn changed(mut state: ServiceState, change: impl FnOnce(&mut Snapshot)) -> ServiceState {
        let mut snapshot = (*state.snapshot).clone();
        change(&mut snapshot);
        state.snapshot = snapshot.into();
        state
    }

    #[test]
    fn a_staged_update_is_shown_as_the_app_shows_it() {
        let expected = "\
0  After restart   10.2.20251120 (staged)
                   AlmaLinux Atomic Desktop · GNOME · built 2025-11-20
                   alma:desktop/10/gnome
1  Running now     10.2.20251118
                   AlmaLinux Atomic Desktop · GNOME · built 2025-11-18
                   alma:desktop/10/gnome
2  Before          10.1.20251030 (pinned)
                   AlmaLinux Atomic Desktop · GNOME · built 2025-10-30
                   alma:desktop/10/gnome

Next               A restart starts version 10.2.20251120.
                   To finish updating, restart when it suits you: systemctl reboot
Last checked       2025-11-18 09:30";
        assert_eq!(text(&samples::updated(), false), expected);
    }

    #[test]
    fn more_is_told_when_asked_for() {
        let state = samples::state(vec![samples::running()]);
        let text = text(&state, true);
        for words in [
            "follows alma:desktop/10/gnome",
            &format!("id alma/{}.0", "2".repeat(64)),
            "takes 1.2 GB for itself, and 60.0 MB in /boot",
            "Free space       4.0 GB of 20.0 GB\n",
            "300.0 MB of 1.0 GB in /boot",
            "libostree, because",
            "libostree 2025.2",
            "There is no other version on this computer to go back to",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
    }

    #[test]
    fn each_state_has_its_words() {
        let operation = ServiceState { operation: Some(samples::operation(None).into()), ..samples::plain() };
        for (state, words) in [
            (samples::plain(), vec!["A restart starts the version that runs now."]),
            (samples::rolled_back(), vec!["After restart   10.1.20251030 (queued, pinned)", "systemctl reboot"]),
            (operation, vec!["In progress", "started by person", "12.1 MB of 30.0 MB", "isotopectl watch"]),
            (changed(samples::plain(), |snapshot| snapshot.changing = true), vec!["being changed right now"]),
            (changed(samples::plain(), |snapshot| snapshot.last_checked = None), vec!["isotopectl check"]),
            (changed(samples::plain(), |snapshot| snapshot.last_checked = Some(u64::MAX)), vec!["not yet"]),
            (
                changed(samples::plain(), |snapshot| snapshot.available = Some(samples::available())),
                vec![
                    "Version 10.2.20251125 is available.",
                    "built 2025-11-25 · 350.0 MB to download",
                    "isotopectl update",
                ],
            ),
        ] {
            let text = text(&state, false);
            for word in words {
                assert!(text.contains(word), "{word}: {text}");
            }
        }
    }

    #[test]
    fn a_start_that_came_up_with_something_else_stands_at_the_top() {
        let expected = Some("10.2.20251120".to_owned());
        let surprised = changed(samples::plain(), |snapshot| {
            snapshot.last_boot = Some(samples::boot(BootVerdict::HealthChecksFailed { expected }));
        });
        assert!(text(&surprised, false).starts_with("Version 10.2.20251120 failed its health checks\n"));
        let usual = changed(samples::plain(), |snapshot| snapshot.last_boot = Some(samples::boot(BootVerdict::First)));
        assert_eq!(text(&usual, false), text(&samples::plain(), false));
    }

    #[test]
    fn a_newer_version_that_is_kept_is_called_newer() {
        let text = text(&samples::went_back(), false);
        assert!(text.contains("1  Newer         10.2.20251120") && !text.contains("Before"), "{text}");
    }

    #[test]
    fn an_update_held_back_does_not_come_next() {
        let held = Deployment { finalization_locked: true, ..samples::staged() };
        let text = text(&samples::state(vec![held, samples::running()]), false);
        assert!(text.contains("0  Ready, but held back   10.2.20251120"), "{text}");
        assert!(text.contains("A restart starts the version that runs now."), "{text}");
        assert!(text.contains("a restart does not start it, and drops it") && !text.contains("reboot"), "{text}");
    }

    #[test]
    fn a_computer_that_runs_no_deployment_is_told_so() {
        let text = text(&samples::state(vec![samples::older()]), false);
        assert!(text.contains("was not started from one of its system images"), "{text}");
        assert!(text.contains("Starts first") && !text.contains("After restart"), "{text}");
    }

    #[test]
    fn what_is_unknown_is_left_out() {
        let bare =
            Deployment { name: None, variant: None, version: None, built: None, image: None, ..samples::running() };
        let text = text(&samples::state(vec![bare]), false);
        assert!(text.starts_with("0  Running now   222222222222\n\n"), "{text}");
        let unknown = changed(samples::plain(), |snapshot| {
            (snapshot.host.backend, snapshot.host.backend_reason) = Default::default();
            snapshot.deployments[0].image = Some(ImageReference::Unknown);
            snapshot.deployments[0].built = Some(u64::MAX);
        });
        let text = shown(&lines(&unknown, Known::default(), &View { verbose: true, ..samples::view() })).join("\n");
        assert!(text.contains("none that this version") && text.contains("Free space       not known"), "{text}");
    }

    #[test]
    fn a_name_that_says_the_variant_says_it_once() {
        let named = Deployment { name: Some("Alma 10 GNOME".into()), ..samples::running() };
        assert!(text(&samples::state(vec![named]), false).contains("Alma 10 GNOME · built 2025-11-18"));
    }

    #[test]
    fn another_stateroot_is_named() {
        let other =
            Deployment { id: DeploymentId::new("other", "7".repeat(64), 0), ..samples::deployment('7', "9", 0) };
        let text = text(&samples::state(vec![samples::running(), other]), false);
        assert!(text.contains("Also kept") && text.contains("stateroot other"), "{text}");
    }

    #[test]
    fn names_from_images_cannot_touch_the_terminal() {
        let hostile = changed(samples::plain(), |snapshot| {
            let deployment = &mut snapshot.deployments[0];
            deployment.name = Some("\x1b]0;title\x07name\nRunning now   9".into());
            deployment.version = Some("1\r\x1b[2K".into());
            deployment.variant = Some("\u{202e}EMONG".into());
            deployment.image = Some(ImageReference::Container { reference: "docker://\u{9b}2J".into() });
        });
        let lines = lines(&hostile, Known::default(), &samples::view());
        for line in shown(&lines) {
            assert!(!line.chars().any(|character| character.is_control() || character == '\u{202e}'), "{line:?}");
        }
        assert_eq!(shown(&lines).iter().filter(|line| line.starts_with("0  Running now")).count(), 1);
    }

    #[test]
    fn without_any_deployment_something_is_still_said() {
        let text = text(&ServiceState::default(), true);
        assert!(text.contains("Last checked"), "{text}");
    }
}
