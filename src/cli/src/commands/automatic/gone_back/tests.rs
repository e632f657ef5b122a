// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{BootRecord, BootVerdict, Starter};

use super::*;
use crate::render::samples;

const BUILT: u64 = 1_764_028_800;

fn done(kind: OperationKind, outcome: Outcome, version: Option<&str>) -> HistoryEntry {
    HistoryEntry::Operation(OperationRecord {
        kind,
        starter: Starter { uid: 0, user: None, program: None },
        started: BUILT + 60,
        milliseconds: None,
        bytes: None,
        asked: None,
        version: version.map(str::to_owned),
        image: None,
        outcome,
    })
}

fn id(digit: char) -> DeploymentId {
    DeploymentId::new("alma", digit.to_string().repeat(64), 0)
}

fn staged(kind: OperationKind, digit: char, version: &str) -> HistoryEntry {
    let outcome = Outcome::Staged { deployment: id(digit), replaced: None, pinned: None, released: None };
    done(kind, outcome, Some(version))
}

fn discarded(digit: char) -> HistoryEntry {
    done(OperationKind::Discard, Outcome::Discarded { deployment: id(digit) }, None)
}

#[test]
fn what_was_discarded_is_known_by_its_commit_or_its_version() {
    use OperationKind::{RollBack, Update};
    let update = samples::available();
    let version = update.version.clone().unwrap();
    let rolled_back =
        done(RollBack, Outcome::BootOrderChanged { boots_next: id('1'), discarded: Some(id('9')) }, Some("10.1"));
    for (history, expected) in [
        (vec![], false),
        (vec![discarded('5')], true),
        (vec![discarded('9')], false),
        (vec![discarded('9'), staged(Update, '9', &version)], true),
        (vec![rolled_back, staged(Update, '9', &version)], true),
        (vec![discarded('9'), staged(Update, '9', "10.0")], false),
        // Somebody has it staged anew since.
        (vec![staged(Update, '5', &version), discarded('5')], false),
        (vec![staged(Update, '9', &version)], false),
    ] {
        assert_eq!(is_thrown_away(&update, &history), expected, "{history:?}");
    }
    let rebuilt = AvailableUpdate { built: Some(BUILT + 90), ..update.clone() };
    let of_unknown_age = AvailableUpdate { built: None, ..update };
    for other in [rebuilt, of_unknown_age] {
        assert!(!is_thrown_away(&other, &[discarded('9'), staged(Update, '9', &version)]), "{other:?}");
    }
}

fn removed(digit: char) -> HistoryEntry {
    done(OperationKind::Remove, Outcome::Removed { deployment: id(digit), freed_bytes: None }, None)
}

fn went_back(digit: char) -> HistoryEntry {
    done(OperationKind::RollBack, Outcome::BootOrderChanged { boots_next: id(digit), discarded: None }, None)
}

fn boot(digit: char) -> HistoryEntry {
    HistoryEntry::Boot(BootRecord { deployment: id(digit), ..samples::boot(BootVerdict::AsExpected) })
}

fn of_image(image: &str, entry: HistoryEntry) -> HistoryEntry {
    match entry {
        HistoryEntry::Operation(record) => {
            HistoryEntry::Operation(OperationRecord { image: Some(image.into()), ..record })
        }
        other => other,
    }
}

#[test]
fn a_container_image_is_known_by_its_digest_without_version_and_date() {
    use OperationKind::Update;
    let update = AvailableUpdate { checksum: "sha256:5".into(), version: None, built: None, ..samples::available() };
    let of = |digest: &str, entry| of_image(&format!("sha256:{digest}"), entry);
    let rolled_back =
        || done(Update, Outcome::BootOrderChanged { boots_next: id('1'), discarded: Some(id('9')) }, None);
    for (history, expected) in [
        (vec![of("5", discarded('9'))], true),
        (vec![of("5", rolled_back())], true),
        (vec![of("5", removed('9'))], true),
        (vec![discarded('9'), of("5", staged(Update, '9', "10.2"))], true),
        (vec![of("6", discarded('9'))], false),
        (vec![of("5", staged(Update, '8', "10.2")), of("5", discarded('9'))], false),
        (vec![discarded('9'), staged(Update, '9', "10.2")], false),
    ] {
        assert_eq!(is_thrown_away(&update, &history), expected, "{history:?}");
    }
    let with_both = samples::available();
    let version = with_both.version.clone().unwrap();
    let rebuilt = [of("6", discarded('9')), of("6", staged(Update, '9', &version))];
    assert!(!is_thrown_away(&with_both, &rebuilt), "another image, although of the same version");
}

#[test]
fn what_was_removed_counts_where_somebody_had_gone_back_from_it() {
    use OperationKind::{Deploy, Update};
    let update = samples::available();
    for (history, expected) in [
        (vec![removed('5'), boot('1'), went_back('1'), boot('5'), staged(Update, '5', ""), boot('1')], true),
        // It did not start.
        (vec![removed('5'), boot('1'), staged(Update, '5', ""), boot('1')], true),
        (vec![removed('5'), boot('4'), staged(Deploy, '4', ""), boot('5'), staged(Update, '5', "")], true),
        (vec![removed('5')], true),
        // As an old one, for room.
        (vec![removed('5'), boot('6'), staged(Update, '6', ""), boot('5'), staged(Update, '5', "")], false),
        (vec![removed('5'), boot('6'), boot('5'), boot('1')], false),
        // Somebody wanted it again.
        (vec![staged(Update, '5', ""), removed('5'), boot('1'), went_back('1'), boot('5'), boot('1')], false),
        (vec![removed('4'), boot('1'), went_back('1'), boot('4'), boot('1')], false),
    ] {
        assert_eq!(is_thrown_away(&update, &history), expected, "{history:?}");
    }
}

#[test]
fn where_only_an_update_tells_the_last_one_may_come_again() {
    use OperationKind::{Switch, Update};
    for (history, expected) in [
        (vec![], false),
        (vec![discarded('5'), staged(Update, '5', "")], true),
        (vec![removed('5'), boot('1'), went_back('1'), boot('5'), staged(Update, '5', ""), boot('1')], true),
        (vec![removed('1'), boot('5'), staged(Update, '5', ""), boot('1')], false),
        (vec![staged(Update, '6', ""), discarded('5'), staged(Update, '5', "")], false),
        (vec![discarded('7'), staged(Switch, '7', ""), staged(Update, '6', "")], false),
        (vec![discarded('7'), staged(Switch, '7', ""), discarded('5'), staged(Update, '5', "")], true),
        (vec![staged(Switch, '7', ""), discarded('5'), staged(Update, '5', "")], false),
        // What another program has prepared.
        (vec![discarded('7')], false),
    ] {
        assert_eq!(threw_away_the_last(&history), expected, "{history:?}");
    }
}

#[test]
fn a_version_that_is_staged_may_have_been_chosen() {
    use OperationKind::{Deploy, Switch, Update};
    for (kind, expected) in [(Deploy, true), (Switch, true), (Update, false)] {
        assert_eq!(is_chosen(&id('3'), &[discarded('4'), staged(kind, '3', "10.1")]), expected, "{kind}");
    }
    assert!(!is_chosen(&id('3'), &[staged(Update, '3', "10.1"), staged(Deploy, '3', "10.1")]), "the last one counts");
    assert!(!is_chosen(&id('3'), &[]));
}

#[test]
fn whoever_runs_an_older_one_has_gone_back() {
    assert!(runs_older_than_here(&samples::went_back().snapshot));
    assert!(!runs_older_than_here(&samples::plain().snapshot));
    assert!(!runs_older_than_here(&samples::updated().snapshot), "what is staged is none to go back from");
    let update = |digit: &str| AvailableUpdate { checksum: digit.repeat(64), ..samples::available() };
    assert!(is_here(&samples::went_back().snapshot, &update("3")));
    assert!(!is_here(&samples::went_back().snapshot, &update("5")));
}

#[test]
fn only_an_update_that_found_out_counts_as_one() {
    let failed = |refusal| done(OperationKind::Update, Outcome::Failed { refusal }, None);
    assert_eq!(last_tried(&[failed(isotope_model::Refusal::StateChanged)]), None);
    assert_eq!(last_tried(&[done(OperationKind::Update, Outcome::UpToDate, None)]), Some(BUILT + 60));
}
