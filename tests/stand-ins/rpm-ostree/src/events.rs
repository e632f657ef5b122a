// SPDX-License-Identifier: GPL-3.0-or-later
//! What a transaction says, and how that goes over the bus.

use ostree::glib::Variant;
use zbus::Message;
use zbus::zvariant::{OwnedValue, Value};

use crate::names::TRANSACTION_INTERFACE;
use crate::variants;

/// Numbers of a download, as they are in the signal.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Download {
    pub(crate) time: (u64, u64),
    pub(crate) outstanding: (u32, u32),
    pub(crate) metadata: (u32, u32, u32),
    pub(crate) delta: (u32, u32, u32, u64),
    pub(crate) content: (u32, u32),
    pub(crate) transfer: (u64, u64),
}

/// What comes out of a transaction, in order.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    Message(String),
    TaskBegin(String),
    TaskEnd(String),
    Percent(String, u32),
    Download(Download),
    Signature {
        signatures: Variant,
        commit: String,
    },
    ProgressEnd,
    Title(String),
    /// No signal: the properties of the sysroot are to be read anew before anything else is said.
    SysrootChanged,
    /// No signal: the update that is known has changed as well.
    UpdateChanged,
    /// No signal: the machine restarts.
    Restarting,
}

impl Event {
    /// The signal for the peers.
    pub(crate) fn signal(&self) -> anyhow::Result<Option<Message>> {
        let message = match self {
            Self::Message(text) => signal("Message")?.build(&(text,))?,
            Self::TaskBegin(text) => signal("TaskBegin")?.build(&(text,))?,
            Self::TaskEnd(text) => signal("TaskEnd")?.build(&(text,))?,
            Self::Percent(text, percentage) => signal("PercentProgress")?.build(&(text, percentage))?,
            Self::Download(numbers) => {
                let Download { time, outstanding, metadata, delta, content, transfer } = numbers;
                signal("DownloadProgress")?.build(&(time, outstanding, metadata, delta, content, transfer))?
            }
            Self::Signature { signatures, commit } => {
                let mut all = Vec::new();
                for signature in signatures.iter().filter_map(|one| one.as_variant()) {
                    all.push(OwnedValue::try_from(variants::value(&signature)?)?);
                }
                signal("SignatureProgress")?.build(&(all, commit))?
            }
            Self::ProgressEnd => signal("ProgressEnd")?.build(&())?,
            Self::Title(title) => {
                let changed = std::collections::HashMap::from([("Title", Value::from(title.as_str()))]);
                Message::signal("/", "org.freedesktop.DBus.Properties", "PropertiesChanged")?.build(&(
                    TRANSACTION_INTERFACE,
                    changed,
                    Vec::<String>::new(),
                ))?
            }
            Self::SysrootChanged | Self::UpdateChanged | Self::Restarting => return Ok(None),
        };
        Ok(Some(message))
    }
}

/// The last signal.
pub(crate) fn finished(success: bool, text: &str) -> zbus::Result<Message> {
    signal("Finished")?.build(&(success, text))
}

fn signal(member: &'static str) -> zbus::Result<zbus::message::Builder<'static>> {
    Message::signal("/", TRANSACTION_INTERFACE, member)
}
