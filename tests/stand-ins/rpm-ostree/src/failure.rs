// SPDX-License-Identifier: GPL-3.0-or-later
//! Errors as the daemon puts them on the bus.

use zbus::message::Header;
use zbus::names::ErrorName;
use zbus::{DBusError, Message};

/// An error with its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    name: String,
    text: String,
}

/// Numbers of GLib's own errors.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Code {
    Failed = 0,
    NotFound = 1,
    Busy = 26,
}

impl Failure {
    pub(crate) fn new(name: &str, text: impl Into<String>) -> Self {
        Self { name: name.to_owned(), text: text.into() }
    }

    /// One that GLib names, as it has no name of its own on the bus.
    pub(crate) fn coded(code: Code, text: impl Into<String>) -> Self {
        let name = format!("org.gtk.GDBus.UnmappedGError.Quark._g_2dio_2derror_2dquark.Code{}", code as u32);
        Self { name, text: text.into() }
    }

    pub(crate) fn denied(text: impl Into<String>) -> Self {
        Self::new("org.freedesktop.DBus.Error.AccessDenied", text)
    }

    /// What only the real daemon can do.
    pub(crate) fn unsupported(method: &str) -> Self {
        Self::coded(Code::Failed, format!("{method} is not supported by the lab's stand-in"))
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::coded(Code::Failed, format!("{error:#}"))
    }
}

impl DBusError for Failure {
    fn create_reply(&self, message: &Header<'_>) -> zbus::Result<Message> {
        Message::error(message, self.name())?.build(&(self.text.as_str(),))
    }

    fn name(&self) -> ErrorName<'_> {
        ErrorName::from_str_unchecked(&self.name)
    }

    fn description(&self) -> Option<&str> {
        Some(&self.text)
    }
}
