// SPDX-License-Identifier: GPL-3.0-or-later
//! Who is logged in: whoever a test says.

use zbus::zvariant::OwnedObjectPath;

use crate::accounts::Account;

const SEAT: &str = "/org/freedesktop/login1/seat";
const USER: &str = "/org/freedesktop/login1/user";

/// Somebody's session; also its object on the bus.
#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) id: String,
    user: u32,
    name: String,
    seat: String,
    class: String,
}

impl Session {
    /// The `number`th session: at a seat, or from elsewhere where that is empty.
    pub(super) fn new(number: usize, account: &Account, seat: &str, class: &str) -> Self {
        let (name, seat, class) = (account.name.clone(), seat.to_owned(), class.to_owned());
        Self { id: format!("c{number}"), user: account.user, name, seat, class }
    }

    pub(super) fn path(&self) -> OwnedObjectPath {
        object(&format!("{}/session/{}", super::PATH, self.id))
    }

    pub(super) fn row(&self) -> (String, u32, String, String, OwnedObjectPath) {
        (self.id.clone(), self.user, self.name.clone(), self.seat.clone(), self.path())
    }

    /// Somebody else's who works with the computer.
    pub(super) fn is_of_another(&self, user: u32) -> bool {
        self.user != user && self.class.starts_with("user")
    }
}

/// Only letters, digits and underscores come here; anything else is nothing.
fn object(path: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(path).unwrap_or_default()
}

#[zbus::interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property(emits_changed_signal = "const"))]
    fn id(&self) -> &str {
        &self.id
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn user(&self) -> (u32, OwnedObjectPath) {
        (self.user, object(&format!("{USER}/_{}", self.user)))
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn name(&self) -> &str {
        &self.name
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn seat(&self) -> (String, OwnedObjectPath) {
        let path = if self.seat.is_empty() { object("/") } else { object(&format!("{SEAT}/{}", self.seat)) };
        (self.seat.clone(), path)
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn class(&self) -> &str {
        &self.class
    }

    #[zbus(property(emits_changed_signal = "const"))]
    fn remote(&self) -> bool {
        self.seat.is_empty()
    }

    #[zbus(property)]
    fn active(&self) -> bool {
        true
    }

    #[zbus(property)]
    fn state(&self) -> &str {
        "active"
    }
}
