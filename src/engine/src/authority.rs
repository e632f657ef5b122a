// SPDX-License-Identifier: GPL-3.0-or-later
//! Who may have what done: derived from the request, asked of polkit for the bus name that called the helper.

use std::collections::HashMap;

use anyhow::{Context as _, anyhow};
use isotope_model::engine_protocol::{Caller, Task};
use isotope_model::names::{ACTION_PREFIX, GETTEXT_DOMAIN};
use isotope_model::{Deployment, DeploymentId, ImageReference, Refusal, RollbackPlan, Snapshot, Trust, resolve_image};
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
const INSTALL_VERSION: &str = translatable("Authentication is required to install version $(version)");
const REMOVE_VERSION: &str = translatable("Authentication is required to remove version $(version)");

/// What a task on this host needs. `trust` works out who vouches for an image, by the rules that the host has now: the
/// lesser action is enough for a switch only where they demand a signature for the whole of it.
///
/// An update that follows a staged switch needs what the switch needed, one that undoes a queued rollback what the
/// rollback needed.
pub(crate) fn needed(task: &Task, snapshot: &Snapshot, trust: impl Fn(&ImageReference) -> Trust) -> Authority {
    let plain = |action| Authority { action, message: None, trust: None };
    let version = |action, text, id: Option<&DeploymentId>| {
        let label = id.and_then(|id| snapshot.deployment(id)).map(|deployment| deployment.label().to_owned());
        let message = label.map(|value| Message { text, name: "version", value });
        Authority { action, message, trust: None }
    };
    let switch = |image: Option<&ImageReference>| {
        let trust = image.map(&trust);
        let verified = trust.as_ref().is_some_and(Trust::is_enforced);
        let (action, text) = if verified { ("switch", SWITCH_TO) } else { ("switch-unverified", SWITCH_UNVERIFIED) };
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
        | Task::Preflight { .. }
        | Task::Check
        | Task::ListVersions => plain("check"),
        Task::Update { .. } | Task::Deploy { .. } => {
            let image_of = |deployment: Option<&Deployment>| deployment.and_then(|d| d.image.clone());
            let staged = snapshot.staged();
            if staged.is_some() && image_of(staged) != image_of(snapshot.booted()) {
                return switch(image_of(staged).as_ref());
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
        Task::Switch { image, .. } => switch(resolve_image(snapshot, image).ok().as_ref()),
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
mod tests {
    use isotope_model::{Backend, Host, TrustProblem, TrustState, UpdateMode, classify};

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

    /// Only the remote `r` demands signatures.
    fn of_remote(image: &ImageReference) -> Trust {
        let state = match image {
            ImageReference::Ostree { remote, .. } if remote == "r" => TrustState::Verified,
            _ => TrustState::Unchecked,
        };
        Trust { state, ..Trust::unknown(image.clone()) }
    }

    fn action(task: &Task, snapshot: &Snapshot) -> String {
        action_of(&needed(task, snapshot, of_remote))
    }

    fn action_of(authority: &Authority) -> String {
        authority.action().trim_start_matches(ACTION_PREFIX).to_owned()
    }

    fn update() -> Task {
        Task::Update { expected: None, mode: UpdateMode::Stage, soft_restart: false }
    }

    #[test]
    fn an_ordinary_update_needs_update() {
        let staged = Deployment { staged: true, ..deployment("2", "r:gnome") };
        for snapshot in [host(vec![booted("1")]), host(vec![staged, booted("1"), deployment("0", "r:gnome")])] {
            assert_eq!(action(&update(), &snapshot), "update");
        }
    }

    #[test]
    fn what_follows_a_staged_switch_needs_what_the_switch_needed() {
        for (branch, needs) in [("r:kde", "switch"), ("foreign:kde", "switch-unverified")] {
            let staged = Deployment { staged: true, ..deployment("2", branch) };
            let snapshot = host(vec![staged, booted("1")]);
            assert_eq!(action(&update(), &snapshot), needs);
            assert_eq!(action(&Task::Deploy { version: "1".into() }, &snapshot), needs);
        }
    }

    #[test]
    fn a_switch_to_what_nobody_vouches_for_needs_more() {
        let snapshot = host(vec![booted("1")]);
        for (image, needs) in [("r:kde", "switch"), ("foreign:kde", "switch-unverified"), ("?", "switch-unverified")] {
            assert_eq!(
                action(
                    &Task::Switch { image: image.into(), expected: None, soft_restart: false, pin: true },
                    &snapshot
                ),
                needs
            );
        }
    }

    #[test]
    fn a_container_image_needs_what_the_hosts_policy_says_of_it_and_not_what_its_origin_says() {
        let container = |reference: &str| Some(ImageReference::Container { reference: reference.into() });
        let (signed, unverified) = ("ostree-image-signed:docker://q.io/v/kde", "ostree-unverified-registry:q.io/v/kde");
        let host = |staged: bool| {
            let gnome = Deployment { image: container("ostree-image-signed:docker://q.io/v/gnome"), ..booted("1") };
            let kde = Deployment { staged: true, image: container(signed), ..deployment("2", "r:kde") };
            let deployments = if staged { vec![kde, gnome] } else { vec![gnome] };
            let snapshot = host(deployments);
            Snapshot { host: Host { backend: Backend::Bootc, ..snapshot.host }, ..snapshot }
        };
        let table = [
            (TrustState::Verified, None, "switch"),
            (TrustState::DefaultOnly, None, "switch"),
            (TrustState::Verified, Some(TrustProblem::CommitOnly), "switch-unverified"),
            (TrustState::Unchecked, None, "switch-unverified"),
            (TrustState::Refused, Some(TrustProblem::Rejected), "switch-unverified"),
            (TrustState::Unknown, None, "switch-unverified"),
        ];
        for (state, problem, needs) in table {
            let trust = |image: &ImageReference| {
                assert!(image.to_string().ends_with("q.io/v/kde"), "{image}");
                Trust { state, problem: problem.clone(), ..Trust::unknown(image.clone()) }
            };
            for image in ["q.io/v/kde", signed, unverified] {
                let switch = Task::Switch { image: image.into(), expected: None, soft_restart: false, pin: true };
                assert_eq!(action_of(&needed(&switch, &host(false), trust)), needs, "{image}: {state:?}");
            }
            assert_eq!(action_of(&needed(&update(), &host(true), trust)), needs, "{state:?}");
        }
    }

    #[test]
    fn rules_that_change_meanwhile_are_to_be_asked_about_again() {
        let snapshot = host(vec![booted("1")]);
        let switch = Task::Switch { image: "r:kde".into(), expected: None, soft_restart: false, pin: true };
        let asked = needed(&switch, &snapshot, of_remote);
        assert_eq!(asked, needed(&switch, &snapshot, of_remote));
        let by_another_rule = |image: &ImageReference| Trust { scope: Some("r".into()), ..of_remote(image) };
        assert_ne!(asked, needed(&switch, &snapshot, by_another_rule));
        // An ordinary update is asked about no image.
        assert_eq!(needed(&update(), &snapshot, of_remote), needed(&update(), &snapshot, by_another_rule));
    }

    #[test]
    fn an_update_that_undoes_a_queued_rollback_needs_roll_back() {
        assert_eq!(action(&update(), &host(vec![deployment("0", "r:gnome"), booted("1")])), "roll-back");
    }

    #[test]
    fn each_kind_of_change_has_its_action() {
        let snapshot = host(vec![booted("1"), deployment("0", "r:gnome")]);
        let id = deployment("0", "r:gnome").id;
        let table = [
            (Task::ListVersions, "check"),
            (Task::Preflight { image: None }, "check"),
            (Task::Keep { expected: None }, "manage-deployments"),
            (Task::Deploy { version: "1".into() }, "roll-back"),
            (Task::SetDefault { deployment: id.clone() }, "roll-back"),
            (Task::Discard { expected: None }, "roll-back"),
            (Task::Pin { deployment: id.clone() }, "manage-deployments"),
            (Task::Unpin { deployment: id.clone() }, "manage-deployments"),
            (Task::Remove { deployment: id }, "manage-deployments"),
            (Task::CleanUp, "manage-deployments"),
            (Task::AuthoriseCancel, "cancel"),
        ];
        for (task, needs) in table {
            assert_eq!(action(&task, &snapshot), needs, "{task:?}");
        }
    }

    #[test]
    fn what_is_shown_hides_neither_its_end_nor_its_letters() {
        let long = format!("quay.io.{}.evil.example/os", "a".repeat(200));
        assert!(shown(&long).starts_with("quay.io.") && shown(&long).ends_with(".evil.example/os"));
        assert!(shown(&long).contains('…') && shown(&long).chars().count() == 101);
        assert_eq!(shown("a\u{202e}b\nc\u{200b}d"), "abcd");
        let local = ImageReference::Container { reference: "ostree-unverified-image:oci:/var/quay.io/os".into() };
        assert_eq!(local.readable(), "oci:/var/quay.io/os");
    }

    #[test]
    fn the_dialog_names_the_version_that_a_rollback_goes_to() {
        let snapshot = host(vec![booted("1"), deployment("0", "r:gnome")]);
        let authority = needed(&Task::RollBack { expected: None }, &snapshot, of_remote);
        assert_eq!(authority.message.map(|message| message.value).as_deref(), Some("0"));
    }
}
