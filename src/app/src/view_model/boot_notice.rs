// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording::{self, Explanation};
use isotope_model::{BootRecord, Snapshot};

/// That the computer did not come up as expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BootNotice {
    /// Which start of the computer this is about.
    pub(crate) boot: String,
    /// What happened, what it means, what to do.
    pub(crate) explanation: Explanation,
}

impl BootNotice {
    /// What to tell of the last start, unless it came up as expected or the person has closed this before.
    pub(crate) fn of(snapshot: &Snapshot, closed: Option<&str>) -> Option<Self> {
        let record = snapshot.last_boot.as_ref().filter(|record| record.is_surprising())?;
        let boot = name(record);
        if closed == Some(boot.as_str()) {
            return None;
        }
        Some(Self { boot, explanation: wording::boot(record)? })
    }
}

/// What a start is remembered by: its boot id, which is of one line; its time where it has none.
fn name(record: &BootRecord) -> String {
    let id: String = record.boot_id.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(100).collect();
    if id.is_empty() { record.time.to_string() } else { id }
}

#[cfg(test)]
mod tests {
    use isotope_model::BootVerdict;

    use super::super::test_states::{booted, snapshot};
    use super::*;

    fn started(boot_id: &str, verdict: BootVerdict) -> Snapshot {
        let last_boot = BootRecord {
            time: 7,
            boot_id: boot_id.into(),
            deployment: booted('1').id,
            version: Some("10.1".into()),
            name: None,
            verdict,
        };
        Snapshot { last_boot: Some(last_boot), ..snapshot(vec![booted('1')]) }
    }

    fn lost() -> BootVerdict {
        BootVerdict::StagedLost { expected: Some("10.2".into()) }
    }

    #[test]
    fn only_surprises_are_told() {
        assert_eq!(BootNotice::of(&started("b", BootVerdict::AsExpected), None), None);
        assert_eq!(BootNotice::of(&snapshot(vec![booted('1')]), None), None);
        let notice = BootNotice::of(&started("b", lost()), None).unwrap();
        assert_eq!(notice.explanation.what, "Version 10.2 was not installed");
    }

    #[test]
    fn what_was_closed_stays_closed_for_that_start_alone() {
        assert_eq!(BootNotice::of(&started("b", lost()), Some("b")), None);
        assert!(BootNotice::of(&started("c", lost()), Some("b")).is_some());
        assert_eq!(BootNotice::of(&started(" \n", lost()), None).unwrap().boot, "7");
    }
}
