// SPDX-License-Identifier: GPL-3.0-or-later
//! That a long list is longer than it is shown.

use gettextrs::ngettext;
use isotope_client::wording;

use super::LineGroup;

/// The end of a list of which so many are left out, and of what there is to be `told` besides; nothing where there is neither.
pub(super) fn end(hidden: usize, told: Option<String>) -> Option<LineGroup> {
    let more = (hidden > 0).then(|| {
        ngettext(
            "{number} more is not shown: look for it above.",
            "{number} more are not shown: look for them above.",
            wording::plural(hidden),
        )
        .replace("{number}", &hidden.to_string())
    });
    let words: Vec<_> = [more, told].into_iter().flatten().collect();
    (!words.is_empty()).then(|| LineGroup { description: words.join("\n"), ..LineGroup::untitled(Vec::new()) })
}
