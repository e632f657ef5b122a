// SPDX-License-Identifier: GPL-3.0-or-later
//! What a transaction of rpm-ostree tells on its private socket. Source: the interface
//! `org.projectatomic.rpmostree1.Transaction`; what it really tells is in `tests/recordings`.

use serde::de::DeserializeOwned;
use zbus::message::Body;
use zbus::zvariant::Type;

use crate::foreign_text::shown;

/// The longest text that is kept, in characters.
const LONGEST: usize = 1000;
/// The longest that says how a transaction ended.
const LONGEST_END: usize = 4000;

/// One signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TransactionEvent {
    /// Something is told.
    Message(String),
    /// A piece of work has begun.
    TaskBegin(String),
    /// It ended, well or badly: the text says "done" in either case.
    TaskEnd,
    /// A piece of work goes on. Where things are counted, the text ends with `(1/2)`, and the percentage is wrong.
    Percent {
        /// What is done.
        text: String,
        /// How much of it, in hundredths.
        percentage: u32,
    },
    /// How far a pull of a branch is.
    Download(DownloadProgress),
    /// A commit's signature was looked at.
    SignatureSeen,
    /// A piece of work of which progress was told has ended; also where none had begun.
    ProgressEnd,
    /// What rpm-ostree calls the transaction, from now on.
    Title(String),
    /// The end.
    Finished {
        /// It went well. Where it did not, something may be staged all the same.
        success: bool,
        /// What went wrong.
        message: String,
    },
}

/// The numbers of a pull of a branch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct DownloadProgress {
    /// Objects that are being fetched.
    pub(crate) outstanding_fetches: u32,
    /// Objects that are being written.
    pub(crate) outstanding_writes: u32,
    /// Objects that describe others, looked at.
    pub(crate) metadata_scanned: u32,
    /// Such objects, fetched.
    pub(crate) metadata_fetched: u32,
    /// Such objects, still to come.
    pub(crate) metadata_outstanding: u32,
    /// Parts of a delta in all; zero where there is none.
    pub(crate) delta_total_parts: u32,
    /// Those that are fetched.
    pub(crate) delta_fetched_parts: u32,
    /// Bytes of all its parts.
    pub(crate) delta_total_size: u64,
    /// Objects with content, fetched.
    pub(crate) content_fetched: u32,
    /// Such objects, asked for so far.
    pub(crate) content_requested: u32,
    /// Bytes transferred.
    pub(crate) bytes: u64,
}

/// The fields of the signal `DownloadProgress`, as they come: time, outstanding, metadata, delta, content, transfer.
pub(crate) type DownloadNumbers =
    ((u64, u64), (u32, u32), (u32, u32, u32), (u32, u32, u32, u64), (u32, u32), (u64, u64));

impl From<DownloadNumbers> for DownloadProgress {
    fn from((_, outstanding, metadata, delta, content, transfer): DownloadNumbers) -> Self {
        Self {
            outstanding_fetches: outstanding.0,
            outstanding_writes: outstanding.1,
            metadata_scanned: metadata.0,
            metadata_fetched: metadata.1,
            metadata_outstanding: metadata.2,
            delta_total_parts: delta.0,
            delta_fetched_parts: delta.1,
            delta_total_size: delta.3,
            content_fetched: content.0,
            content_requested: content.1,
            bytes: transfer.0,
        }
    }
}

impl TransactionEvent {
    /// Reads the body of a signal of the interface `org.projectatomic.rpmostree1.Transaction` by its name; nothing for one
    /// that this version does not know, or that is made otherwise.
    pub(crate) fn of(member: &str, body: &Body) -> Option<Self> {
        match member {
            "Message" => Some(Self::message(&read::<String>(body)?)),
            "TaskBegin" => Some(Self::task_begin(&read::<String>(body)?)),
            "TaskEnd" => Some(Self::TaskEnd),
            "PercentProgress" => {
                let (text, percentage): (String, u32) = read(body)?;
                Some(Self::percent(&text, percentage))
            }
            "DownloadProgress" => Some(Self::Download(read::<DownloadNumbers>(body)?.into())),
            "SignatureProgress" => Some(Self::SignatureSeen),
            "ProgressEnd" => Some(Self::ProgressEnd),
            "Finished" => {
                let (success, message): (bool, String) = read(body)?;
                Some(Self::finished(success, &message))
            }
            _ => None,
        }
    }

    /// The signal `Message`.
    pub(crate) fn message(text: &str) -> Self {
        Self::Message(shown(text, LONGEST))
    }

    /// The signal `TaskBegin`.
    pub(crate) fn task_begin(text: &str) -> Self {
        Self::TaskBegin(shown(text, LONGEST))
    }

    /// The signal `PercentProgress`.
    pub(crate) fn percent(text: &str, percentage: u32) -> Self {
        Self::Percent { text: shown(text, LONGEST), percentage }
    }

    /// A new value of the property `Title`.
    pub(crate) fn title(text: &str) -> Self {
        Self::Title(shown(text, LONGEST))
    }

    /// The signal `Finished`.
    pub(crate) fn finished(success: bool, message: &str) -> Self {
        Self::Finished { success, message: shown(&message.replace('\n', " "), LONGEST_END) }
    }
}

fn read<T: DeserializeOwned + Type>(body: &Body) -> Option<T> {
    body.deserialize().ok()
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use zbus::Message;
    use zbus::zvariant::DynamicType;

    use super::*;

    fn signal<B: Serialize + DynamicType>(member: &str, body: &B) -> Option<TransactionEvent> {
        let interface = "org.projectatomic.rpmostree1.Transaction";
        let message = Message::signal("/", interface, member).unwrap().build(body).unwrap();
        TransactionEvent::of(member, &message.body())
    }

    #[test]
    fn signals_are_read_from_their_bodies() {
        assert_eq!(signal("Message", &"A\u{1b}[1m"), Some(TransactionEvent::Message("A[1m".into())));
        assert_eq!(signal("TaskBegin", &"B"), Some(TransactionEvent::TaskBegin("B".into())));
        assert_eq!(signal("TaskEnd", &"done"), Some(TransactionEvent::TaskEnd));
        assert_eq!(signal("ProgressEnd", &()), Some(TransactionEvent::ProgressEnd));
        let percent = TransactionEvent::Percent { text: "C".into(), percentage: 7 };
        assert_eq!(signal("PercentProgress", &("C", 7_u32)), Some(percent));
        let finished = TransactionEvent::Finished { success: false, message: "one two".into() };
        assert_eq!(signal("Finished", &(false, "one\ntwo")), Some(finished));
        let numbers: DownloadNumbers = ((1, 2), (3, 4), (5, 6, 7), (8, 9, 10, 11), (12, 13), (14, 15));
        let Some(TransactionEvent::Download(found)) = signal("DownloadProgress", &numbers) else { panic!() };
        assert_eq!((found.outstanding_fetches, found.metadata_outstanding, found.delta_total_size), (3, 7, 11));
        assert_eq!((found.content_fetched, found.content_requested, found.bytes), (12, 13, 14));
    }

    #[test]
    fn what_is_made_otherwise_is_no_event() {
        assert_eq!(signal("Finished", &"x"), None);
        assert_eq!(signal("Message", &5_u32), None);
        assert_eq!(signal("PercentProgress", &("C", "7")), None);
        assert_eq!(signal("DownloadProgress", &(1_u32, 2_u32)), None);
        assert_eq!(signal("OfTheFuture", &"x"), None);
    }

    #[test]
    fn texts_are_short_and_plain() {
        let long = "x".repeat(100_000);
        assert_eq!(TransactionEvent::message(&long), TransactionEvent::Message("x".repeat(LONGEST)));
        let TransactionEvent::Finished { message, .. } = TransactionEvent::finished(false, &long) else { panic!() };
        assert_eq!(message.len(), LONGEST_END);
    }
}
