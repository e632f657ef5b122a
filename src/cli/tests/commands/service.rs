// SPDX-License-Identifier: GPL-3.0-or-later
//! A service that plays what a test wants.

use std::sync::{Arc, Mutex};

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::names::ERROR_PREFIX;
use isotope_model::{Backend, OperationKind, Refusal, capabilities};
use tokio::sync::Notify;
use zbus::message::{Flags, Header, Message};
use zbus::names::ErrorName;
use zbus::zvariant::OwnedObjectPath;
use zbus::{Connection, interface};

use crate::operation::{self, OPERATION};
use crate::readings;
use crate::stage::{Findings, Lookup, Play, Registry, Request, Stage, locked};

pub(crate) struct Service {
    pub(crate) stage: Arc<Mutex<Stage>>,
    pub(crate) told: Arc<Notify>,
}

impl Service {
    async fn ask(
        &self,
        kind: OperationKind,
        argument: Option<String>,
        options: Dictionary,
        (header, connection): (Header<'_>, &Connection),
    ) -> Result<OwnedObjectPath, Refused> {
        let interactive = header.primary().flags().contains(Flags::AllowInteractiveAuth);
        let play = {
            let mut stage = locked(&self.stage);
            stage.requests.push(Request { kind, argument, interactive, options });
            stage.play.clone()
        };
        match play {
            Play::Refuse(refusal) => Err(Refused::new(refusal)),
            Play::AskUntilTold(refusal) => {
                self.told.notified().await;
                Err(Refused::new(refusal))
            }
            Play::Work(work) => {
                operation::start(kind, *work, self.stage.clone(), connection.clone()).await;
                Ok(OwnedObjectPath::try_from(OPERATION).unwrap())
            }
        }
    }
}

#[interface(name = "io.github.isotope_desktop.Isotope1")]
impl Service {
    fn get_snapshot(&self, _options: Dictionary) -> Dictionary {
        self.snapshot()
    }

    fn watch(&self, _options: Dictionary) {}

    fn unwatch(&self, _options: Dictionary) {}

    fn get_details(&self, deployment: String, _options: Dictionary) -> Dictionary {
        to_dictionary(&readings::details(deployment.parse().unwrap())).unwrap()
    }

    fn get_trust(&self, image: String, _options: Dictionary) -> Result<Dictionary, Refused> {
        let trust = readings::trust(&locked(&self.stage).snapshot, &image).map_err(Refused::new)?;
        Ok(to_dictionary(&trust).unwrap())
    }

    async fn preview(
        &self,
        image: String,
        _options: Dictionary,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Dictionary, Refused> {
        let interactive = header.primary().flags().contains(Flags::AllowInteractiveAuth);
        let registry = {
            let mut stage = locked(&self.stage);
            stage.lookups.push(Lookup { image, interactive });
            stage.registry.clone()
        };
        match registry {
            Registry::Tells(preview) => Ok(to_dictionary(&*preview).unwrap()),
            Registry::Refuses(refusal) => Err(Refused::new(refusal)),
            Registry::Hangs => std::future::pending().await,
        }
    }

    async fn preflight(
        &self,
        image: String,
        _options: Dictionary,
        #[zbus(header)] header: Header<'_>,
    ) -> Result<Dictionary, Refused> {
        let interactive = header.primary().flags().contains(Flags::AllowInteractiveAuth);
        let findings = {
            let mut stage = locked(&self.stage);
            let findings = if image.is_empty() { &stage.content } else { &stage.findings }.clone();
            stage.preflights.push(Lookup { image, interactive });
            findings
        };
        findings.answer().await
    }

    fn get_picture(&self, _entry: String, _options: Dictionary) -> Vec<u8> {
        Vec::new()
    }

    fn get_disk_usage(&self, _options: Dictionary) -> Dictionary {
        to_dictionary(&readings::disk_usage(&locked(&self.stage).snapshot)).unwrap()
    }

    fn get_configuration_changes(&self, deployment: String, _options: Dictionary) -> Dictionary {
        to_dictionary(&readings::configuration_changes(&deployment.parse().unwrap())).unwrap()
    }

    fn get_package_changes(&self, deployment: String, _options: Dictionary) -> Result<Dictionary, Refused> {
        match locked(&self.stage).snapshot.host.backend {
            Backend::RpmOstree => Ok(to_dictionary(&readings::package_changes(&deployment)).unwrap()),
            backend => Err(Refused::new(Refusal::NotWithBackend { backend, composefs: false })),
        }
    }

    fn get_catalogs(&self, _options: Dictionary) -> Dictionary {
        to_dictionary(&locked(&self.stage).catalogs).unwrap()
    }

    fn get_history(&self, options: Dictionary) -> Vec<Dictionary> {
        let limit = options["limit"].downcast_ref::<u32>().unwrap() as usize;
        readings::history().iter().take(limit).map(|entry| to_dictionary(entry).unwrap()).collect()
    }

    async fn check(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Check, None, options, (header, connection)).await
    }

    async fn update(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Update, None, options, (header, connection)).await
    }

    async fn roll_back(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::RollBack, None, options, (header, connection)).await
    }

    async fn list_versions(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::ListVersions, None, options, (header, connection)).await
    }

    async fn switch(
        &self,
        image: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Switch, Some(image), options, (header, connection)).await
    }

    async fn deploy(
        &self,
        version: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Deploy, Some(version), options, (header, connection)).await
    }

    async fn set_default(
        &self,
        deployment: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::SetDefault, Some(deployment), options, (header, connection)).await
    }

    async fn discard(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Discard, None, options, (header, connection)).await
    }

    async fn pin(
        &self,
        deployment: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Pin, Some(deployment), options, (header, connection)).await
    }

    async fn unpin(
        &self,
        deployment: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Unpin, Some(deployment), options, (header, connection)).await
    }

    async fn remove(
        &self,
        deployment: String,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Remove, Some(deployment), options, (header, connection)).await
    }

    async fn keep(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::Keep, None, options, (header, connection)).await
    }

    async fn clean_up(
        &self,
        options: Dictionary,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] connection: &Connection,
    ) -> Result<OwnedObjectPath, Refused> {
        self.ask(OperationKind::CleanUp, None, options, (header, connection)).await
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn interface_version(&self) -> u32 {
        1
    }

    #[zbus(property)]
    fn snapshot(&self) -> Dictionary {
        to_dictionary(&locked(&self.stage).snapshot).unwrap()
    }

    #[zbus(property)]
    fn capabilities(&self) -> Dictionary {
        to_dictionary(&capabilities(&locked(&self.stage).snapshot)).unwrap()
    }

    #[zbus(property)]
    fn current_operation(&self) -> OwnedObjectPath {
        OwnedObjectPath::try_from(if locked(&self.stage).running { OPERATION } else { "/" }).unwrap()
    }
}

impl Findings {
    async fn answer(self) -> Result<Dictionary, Refused> {
        match self {
            Self::Are(preflight) => Ok(to_dictionary(&*preflight).unwrap()),
            Self::Refuses(refusal) => Err(Refused::new(refusal)),
            Self::Hangs => std::future::pending().await,
        }
    }
}

#[derive(Debug)]
struct Refused {
    refusal: Refusal,
    name: String,
}

impl Refused {
    fn new(refusal: Refusal) -> Self {
        Self { name: format!("{ERROR_PREFIX}{}", refusal.error_name()), refusal }
    }
}

impl zbus::DBusError for Refused {
    fn create_reply(&self, call: &Header<'_>) -> zbus::Result<Message> {
        let parameters = to_dictionary(&self.refusal).unwrap();
        Message::error(call, self.name.as_str())?.build(&(self.refusal.to_string(), parameters))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::try_from(self.name.as_str()).unwrap()
    }

    fn description(&self) -> Option<&str> {
        None
    }
}
