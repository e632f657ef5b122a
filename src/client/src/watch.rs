// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use isotope_model::dictionary::{Dictionary, from_dictionary};
use isotope_model::names::{BUS_NAME, INTERFACE, OBJECT_PATH};
use tokio::sync::mpsc::UnboundedSender;
use zbus::zvariant::{ObjectPath, OwnedObjectPath, OwnedValue};
use zbus::{MatchRule, MessageStream};

use crate::operation::{changed_properties, changed_status};
use crate::{Client, ClientError, Operation, ServiceState};

/// What watching tells.
#[derive(Clone, Debug)]
pub enum Event {
    /// How everything stands now.
    State(Arc<ServiceState>),
    /// The service is not to be reached; another try follows by itself.
    Lost(Arc<ClientError>),
}

/// How long to wait before the bus is tried again.
const PAUSE: Duration = Duration::from_millis(700);

/// Tells `sink` how the service stands, now and after every change, until the sink is closed. Holds a watch lease, so
/// that the service stays; connects again by itself after the service, the bus or the computer went away.
pub async fn watch(sink: UnboundedSender<Event>) {
    let mut last_loss = String::new();
    while !sink.is_closed() {
        let error = match Client::connect().await {
            Ok(client) => tokio::select! {
                ended = session(&client, &sink, &mut last_loss) => ended.err(),
                () = sink.closed() => return,
            },
            Err(error) => Some(error),
        };
        if let Some(error) = error
            && error.to_string() != last_loss
        {
            last_loss = error.to_string();
            let _ = sink.send(Event::Lost(Arc::new(error)));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn session(client: &Client, sink: &UnboundedSender<Event>, last_loss: &mut String) -> Result<(), ClientError> {
    let rule = MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .sender(BUS_NAME)?
        .path_namespace(OBJECT_PATH)?
        .build();
    let mut changes = MessageStream::for_match_rule(rule, client.connection(), Some(1024)).await?;
    let mut owner = client.service().inner().receive_owner_changed().await?;
    client.require_service().await?;
    client.service().watch(Dictionary::new()).await?;
    let mut state = client.state().await?;
    last_loss.clear();
    loop {
        if sink.send(Event::State(Arc::new(state.clone()))).is_err() {
            return Ok(());
        }
        tokio::select! {
            change = changes.next() => match change {
                Some(Ok(message)) => apply(client, &mut state, &message).await?,
                Some(Err(error)) => return Err(error.into()),
                None => return Err(ClientError::NoBus("the connection ended".into())),
            },
            change = owner.next() => if change.flatten().is_none() {
                return Err(ClientError::ServiceFailed("the service ended".into()));
            },
        }
    }
}

async fn set_operation(client: &Client, state: &mut ServiceState, path: OwnedObjectPath) -> Result<(), ClientError> {
    if path.as_str() == "/" {
        return Ok(());
    }
    let status = Operation::at(client.connection(), path.clone()).await?.status().await?;
    state.operation = Some(Arc::new(status));
    state.operation_path = Some(path);
    Ok(())
}

async fn apply(client: &Client, state: &mut ServiceState, message: &zbus::Message) -> Result<(), ClientError> {
    let path = message.header().path().map(ObjectPath::to_owned);
    if let (Some(status), Some(path)) = (changed_status(message), &path) {
        if state.operation_path.as_ref().is_some_and(|current| current.as_str() == path.as_str()) {
            state.operation = Some(Arc::new(status));
        }
        return Ok(());
    }
    let Some((interface, changed)) = changed_properties(message) else { return Ok(()) };
    if interface != INTERFACE {
        return Ok(());
    }
    let dictionary = |value: &OwnedValue| value.try_clone().ok().and_then(|value| Dictionary::try_from(value).ok());
    if let Some(snapshot) = changed.get("Snapshot").and_then(dictionary) {
        state.snapshot = Arc::new(from_dictionary(&snapshot)?);
    }
    if let Some(dictionary) = changed.get("Capabilities").and_then(dictionary) {
        state.capabilities = Arc::new(from_dictionary(&dictionary).unwrap_or_default());
    }
    if let Some(path) = changed.get("CurrentOperation").and_then(|value| value.try_clone().ok()) {
        let path = OwnedObjectPath::try_from(path).map_err(|error| ClientError::Unexpected(error.to_string()))?;
        set_operation(client, state, path).await?;
    }
    Ok(())
}
