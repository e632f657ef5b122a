// SPDX-License-Identifier: GPL-3.0-or-later
//! How the methods of the service have things read and done on a caller's behalf.

use isotope_model::dictionary::{Dictionary, to_dictionary};
use isotope_model::engine_protocol::{Reply, Task};
use isotope_model::{DeploymentId, Refusal};
use zbus::message::Header;
use zbus::zvariant::OwnedObjectPath;

use super::Service;
use crate::caller::Caller;
use crate::memory::LastCheck;
use crate::operation_runner::{self, Wanted};
use crate::options::Options;
use crate::service_error::ServiceError;

impl Service {
    /// Who sent this message.
    pub(super) async fn caller(&self, header: &Header<'_>) -> Result<Caller, ServiceError> {
        Ok(Caller::of(header, self.state.connection()?).await?)
    }

    /// Starts an operation on behalf of a caller.
    pub(super) async fn start(&self, header: &Header<'_>, wanted: Wanted) -> Result<OwnedObjectPath, ServiceError> {
        let caller = self.caller(header).await?;
        operation_runner::start(&self.state, self.state.connection()?, caller, wanted).await
    }

    /// Starts what is done with nothing but a state token.
    pub(super) async fn start_plain(
        &self,
        header: &Header<'_>,
        task: Task,
        options: Dictionary,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        options.end()?;
        self.start(header, Wanted { task, token }).await
    }

    /// Starts what may be tied to the deployment that the person saw.
    pub(super) async fn start_expecting(
        &self,
        header: &Header<'_>,
        options: Dictionary,
        task: fn(Option<DeploymentId>) -> Task,
    ) -> Result<OwnedObjectPath, ServiceError> {
        let mut options = Options::new(options);
        let token = options.state_token()?;
        let task = task(options.expected_deployment()?);
        options.end()?;
        self.start(header, Wanted { task, token }).await
    }

    /// Reads what the engine is asked about when somebody wants to know it.
    pub(super) async fn read(&self, header: &Header<'_>, task: Task) -> Result<Dictionary, ServiceError> {
        let caller = self.caller(header).await?;
        let dictionary = match self.state.readings().ask(&self.state, &caller, task).await? {
            Reply::Details(details) => to_dictionary(&*details),
            Reply::DiskUsage(usage) => to_dictionary(&*usage),
            Reply::PackageChanges(changes) => to_dictionary(&*changes),
            Reply::ConfigurationChanges(changes) => to_dictionary(&*changes),
            Reply::Trust(trust) => {
                let last_check = self.state.keeper().last_check();
                to_dictionary(&LastCheck::complete_trust(last_check.as_ref(), *trust))
            }
            other => return Err(Refusal::Failed { detail: format!("the engine answered {other:?}") }.into()),
        };
        dictionary.map_err(|error| Refusal::Failed { detail: error.to_string() }.into())
    }
}

/// A property that cannot be read.
pub(super) fn failed(error: impl std::fmt::Display) -> zbus::fdo::Error {
    zbus::fdo::Error::Failed(format!("{error:#}"))
}
