// SPDX-License-Identifier: GPL-3.0-or-later
//! The order in which people read tags: streams by their names first, then versions, the newest first.

use std::cmp::{Ordering, Reverse};

/// Sorts tags as people read them.
pub fn sort(tags: &mut [String]) {
    tags.sort_by_cached_key(|tag| Place::of(tag));
}

/// Which of two tags is read first.
pub fn compare(one: &str, other: &str) -> Ordering {
    Place::of(one).cmp(&Place::of(other))
}

/// Where a tag stands.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    /// A stream: `latest`, `stable`. By the alphabet.
    Stream(String),
    /// A version, or a stream's: `10.2`, `stable-20261118`. By the stream, the newest first.
    Version(String, Reverse<(Vec<Part>, String)>),
    /// A revision in the source, which says nothing to people.
    Revision(String),
}

/// A part of a version; the newer is the greater. `10.2` is newer than `10`, which is newer than `10-beta`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    Word(String),
    End,
    Number(Number),
}

/// A number of any length.
#[derive(Debug, PartialEq, Eq)]
struct Number(String);

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.len().cmp(&other.0.len()).then_with(|| self.0.cmp(&other.0))
    }
}

impl Number {
    fn of(digits: &str) -> Self {
        Self(digits.trim_start_matches('0').to_owned())
    }
}

impl Place {
    fn of(tag: &str) -> Self {
        let digit = |letter: char| letter.is_ascii_digit();
        if !tag.contains(digit) {
            return Self::Stream(tag.to_owned());
        }
        if is_revision(tag) {
            return Self::Revision(tag.to_owned());
        }
        let start = tag.find(digit).unwrap_or_default();
        let (stream, version) = tag.split_at_checked(start).unwrap_or((tag, ""));
        let stream = stream.trim_end_matches(['-', '_', '.']);
        let stream = if stream.eq_ignore_ascii_case("v") { "" } else { stream };
        Self::Version(stream.to_owned(), Reverse((parts(version), tag.to_owned())))
    }
}

/// Short or whole names of revisions: `7f3a9c2`.
fn is_revision(tag: &str) -> bool {
    let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    (7..=64).contains(&tag.len())
        && tag.bytes().all(hexadecimal)
        && tag.bytes().any(|byte| byte.is_ascii_alphabetic())
        && tag.bytes().any(|byte| byte.is_ascii_digit())
}

fn parts(version: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = version;
    while let Some(first) = rest.chars().next() {
        let same = |letter: char| letter.is_ascii_digit() == first.is_ascii_digit() && letter.is_ascii_alphanumeric();
        if !first.is_ascii_alphanumeric() {
            rest = rest.strip_prefix(first).unwrap_or_default();
            continue;
        }
        let end = rest.find(|letter| !same(letter)).unwrap_or(rest.len());
        let (run, after) = rest.split_at_checked(end).unwrap_or((rest, ""));
        rest = after;
        match first.is_ascii_digit() {
            true => parts
                .extend(date(run).unwrap_or_else(|| vec![run]).into_iter().map(|run| Part::Number(Number::of(run)))),
            false => parts.push(Part::Word(run.to_ascii_lowercase())),
        }
    }
    parts.push(Part::End);
    parts
}

/// A date that is written in one is the same as one with signs between: year, month, day, and what follows.
fn date(digits: &str) -> Option<Vec<&str>> {
    let (year, month, day) = (digits.get(..4)?, digits.get(4..6)?, digits.get(6..8)?);
    let within = |text: &str, from: u32, to: u32| text.parse().is_ok_and(|number: u32| (from..=to).contains(&number));
    let is_date = within(year, 1990, 2199) && within(month, 1, 12) && within(day, 1, 31);
    let rest = digits.get(8..).filter(|rest| !rest.is_empty());
    is_date.then(|| [year, month, day].into_iter().chain(rest).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn tags_stand_as_people_read_them() {
        let sorted = [
            "gts",
            "latest",
            "stable",
            "stable-daily",
            "testing",
            "20261120",
            "2026-11-19",
            "20261118.1",
            "20261118",
            "2026.11.17",
            "2026.11",
            "2025",
            "44.20261118.0",
            "44",
            "43.20261120.0",
            "43.20261118.1",
            "10.2.20261118",
            "10.2.20261101",
            "10.2.9",
            "10.2",
            "10.2-rc2",
            "10.2-rc1",
            "10.2-beta",
            "10.1",
            "10",
            "10-edge",
            "10-canary",
            "v9.1",
            "9",
            "c10s",
            "c9s",
            "stable-20261118",
            "stable-20261117",
            "stable-44",
            "stream10",
            "stream9",
            "7f3a9c2",
            "a1b2c3d4e5",
        ];
        // Within a stream `stable-44` is no date, and dates are greater numbers.
        let mut tags: Vec<String> = sorted.iter().rev().map(|&tag| tag.to_owned()).collect();
        sort(&mut tags);
        assert_eq!(tags, sorted);
    }

    #[test]
    fn numbers_have_no_greatest() {
        let huge = format!("1{}", "0".repeat(100));
        assert_eq!(compare(&huge, "9999999999999999999999"), Ordering::Less);
        assert_eq!(compare("1.010", "1.9"), Ordering::Less);
        assert_eq!(compare("1.01", "1.1"), Ordering::Greater);
    }

    fn tag() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-c0-2._-]{0,6}",
            "(v|stable-)?[0-9]{1,3}(\\.[0-9]{1,2}){0,2}(-rc[0-9])?",
            "(2026(11|12)[0-9]{2}){1,2}",
            "\\PC{0,8}"
        ]
    }

    proptest! {
        #[test]
        fn it_is_a_total_order(one in tag(), two in tag(), three in tag()) {
            prop_assert_eq!(compare(&one, &one), Ordering::Equal);
            prop_assert_eq!(compare(&one, &two), compare(&two, &one).reverse());
            prop_assert_eq!(compare(&one, &two) == Ordering::Equal, one == two);
            if compare(&one, &two).is_le() && compare(&two, &three).is_le() {
                prop_assert!(compare(&one, &three).is_le());
            }
        }

        #[test]
        fn it_does_not_matter_how_they_came(tags in prop::collection::vec(tag(), 0..20)) {
            let mut sorted = tags.clone();
            sort(&mut sorted);
            let mut turned: Vec<_> = tags.into_iter().rev().collect();
            sort(&mut turned);
            prop_assert_eq!(sorted, turned);
        }
    }
}
