// SPDX-License-Identifier: GPL-3.0-or-later
use serde::{Deserialize, Serialize};

use crate::{BootRecord, OperationKind, Outcome, Starter};

/// An operation that has ended, as history keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct OperationRecord {
    /// What was done.
    pub kind: OperationKind,
    /// Who started it.
    pub starter: Starter,
    /// When, in seconds since 1970.
    pub started: u64,
    /// How long it took, in milliseconds of a clock that nobody sets.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub milliseconds: Option<u64>,
    /// Bytes that were downloaded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bytes: Option<u64>,
    /// What was asked for, where that is not clear from the kind: an image, a version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked: Option<String>,
    /// The version of the deployment that the outcome is about, which may be gone by now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// What tells the image that was staged, discarded or removed from all others; see
    /// [`crate::Deployment::image_checksum`]. An older service has not written it down.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
}

/// One line of history.
#[expect(clippy::large_enum_variant, reason = "most are operations, and few are held at a time")]
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum HistoryEntry {
    /// An operation ended.
    Operation(OperationRecord),
    /// The computer was started.
    Boot(BootRecord),
    /// Something that a newer service writes down.
    #[serde(other)]
    Unknown,
}

impl HistoryEntry {
    /// When it happened or began, in seconds since 1970.
    pub fn time(&self) -> Option<u64> {
        match self {
            Self::Operation(record) => Some(record.started),
            Self::Boot(record) => Some(record.time),
            Self::Unknown => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_of_an_older_service_has_no_image() {
        let old = r#"{"event":"operation","kind":"discard","starter":{"uid":0},"started":7,"outcome":{"result":"up-to-date"}}"#;
        let HistoryEntry::Operation(record) = serde_json::from_str(old).unwrap() else { panic!("no operation") };
        assert_eq!(record.image, None);
        let new = HistoryEntry::Operation(OperationRecord { image: Some("sha256:1".into()), ..record });
        assert_eq!(serde_json::from_str::<HistoryEntry>(&serde_json::to_string(&new).unwrap()).unwrap(), new);
    }
}
