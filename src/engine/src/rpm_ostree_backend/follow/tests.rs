// SPDX-License-Identifier: GPL-3.0-or-later
//! A transaction at the other end of a socket, which behaves as the daemon was seen to.

mod joining;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tokio::net::UnixStream;
use tokio::sync::Notify;
use tokio::time::sleep;
use zbus::Guid;
use zbus::object_server::SignalEmitter;

use super::super::foreign::NOT_BEGUN;
use super::*;

/// What a transaction does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Signals and the end come before the answer to the start.
    EndsBeforeItsStartIsAnswered,
    /// It had ended before.
    HasEnded,
    /// Another has begun it, and it goes on.
    GoesOn,
    /// The daemon dies after the start.
    Dies,
    /// It goes on until it is told to stop, and then some more.
    StopsSlowly,
    /// It says very much.
    IsLoud,
}

struct Fake {
    course: Course,
    title: &'static str,
    starts: Arc<AtomicU32>,
    dies: Arc<Notify>,
}

#[zbus::interface(name = "org.projectatomic.rpmostree1.Transaction")]
impl Fake {
    async fn start(&self, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) -> bool {
        self.starts.fetch_add(1, Ordering::SeqCst);
        match self.course {
            Course::EndsBeforeItsStartIsAnswered => {
                emitter.message("Pulling manifest: x").await.unwrap();
                emitter.finished(true, "").await.unwrap();
                true
            }
            Course::HasEnded => {
                emitter.finished(false, "Operation was cancelled").await.unwrap();
                false
            }
            Course::GoesOn => {
                let emitter = emitter.to_owned();
                tokio::spawn(async move {
                    emitter.message("[1/2] Fetching").await.unwrap();
                    sleep(Duration::from_millis(50)).await;
                    emitter.finished(true, "").await.unwrap();
                });
                false
            }
            Course::Dies => {
                self.dies.notify_one();
                true
            }
            Course::StopsSlowly => true,
            Course::IsLoud => {
                for _ in 0..3000 {
                    emitter.message(&"x".repeat(5000)).await.unwrap();
                }
                emitter.finished(true, "").await.unwrap();
                true
            }
        }
    }

    async fn cancel(&self, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) {
        let emitter = emitter.to_owned();
        tokio::spawn(async move {
            sleep(Duration::from_millis(200)).await;
            emitter.task_end("done").await.unwrap();
            emitter.finished(false, "Operation was cancelled").await.unwrap();
        });
    }

    #[zbus(property)]
    fn title(&self) -> &str {
        self.title
    }

    #[zbus(property)]
    fn initiating_client_description(&self) -> &str {
        "client(id:test dbus:1.1 uid:0)"
    }

    #[zbus(signal)]
    async fn message(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn task_end(emitter: &SignalEmitter<'_>, text: &str) -> zbus::Result<()>;

    #[zbus(signal)]
    async fn finished(emitter: &SignalEmitter<'_>, success: bool, message: &str) -> zbus::Result<()>;
}

/// What was heard of a transaction that took this course: its end, its messages, and how often it was told to begin.
struct Followed {
    end: End,
    messages: usize,
    starts: u32,
}

fn follow_one(course: Course, begin: Begin, cancel_after: Option<Duration>) -> Followed {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (here, there) = UnixStream::pair().unwrap();
        let (starts, dies) = (Arc::new(AtomicU32::new(0)), Arc::new(Notify::new()));
        let fake = Fake { course, title: NOT_BEGUN, starts: starts.clone(), dies: dies.clone() };
        let server = zbus::connection::Builder::unix_stream(there).server(Guid::generate()).unwrap().p2p();
        let (server, peer) = tokio::join!(server.serve_at("/", fake).unwrap().build(), Peer::over(here));
        let (server, mut peer) = (server.unwrap(), peer.unwrap());
        let dying = tokio::spawn(async move {
            dies.notified().await;
            sleep(Duration::from_millis(50)).await;
            server.close().await.unwrap();
        });
        let cancelled = async {
            match cancel_after {
                Some(after) => sleep(after).await,
                None => pending().await,
            }
        };
        let mut messages = 0;
        let end = follow(&mut peer, begin, cancelled, |heard| {
            messages += usize::from(matches!(heard, Heard::Event(TransactionEvent::Message(_))));
            ControlFlow::Continue(())
        });
        let end = timeout(Duration::from_secs(30), end).await.unwrap();
        dying.abort();
        peer.close().await;
        Followed { end, messages, starts: starts.load(Ordering::SeqCst) }
    })
}

#[test]
fn nothing_that_comes_before_the_answer_is_missed() {
    let Followed { end, messages, starts } = follow_one(Course::EndsBeforeItsStartIsAnswered, Begin::AtOnce, None);
    assert_eq!(end.finished, Some((true, String::new())));
    assert!(!end.joined && !end.is_stale());
    assert_eq!((messages, starts), (1, 1));
}

#[test]
fn the_end_of_another_transaction_is_told_from_the_own() {
    let Followed { end, .. } = follow_one(Course::HasEnded, Begin::AtOnce, None);
    assert!(end.joined && end.is_stale(), "{end:?}");
    let Followed { end, messages, .. } = follow_one(Course::GoesOn, Begin::AtOnce, None);
    assert!(end.joined && !end.is_stale(), "{end:?}");
    assert_eq!((end.finished, messages), (Some((true, String::new())), 1));
}

#[test]
fn the_end_of_the_connection_is_an_end() {
    let Followed { end, .. } = follow_one(Course::Dies, Begin::AtOnce, None);
    assert_eq!(end.finished, None);
    assert!(!end.is_stale());
}

#[test]
fn a_cancel_is_asked_for_and_the_end_waited_for() {
    let Followed { end, .. } = follow_one(Course::StopsSlowly, Begin::AtOnce, Some(Duration::from_millis(100)));
    assert_eq!(end.finished, Some((false, "Operation was cancelled".to_owned())));
    assert!(end.stopped && !end.joined);
}

#[test]
fn much_talk_holds_nothing_up() {
    let Followed { end, messages, .. } = follow_one(Course::IsLoud, Begin::AtOnce, None);
    assert_eq!((end.finished, messages), (Some((true, String::new())), 3000));
}

#[test]
fn anothers_transaction_is_never_begun() {
    let cancelled = Some(Duration::from_millis(1300));
    assert_eq!(follow_one(Course::StopsSlowly, Begin::Never, cancelled).starts, 0);
}

#[test]
fn a_transaction_tells_of_itself() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (here, there) = UnixStream::pair().unwrap();
        let fake = Fake { course: Course::GoesOn, title: NOT_BEGUN, starts: Arc::default(), dies: Arc::default() };
        let server = zbus::connection::Builder::unix_stream(there).server(Guid::generate()).unwrap().p2p();
        let (server, peer) = tokio::join!(server.serve_at("/", fake).unwrap().build(), Peer::over(here));
        let (server, mut peer) = (server.unwrap(), peer.unwrap());
        let emitter = SignalEmitter::new(&server, "/").unwrap();
        Fake::message(&emitter, "early").await.unwrap();
        let about = peer.about().await.unwrap();
        assert_eq!(about.initiator, "client(id:test dbus:1.1 uid:0)");
        assert_eq!(peer.next().await, Some(TransactionEvent::message("early")));
    });
}
