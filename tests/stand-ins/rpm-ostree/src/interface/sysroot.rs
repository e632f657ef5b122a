// SPDX-License-Identifier: GPL-3.0-or-later
//! The object of the sysroot.

use std::sync::Arc;

use nix::sys::signal::{Signal, raise};
use zbus::interface;
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;

use super::sender;
use crate::authorization::{Object, require};
use crate::daemon::Daemon;
use crate::failure::{Code, Failure};
use crate::names::os_path;
use crate::options::{Lookup, Options};
use crate::variants::{self, Dictionary};

pub(crate) struct SysrootInterface {
    daemon: Arc<Daemon>,
}

impl SysrootInterface {
    pub(crate) fn new(daemon: &Arc<Daemon>) -> Self {
        Self { daemon: Arc::clone(daemon) }
    }
}

#[interface(name = "org.projectatomic.rpmostree1.Sysroot")]
impl SysrootInterface {
    async fn register_client(&self, options: Options, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        let sender = sender(&header).await?;
        require(&self.daemon, &sender, Object::Sysroot, "RegisterClient", &["client-management"]).await?;
        self.daemon.register(&sender, &options.text("id").unwrap_or_default());
        Ok(())
    }

    async fn unregister_client(&self, options: Options, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        drop(options);
        let sender = sender(&header).await?;
        require(&self.daemon, &sender, Object::Sysroot, "UnregisterClient", &["client-management"]).await?;
        self.daemon.unregister(&sender);
        Ok(())
    }

    async fn reload(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        sender(&header).await?;
        self.daemon.refresh(true).await;
        Ok(())
    }

    async fn reload_config(&self, #[zbus(header)] header: Header<'_>) -> Result<(), Failure> {
        let sender = sender(&header).await?;
        require(&self.daemon, &sender, Object::Sysroot, "ReloadConfig", &["reload-daemon"]).await?;
        let read = self.daemon.reload_configuration().await;
        read.map_err(|error| error.context("Reloading daemon configuration").context("Handling config reload"))?;
        self.daemon.refresh(true).await;
        Ok(())
    }

    #[zbus(name = "GetOS", out_args("object_path"))]
    async fn get_os(&self, name: String, #[zbus(header)] header: Header<'_>) -> Result<OwnedObjectPath, Failure> {
        sender(&header).await?;
        if name.is_empty() {
            // It was recorded so.
            let _ = raise(Signal::SIGABRT);
        }
        if !self.daemon.snapshot(|snapshot| snapshot.stateroots.contains_key(&name)) {
            return Err(Failure::coded(Code::NotFound, format!("OS name \"{name}\" not found")));
        }
        OwnedObjectPath::try_from(os_path(&name)).map_err(|error| anyhow::Error::from(error).into())
    }

    #[zbus(property)]
    fn booted(&self) -> zbus::fdo::Result<OwnedObjectPath> {
        let booted = self.daemon.snapshot(|snapshot| snapshot.booted.as_deref().map(os_path));
        let path = OwnedObjectPath::try_from(booted.unwrap_or_else(|| "/".to_owned()));
        path.map_err(|error| zbus::fdo::Error::Failed(error.to_string()))
    }

    #[zbus(property)]
    fn path(&self) -> String {
        "/".to_owned()
    }

    #[zbus(property)]
    fn active_transaction(&self) -> (String, String, String) {
        self.daemon.active_words().0
    }

    #[zbus(property)]
    fn active_transaction_path(&self) -> String {
        self.daemon.active_words().1
    }

    #[zbus(property)]
    fn automatic_update_policy(&self) -> String {
        self.daemon.policy()
    }

    #[zbus(property)]
    fn deployments(&self) -> zbus::fdo::Result<Vec<Dictionary>> {
        let all = self.daemon.snapshot(|snapshot| snapshot.deployments.clone());
        let all: anyhow::Result<_> = all.iter().map(variants::dictionary).collect();
        all.map_err(|error| zbus::fdo::Error::Failed(format!("{error:#}")))
    }
}
