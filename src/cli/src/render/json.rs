// SPDX-License-Identifier: GPL-3.0-or-later
//! The JSON forms, as the manual page documents them.

pub(crate) mod catalog;

use isotope_client::login::{Inhibitor, OtherSession, RestartObstacles, RestartRefusal};
use isotope_client::{ClientError, ServiceState, wording};
use isotope_model::{
    ConfigurationChanges, Deployment, DeploymentDetails, DeploymentId, DeploymentUsage, HistoryEntry, ImagePreview,
    OperationStatus, Outcome, PackageChanges, Preflight, PublishedVersion, Settings, Snapshot, Trust,
};
use serde_json::{Value, json};

use super::status::Known;
use crate::blocking;
use crate::selection::SelectionError;

/// What `status` answers; with more of it, also what is where on disk, and who vouches for what is followed.
pub(crate) fn status(state: &ServiceState, known: Known<'_>) -> Value {
    let mut status =
        json!({ "snapshot": *state.snapshot, "capabilities": *state.capabilities, "operation": state.running() });
    if let Some(keys) = status.as_object_mut() {
        keys.extend(known.usage.map(|usage| ("disk-usage".to_owned(), json!(usage))));
        keys.extend(known.trust.map(|trust| ("trust".to_owned(), json!(trust))));
        let variant = known.catalogs.and_then(|catalogs| catalog::running(catalogs, &state.snapshot));
        keys.extend(variant.map(|variant| ("variant".to_owned(), variant)));
        keys.extend(known.restart.map(|at| ("scheduled-restart".to_owned(), json!(at))));
    }
    status
}

/// What `show` answers.
pub(crate) fn shown(
    chosen: &Deployment,
    details: Option<&DeploymentDetails>,
    trust: Option<&Trust>,
    usage: Option<&DeploymentUsage>,
) -> Value {
    json!({ "deployment": chosen, "details": details, "trust": trust, "disk-usage": usage })
}

/// What `inspect` answers.
pub(crate) fn preview(preview: &ImagePreview) -> Value {
    json!({ "preview": preview })
}

/// What `switch --preflight` answers.
pub(crate) fn preflight(preflight: &Preflight) -> Value {
    json!({ "preflight": preflight })
}

/// Why a switch was not made: what it would be refused with, and all that was found.
pub(crate) fn blocked(preflight: &Preflight, reset: bool) -> Value {
    json!({ "error": blocking::refusal(preflight, reset), "preflight": preflight })
}

/// What `trust` answers.
pub(crate) fn trust(trust: &Trust) -> Value {
    json!({ "trust": trust })
}

/// What `config-diff` answers.
pub(crate) fn configuration_changes(id: &DeploymentId, changes: &ConfigurationChanges) -> Value {
    json!({
        "deployment": id,
        "changes": changes.changes,
        "hidden": changes.hidden,
        "truncated": changes.truncated,
    })
}

/// What `changes` answers; without a deployment, of the update that the last check has found.
pub(crate) fn package_changes(id: Option<&DeploymentId>, changes: &PackageChanges) -> Value {
    json!({
        "deployment": id,
        "known": changes.known,
        "packages": {
            "upgraded": changes.upgraded,
            "downgraded": changes.downgraded,
            "added": changes.added,
            "removed": changes.removed,
        },
        "advisories": wording::advisories(changes),
        "truncated": changes.truncated,
    })
}

/// What `history` answers.
pub(crate) fn history(entries: &[HistoryEntry]) -> Value {
    json!({ "history": entries })
}

/// One line of `watch`: how everything stands. The operation may have ended; then it has an outcome.
pub(crate) fn watched(state: &ServiceState) -> Value {
    json!({
        "event": "state",
        "snapshot": *state.snapshot,
        "capabilities": *state.capabilities,
        "operation": state.operation.as_deref(),
    })
}

/// One line of `watch`: the service is not to be reached for the moment.
pub(crate) fn lost(error: &ClientError) -> Value {
    json!({ "event": "lost", "error": code(error) })
}

/// What `settings` answers.
pub(crate) fn settings(settings: &Settings) -> Value {
    json!({ "settings": settings })
}

/// What `restart` answers: what was in the way, and when the computer restarts, in seconds since 1970.
pub(crate) fn restart(obstacles: &RestartObstacles, at: Option<u64>) -> Value {
    let inhibitor = |held: &Inhibitor| json!({ "who": held.who, "why": held.why, "delays-only": held.delays_only });
    let session = |other: &OtherSession| json!({ "user": other.user, "seat": other.seat });
    json!({
        "restart": at.map_or_else(|| json!("now"), |at| json!(at)),
        "inhibitors": obstacles.inhibitors.iter().map(inhibitor).collect::<Vec<_>>(),
        "sessions": obstacles.others.iter().map(session).collect::<Vec<_>>(),
    })
}

/// What `restart --cancel` answers.
pub(crate) fn restart_cancelled(was_scheduled: bool) -> Value {
    json!({ "cancelled": was_scheduled })
}

/// What `automatic` answers where it does nothing.
pub(crate) fn automatic_passed(code: &str) -> Value {
    json!({ "passed-over": code })
}

/// What everything answers that the service does as an operation.
pub(crate) fn ended(outcome: &Outcome, after: &Snapshot) -> Value {
    match outcome {
        Outcome::Failed { refusal } => json!({ "outcome": outcome, "snapshot": after, "error": refusal }),
        _ => json!({ "outcome": outcome, "snapshot": after }),
    }
}

/// Why there is no answer.
pub(crate) fn error(error: &ClientError) -> Value {
    json!({ "error": code(error) })
}

/// Why there is no answer: something else runs, and this is it.
pub(crate) fn busy(error: &ClientError, running: Option<&OperationStatus>) -> Value {
    json!({ "error": code(error), "operation": running })
}

/// Why no deployment was chosen, and which ones there are to choose from.
pub(crate) fn selection(error: &SelectionError) -> Value {
    let (code, text) = match error {
        SelectionError::None { word, .. } => ("no-such-deployment", word),
        SelectionError::Unknown { text, .. } => ("no-such-deployment", text),
        SelectionError::Ambiguous { text, .. } => ("ambiguous-deployment", text),
    };
    json!({ "error": { "code": code, "argument": text, "candidates": error.candidates() } })
}

/// Why no version was chosen, and which ones there are to choose from.
pub(crate) fn ambiguous_version(text: &str, candidates: &[PublishedVersion]) -> Value {
    json!({ "error": { "code": "ambiguous-version", "argument": text, "candidates": candidates } })
}

/// Why no entry of a catalog was chosen, and which ones may have been meant.
pub(crate) fn unknown_entry(id: &str, candidates: &[String]) -> Value {
    json!({ "error": { "code": "no-such-entry", "argument": id, "candidates": candidates } })
}

/// An error of this program itself.
pub(crate) fn plain_error(code: &str) -> Value {
    json!({ "error": { "code": code } })
}

/// An error of this program itself, with the words of the system.
pub(crate) fn plain_error_with(code: &str, detail: &str) -> Value {
    json!({ "error": { "code": code, "detail": detail } })
}

fn code(error: &ClientError) -> Value {
    match error {
        ClientError::Refused(refusal) => json!(refusal),
        ClientError::ServiceMissing => json!({ "code": "service-missing" }),
        ClientError::ServiceFailed(detail) => json!({ "code": "service-failed", "detail": detail }),
        ClientError::NoBus(detail) => json!({ "code": "no-bus", "detail": detail }),
        ClientError::Incompatible { found, known } => {
            json!({ "code": "incompatible", "found": found, "known": known })
        }
        ClientError::Restart(reason) => restart_refused(reason),
        ClientError::Unexpected(detail) => json!({ "code": "unexpected", "detail": detail }),
    }
}

fn restart_refused(reason: &RestartRefusal) -> Value {
    match reason {
        RestartRefusal::NoLoginManager => json!({ "code": "no-login-manager" }),
        RestartRefusal::Inhibited(detail) => json!({ "code": "restart-inhibited", "detail": detail }),
        RestartRefusal::NotAuthorised => json!({ "code": "restart-not-authorised" }),
        RestartRefusal::UnderWay => json!({ "code": "restart-under-way" }),
        RestartRefusal::TooLate => json!({ "code": "restart-too-late" }),
        RestartRefusal::Failed(detail) => json!({ "code": "restart-failed", "detail": detail }),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{OperationKind, Progress, Refusal};

    use super::*;
    use crate::render::samples;

    #[test]
    fn status_has_three_keys_and_no_ended_operation() {
        let mut state = samples::updated();
        assert_eq!(status(&state, Known::default())["operation"], Value::Null);
        assert_eq!(status(&state, Known::default())["snapshot"]["deployments"][0]["staged"], true);
        assert_eq!(status(&state, Known::default())["capabilities"]["update"]["available"], true);
        state.operation = Some(samples::operation(Some(Outcome::UpToDate)).into());
        assert_eq!(status(&state, Known::default())["operation"], Value::Null);
        assert_eq!(watched(&state)["operation"]["outcome"]["result"], "up-to-date");
        state.operation = Some(samples::operation(None).into());
        assert_eq!(status(&state, Known::default())["operation"]["starter"]["user"], "person");
    }

    #[test]
    fn what_is_special_about_bootc_is_carried() {
        let mut snapshot = (*samples::composefs().snapshot).clone();
        snapshot.soft_restart = true;
        let state = ServiceState { snapshot: snapshot.into(), ..samples::composefs() };
        for value in [status(&state, Known::default()), watched(&state)] {
            let snapshot = &value["snapshot"];
            assert_eq!((&snapshot["read"], &snapshot["soft-restart"]), (&json!(samples::NOW - 900), &json!(true)));
            assert_eq!(snapshot["host"]["backend-reason"], "composefs");
            assert_eq!((&snapshot["host"]["backend"], &snapshot["host"]["composefs"]), (&json!("bootc"), &json!(true)));
            assert_eq!(snapshot["deployments"][0]["digest"], samples::digest('a'));
            assert_eq!(value["capabilities"]["deploy"]["reason"]["code"], "not-with-backend");
        }
        let held = status(&samples::held_back(), Known::default());
        assert_eq!(held["snapshot"]["deployments"][0]["finalization-locked"], true);
        let progress = Progress { overall: Some(800), seconds_in_phase: Some(4), ..Progress::default() };
        let running = OperationStatus { progress, ..samples::operation(None) };
        let state = ServiceState { operation: Some(running.into()), ..samples::plain() };
        let progress = &status(&state, Known::default())["operation"]["progress"];
        assert_eq!((&progress["overall"], &progress["seconds-in-phase"]), (&json!(800), &json!(4)));
        let value = shown(&samples::composefs().snapshot.deployments[0], None, None, None);
        assert_eq!((&value["details"], &value["deployment"]["digest"]), (&Value::Null, &json!(samples::digest('a'))));
    }

    #[test]
    fn packages_are_lists_also_where_they_are_empty() {
        let value = package_changes(None, &PackageChanges::unknown());
        assert_eq!((&value["deployment"], &value["known"]), (&Value::Null, &json!(false)));
        assert_eq!((&value["packages"]["added"], &value["advisories"]), (&json!([]), &json!([])));
        let id = samples::staged().id;
        let value = package_changes(Some(&id), &samples::package_changes());
        assert_eq!((&value["deployment"], &value["truncated"]), (&json!(id), &json!(false)));
        assert_eq!(value["packages"]["upgraded"][2]["after"], "2:9.1.200-1");
        assert_eq!(value["advisories"][0]["severity"], "critical");
    }

    #[test]
    fn what_rpm_ostree_brings_along_is_carried() {
        let operation = Some(samples::foreign_operation().into());
        let state = ServiceState { operation, ..samples::layered_host() };
        for value in [status(&state, Known::default()), watched(&state)] {
            let deployment = &value["snapshot"]["deployments"][0];
            assert_eq!(deployment["layered"]["local-packages"], json!(["tool-1-1.x86_64"]));
            assert_eq!((&deployment["unlocked"], &deployment["applied-live"]), (&json!("hotfix"), &json!(true)));
            let host = &value["snapshot"]["host"];
            assert_eq!(
                (&host["update-driver"]["unit"], &host["automatic-updates"]),
                (&json!("zincati.service"), &json!("stage"))
            );
            let operation = &value["operation"];
            assert_eq!((&operation["kind"], &operation["title"]), (&json!("other"), &json!("install vim")));
            assert_eq!(operation["starter"]["program"], "gnome-software");
        }
    }

    #[test]
    fn one_beginning_of_two_checksums_lists_both() {
        let of = |digit: char| PublishedVersion { checksum: digit.to_string().repeat(64), version: None, built: None };
        let value = ambiguous_version("11", &[of('1'), of('2')]);
        assert_eq!((&value["error"]["code"], &value["error"]["argument"]), (&json!("ambiguous-version"), &json!("11")));
        assert_eq!(value["error"]["candidates"][1]["checksum"], "2".repeat(64));
    }

    #[test]
    fn every_error_has_a_code() {
        let busy = ClientError::Refused(Refusal::Busy { operation: Some(OperationKind::Update) });
        for (value, expected) in [
            (error(&busy), "busy"),
            (error(&ClientError::ServiceMissing), "service-missing"),
            (error(&ClientError::Incompatible { found: 0, known: 1 }), "incompatible"),
            (plain_error("left"), "left"),
        ] {
            assert_eq!(value["error"]["code"], expected);
        }
        assert_eq!(error(&busy)["error"]["operation"], "update");
        let failed = Outcome::Failed { refusal: Refusal::no_space("0") };
        assert_eq!(ended(&failed, &Snapshot::default())["error"]["code"], "no-space");
        assert!(ended(&Outcome::UpToDate, &Snapshot::default()).get("error").is_none());
    }

    #[test]
    fn what_is_where_on_disk_is_told_when_it_was_asked_for() {
        let nothing = status(&samples::plain(), Known::default());
        assert!(nothing.get("disk-usage").is_none() && nothing.get("trust").is_none());
        let (usage, trust) = (samples::usage(), samples::preview().trust);
        let told = status(&samples::plain(), Known { usage: Some(&usage), trust: Some(&trust), ..Known::default() });
        assert_eq!(told["disk-usage"]["system"]["free"], 4_000_000_000_u64);
        assert_eq!((&told["trust"]["state"], &told["trust"]["signed"]), (&json!("verified"), &json!(true)));
    }

    #[test]
    fn a_choice_that_names_two_lists_them() {
        let candidates = vec![samples::running().id, samples::older().id];
        let value = selection(&SelectionError::Ambiguous { text: "10".into(), candidates });
        assert_eq!(value["error"]["code"], "ambiguous-deployment");
        assert_eq!(value["error"]["candidates"][1], samples::older().id.to_string());
        let value = selection(&SelectionError::None { word: "staged".into(), candidates: Vec::new() });
        assert_eq!(
            (&value["error"]["code"], &value["error"]["argument"]),
            (&"no-such-deployment".into(), &"staged".into())
        );
    }
}
