// SPDX-License-Identifier: GPL-3.0-or-later
//! Who may ask the registry, and what was asked of it.

use anyhow::{Result, bail};

use super::Lab;
use crate::control::{Answer, Order};
use crate::{Login, RegistryRequest, container, deployment_file};

/// Below a deployment: where bootc and the service look for credentials.
const CREDENTIALS: &str = "etc/ostree/auth.json";

impl Lab {
    /// From now on the registry answers only those of the machine who log in so, or again everybody, until the supervisor
    /// ends. Publishing goes past it.
    ///
    /// # Errors
    /// The supervisor does not answer.
    pub fn require_login(&self, login: Option<&Login>) -> Result<()> {
        self.order(&Order::RequireLogin { login: login.cloned() })
    }

    /// Gives the machine a login to the lab's registry, or takes it away: in `/etc/ostree/auth.json`, which only root can
    /// read, of what it has booted, or else of what it boots next. Whether it is the right one is not asked.
    ///
    /// # Errors
    /// The boot menu is damaged, or the file cannot be written.
    pub fn set_credentials(&self, login: Option<&Login>) -> Result<()> {
        let authority = container::authority(self.status()?.port);
        let text = login.map(|login| login.credentials(&authority));
        deployment_file::set(&self.deployment()?.join(CREDENTIALS), 0o600, text.as_deref())
    }

    /// What the registry was asked for, refused requests too, since this was called last or the supervisor started; in
    /// the order in which it was asked. What [`Lab::publish_container`] does is not among it.
    ///
    /// # Errors
    /// The supervisor does not answer, or there were more requests than it remembers.
    pub fn take_registry_requests(&self) -> Result<Vec<RegistryRequest>> {
        match self.ask(&Order::TakeRegistryRequests)? {
            Answer::RegistryRequests(requests) => Ok(requests),
            other => bail!("the lab's supervisor answers {other:?}"),
        }
    }
}
