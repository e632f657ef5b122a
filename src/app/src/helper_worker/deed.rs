// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::{
    Client, ClientError, DiscardOptions, KeepOptions, RollBackOptions, ServiceState, SwitchOptions, UpdateOptions,
};
use isotope_model::{DeploymentId, OperationKind, Outcome, StateToken, UpdateMode};

/// Another image that the person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchWish {
    /// Which, in any form that the service takes.
    pub(crate) image: String,
    /// The digest of what the person has seen of it: that one and no other.
    pub(crate) expected: Option<String>,
    /// Pin what runs now, so that the way back stays.
    pub(crate) pin: bool,
    /// Take back what rpm-ostree has changed on this computer.
    pub(crate) reset: bool,
    /// The state of the host that the person has agreed in.
    pub(crate) token: StateToken,
}

/// Something that the service does as an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// Look for an update.
    Check,
    /// Download and stage the update that was found, or go as far as is said.
    Update(UpdateMode),
    /// Ask which versions there are.
    ListVersions,
    /// Download and stage this image, a branch or a container, and follow it from then on.
    Switch(SwitchWish),
    /// Download and stage the version with this checksum.
    Deploy(String),
    /// Let this deployment, the one before or the one that runs, boot next.
    RollBack(DeploymentId),
    /// Let this deployment boot next.
    SetDefault(DeploymentId),
    /// Discard this deployment, which is staged.
    Discard(DeploymentId),
    /// Keep this deployment.
    Pin(DeploymentId),
    /// Keep it no longer.
    Unpin(DeploymentId),
    /// Remove this deployment.
    Remove(DeploymentId),
    /// Keep the image that was switched to; this deployment is the way back from it.
    Keep(DeploymentId),
    /// Remove what nothing needs any more.
    CleanUp,
}

impl Deed {
    /// What kind of operation that is.
    pub(crate) fn kind(&self) -> OperationKind {
        match self {
            Self::Check => OperationKind::Check,
            Self::Update(_) => OperationKind::Update,
            Self::ListVersions => OperationKind::ListVersions,
            Self::Switch(_) => OperationKind::Switch,
            Self::Deploy(_) => OperationKind::Deploy,
            Self::RollBack(_) => OperationKind::RollBack,
            Self::SetDefault(_) => OperationKind::SetDefault,
            Self::Discard(_) => OperationKind::Discard,
            Self::Pin(_) => OperationKind::Pin,
            Self::Unpin(_) => OperationKind::Unpin,
            Self::Remove(_) => OperationKind::Remove,
            Self::Keep(_) => OperationKind::Keep,
            Self::CleanUp => OperationKind::CleanUp,
        }
    }

    /// Has it done, for a person who has seen this state, and follows it to its end.
    pub(super) async fn carry_out(self, seen: &ServiceState) -> Result<Outcome, ClientError> {
        let client = Client::connect().await?;
        let token = Some(seen.snapshot.token.clone());
        let operation = match self {
            Self::Check => client.check().await?,
            Self::Update(mode) => {
                // What is released is what lies here; the token says which.
                let found = seen.snapshot.available.as_ref().filter(|_| mode != UpdateMode::FromDownloaded);
                let expected = found.map(|available| available.checksum.clone());
                client.update(UpdateOptions { token, expected, mode, ..UpdateOptions::default() }).await?
            }
            Self::ListVersions => client.list_versions().await?,
            Self::Switch(SwitchWish { image, expected, pin, reset, token }) => {
                let options = SwitchOptions {
                    token: Some(token),
                    expected,
                    without_pin: !pin,
                    reset,
                    ..SwitchOptions::default()
                };
                client.switch(&image, options).await?
            }
            Self::Deploy(checksum) => client.deploy(&checksum, token).await?,
            Self::RollBack(next) => client.roll_back(RollBackOptions { token, expected: Some(next) }).await?,
            Self::SetDefault(id) => client.set_default(&id, token).await?,
            Self::Discard(id) => client.discard(DiscardOptions { token, expected: Some(id) }).await?,
            Self::Pin(id) => client.pin(&id, token).await?,
            Self::Unpin(id) => client.unpin(&id, token).await?,
            Self::Remove(id) => client.remove(&id, token).await?,
            Self::Keep(before) => client.keep(KeepOptions { token, expected: Some(before) }).await?,
            Self::CleanUp => client.clean_up(token).await?,
        };
        operation.follow(|_| ()).await
    }
}
