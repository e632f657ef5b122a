// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{OperationKind, OperationStatus, Phase, Progress};

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
    /// What to show of the operation that runs, as the user with this id sees it.
    pub(crate) fn of(state: &ServiceState, uid: u32) -> Option<Self> {
        let running = state.running()?;
        let path = state.operation_path.as_ref().map(ToString::to_string).unwrap_or_default();
        Some(Self {
            operation: format!("{path} {}", running.started),
            phase: wording::phase(&running.progress),
            detail: detail(&running.progress),
            starter: starter(running, uid),
            fraction: whole(running.kind, &running.progress),
        })
    }
}

fn starter(operation: &OperationStatus, uid: u32) -> Option<String> {
    if operation.starter.uid == uid {
        return None;
    }
    let user = operation.starter.user.clone().unwrap_or_else(|| operation.starter.uid.to_string());
    Some(gettext("Started by {user}").replace("{user}", &user))
}

fn detail(progress: &Progress) -> Option<String> {
    let bytes = match (progress.bytes?, progress.total_bytes) {
        (done, Some(total)) => gettext("{done} of {total} downloaded")
            .replace("{done}", &wording::bytes(done))
            .replace("{total}", &wording::bytes(total)),
        (0, None) => return None,
        (done, None) => gettext("{done} downloaded").replace("{done}", &wording::bytes(done)),
    };
    match progress.seconds_left() {
        // Translators: bytes and remaining time, as in "12.1 MB of 30.0 MB downloaded · About 2 minutes".
        Some(seconds) => Some(
            gettext("{bytes} · {time}").replace("{bytes}", &bytes).replace("{time}", &wording::seconds_left(seconds)),
        ),
        None => Some(bytes),
    }
}

/// One bar for all phases of what downloads: the download is most of it, what follows begins where it ended.
fn whole(kind: OperationKind, progress: &Progress) -> Option<f64> {
    if !matches!(kind, OperationKind::Update | OperationKind::Switch | OperationKind::Deploy) {
        return None;
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

    use isotope_model::Starter;

    use super::super::test_states::{booted, operation, service, snapshot};
    use super::*;

    fn shown(operation: OperationStatus) -> OperationProgress {
        let mut state = service(snapshot(vec![booted('1')]));
        state.operation = Some(Arc::new(operation));
        OperationProgress::of(&state, 1000).unwrap()
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
            (Some(12_100_000), None, Some(100_000), Some("12.1 MB downloaded")),
            (Some(12_100_000), Some(30_000_000), None, Some("12.1 MB of 30.0 MB downloaded")),
            (
                Some(12_100_000),
                Some(30_000_000),
                Some(200_000),
                Some("12.1 MB of 30.0 MB downloaded · About 2 minutes"),
            ),
        ] {
            let shown = pulling(bytes, total, rate);
            assert_eq!(shown.detail.as_deref(), detail);
            assert_eq!(shown.fraction.is_some(), bytes.is_some() && total.is_some());
        }
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
    fn somebody_elses_operation_names_its_starter() {
        let by = |uid, user: Option<&str>| {
            let status = operation(OperationKind::Check, Progress::default());
            shown(OperationStatus { starter: Starter { uid, user: user.map(Into::into) }, ..status }).starter
        };
        assert_eq!(by(1000, Some("person")), None);
        assert_eq!(by(1001, Some("administrator")).as_deref(), Some("Started by administrator"));
        assert_eq!(by(1001, None).as_deref(), Some("Started by 1001"));
    }
}
