// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;

#[test]
fn global_options_stand_before_or_after_the_command() {
    for line in [["isotopectl", "--json", "status"], ["isotopectl", "status", "--json"]] {
        assert!(Arguments::try_parse_from(line).unwrap().json);
    }
}

#[test]
fn an_expected_image_is_named_by_its_whole_checksum() {
    let parsed = |text: &str| Arguments::try_parse_from(["isotopectl", "update", "--expect", text]);
    assert!(parsed(&"A1".repeat(32)).is_ok());
    assert!(parsed(&format!("sha256:{}", "A1".repeat(32))).is_ok());
    for text in
        ["", "sha256:", &format!("sha512:{}", "a".repeat(64)), "abc", &"g".repeat(64), &"a".repeat(63), &"a".repeat(65)]
    {
        assert!(parsed(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_wrong_is_refused_before_anything_is_asked() {
    let parses = |line: &str| Arguments::try_parse_from(["isotopectl"].into_iter().chain(line.split(' '))).is_ok();
    for line in [
        "config-diff",
        "config-diff booted",
        "inspect",
        "inspect quay.io/o/kde",
        "trust",
        "trust quay.io/o/kde",
        "history",
        "history --limit 5",
        "remove 1 -y",
        "set-default 1",
        "update --download-only",
        "update --from-downloaded",
        "update --soft-restart",
        "switch quay.io/o/kde --soft-restart",
        "switch quay.io/o/kde --no-pin -y",
        "switch --preflight quay.io/o/kde",
        "switch --preflight",
        "switch quay.io/o/kde --reset --yes",
        "switch --preflight quay.io/o/kde --reset",
        "changes",
        "changes booted --json",
        "keep",
        "go-back --yes",
        "catalog list",
        "catalog list --all --json",
        "catalog show v-gnome",
        "catalog check a.toml b.toml",
    ] {
        assert!(parses(line), "{line}");
    }
    let expected = "update --expect 0123456789012345678901234567890123456789012345678901234567890123";
    for line in [
        "show",
        "pin",
        "remove",
        "remove 1 2",
        "switch",
        "switch --no-pin",
        "switch --preflight --yes",
        "switch --preflight q.io/o/s --no-pin",
        "switch --preflight --reset",
        "changes a b",
        "keep --yes",
        "go-back 1",
        "history --limit 0",
        "pin 1 --yes",
        "inspect a b",
        "trust a b",
        "catalog",
        "catalog show",
        "catalog check",
        "fly",
        "update --download-only --from-downloaded",
        "update --download-only --soft-restart",
        "update --from-downloaded --soft-restart",
        &format!("{expected} --from-downloaded"),
    ] {
        assert!(!parses(line), "{line}");
    }
    assert!(parses(expected) && parses(&format!("{expected} --download-only")));
}

#[test]
fn a_limit_that_is_none_is_told_in_a_sentence() {
    for text in ["x", "0", "-1", "1.5", "99999999999"] {
        let line = ["isotopectl", "history", &format!("--limit={text}")];
        let error = Arguments::try_parse_from(line).unwrap_err().to_string();
        assert!(error.contains("say how many entries to show"), "{error}");
    }
}
