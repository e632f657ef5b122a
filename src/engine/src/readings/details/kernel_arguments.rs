// SPDX-License-Identifier: GPL-3.0-or-later
//! What differs between the arguments that two boot entries give the kernel.

use std::collections::HashSet;

use crate::foreign_text::shown;

/// The most arguments that are told of each kind, and the longest, in characters.
const MOST: usize = 100;
const LONGEST: usize = 300;

/// Arguments that are never the same, or that the boot loader adds by itself.
const ALWAYS_OTHERS: [&str; 4] = ["ostree=", "composefs=", "BOOT_IMAGE=", "initrd="];

/// What differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Compared {
    /// Arguments that what runs was not started with.
    pub(super) added: Vec<String>,
    /// Arguments that only what runs was started with.
    pub(super) removed: Vec<String>,
}

/// Compares the arguments of a boot entry with those that the running system was started with, and with those of its boot
/// entry: what was only typed in once, or is of the boot loader's own, no entry has.
pub(super) fn compare(arguments: &[String], started_with: &str, booted: &[String]) -> Compared {
    let started_with = words(started_with);
    let started: HashSet<&str> = started_with.iter().map(String::as_str).collect();
    let own: HashSet<&str> = arguments.iter().map(|argument| argument.trim()).collect();
    let booted: HashSet<&str> = booted.iter().map(|argument| argument.trim()).collect();
    Compared {
        added: told(arguments.iter().map(|argument| argument.trim()).filter(|argument| !started.contains(argument))),
        removed: told(
            started_with
                .iter()
                .map(String::as_str)
                .filter(|argument| booted.contains(argument) && !own.contains(argument)),
        ),
    }
}

fn told<'a>(arguments: impl Iterator<Item = &'a str>) -> Vec<String> {
    // What begins with a dollar sign the boot loader replaces.
    let differs = |argument: &&str| {
        !argument.is_empty()
            && !argument.starts_with('$')
            && !ALWAYS_OTHERS.iter().any(|other| argument.starts_with(other))
    };
    let mut seen = HashSet::new();
    arguments
        .filter(differs)
        .filter(|argument| seen.insert(*argument))
        .take(MOST)
        .map(|one| shown(one, LONGEST))
        .collect()
}

/// Splits at the spaces that stand in no quotes. Source: `next_arg` in the kernel's `lib/cmdline.c`.
fn words(line: &str) -> Vec<String> {
    let mut quoted = false;
    let is_space = |letter: char| {
        quoted ^= letter == '"';
        !quoted && letter.is_ascii_whitespace()
    };
    line.split(is_space).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn compared(own: &str, started_with: &str, booted: &str) -> (String, String) {
        let Compared { added, removed } = compare(&words(own), started_with, &words(booted));
        (added.join(" "), removed.join(" "))
    }

    #[test]
    fn only_what_an_entry_says_differs() {
        let started_with = "BOOT_IMAGE=(hd0,gpt3)/ostree/v rw quiet root=UUID=1 ostree=/ostree/boot.1/os/a/0 typed\n";
        let booted = "rw quiet root=UUID=1";
        for (own, added, removed) in [
            ("rw quiet root=UUID=1", "", ""),
            ("rw quiet root=UUID=1 ostree=/ostree/boot.0/os/b/0 $ignition_firstboot", "", ""),
            ("root=UUID=1 rw mitigations=off quiet debug", "mitigations=off debug", ""),
            ("rw root=UUID=2", "root=UUID=2", "quiet root=UUID=1"),
            ("rw quiet quiet root=UUID=1 x x", "x", ""),
            ("", "", "rw quiet root=UUID=1"),
        ] {
            assert_eq!(compared(own, started_with, booted), (added.to_owned(), removed.to_owned()), "{own}");
        }
    }

    #[test]
    fn what_was_changed_in_the_entry_of_what_runs_is_told_there_too() {
        assert_eq!(compared("rw new", "rw old", "rw new"), ("new".to_owned(), String::new()));
    }

    #[test]
    fn spaces_in_quotes_end_no_argument() {
        assert_eq!(words("a=\"b c\" d  \"e=f g\"\n"), ["a=\"b c\"", "d", "\"e=f g\""]);
        assert_eq!(words("a \"b c"), ["a", "\"b c"]);
    }

    proptest! {
        #[test]
        fn no_line_brings_it_down(own in "\\PC{0,60}", started in "(\\PC|\"| ){0,60}", booted in "\\PC{0,60}") {
            let found = compare(&words(&own), &started, &words(&booted));
            prop_assert!(found.added.len() <= MOST && found.removed.len() <= MOST);
        }
    }
}
