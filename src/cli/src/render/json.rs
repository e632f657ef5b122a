// SPDX-License-Identifier: GPL-3.0-or-later
//! The JSON forms, as the manual page documents them.

use isotope_client::{ClientError, ServiceState};
use isotope_model::{OperationStatus, Outcome, Snapshot};
use serde_json::{Value, json};

/// What `status` answers.
pub(crate) fn status(state: &ServiceState) -> Value {
    json!({ "snapshot": *state.snapshot, "capabilities": *state.capabilities, "operation": state.running() })
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

/// What `check`, `update` and `rollback` answer.
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
        ClientError::Unexpected(detail) => json!({ "code": "unexpected", "detail": detail }),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{OperationKind, Refusal};

    use super::*;
    use crate::render::samples;

    #[test]
    fn status_has_three_keys_and_no_ended_operation() {
        let mut state = samples::updated();
        assert_eq!(status(&state)["operation"], Value::Null);
        assert_eq!(status(&state)["snapshot"]["deployments"][0]["staged"], true);
        assert_eq!(status(&state)["capabilities"]["update"]["available"], true);
        state.operation = Some(samples::operation(Some(Outcome::UpToDate)).into());
        assert_eq!(status(&state)["operation"], Value::Null);
        assert_eq!(watched(&state)["operation"]["outcome"]["result"], "up-to-date");
        state.operation = Some(samples::operation(None).into());
        assert_eq!(status(&state)["operation"]["starter"]["user"], "person");
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
        let failed = Outcome::Failed { refusal: Refusal::NoSpace { detail: "0".into() } };
        assert_eq!(ended(&failed, &Snapshot::default())["error"]["code"], "no-space");
        assert!(ended(&Outcome::UpToDate, &Snapshot::default()).get("error").is_none());
    }
}
