// SPDX-License-Identifier: GPL-3.0-or-later
//! What the methods of a stateroot have in common.

use std::sync::Arc;

use zbus::message::Header;

use crate::authorization::{Object, require};
use crate::daemon::Daemon;
use crate::failure::Failure;
use crate::interface::sender;
use crate::names::os_path;
use crate::options::Options;
use crate::snapshot::Stateroot;
use crate::transaction::Request;
use crate::work::{Deploy, Modifiers, Work};

pub(crate) struct OsInterface {
    pub(super) daemon: Arc<Daemon>,
    pub(super) name: String,
}

impl OsInterface {
    pub(crate) fn new(daemon: &Arc<Daemon>, name: &str) -> Self {
        Self { daemon: Arc::clone(daemon), name: name.to_owned() }
    }

    /// Asks whether this caller may, and begins.
    pub(super) async fn begin(
        &self,
        header: &Header<'_>,
        method: &'static str,
        actions: &[&str],
        arguments: String,
        work: Work,
    ) -> Result<String, Failure> {
        let sender = sender(header).await?;
        require(&self.daemon, &sender, Object::Os, method, actions).await?;
        let client = self.daemon.describe(&sender).await;
        let request = Request { method, sender, path: os_path(&self.name), arguments, client };
        self.daemon.begin(request, work).await
    }

    pub(super) async fn may(&self, header: &Header<'_>, method: &str, actions: &[&str]) -> Result<(), Failure> {
        let sender = sender(header).await?;
        require(&self.daemon, &sender, Object::Os, method, actions).await
    }

    pub(super) fn stateroot(&self) -> Stateroot {
        self.daemon.snapshot(|snapshot| snapshot.stateroots.get(&self.name).cloned()).unwrap_or_default()
    }

    pub(super) fn deployment(&self, modifiers: Modifiers, options: &Options) -> Work {
        Work::Deploy(Deploy::new(&self.name, modifiers, options))
    }
}

/// Runs something that reads the sysroot.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(anyhow::Error::from)?
}
