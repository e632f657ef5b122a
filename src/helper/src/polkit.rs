// SPDX-License-Identifier: GPL-3.0-or-later
//! Asking polkit without an engine: only for what is done without root. The action names this user as its owner, so that
//! polkit answers it about others.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::Context as _;
use isotope_model::Refusal;
use isotope_model::names::ACTION_PREFIX;
use zbus::zvariant::{OwnedValue, Str};
use zbus_polkit::policykit1::{AuthorityProxy, CheckAuthorizationFlags, Subject};

use crate::caller::Caller;
use crate::service_error::ServiceError;

/// Names the questions to polkit, each another.
static QUESTIONS: AtomicU64 = AtomicU64::new(0);

/// What can be done without an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Have something looked up.
    Check,
    /// Set the computer.
    Configure,
}

impl Action {
    fn id(self) -> String {
        let name = match self {
            Self::Check => "check",
            Self::Configure => "configure",
        };
        format!("{ACTION_PREFIX}{name}")
    }
}

/// Waits until the caller is authorised, as long as it stays on the bus; root is.
///
/// # Errors
/// [`Refusal::NotAuthorised`] or [`Refusal::Dismissed`]; the caller left; polkit cannot be asked.
pub(crate) async fn require(
    connection: &zbus::Connection,
    caller: &Caller,
    action: Action,
) -> Result<(), ServiceError> {
    if caller.uid == 0 {
        return Ok(());
    }
    let action = action.id();
    let authority = AuthorityProxy::new(connection).await.context("polkit")?;
    let subject = Subject {
        subject_kind: "system-bus-name".into(),
        subject_details: HashMap::from([("name".to_owned(), OwnedValue::from(Str::from(caller.name.as_str())))]),
    };
    let flags = match caller.interactive {
        true => CheckAuthorizationFlags::AllowUserInteraction.into(),
        false => Default::default(),
    };
    let question = format!("isotope-{}", QUESTIONS.fetch_add(1, Ordering::Relaxed));
    let details = HashMap::new();
    let answer = tokio::select! {
        answer = authority.check_authorization(&subject, &action, &details, flags, &question) => answer,
        () = caller.gone(connection) => {
            let _ = authority.cancel_check_authorization(&question).await;
            return Err(Refusal::Cancelled.into());
        }
    };
    let answer = answer.context("asking polkit")?;
    match (answer.is_authorized, answer.details.contains_key("polkit.dismissed")) {
        (true, _) => Ok(()),
        (false, true) => Err(Refusal::Dismissed { action }.into()),
        (false, false) => Err(Refusal::NotAuthorised { action }.into()),
    }
}
