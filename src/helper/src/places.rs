// SPDX-License-Identifier: GPL-3.0-or-later
//! How much of something may go on at a time: of one user, so that others find room, and of all together.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use isotope_model::Refusal;

/// Places that are given out and come back.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    of_one_user: usize,
    all: usize,
    taken: Arc<Mutex<HashMap<u32, usize>>>,
}

/// One of them; free again when dropped.
#[derive(Debug)]
pub(crate) struct Place {
    places: Places,
    uid: u32,
}

impl Places {
    /// So many for one user, and for all together.
    pub(crate) fn new(of_one_user: usize, all: usize) -> Self {
        Self { of_one_user, all, taken: Arc::default() }
    }

    /// Takes one for this user.
    ///
    /// # Errors
    /// [`Refusal::Busy`] where none is left.
    pub(crate) fn take(&self, uid: u32) -> Result<Place, Refusal> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let own = taken.get(&uid).copied().unwrap_or_default();
        if own >= self.of_one_user || taken.values().sum::<usize>() >= self.all {
            return Err(Refusal::Busy { operation: None });
        }
        taken.insert(uid, own + 1);
        Ok(Place { places: self.clone(), uid })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.uid) {
            *count = count.saturating_sub(1);
        }
        taken.retain(|_, count| *count > 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_user_cannot_take_all_the_places() {
        let places = Places::new(2, 3);
        let mine: Vec<_> = (0..2).map(|_| places.take(1000).unwrap()).collect();
        assert!(places.take(1000).is_err());
        let other = places.take(1001).unwrap();
        assert!(places.take(1002).is_err(), "all are taken");
        drop((mine, other));
        assert!(places.take(1000).is_ok());
    }
}
