// SPDX-License-Identifier: GPL-3.0-or-later
//! Who may have what done: derived from the request, asked of polkit for the bus name that called the helper.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use isotope_model::engine_protocol::{Caller, Task};
use isotope_model::names::{ACTION_PREFIX, GETTEXT_DOMAIN};
use isotope_model::{Refusal, RollbackPlan, Snapshot};
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Str};
use zbus_polkit::policykit1::{AuthorityProxy, CheckAuthorizationFlags, Subject};

use crate::failure::Failure;

/// What polkit is asked, worked out from a request and the state of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    action: &'static str,
    /// The sentence of the password dialog, where it can say more than the action's own, with its parameter.
    message: Option<(&'static str, String)>,
}

/// What a task on this host needs; [`Task::Status`] is never asked.
///
/// An update that follows a staged switch needs what the switch needed, one that undoes a queued rollback what the
/// rollback needed.
pub(crate) fn needed(task: &Task, snapshot: &Snapshot) -> Authority {
    let plain = |action| Authority { action, message: None };
    match task {
        Task::Status | Task::Check => plain("check"),
        Task::Update { .. } => {
            let image_of = |deployment: Option<&isotope_model::Deployment>| deployment.and_then(|d| d.image.clone());
            let staged_switch =
                snapshot.staged().is_some() && image_of(snapshot.staged()) != image_of(snapshot.booted());
            let queued = snapshot.deployments.iter().any(|deployment| deployment.queued);
            match (staged_switch, queued) {
                (true, _) => plain("switch"),
                (false, true) => plain("roll-back"),
                (false, false) => plain("update"),
            }
        }
        Task::RollBack { .. } => {
            let plan = RollbackPlan::of(snapshot).ok();
            let target =
                plan.and_then(|plan| snapshot.deployment(&plan.boots_next).map(|next| next.label().to_owned()));
            Authority {
                action: "roll-back",
                message: target
                    .map(|version| ("Authentication is required to make version $(version) start next", version)),
            }
        }
        Task::AuthoriseCancel => plain("cancel"),
    }
}

impl Authority {
    /// The whole name of the polkit action.
    pub(crate) fn action(&self) -> String {
        format!("{ACTION_PREFIX}{}", self.action)
    }

    /// Asks polkit whether this caller has it; root has everything. Waits for the person as long as it takes: drop the
    /// future to stop waiting, and tell polkit with [`withdraw`].
    ///
    /// # Errors
    /// [`Refusal::NotAuthorised`] or [`Refusal::Dismissed`]; polkit cannot be asked; the caller is gone.
    pub(crate) async fn ask(&self, bus: &zbus::Connection, caller: &Caller) -> Result<(), Failure> {
        let name = BusName::try_from(caller.bus_name.as_str()).context("the caller's bus name")?;
        let BusName::Unique(name) = name else { return Err(anyhow!("not a unique bus name: {name}").into()) };
        let daemon = zbus::fdo::DBusProxy::new(bus).await.context("the system bus")?;
        let uid = daemon.get_connection_unix_user(name.into()).await.context("the caller is gone")?;
        if uid == 0 {
            return Ok(());
        }
        let authority = AuthorityProxy::new(bus).await.context("polkit")?;
        let subject = Subject {
            subject_kind: "system-bus-name".into(),
            subject_details: HashMap::from([(
                "name".to_owned(),
                OwnedValue::from(Str::from(caller.bus_name.as_str())),
            )]),
        };
        let mut details = HashMap::new();
        if let Some((message, version)) = &self.message {
            details.insert("polkit.message", *message);
            details.insert("polkit.gettext_domain", GETTEXT_DOMAIN);
            details.insert("version", version);
        }
        let flags = match caller.interactive {
            true => CheckAuthorizationFlags::AllowUserInteraction.into(),
            false => Default::default(),
        };
        let answer = authority
            .check_authorization(&subject, &self.action(), &details, flags, CANCELLATION)
            .await
            .context("asking polkit")?;
        if answer.is_authorized {
            return Ok(());
        }
        let action = self.action();
        Err(match answer.details.contains_key("polkit.dismissed") {
            true => Refusal::Dismissed { action },
            false => Refusal::NotAuthorised { action },
        }
        .into())
    }
}

/// Names the question to polkit; it is unique together with this connection.
const CANCELLATION: &str = "isotope";

/// Takes the question back, so that the password dialog closes.
pub(crate) async fn withdraw(bus: &zbus::Connection) {
    if let Ok(authority) = AuthorityProxy::new(bus).await {
        let _ = authority.cancel_check_authorization(CANCELLATION).await;
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{Deployment, DeploymentId, Host, ImageReference, classify};

    use super::*;

    fn deployment(digit: &str, branch: &str) -> Deployment {
        Deployment {
            version: Some(digit.to_owned()),
            image: ImageReference::from_refspec(branch).ok(),
            ..Deployment::new(DeploymentId::new("os", digit.repeat(64), 0))
        }
    }

    fn host(mut deployments: Vec<Deployment>) -> Snapshot {
        classify(&mut deployments);
        Snapshot { host: Host { image_based: true, ..Host::default() }, deployments, ..Snapshot::default() }
    }

    fn booted(digit: &str) -> Deployment {
        Deployment { booted: true, ..deployment(digit, "r:gnome") }
    }

    #[test]
    fn an_ordinary_update_needs_update() {
        let staged = Deployment { staged: true, ..deployment("2", "r:gnome") };
        for snapshot in [host(vec![booted("1")]), host(vec![staged, booted("1"), deployment("0", "r:gnome")])] {
            assert_eq!(needed(&Task::Update { expected: None }, &snapshot).action(), format!("{ACTION_PREFIX}update"));
        }
    }

    #[test]
    fn an_update_that_follows_a_staged_switch_needs_switch() {
        let staged = Deployment { staged: true, ..deployment("2", "r:kde") };
        let authority = needed(&Task::Update { expected: None }, &host(vec![staged, booted("1")]));
        assert_eq!(authority.action(), format!("{ACTION_PREFIX}switch"));
    }

    #[test]
    fn an_update_that_undoes_a_queued_rollback_needs_roll_back() {
        let authority = needed(&Task::Update { expected: None }, &host(vec![deployment("0", "r:gnome"), booted("1")]));
        assert_eq!(authority.action(), format!("{ACTION_PREFIX}roll-back"));
    }

    #[test]
    fn the_dialog_names_the_version_that_a_rollback_goes_to() {
        let authority =
            needed(&Task::RollBack { expected: None }, &host(vec![booted("1"), deployment("0", "r:gnome")]));
        assert_eq!(authority.message.map(|(_, version)| version).as_deref(), Some("0"));
    }
}
