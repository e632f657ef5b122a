// SPDX-License-Identifier: GPL-3.0-or-later
//! What another program has begun, and a connection that is lost before the end.

use std::collections::VecDeque;
use std::io::Write as _;

use super::super::super::peer::About;
use super::super::again::Again;
use super::super::{follow_all, join};
use super::*;

/// A daemon that has one transaction at a time; whoever joins meets the next of them.
struct Daemon {
    runtime: tokio::runtime::Runtime,
    starts: Arc<AtomicU32>,
}

/// A transaction with this title that takes this course, and what comes of it without anybody's doing.
type Next = (Course, &'static str, By);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum By {
    Nobody,
    /// Its owner begins it a little later.
    Owner,
    /// Its owner leaves a little later.
    Leaving,
    /// It says a little later what nobody can read.
    Garbling,
}

impl Daemon {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { runtime, starts: Arc::default() }
    }

    async fn serve(&self, (course, title, by): Next) -> Again {
        let (here, there) = std::os::unix::net::UnixStream::pair().unwrap();
        for end in [&here, &there] {
            end.set_nonblocking(true).unwrap();
        }
        let mut raw = there.try_clone().unwrap();
        let (here, there) = (UnixStream::from_std(here).unwrap(), UnixStream::from_std(there).unwrap());
        let dies = Arc::new(Notify::new());
        let fake = Fake { course, title, starts: self.starts.clone(), dies: dies.clone() };
        let server = zbus::connection::Builder::unix_stream(there).server(Guid::generate()).unwrap().p2p();
        let (server, peer) = tokio::join!(server.serve_at("/", fake).unwrap().build(), Peer::over(here));
        let server = server.unwrap();
        tokio::spawn(async move {
            let emitter = SignalEmitter::new(&server, "/").unwrap();
            sleep(Duration::from_millis(1500)).await;
            match by {
                By::Nobody => dies.notified().await,
                By::Leaving => {}
                By::Owner => {
                    Fake::message(&emitter, "Pulling").await.unwrap();
                    sleep(Duration::from_millis(100)).await;
                    Fake::finished(&emitter, true, "").await.unwrap();
                    pending::<()>().await;
                }
                By::Garbling => raw.write_all(&[b'?'; 64]).unwrap(),
            }
            sleep(Duration::from_millis(50)).await;
            drop(emitter);
            server.close().await.unwrap();
        });
        Again::Joined(Box::new(peer.unwrap()))
    }

    /// What is met, one after the other; then it is over.
    fn again<'d>(&'d self, next: &[Next]) -> impl AsyncFnMut() -> Again + use<'d> {
        let mut next: VecDeque<_> = next.to_vec().into();
        async move || match next.pop_front() {
            Some(next) => self.serve(next).await,
            None => Again::Over,
        }
    }

    /// Whether it is told of, and how often it was begun.
    fn join(&self, method: &str, next: &[Next]) -> (Option<About>, u32) {
        let join = async { timeout(Duration::from_secs(30), join(method, self.again(next))).await.unwrap() };
        let joined = self.runtime.block_on(join);
        (joined.map(|joined| joined.about), self.starts.load(Ordering::SeqCst))
    }

    fn follow(&self, next: &[Next]) -> End {
        self.runtime.block_on(async {
            let mut again = self.again(next);
            let Again::Joined(peer) = again().await else { panic!("it is there") };
            let hear = |_: Heard<'_>| ControlFlow::Continue(());
            let end = follow_all(*peer, Begin::AtOnce, again, async || pending().await, hear);
            timeout(Duration::from_secs(30), end).await.unwrap()
        })
    }
}

#[test]
fn what_its_owner_has_not_begun_is_not_begun_by_others_and_not_told() {
    for (method, title) in [("Upgrade", NOT_BEGUN), ("Cleanup", "cleanup")] {
        let daemon = Daemon::new();
        let waits = (Course::EndsBeforeItsStartIsAnswered, title, By::Leaving);
        assert_eq!(daemon.join(method, &[waits]), (None, 0), "{method}");
        let begins = (Course::EndsBeforeItsStartIsAnswered, title, By::Owner);
        let (told, starts) = daemon.join(method, &[begins]);
        assert_eq!((told.unwrap().title.as_str(), starts), (title, 0), "{method}");
    }
}

#[test]
fn what_had_ended_is_not_told_and_not_held_on_to() {
    let daemon = Daemon::new();
    assert_eq!(daemon.join("Upgrade", &[(Course::HasEnded, "upgrade", By::Nobody)]), (None, 1));
    let daemon = Daemon::new();
    let silent = (Course::HasEnded, "rollback", By::Nobody);
    assert_eq!(daemon.join("Rollback", &[silent, silent]), (None, 0));
}

#[test]
fn what_was_begun_is_told_also_where_it_is_silent() {
    for course in [Course::GoesOn, Course::StopsSlowly] {
        let (told, _) = Daemon::new().join("Upgrade", &[(course, "upgrade", By::Nobody)]);
        assert_eq!(told.unwrap().title, "upgrade", "{course:?}");
    }
}

#[test]
fn a_transaction_outlives_the_connection_to_it() {
    let goes_on = (Course::GoesOn, "upgrade", By::Nobody);
    for by in [By::Garbling, By::Leaving] {
        let end = Daemon::new().follow(&[(Course::StopsSlowly, "upgrade", by), goes_on]);
        assert_eq!(end.finished, Some((true, String::new())), "{by:?}");
        assert!(end.was_lost && !end.is_stale());
    }
    let ended = (Course::HasEnded, "upgrade", By::Nobody);
    let end = Daemon::new().follow(&[(Course::StopsSlowly, "upgrade", By::Garbling), ended]);
    assert_eq!(end.finished, Some((false, "Operation was cancelled".to_owned())));
    assert!(!end.is_stale());
    let end = Daemon::new().follow(&[(Course::StopsSlowly, "upgrade", By::Leaving)]);
    assert!(end.finished.is_none() && !end.was_lost);
}
