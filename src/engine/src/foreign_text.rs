// SPDX-License-Identifier: GPL-3.0-or-later
//! Texts that somebody else wrote.

/// A text as far as it may be shown and kept: without anything that could upset a terminal, and so many letters at most.
pub(crate) fn shown(text: &str, longest: usize) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(longest).collect()
}
