// SPDX-License-Identifier: GPL-3.0-or-later
//! Who may have what done: derived from the request, asked of polkit for the bus name that called the helper.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use isotope_model::engine_protocol::{Caller, Task};
use isotope_model::names::{ACTION_PREFIX, GETTEXT_DOMAIN};
use isotope_model::{
    Deployment, DeploymentId, ImageReference, Refusal, RollbackPlan, Snapshot, Trust, followed_deployment,
    resolve_image,
};
use zbus::names::BusName;
use zbus::zvariant::{OwnedValue, Str};
use zbus_polkit::policykit1::{AuthorityProxy, CheckAuthorizationFlags, Subject};

use crate::failure::Failure;

/// What polkit is asked, worked out from a request and the state of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Authority {
    action: &'static str,
    /// The sentence of the password dialog, where it can say more than the action's own.
    message: Option<Message>,
    /// Who vouches for the image that the person agrees to; where that changes, it is to be asked again.
    trust: Option<Trust>,
}

/// A sentence for the password dialog, with one parameter: polkit puts the value in place of `$(name)`.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Message {
    text: &'static str,
    name: &'static str,
    value: String,
}

/// Marks a text for translators; polkit translates it, by the domain that it is told.
const fn translatable(text: &'static str) -> &'static str {
    text
}

// Translators: these are shown in password dialogs; leave $(version) and $(image) as they are.
const START_NEXT: &str = translatable("Authentication is required to make version $(version) start next");
const SWITCH_TO: &str = translatable("Authentication is required to switch this computer to $(image)");
const SWITCH_UNVERIFIED: &str =
    translatable("Authentication is required to switch this computer to $(image), which nobody vouches for");
const SWITCH_AND_RESET: &str = translatable(
    "Authentication is required to switch this computer to $(image) and to take back what was changed on it with \
     rpm-ostree",
);
const SWITCH_UNVERIFIED_AND_RESET: &str = translatable(
    "Authentication is required to switch this computer to $(image), which nobody vouches for, and to take back what was \
     changed on it with rpm-ostree",
);
const INSTALL_VERSION: &str = translatable("Authentication is required to install version $(version)");
const REMOVE_VERSION: &str = translatable("Authentication is required to remove version $(version)");

/// What a task on this host needs. `trust` works out who vouches for an image, by the rules that the host has now: the
/// lesser action is enough for a switch only where they demand a signature for the whole of it.
///
/// An update that follows a staged or queued switch needs what the switch needed, one that undoes or goes on from a queued
/// rollback what the rollback needed. A switch that also takes back what was changed on this computer needs more.
pub(crate) fn needed(task: &Task, snapshot: &Snapshot, trust: impl Fn(&ImageReference) -> Trust) -> Authority {
    let plain = |action| Authority { action, message: None, trust: None };
    let version = |action, text, id: Option<&DeploymentId>| {
        let label = id.and_then(|id| snapshot.deployment(id)).map(|deployment| deployment.label().to_owned());
        let message = label.map(|value| Message { text, name: "version", value });
        Authority { action, message, trust: None }
    };
    let switch = |image: Option<&ImageReference>, reset: bool| {
        let trust = image.map(&trust);
        let verified = trust.as_ref().is_some_and(Trust::is_enforced);
        let (action, text) = match (verified, reset) {
            (true, false) => ("switch", SWITCH_TO),
            (false, false) => ("switch-unverified", SWITCH_UNVERIFIED),
            (true, true) => ("switch-unverified", SWITCH_AND_RESET),
            (false, true) => ("switch-unverified", SWITCH_UNVERIFIED_AND_RESET),
        };
        let message = image.map(|image| Message { text, name: "image", value: shown(&image.readable()) });
        Authority { action, message, trust }
    };
    match task {
        Task::Status
        | Task::Details { .. }
        | Task::DiskUsage
        | Task::ConfigurationChanges { .. }
        | Task::BootEvidence
        | Task::Trust { .. }
        | Task::StoredLayers
        | Task::PackageChanges { .. }
        | Task::Follow
        | Task::Preflight { .. }
        | Task::Check
        | Task::ListVersions => plain("check"),
        Task::Update { .. } | Task::Deploy { .. } => {
            let image_of = |deployment: Option<&Deployment>| deployment.and_then(|d| d.image.clone());
            let runs = image_of(snapshot.booted());
            let goes_on_from = [snapshot.staged(), followed_deployment(snapshot)].into_iter().flatten();
            if let Some(switched) = goes_on_from.map(Some).map(image_of).find(|image| *image != runs) {
                return switch(switched.as_ref(), false);
            }
            let queued = snapshot.deployments.iter().any(|deployment| deployment.queued);
            match task {
                Task::Deploy { version } => {
                    let message = Message { text: INSTALL_VERSION, name: "version", value: shown(version) };
                    Authority { message: Some(message), ..plain("roll-back") }
                }
                _ if queued => plain("roll-back"),
                _ => plain("update"),
            }
        }
        Task::Switch { image, reset, .. } => switch(resolve_image(snapshot, image).ok().as_ref(), *reset),
        Task::RollBack { .. } => {
            let plan = RollbackPlan::of(snapshot).ok();
            version("roll-back", START_NEXT, plan.as_ref().map(|plan| &plan.boots_next))
        }
        Task::SetDefault { deployment } => version("roll-back", START_NEXT, Some(deployment)),
        Task::Discard { .. } => plain("roll-back"),
        Task::Remove { deployment } => version("manage-deployments", REMOVE_VERSION, Some(deployment)),
        Task::Pin { .. } | Task::Unpin { .. } | Task::Keep { .. } | Task::CleanUp => plain("manage-deployments"),
        Task::AuthoriseCancel => plain("cancel"),
    }
}

/// What a person wrote, as far as it may be shown in a dialog: nothing that hides or turns around letters, and where it is
/// long, its beginning and its end.
fn shown(text: &str) -> String {
    const LONGEST: usize = 100;
    let visible = |letter: &char| !letter.is_control() && !INVISIBLE.iter().any(|range| range.contains(letter));
    let letters: Vec<char> = text.chars().filter(visible).take(4096).collect();
    match letters.len() > LONGEST {
        true => {
            let (half, rest) = (LONGEST / 2, letters.len() - LONGEST / 2);
            letters.iter().take(half).chain(['…'].iter()).chain(letters.iter().skip(rest)).collect()
        }
        false => letters.into_iter().collect(),
    }
}

/// Letters without a look of their own: marks of direction, joiners, fillers. Source: Unicode's general category Cf.
const INVISIBLE: [std::ops::RangeInclusive<char>; 5] = [
    '\u{200b}'..='\u{200f}',
    '\u{202a}'..='\u{202e}',
    '\u{2060}'..='\u{206f}',
    '\u{feff}'..='\u{feff}',
    '\u{e0000}'..='\u{e007f}',
];

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
        if user(bus, caller).await? == 0 {
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
        if let Some(message) = &self.message {
            details.insert("polkit.message", message.text);
            details.insert("polkit.gettext_domain", GETTEXT_DOMAIN);
            details.insert(message.name, &message.value);
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

/// The user behind a caller, as the bus vouches for it.
///
/// # Errors
/// The name is no unique one, or the caller is gone.
pub(crate) async fn user(bus: &zbus::Connection, caller: &Caller) -> anyhow::Result<u32> {
    let name = BusName::try_from(caller.bus_name.as_str()).context("the caller's bus name")?;
    let BusName::Unique(name) = name else { return Err(anyhow!("not a unique bus name: {name}")) };
    let daemon = zbus::fdo::DBusProxy::new(bus).await.context("the system bus")?;
    daemon.get_connection_unix_user(name.into()).await.context("the caller is gone")
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
mod tests;
