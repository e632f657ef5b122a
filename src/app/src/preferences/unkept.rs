// SPDX-License-Identifier: GPL-3.0-or-later
use std::cell::RefCell;
use std::fmt;
use std::rc::Rc;

use super::keys::{EXPERT_DETAILS, FIRST_BOOT_FINISHED, NOTIFICATIONS};

/// What is set, in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Values {
    notifications: bool,
    pub(super) hidden_vendors: Vec<String>,
    expert_details: bool,
    first_boot_finished: bool,
}

impl Default for Values {
    fn default() -> Self {
        Self { notifications: true, hidden_vendors: Vec::new(), expert_details: false, first_boot_finished: false }
    }
}

impl Values {
    /// The one of this key.
    pub(super) fn boolean(&mut self, key: &str) -> &mut bool {
        match key {
            NOTIFICATIONS => &mut self.notifications,
            EXPERT_DETAILS => &mut self.expert_details,
            FIRST_BOOT_FINISHED => &mut self.first_boot_finished,
            key => unreachable!("{key} is no switch"),
        }
    }
}

/// What is set for as long as the program runs, and who wants to know of changes.
#[derive(Default)]
pub(super) struct Unkept {
    values: RefCell<Values>,
    listeners: RefCell<Vec<Rc<dyn Fn()>>>,
}

impl Unkept {
    pub(super) fn values(&self) -> Values {
        self.values.borrow().clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Values)) {
        let before = self.values();
        change(&mut self.values.borrow_mut());
        if self.values() != before {
            // A listener may set something, or add another one.
            let listeners = self.listeners.borrow().clone();
            for listener in listeners {
                listener();
            }
        }
    }

    pub(super) fn connect_changed(&self, changed: impl Fn() + 'static) {
        self.listeners.borrow_mut().push(Rc::new(changed));
    }
}

impl fmt::Debug for Unkept {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Unkept").field("values", &self.values).finish_non_exhaustive()
    }
}
