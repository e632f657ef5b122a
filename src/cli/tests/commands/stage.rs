// SPDX-License-Identifier: GPL-3.0-or-later
//! What the service of the tests has before it, and what it is told to do.

use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use isotope_model::dictionary::Dictionary;
use isotope_model::{HostCatalogs, ImagePreview, OperationKind, Outcome, Preflight, Refusal, Snapshot};

/// What the service does when it is asked for an operation.
#[derive(Clone, Debug)]
pub(crate) enum Play {
    Refuse(Refusal),
    Work(Box<Work>),
    /// As while a password is asked for: refuse when that ends, which here is when told.
    AskUntilTold(Refusal),
}

/// So many steps of a download, this far apart, then this outcome. A cancel ends it with `cancelled`.
#[derive(Clone, Debug)]
pub(crate) struct Work {
    pub(crate) steps: u64,
    pub(crate) pause: Duration,
    pub(crate) outcome: Outcome,
    pub(crate) cancelled: Option<Outcome>,
}

/// What the registry answers that the service asks.
#[derive(Clone, Debug)]
pub(crate) enum Registry {
    Tells(Box<ImagePreview>),
    Refuses(Refusal),
    /// Not before somebody gives up.
    Hangs,
}

/// What the service finds before a switch, or before a restart into what is staged.
#[derive(Clone, Debug)]
pub(crate) enum Findings {
    Are(Box<Preflight>),
    Refuses(Refusal),
    /// Not before somebody gives up.
    Hangs,
}

/// An image that was asked about, and whether a password might have been asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Lookup {
    pub(crate) image: String,
    pub(crate) interactive: bool,
}

/// One request as it came.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) kind: OperationKind,
    /// The image, the version or the deployment.
    pub(crate) argument: Option<String>,
    pub(crate) interactive: bool,
    pub(crate) options: Dictionary,
}

impl Request {
    /// The value of an option that is a text.
    pub(crate) fn option(&self, name: &str) -> Option<String> {
        self.options.get(name).map(|value| value.downcast_ref::<String>().unwrap())
    }

    /// The option that is true unless it is given says so.
    pub(crate) fn declined(&self, name: &str) -> bool {
        self.options.get(name).is_some_and(|value| !value.downcast_ref::<bool>().unwrap())
    }

    /// The option that is either there or not was given.
    pub(crate) fn flag(&self, name: &str) -> bool {
        self.options.get(name).is_some_and(|value| value.downcast_ref::<bool>().unwrap())
    }
}

/// What the service has before it.
pub(crate) struct Stage {
    pub(crate) snapshot: Snapshot,
    pub(crate) play: Play,
    /// What the host is like once something was staged.
    pub(crate) after: Snapshot,
    pub(crate) running: bool,
    pub(crate) requests: Vec<Request>,
    pub(crate) registry: Registry,
    pub(crate) lookups: Vec<Lookup>,
    pub(crate) findings: Findings,
    pub(crate) content: Findings,
    pub(crate) preflights: Vec<Lookup>,
    pub(crate) catalogs: HostCatalogs,
}

pub(crate) fn locked<T>(stage: &Mutex<T>) -> MutexGuard<'_, T> {
    stage.lock().unwrap()
}
