// SPDX-License-Identifier: GPL-3.0-or-later
//! Previews that are being made: of each connection only the newest, and of each user only a few.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use isotope_model::Refusal;
use tokio::sync::Notify;
use zbus::names::OwnedUniqueName;

use crate::caller::Caller;
use crate::places::{Place, Places};

/// So many of one user, and of all together, at a time.
const OF_ONE_USER: usize = 4;
const ALL: usize = 12;

/// So many engines of one user, and of all together, may look at images at a time: each fetches from a remote, and one that
/// nobody waits for any more takes a moment to end.
const ENGINES_OF_ONE_USER: usize = 2;
const ENGINES: usize = 6;

/// Who has previews made.
#[derive(Debug)]
pub(crate) struct Previews {
    running: Mutex<HashMap<OwnedUniqueName, Running>>,
    engines: Places,
}

impl Default for Previews {
    fn default() -> Self {
        Self { running: Mutex::default(), engines: Places::new(ENGINES_OF_ONE_USER, ENGINES) }
    }
}

#[derive(Debug)]
struct Running {
    uid: u32,
    replaced: Arc<Notify>,
}

/// One that is being made; ends when dropped.
#[derive(Debug)]
pub(crate) struct Preview<'a> {
    previews: &'a Previews,
    name: OwnedUniqueName,
    replaced: Arc<Notify>,
}

impl Previews {
    /// Begins one, and ends the one that the same connection waits for.
    ///
    /// # Errors
    /// [`Refusal::Busy`].
    pub(crate) fn begin(&self, caller: &Caller) -> Result<Preview<'_>, Refusal> {
        let mut running = self.running();
        if let Some(older) = running.remove(&caller.name) {
            older.replaced.notify_one();
        }
        let own = running.values().filter(|other| other.uid == caller.uid).count();
        if own >= OF_ONE_USER || running.len() >= ALL {
            return Err(Refusal::Busy { operation: None });
        }
        let replaced = Arc::new(Notify::new());
        running.insert(caller.name.clone(), Running { uid: caller.uid, replaced: replaced.clone() });
        Ok(Preview { previews: self, name: caller.name.clone(), replaced })
    }

    /// A place for an engine that looks at an image, to be kept until the engine has ended.
    ///
    /// # Errors
    /// [`Refusal::Busy`].
    pub(crate) fn engine(&self, caller: &Caller) -> Result<Place, Refusal> {
        self.engines.take(caller.uid)
    }

    /// None is being made.
    pub(crate) fn is_empty(&self) -> bool {
        self.running().is_empty()
    }

    fn running(&self) -> MutexGuard<'_, HashMap<OwnedUniqueName, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Preview<'_> {
    /// Returns when the same connection wants another one instead.
    pub(crate) async fn replaced(&self) {
        self.replaced.notified().await;
    }
}

impl Drop for Preview<'_> {
    fn drop(&mut self) {
        let mut running = self.previews.running();
        if running.get(&self.name).is_some_and(|other| Arc::ptr_eq(&other.replaced, &self.replaced)) {
            running.remove(&self.name);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(number: u32, uid: u32) -> Caller {
        Caller { name: OwnedUniqueName::try_from(format!(":1.{number}")).unwrap(), uid, interactive: false }
    }

    #[test]
    fn one_user_cannot_keep_others_from_previews() {
        let previews = Previews::default();
        let own: Vec<_> = (0..4).map(|number| previews.begin(&caller(number, 1000)).unwrap()).collect();
        assert!(previews.begin(&caller(9, 1000)).is_err());
        assert!(previews.begin(&caller(10, 1001)).is_ok());
        drop(own);
        assert!(previews.is_empty() && previews.begin(&caller(9, 1000)).is_ok());
    }

    #[tokio::test]
    async fn a_newer_preview_of_the_same_connection_replaces_the_older() {
        let previews = Previews::default();
        let older = previews.begin(&caller(1, 1000)).unwrap();
        let newer = previews.begin(&caller(1, 1000)).unwrap();
        older.replaced().await;
        drop(older);
        assert!(!previews.is_empty());
        drop(newer);
        assert!(previews.is_empty());
    }
}
