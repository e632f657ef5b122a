// SPDX-License-Identifier: GPL-3.0-or-later
//! Starting, joining, finishing and letting go, as recorded.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use serde_json::Value as Json;
use tokio::sync::{mpsc, oneshot};
use zbus::connection::Builder;
use zbus::message::Type;
use zbus::{Connection, Message, MessageStream};

use super::{daemon, recording};
use crate::daemon::Daemon;
use crate::events::{Download, Event};
use crate::names::TRANSACTION_INTERFACE;
use crate::transaction::{Ended, Request, Server, Transaction};

/// A transaction without a sysroot: what it does, the test says.
struct Scene {
    transaction: Arc<Transaction>,
    events: mpsc::UnboundedSender<Event>,
    end: Option<oneshot::Sender<Ended>>,
    lock: std::sync::mpsc::Receiver<()>,
    held: Option<std::sync::mpsc::Sender<()>>,
    started: std::sync::mpsc::Receiver<bool>,
    address: String,
    over: tokio::task::JoinHandle<()>,
    _server: Server,
    _folder: tempfile::TempDir,
    _daemon: Arc<Daemon>,
    _bus: Connection,
}

impl Scene {
    async fn new() -> Self {
        let (daemon, bus) = daemon().await;
        let (go, started) = std::sync::mpsc::channel();
        let request = Request {
            method: "Upgrade",
            sender: ":1.34".into(),
            path: "/org/projectatomic/rpmostree1/lab".into(),
            arguments: "{}".into(),
            client: "client(id:recorder dbus:1.34 uid:0)".into(),
        };
        let transaction = Transaction::new(request, "new-deployment", go);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("socket").to_str().unwrap().to_owned();
        let server = Server::listen_at(&path, &transaction).unwrap();
        let (events, said) = mpsc::unbounded_channel();
        let (end, ended) = oneshot::channel();
        let (held, lock) = std::sync::mpsc::channel();
        let (followed, following) = (Arc::clone(&transaction), Arc::clone(&daemon));
        let over = tokio::spawn(async move { following.follow(followed, said, ended).await });
        Self {
            transaction,
            events,
            end: Some(end),
            lock,
            held: Some(held),
            started,
            address: format!("unix:path={path}"),
            over,
            _server: server,
            _folder: folder,
            _daemon: daemon,
            _bus: bus,
        }
    }

    async fn peer(&self) -> (Connection, MessageStream) {
        let peer = Builder::address(self.address.as_str()).unwrap().p2p().build().await.unwrap();
        let stream = MessageStream::from(&peer);
        (peer, stream)
    }

    fn finish(&mut self, result: anyhow::Result<()>) {
        let ended = Ended::new(result, self.held.take().unwrap());
        self.end.take().unwrap().send(ended).unwrap();
    }
}

async fn start(peer: &Connection) -> bool {
    let reply = peer.call_method(None::<&str>, "/", Some(TRANSACTION_INTERFACE), "Start", &()).await.unwrap();
    reply.body().deserialize().unwrap()
}

async fn signal(stream: &mut MessageStream) -> Message {
    loop {
        let message = tokio::time::timeout(Duration::from_secs(5), stream.next()).await.unwrap().unwrap().unwrap();
        if message.message_type() == Type::Signal {
            return message;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_have_the_shapes_of_the_recordings() {
    let mut scene = Scene::new().await;
    let (peer, mut stream) = scene.peer().await;
    assert!(start(&peer).await);
    assert_eq!(scene.started.recv(), Ok(true));
    let signatures = ostree::glib::Variant::parse(
        None,
        "[<(true, false, false, false, false, 'AB', int64 1, int64 0, 'RSA', 'SHA512', 'S', 's@x', 'AB', int64 0, int64 0)>]",
    );
    for event in [
        Event::Title("upgrade".into()),
        Event::Message("Pulling manifest: x".into()),
        Event::TaskBegin("[1/1] Fetching layer x".into()),
        Event::TaskEnd("done".into()),
        Event::Percent("Importing packages (1/1)".into(), 100),
        Event::Download(Download::default()),
        Event::Signature { signatures: signatures.unwrap(), commit: "ab".into() },
        Event::ProgressEnd,
    ] {
        scene.events.send(event).unwrap();
    }
    scene.finish(Ok(()));
    let mut recorded = std::collections::BTreeMap::new();
    for name in ["txn-upgrade-slow.jsonl", "ostree-txn-upgrade.jsonl", "layered-txn-upgrade.jsonl"] {
        for line in recording(name).lines() {
            let line: Json = serde_json::from_str(line).unwrap();
            if line["ev"] == "peer-signal" {
                let text = |key: &str| line[key].as_str().unwrap().to_owned();
                recorded.insert(text("member"), text("sig"));
            }
        }
    }
    let mut ours = std::collections::BTreeMap::new();
    loop {
        let message = signal(&mut stream).await;
        let member = message.header().member().unwrap().to_string();
        let signature = message.body().signature().to_string_no_parens();
        ours.insert(member.clone(), format!("({signature})"));
        if member == "Finished" {
            break;
        }
    }
    assert_eq!(ours, recorded);
}

#[tokio::test(flavor = "multi_thread")]
async fn others_join_and_hear_of_the_end_again() {
    let mut scene = Scene::new().await;
    let (first, mut heard) = scene.peer().await;
    let properties = zbus::fdo::PropertiesProxy::builder(&first).destination("a.b").unwrap().path("/").unwrap();
    let properties = properties.build().await.unwrap();
    let all = properties.get_all(TRANSACTION_INTERFACE.try_into().unwrap()).await.unwrap();
    assert_eq!(String::try_from(all["Title"].clone()).unwrap(), "new-deployment");
    assert_eq!(
        String::try_from(all["InitiatingClientDescription"].clone()).unwrap(),
        "client(id:recorder dbus:1.34 uid:0)"
    );
    assert!(start(&first).await);
    let (second, mut heard_by_second) = scene.peer().await;
    assert!(!start(&second).await);
    scene.finish(Err(anyhow::anyhow!("Operation was cancelled")));
    for stream in [&mut heard, &mut heard_by_second] {
        let (success, text): (bool, String) = signal(stream).await.body().deserialize().unwrap();
        assert_eq!((success, text.as_str()), (false, "Operation was cancelled"));
    }
    // Everybody was told, so the sysroot is unlocked; but the transaction is there until all have gone.
    assert!(tokio::task::block_in_place(|| scene.lock.recv()).is_err());
    second.close().await.unwrap();
    drop(heard_by_second);
    let (third, mut heard_by_third) = scene.peer().await;
    assert!(!start(&third).await);
    let (success, _): (bool, String) = signal(&mut heard_by_third).await.body().deserialize().unwrap();
    assert!(!success && !scene.over.is_finished());
    first.close().await.unwrap();
    drop(heard);
    third.close().await.unwrap();
    drop(heard_by_third);
    tokio::time::timeout(Duration::from_secs(5), &mut scene.over).await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_reaches_the_socket_cancels() {
    use ostree::gio::prelude::CancellableExt;
    let scene = Scene::new().await;
    let (peer, _heard) = scene.peer().await;
    peer.call_method(None::<&str>, "/", Some(TRANSACTION_INTERFACE), "Cancel", &()).await.unwrap();
    let mut cancelled = scene.transaction.when_cancelled();
    cancelled.wait_for(|cancelled| *cancelled).await.unwrap();
    assert!(scene.transaction.cancellable.is_cancelled());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_nobody_started_ends_without_a_word() {
    let mut scene = Scene::new().await;
    let (peer, mut heard) = scene.peer().await;
    // Registered when the peer is served: a call is answered only then.
    assert!(peer.call_method(None::<&str>, "/", Some("org.freedesktop.DBus.Peer"), "Ping", &()).await.is_ok());
    while *scene.transaction.listeners.borrow() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    scene.transaction.abandon();
    assert_eq!(scene.started.recv(), Ok(false));
    scene.transaction.close().await;
    while let Some(Ok(message)) = tokio::time::timeout(Duration::from_secs(5), heard.next()).await.unwrap() {
        assert_ne!(message.message_type(), Type::Signal, "{message}");
    }
    drop(scene.end.take());
    tokio::time::timeout(Duration::from_secs(5), &mut scene.over).await.unwrap().unwrap();
}
