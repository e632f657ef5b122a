// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{OperationKind, Phase, Progress, Starter};

use super::duration::duration;
use super::flow_meter::time_left;
use super::names;

/// What is shown of an operation that runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct OperationProgress {
    /// Tells this operation from the one before.
    pub(crate) operation: String,
    /// What it is busy with.
    pub(crate) phase: String,
    /// How much of it is done, in words; nothing where nobody knows.
    pub(crate) detail: Option<String>,
    /// Who started it, where that was somebody else.
    pub(crate) starter: Option<String>,
    /// The part of the whole operation that is done, from 0 to 1.
    pub(crate) fraction: Option<f64>,
}

impl OperationProgress {
    /// What to show of the operation that runs, as the user with this id sees it, where it is estimated to take so long.
    pub(crate) fn of(state: &ServiceState, uid: u32, seconds_left: Option<u64>) -> Option<Self> {
        let running = state.running()?;
        let path = state.operation_path.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(Self {
            operation: format!("{path} {}", running.started),
            phase: wording::phase(&running.progress),
            detail: detail(&running.progress, seconds_left).map(|detail| names::foldable(&detail)),
            starter: starter(&running.starter, uid),
            fraction: whole(running.kind, &running.progress),
        })
    }
}

/// The person knows what was started in this window; what another program of theirs does may come as a surprise.
fn starter(starter: &Starter, uid: u32) -> Option<String> {
    let is_own = starter.uid == uid && starter.program.is_none();
    let named = match starter.uid == uid {
        // That it is the person's own is clear where only the program is named.
        true => Starter { uid: Starter::UNKNOWN_USER, user: None, ..starter.clone() },
        false => starter.clone(),
    };
    // Translators: {user} is a user, or a program such as gnome-software, or both, as in "person with gnome-software".
    (!is_own).then(|| gettext("Started by {user}").replace("{user}", &wording::starter(&named)))
}

/// Bytes are told where they are known; how fast they come and how long that still takes, only while they come. Where
/// nothing else moves, the time that has passed shows that work goes on.
fn detail(progress: &Progress, seconds_left: Option<u64>) -> Option<String> {
    if progress.overall == Some(Progress::WHOLE) {
        return Some(gettext("Almost done"));
    }
    let bytes = bytes(progress).or_else(|| wording::layer(progress));
    let rate = progress.bytes_per_second.filter(|rate| *rate > 0);
    let left = seconds_left.filter(|seconds| *seconds > 0);
    let so_far = progress.seconds_in_phase.filter(|_| rate.is_none()).map(passed);
    let text = match (bytes, rate, left, so_far) {
        (Some(bytes), Some(rate), Some(seconds), _) => {
            // Translators: bytes, rate and remaining time, as in
            // "12.1 MB of 30.0 MB downloaded · 1.2 MB a second · About 2 minutes left".
            gettext("{bytes} · {rate} · {time}")
                .replace("{time}", &time_left(seconds))
                .replace("{rate}", &a_second(rate))
                .replace("{bytes}", &bytes)
        }
        (Some(bytes), Some(rate), None, _) => {
            // Translators: bytes and rate, as in "12.1 MB downloaded · 1.2 MB a second".
            gettext("{bytes} · {rate}").replace("{rate}", &a_second(rate)).replace("{bytes}", &bytes)
        }
        (Some(bytes), None, _, Some(so_far)) => {
            // Translators: bytes and the time that has passed without any, as in "12.1 MB downloaded · 14 seconds so far".
            gettext("{bytes} · {time}").replace("{time}", &so_far).replace("{bytes}", &bytes)
        }
        (Some(bytes), None, _, None) => bytes,
        (None, _, _, so_far) => return so_far,
    };
    Some(text)
}

fn bytes(progress: &Progress) -> Option<String> {
    match (progress.bytes?, progress.total_bytes) {
        (done, Some(total)) => Some(
            gettext("{done} of {total} downloaded")
                .replace("{done}", &wording::bytes(done.min(total)))
                .replace("{total}", &wording::bytes(total)),
        ),
        (0, None) => None,
        (done, None) => Some(gettext("{done} downloaded").replace("{done}", &wording::bytes(done))),
    }
}

fn passed(seconds: u64) -> String {
    // Translators: how long something has lasted that tells nothing else, as in "14 seconds so far".
    gettext("{time} so far").replace("{time}", &duration(seconds.saturating_mul(1_000)))
}

fn a_second(rate: u64) -> String {
    // Translators: how fast something is downloaded, as in "1.2 MB a second".
    gettext("{size} a second").replace("{size}", &wording::bytes(rate))
}

/// One bar for all phases of what downloads: the download is most of it, what follows begins where it ended.
fn whole(kind: OperationKind, progress: &Progress) -> Option<f64> {
    match kind {
        OperationKind::Update | OperationKind::Switch | OperationKind::Deploy => {}
        // Nobody knows what follows what it does now.
        OperationKind::Other => return progress.overall_fraction().or_else(|| progress.fraction()),
        _ => return None,
    }
    if let Some(fraction) = progress.overall_fraction() {
        return Some(fraction);
    }
    let stretch = |from: f64, to: f64| progress.fraction().map(|part| from + part * (to - from));
    match progress.phase {
        Phase::Pulling => stretch(0.02, 0.85),
        Phase::Importing => Some(0.85),
        Phase::Staging => stretch(0.85, 0.97).or(Some(0.85)),
        Phase::ChangingBootOrder | Phase::Pinning | Phase::CleaningUp => stretch(0.97, 1.0).or(Some(0.97)),
        Phase::Starting | Phase::Waiting | Phase::Checking | Phase::Unknown => None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::{OperationStatus, Starter};
    use proptest::prelude::*;

    use super::super::test_states::{booted, operation, service, snapshot};
    use super::super::{BarMotion, BarPosition};
    use super::*;

    fn shown(operation: OperationStatus) -> OperationProgress {
        let mut state = service(snapshot(vec![booted('1')]));
        state.operation = Some(Arc::new(operation));
        OperationProgress::of(&state, 1000, None).unwrap()
    }

    fn plain(detail: String) -> String {
        detail.replace('\u{a0}', " ")
    }

    fn pulling(bytes: Option<u64>, total: Option<u64>, rate: Option<u64>) -> OperationProgress {
        let progress = Progress {
            phase: Phase::Pulling,
            bytes,
            total_bytes: total,
            bytes_per_second: rate,
            ..Progress::default()
        };
        shown(operation(OperationKind::Update, progress))
    }

    #[test]
    fn what_is_unknown_is_not_invented() {
        for (bytes, total, rate, detail) in [
            (None, None, None, None),
            (Some(0), None, None, None),
            (Some(12_100_000), None, Some(100_000), Some("12.1 MB downloaded · 100.0 kB a second")),
            (Some(12_100_000), Some(30_000_000), None, Some("12.1 MB of 30.0 MB downloaded")),
            (
                Some(12_100_000),
                Some(30_000_000),
                Some(200_000),
                Some("12.1 MB of 30.0 MB downloaded · 200.0 kB a second"),
            ),
            (Some(9), Some(3), Some(1), Some("3 bytes of 3 bytes downloaded · 1 byte a second")),
        ] {
            let shown = pulling(bytes, total, rate);
            assert_eq!(shown.detail.map(plain).as_deref(), detail);
            assert_eq!(shown.fraction.is_some(), bytes.is_some() && total.is_some());
        }
    }

    #[test]
    fn the_time_that_is_left_is_said_where_it_was_estimated() {
        let progress = Progress {
            phase: Phase::Pulling,
            bytes: Some(12_100_000),
            total_bytes: Some(30_000_000),
            bytes_per_second: Some(200_000),
            ..Progress::default()
        };
        let mut state = service(snapshot(vec![booted('1')]));
        state.operation = Some(Arc::new(operation(OperationKind::Update, progress)));
        let detail = OperationProgress::of(&state, 1000, Some(90)).and_then(|shown| shown.detail).map(plain);
        let told = "12.1 MB of 30.0 MB downloaded · 200.0 kB a second · About 2 minutes left";
        assert_eq!(detail.as_deref(), Some(told));
    }

    #[test]
    fn where_only_layers_are_counted_the_bar_goes_by_them() {
        let progress = Progress {
            phase: Phase::Pulling,
            layers: Some(2),
            total_layers: Some(8),
            layer_bytes: Some(1_800_000),
            seconds_in_phase: Some(14),
            ..Progress::default()
        };
        let view = shown(operation(OperationKind::Other, progress));
        assert_eq!(view.detail.map(plain).as_deref(), Some("Layer 3 of 8 (1.8 MB) · 14 seconds so far"));
        assert!(view.fraction.is_some_and(|fraction| (0.2..0.3).contains(&fraction)));
    }

    #[test]
    fn one_bar_covers_all_phases_in_their_order() {
        let at = |phase, bytes| {
            let progress = Progress { phase, bytes, total_bytes: bytes.map(|_| 100), ..Progress::default() };
            shown(operation(OperationKind::Update, progress)).fraction
        };
        let positions = [
            at(Phase::Pulling, Some(0)),
            at(Phase::Pulling, Some(50)),
            at(Phase::Pulling, Some(100)),
            at(Phase::Staging, None),
            at(Phase::CleaningUp, None),
        ];
        assert!(positions.iter().all(Option::is_some));
        assert!(positions.is_sorted());
        assert_eq!(at(Phase::Checking, None), None);
    }

    #[test]
    fn where_no_bytes_flow_the_time_that_passes_shows_life() {
        let told = |progress| shown(operation(OperationKind::Update, progress)).detail.map(plain);
        let importing =
            |seconds_in_phase| Progress { phase: Phase::Importing, seconds_in_phase, ..Progress::default() };
        assert_eq!(told(importing(None)), None);
        assert_eq!(told(importing(Some(14))).as_deref(), Some("14 seconds so far"));
        let stalled =
            Progress { phase: Phase::Pulling, bytes: Some(2_000), seconds_in_phase: Some(61), ..Progress::default() };
        assert_eq!(told(stalled).as_deref(), Some("2.0 kB downloaded · 1 minute so far"));
        let whole = Progress { phase: Phase::Staging, overall: Some(Progress::WHOLE), ..Progress::default() };
        assert_eq!(told(whole).as_deref(), Some("Almost done"));
    }

    /// Anything that a service may tell, also one that contradicts itself.
    fn any_progress() -> impl Strategy<Value = Progress> {
        let phases = [
            Phase::Starting,
            Phase::Waiting,
            Phase::Checking,
            Phase::Pulling,
            Phase::Importing,
            Phase::Staging,
            Phase::ChangingBootOrder,
            Phase::CleaningUp,
            Phase::Unknown,
        ];
        let number = || prop::option::of(prop_oneof![0u64..1_000, any::<u64>()]);
        let overall = prop::option::of(prop_oneof![0u16..=1_000, any::<u16>()]);
        (prop::sample::select(phases.to_vec()), [number(), number(), number(), number()], number(), overall).prop_map(
            |(phase, [bytes, total_bytes, objects, total_objects], bytes_per_second, overall)| Progress {
                phase,
                bytes,
                total_bytes,
                objects,
                total_objects,
                bytes_per_second,
                overall,
                ..Progress::default()
            },
        )
    }

    proptest! {
        #[test]
        fn the_bar_never_goes_back_and_never_past_its_end(told in prop::collection::vec(any_progress(), 1..40)) {
            let mut bar = BarPosition::default();
            let mut highest = None;
            for progress in told {
                let view = shown(operation(OperationKind::Update, progress));
                match bar.show(&view.operation, view.fraction) {
                    BarMotion::At(now) => {
                        prop_assert!((0.0..=1.0).contains(&now) && now >= highest.unwrap_or(0.0));
                        highest = Some(now);
                    }
                    BarMotion::Pulse => prop_assert_eq!(highest, None, "what is known is not forgotten"),
                }
            }
        }
    }

    #[test]
    fn an_update_by_bootc_is_one_line_from_the_first_byte_to_the_last_step() {
        // As the engine tells the recorded upgrade: bytes, then steps, then nothing that can be counted.
        let steps = [(Phase::Pulling, 0), (Phase::Pulling, 411), (Phase::Pulling, 700), (Phase::Importing, 700)]
            .into_iter()
            .chain([(Phase::Importing, 900), (Phase::Staging, 900), (Phase::Staging, 967), (Phase::Staging, 1000)]);
        let mut bar = BarPosition::default();
        for (phase, thousandths) in steps {
            let progress = Progress { phase, overall: Some(thousandths), ..Progress::default() };
            let view = shown(operation(OperationKind::Update, progress));
            assert_eq!(bar.show(&view.operation, view.fraction), BarMotion::At(f64::from(thousandths) / 1000.0));
        }
    }

    #[test]
    fn somebody_elses_operation_names_its_starter() {
        let by = |uid, user: Option<&str>, program: Option<&str>| {
            let status = operation(OperationKind::Check, Progress::default());
            let starter = Starter { uid, user: user.map(Into::into), program: program.map(Into::into) };
            shown(OperationStatus { starter, ..status }).starter
        };
        assert_eq!(by(1000, Some("person"), None), None);
        for (uid, user, program, words) in [
            (1001, Some("administrator"), None, "Started by administrator"),
            (1001, None, None, "Started by user 1001"),
            (1000, Some("person"), Some("gnome-software"), "Started by gnome-software"),
            (1001, Some("administrator"), Some("cli"), "Started by administrator with cli"),
            (Starter::UNKNOWN_USER, None, Some("gnome-software"), "Started by gnome-software"),
            (Starter::UNKNOWN_USER, None, None, "Started by another program"),
        ] {
            assert_eq!(by(uid, user, program).as_deref(), Some(words));
        }
    }
}
