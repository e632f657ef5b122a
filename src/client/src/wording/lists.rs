// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::ngettext;

/// So many names are listed before the rest is only counted.
const MOST_NAMES: usize = 8;

/// A list of names, of which a long one is cut short.
pub(super) fn list(names: &[String], more: u64) -> String {
    list_of(names, more, MOST_NAMES)
}

/// The same with so many names at most.
pub(super) fn list_of(names: &[String], more: u64, most: usize) -> String {
    let shown = names.get(..most).unwrap_or(names);
    let more = more.saturating_add((names.len() - shown.len()) as u64);
    let shown = shown.join(", ");
    if more == 0 {
        return shown;
    }
    if shown.is_empty() {
        // Translators: files of which the names are not known.
        return ngettext("{number} that is not named", "{number} that are not named", plural(more))
            .replace("{number}", &more.to_string());
    }
    // Translators: {names} is a list of names of which the last ones are left out.
    ngettext("{names} and {number} more", "{names} and {number} more", plural(more))
        .replace("{number}", &more.to_string())
        .replace("{names}", &shown)
}

/// A number as the choice of a plural takes it.
pub fn plural(number: impl TryInto<u32>) -> u32 {
    number.try_into().unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_short() {
        let names = |count: usize| (1..=count).map(|number| number.to_string()).collect::<Vec<_>>();
        assert_eq!(list(&names(8), 0), "1, 2, 3, 4, 5, 6, 7, 8");
        assert_eq!(list(&names(10), 5), "1, 2, 3, 4, 5, 6, 7, 8 and 7 more");
        assert_eq!(list_of(&names(10), 0, 100), names(10).join(", "));
        assert_eq!(list(&[], 1), "1 that is not named");
    }
}
