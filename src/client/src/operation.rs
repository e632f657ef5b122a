// SPDX-License-Identifier: GPL-3.0-or-later
use futures_util::StreamExt as _;
use isotope_model::dictionary::{Dictionary, from_dictionary};
use isotope_model::names::{BUS_NAME, OPERATION_INTERFACE};
use isotope_model::{OperationStatus, Outcome, Refusal};
use zbus::zvariant::OwnedObjectPath;
use zbus::{MatchRule, MessageStream};

use crate::ClientError;
use crate::proxy::OperationObjectProxy;

/// An operation of the service, running or ended.
#[derive(Debug)]
pub struct Operation {
    connection: zbus::Connection,
    object: OperationObjectProxy<'static>,
}

impl Operation {
    /// The operation at this object path.
    ///
    /// # Errors
    /// The connection was lost.
    pub async fn at(connection: &zbus::Connection, path: OwnedObjectPath) -> Result<Self, ClientError> {
        let object = OperationObjectProxy::builder(connection)
            .path(path)?
            .cache_properties(zbus::proxy::CacheProperties::No)
            .build()
            .await?;
        Ok(Self { connection: connection.clone(), object })
    }

    /// The object path.
    pub fn path(&self) -> OwnedObjectPath {
        self.object.inner().path().to_owned().into()
    }

    /// How it stands now.
    ///
    /// # Errors
    /// The service went away.
    pub async fn status(&self) -> Result<OperationStatus, ClientError> {
        Ok(from_dictionary(&self.object.status().await?)?)
    }

    /// Asks it to stop. What came of that is in its outcome.
    ///
    /// # Errors
    /// It has ended already, or the person may not cancel it.
    pub async fn cancel(&self) -> Result<(), ClientError> {
        Ok(self.object.cancel(Dictionary::new()).await?)
    }

    /// Follows it to its end; `show` sees it as it stands now and after every change.
    ///
    /// # Errors
    /// The service or the bus went away.
    pub async fn follow(&self, mut show: impl FnMut(&OperationStatus)) -> Result<Outcome, ClientError> {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .sender(BUS_NAME)?
            .path(self.object.inner().path().clone())?
            .build();
        let mut changes = MessageStream::for_match_rule(rule, &self.connection, Some(256)).await?;
        let mut owner = self.object.inner().receive_owner_changed().await?;
        let mut status = self.status().await?;
        loop {
            show(&status);
            if let Some(outcome) = status.outcome {
                return Ok(outcome);
            }
            tokio::select! {
                change = changes.next() => match change {
                    Some(Ok(message)) => if let Some(changed) = changed_status(&message) { status = changed },
                    Some(Err(error)) => return Err(error.into()),
                    None => return Err(ClientError::NoBus("the connection ended".into())),
                },
                change = owner.next() => if change.flatten().is_none() {
                    let detail = "the service ended while the operation ran".into();
                    return Err(ClientError::Refused(Refusal::WorkerLost { detail }));
                },
            }
        }
    }
}

/// The new status that a `PropertiesChanged` signal of an operation carries.
pub(crate) fn changed_status(message: &zbus::Message) -> Option<OperationStatus> {
    let (interface, changed) = changed_properties(message)?;
    (interface == OPERATION_INTERFACE).then_some(())?;
    let status = Dictionary::try_from(changed.get("Status")?.try_clone().ok()?).ok()?;
    from_dictionary(&status).ok()
}

/// Interface and new values of a `PropertiesChanged` signal.
pub(crate) fn changed_properties(message: &zbus::Message) -> Option<(String, Dictionary)> {
    if message.header().member()?.as_str() != "PropertiesChanged" {
        return None;
    }
    let (interface, changed, _) = message.body().deserialize::<(String, Dictionary, Vec<String>)>().ok()?;
    Some((interface, changed))
}
