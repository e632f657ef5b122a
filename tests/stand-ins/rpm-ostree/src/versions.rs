// SPDX-License-Identifier: GPL-3.0-or-later
//! Which of two versions of a package is the newer one, in rpm's order.

use std::cmp::Ordering;

/// Compares `epoch:version-release`.
pub(crate) fn compare(one: &str, other: &str) -> Ordering {
    let ((epoch, version, release), (other_epoch, other_version, other_release)) = (parts(one), parts(other));
    epoch
        .cmp(&other_epoch)
        .then_with(|| compare_part(version, other_version))
        .then_with(|| compare_part(release, other_release))
}

fn parts(text: &str) -> (u64, &str, &str) {
    let (epoch, rest) = text.split_once(':').unwrap_or(("0", text));
    let (version, release) = rest.rsplit_once('-').unwrap_or((rest, ""));
    (epoch.parse().unwrap_or_default(), version, release)
}

/// Runs of digits and of letters are compared in turn; `~` is before everything, `^` after.
fn compare_part(mut one: &str, mut other: &str) -> Ordering {
    let separator = |c: char| !c.is_ascii_alphanumeric() && c != '~' && c != '^';
    loop {
        (one, other) = (one.trim_start_matches(separator), other.trim_start_matches(separator));
        for (sign, with) in [('~', Ordering::Less), ('^', Ordering::Greater)] {
            match (one.strip_prefix(sign), other.strip_prefix(sign)) {
                (Some(rest), Some(other_rest)) => (one, other) = (rest, other_rest),
                // A caret sorts after the end, and before what goes on.
                (Some(_), None) if sign == '^' && !other.is_empty() => return Ordering::Less,
                (None, Some(_)) if sign == '^' && !one.is_empty() => return Ordering::Greater,
                (Some(_), None) => return with,
                (None, Some(_)) => return with.reverse(),
                (None, None) => {}
            }
        }
        let (Some(first), Some(other_first)) = (one.chars().next(), other.chars().next()) else {
            return one.len().min(1).cmp(&other.len().min(1));
        };
        if !first.is_ascii_alphanumeric() || !other_first.is_ascii_alphanumeric() {
            continue;
        }
        let numbers = first.is_ascii_digit();
        if numbers != other_first.is_ascii_digit() {
            return if numbers { Ordering::Greater } else { Ordering::Less };
        }
        let (run, rest) = split(one, numbers);
        let (other_run, other_rest) = split(other, numbers);
        let order = if numbers {
            let (run, other_run) = (run.trim_start_matches('0'), other_run.trim_start_matches('0'));
            run.len().cmp(&other_run.len()).then_with(|| run.cmp(other_run))
        } else {
            run.cmp(other_run)
        };
        if order.is_ne() {
            return order;
        }
        (one, other) = (rest, other_rest);
    }
}

fn split(text: &str, digits: bool) -> (&str, &str) {
    let other = |c: char| !c.is_ascii_alphanumeric() || c.is_ascii_digit() != digits;
    text.split_at(text.find(other).unwrap_or(text.len()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_rpm_orders_them() {
        for (older, newer) in [
            ("2.34-100", "2.34-125"),
            ("9.5-1", "9.5-2"),
            ("1.9-1", "1.10-1"),
            ("10.2.1-1", "10.2.20261118-1"),
            ("1.0~rc1-1", "1.0-1"),
            ("1.0-1", "1.0^git1-1"),
            ("1.0a-1", "1.0.1-1"),
            ("9-1", "1:1-1"),
        ] {
            assert_eq!(compare(older, newer), Ordering::Less, "{older} {newer}");
            assert_eq!(compare(newer, older), Ordering::Greater, "{newer} {older}");
            assert_eq!(compare(newer, newer), Ordering::Equal);
        }
    }
}
