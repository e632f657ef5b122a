// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_model::dictionary::{Dictionary, from_dictionary, to_dictionary};
use isotope_model::names::INTERFACE_VERSION;
use isotope_model::{
    ConfigurationChanges, DeploymentDetails, DeploymentId, DiskUsage, HistoryEntry, HostCatalogs, ImagePreview,
    PackageChanges, Preflight, SettingsChange, Snapshot, StateToken, Trust, UpdateMode,
};
use zbus::proxy::MethodFlags;
use zbus::zvariant::{OwnedValue, Str};

use crate::proxy::{ServiceProxy, SettingsServiceProxy};
use crate::{ClientError, Operation, ServiceState};

/// What an update may be tied to.
#[derive(Clone, Debug, Default)]
pub struct UpdateOptions {
    /// The state that the person saw.
    pub token: Option<StateToken>,
    /// What was previewed: the checksum of a commit, or the digest of a container image.
    pub expected: Option<String>,
    /// How far to go.
    pub mode: UpdateMode,
    /// Prepare a restart that does not restart the hardware, where that can be.
    pub soft_restart: bool,
}

/// What a rollback may be tied to.
#[derive(Clone, Debug, Default)]
pub struct RollBackOptions {
    /// The state that the person saw.
    pub token: Option<StateToken>,
    /// The deployment that the person agreed to boot next.
    pub expected: Option<DeploymentId>,
}

/// What a switch may be tied to.
#[derive(Clone, Debug, Default)]
pub struct SwitchOptions {
    /// The state that the person saw.
    pub token: Option<StateToken>,
    /// What was previewed: the checksum of a commit, or the digest of a container image.
    pub expected: Option<String>,
    /// Prepare a restart that does not restart the hardware, where that can be.
    pub soft_restart: bool,
    /// Leave what runs unpinned: the way back is not kept beyond the next update.
    pub without_pin: bool,
    /// Take back what rpm-ostree has changed on this computer: packages, overrides, the initramfs.
    pub reset: bool,
}

/// What discarding may be tied to.
pub type DiscardOptions = RollBackOptions;

/// What keeping may be tied to: the way back that the person saw.
pub type KeepOptions = RollBackOptions;

/// A connection to the Isotope service on the system bus.
#[derive(Clone, Debug)]
pub struct Client {
    connection: zbus::Connection,
    service: ServiceProxy<'static>,
    interactive: bool,
}

impl Client {
    /// Connects to the system bus (or the one that `DBUS_SYSTEM_BUS_ADDRESS` names). Starts nothing yet.
    ///
    /// # Errors
    /// The bus is not there.
    pub async fn connect() -> Result<Self, ClientError> {
        let connection = zbus::Connection::system().await.map_err(|error| ClientError::NoBus(error.to_string()))?;
        Self::over(connection).await
    }

    /// Uses a connection that exists.
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn over(connection: zbus::Connection) -> Result<Self, ClientError> {
        let service =
            ServiceProxy::builder(&connection).cache_properties(zbus::proxy::CacheProperties::No).build().await?;
        Ok(Self { connection, service, interactive: true })
    }

    /// Whether the person may be asked for a password while a request waits; so it is unless this says otherwise.
    #[must_use]
    pub fn interactive(mut self, interactive: bool) -> Self {
        self.interactive = interactive;
        self
    }

    /// The connection under this client.
    pub fn connection(&self) -> &zbus::Connection {
        &self.connection
    }

    /// The raw proxy, for what has no method of its own here.
    pub fn service(&self) -> &ServiceProxy<'static> {
        &self.service
    }

    /// Makes sure that the service is there and speaks an interface that this client knows.
    ///
    /// # Errors
    /// It is missing, failed to start, or is too old.
    pub async fn require_service(&self) -> Result<(), ClientError> {
        let found = self.service.interface_version().await?;
        if found < INTERFACE_VERSION {
            return Err(ClientError::Incompatible { found, known: INTERFACE_VERSION });
        }
        Ok(())
    }

    /// How the host stands now, read anew.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn snapshot(&self) -> Result<Snapshot, ClientError> {
        Ok(from_dictionary(&self.service.get_snapshot(Dictionary::new()).await?)?)
    }

    /// Everything the service tells, as it stands now.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn state(&self) -> Result<ServiceState, ClientError> {
        let mut state = ServiceState {
            snapshot: Arc::new(self.snapshot().await?),
            capabilities: Arc::new(from_dictionary(&self.service.capabilities().await?).unwrap_or_default()),
            ..ServiceState::default()
        };
        if let Some(operation) = self.current_operation().await? {
            state.operation = Some(Arc::new(operation.status().await?));
            state.operation_path = Some(operation.path());
        }
        Ok(state)
    }

    /// Starts a check for an update.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn check(&self) -> Result<Operation, ClientError> {
        self.start("Check", Dictionary::new()).await
    }

    /// Starts an update.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn update(&self, options: UpdateOptions) -> Result<Operation, ClientError> {
        let mut dictionary = token(options.token);
        if let Some(expected) = options.expected {
            dictionary.insert("expected-checksum".into(), text(expected));
        }
        if options.mode != UpdateMode::default() {
            dictionary.insert("mode".into(), text(options.mode.as_str().to_owned()));
        }
        if options.soft_restart {
            dictionary.insert("soft-restart".into(), OwnedValue::from(true));
        }
        self.start("Update", dictionary).await
    }

    /// Starts a rollback, which changes the boot order.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn roll_back(&self, options: RollBackOptions) -> Result<Operation, ClientError> {
        let mut dictionary = token(options.token);
        if let Some(expected) = options.expected {
            dictionary.insert("expected-deployment".into(), text(expected.to_string()));
        }
        self.start("RollBack", dictionary).await
    }

    /// Starts asking which versions of the followed image there are.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn list_versions(&self) -> Result<Operation, ClientError> {
        self.start("ListVersions", Dictionary::new()).await
    }

    /// Starts a switch to another image, `remote:branch`.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn switch(&self, image: &str, options: SwitchOptions) -> Result<Operation, ClientError> {
        let mut dictionary = token(options.token);
        if let Some(expected) = options.expected {
            dictionary.insert("expected-checksum".into(), text(expected));
        }
        if options.soft_restart {
            dictionary.insert("soft-restart".into(), OwnedValue::from(true));
        }
        if options.without_pin {
            dictionary.insert("pin".into(), OwnedValue::from(false));
        }
        if options.reset {
            dictionary.insert("reset".into(), OwnedValue::from(true));
        }
        self.start_with("Switch", image, dictionary).await
    }

    /// Starts deciding that what was switched to is kept, and lets go of the way back in time.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn keep(&self, options: KeepOptions) -> Result<Operation, ClientError> {
        let mut dictionary = token(options.token);
        if let Some(expected) = options.expected {
            dictionary.insert("expected-deployment".into(), text(expected.to_string()));
        }
        self.start("Keep", dictionary).await
    }

    /// Starts downloading and staging a version of the followed image, named by its version or its checksum.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn deploy(&self, version: &str, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start_with("Deploy", version, token(state)).await
    }

    /// Starts making a deployment the one that starts next.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn set_default(&self, id: &DeploymentId, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start_with("SetDefault", &id.to_string(), token(state)).await
    }

    /// Starts discarding what is staged.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn discard(&self, options: DiscardOptions) -> Result<Operation, ClientError> {
        let mut dictionary = token(options.token);
        if let Some(expected) = options.expected {
            dictionary.insert("expected-deployment".into(), text(expected.to_string()));
        }
        self.start("Discard", dictionary).await
    }

    /// Starts pinning a deployment.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn pin(&self, id: &DeploymentId, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start_with("Pin", &id.to_string(), token(state)).await
    }

    /// Starts unpinning a deployment.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn unpin(&self, id: &DeploymentId, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start_with("Unpin", &id.to_string(), token(state)).await
    }

    /// Starts removing a deployment.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn remove(&self, id: &DeploymentId, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start_with("Remove", &id.to_string(), token(state)).await
    }

    /// Starts removing what nothing refers to any more.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn clean_up(&self, state: Option<StateToken>) -> Result<Operation, ClientError> {
        self.start("CleanUp", token(state)).await
    }

    /// What there is to know of one deployment beyond the snapshot.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn details(&self, id: &DeploymentId) -> Result<DeploymentDetails, ClientError> {
        Ok(from_dictionary(&self.service.get_details(&id.to_string(), Dictionary::new()).await?)?)
    }

    /// Which packages differ between what runs and a deployment, or without one, the update that the last check has found.
    /// Only rpm-ostree knows, and it may have to be started for that.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn package_changes(&self, id: Option<&DeploymentId>) -> Result<PackageChanges, ClientError> {
        let deployment = id.map(ToString::to_string).unwrap_or_default();
        Ok(from_dictionary(&self.service.get_package_changes(&deployment, Dictionary::new()).await?)?)
    }

    /// What each deployment takes on disk; adding that up may take seconds.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn disk_usage(&self) -> Result<DiskUsage, ClientError> {
        Ok(from_dictionary(&self.service.get_disk_usage(Dictionary::new()).await?)?)
    }

    /// What differs between a deployment's /etc and what its image has there.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn configuration_changes(&self, id: &DeploymentId) -> Result<ConfigurationChanges, ClientError> {
        Ok(from_dictionary(&self.service.get_configuration_changes(&id.to_string(), Dictionary::new()).await?)?)
    }

    /// Who vouches for an image on this computer, by its own rules; without one, for the image that is followed. A
    /// registry is not asked.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn trust(&self, image: Option<&str>) -> Result<Trust, ClientError> {
        Ok(from_dictionary(&self.service.get_trust(image.unwrap_or_default(), Dictionary::new()).await?)?)
    }

    /// Everything that the registry tells of an image, and who vouches for it on this computer. The registry is asked, which
    /// needs the authority for a check and can take more than a minute; drop the future to stop waiting.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn preview(&self, image: &str) -> Result<ImagePreview, ClientError> {
        Ok(from_dictionary(&self.call::<_, Dictionary>("Preview", &(image, Dictionary::new())).await?)?)
    }

    /// Everything there is to know before a switch to an image, or without one, before a restart into what is staged. Its
    /// registry or remote is asked, which needs the authority for a check and can take more than a minute; drop the future to
    /// stop waiting.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn preflight(&self, image: Option<&str>) -> Result<Preflight, ClientError> {
        let image = image.unwrap_or_default();
        Ok(from_dictionary(&self.call::<_, Dictionary>("Preflight", &(image, Dictionary::new())).await?)?)
    }

    /// The picture of an entry of the catalogs, as it lies in its file.
    ///
    /// # Errors
    /// The service is missing or refused; there is none.
    pub async fn picture(&self, entry: &str) -> Result<Vec<u8>, ClientError> {
        Ok(self.service.get_picture(entry, Dictionary::new()).await?)
    }

    /// What vendors publish, and what this computer runs of it.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn catalogs(&self) -> Result<HostCatalogs, ClientError> {
        Ok(from_dictionary(&self.service.get_catalogs(Dictionary::new()).await?)?)
    }

    /// What was done and how the computer was started, the newest first, so many entries at most.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn history(&self, limit: u32) -> Result<Vec<HistoryEntry>, ClientError> {
        let options = Dictionary::from([("limit".to_owned(), OwnedValue::from(limit))]);
        let entries = self.service.get_history(options).await?;
        Ok(entries.iter().map(from_dictionary).collect::<Result<_, _>>()?)
    }

    /// The operation that runs now, whoever started it.
    ///
    /// # Errors
    /// The service is missing.
    pub async fn current_operation(&self) -> Result<Option<Operation>, ClientError> {
        let path = self.service.current_operation().await?;
        if path.as_str() == "/" {
            return Ok(None);
        }
        Ok(Some(Operation::at(&self.connection, path).await?))
    }

    /// Sets the computer; returns when it is set.
    ///
    /// # Errors
    /// The service is missing or refused.
    pub async fn configure(&self, change: &SettingsChange) -> Result<(), ClientError> {
        let changes = to_dictionary(change).map_err(|error| ClientError::Unexpected(error.to_string()))?;
        let settings = SettingsServiceProxy::new(&self.connection).await?;
        self.call_of(settings.inner(), "Configure", &(changes, Dictionary::new())).await
    }

    async fn start(&self, method: &str, options: Dictionary) -> Result<Operation, ClientError> {
        Operation::at(&self.connection, self.call(method, &(options,)).await?).await
    }

    async fn start_with(&self, method: &str, argument: &str, options: Dictionary) -> Result<Operation, ClientError> {
        Operation::at(&self.connection, self.call(method, &(argument, options)).await?).await
    }

    async fn call<B, R>(&self, method: &str, body: &B) -> Result<R, ClientError>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
        R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        self.call_of(self.service.inner(), method, body).await
    }

    async fn call_of<B, R>(&self, proxy: &zbus::Proxy<'_>, method: &str, body: &B) -> Result<R, ClientError>
    where
        B: serde::Serialize + zbus::zvariant::DynamicType,
        R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
    {
        let flags = if self.interactive { MethodFlags::AllowInteractiveAuth.into() } else { Default::default() };
        let reply = proxy.call_with_flags(method, flags, body).await?;
        reply.ok_or_else(|| ClientError::Unexpected("no reply".into()))
    }
}

fn text(value: String) -> OwnedValue {
    OwnedValue::from(Str::from(value))
}

fn token(token: Option<StateToken>) -> Dictionary {
    token.map(|token| ("state-token".to_owned(), text(token.0))).into_iter().collect()
}
