// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Change, ConfigurationChanges};

use super::readings::Read;
use super::sheet::{SheetBody, SheetPageView, empty, failed, waiting};
use super::{Line, LineGroup};

/// The page with what differs in a deployment's /etc.
pub(super) fn of(changes: &Read<ConfigurationChanges>) -> SheetPageView {
    let body = match changes {
        Read::Waiting => waiting(gettext("The files in /etc are being compared.")),
        Read::Failed(error) => failed(error),
        Read::There(changes) if total(changes) == 0 => empty(
            "isotope-good-symbolic",
            gettext("No Changes"),
            gettext("Everything in /etc is as it came with the image."),
        ),
        Read::There(changes) => SheetBody::Lists(lists(changes)),
    };
    // Translators: the files in /etc that differ from what the image has there.
    SheetPageView::new(gettext("Changes in /etc"), body)
}

/// How many changes there are, in words.
pub(super) fn count(changes: &ConfigurationChanges) -> String {
    match total(changes) {
        0 => gettext("None"),
        number if changes.truncated => gettext("More than {number}").replace("{number}", &number.to_string()),
        number => ngettext("{number} change", "{number} changes", wording::plural(number))
            .replace("{number}", &number.to_string()),
    }
}

fn total(changes: &ConfigurationChanges) -> u64 {
    u64::try_from(changes.changes.len()).unwrap_or(u64::MAX).saturating_add(changes.hidden)
}

fn lists(changes: &ConfigurationChanges) -> Vec<LineGroup> {
    let kinds = [
        (Change::Modified, gettext("Modified")),
        (Change::Added, gettext("Added")),
        (Change::Removed, gettext("Removed")),
        // Translators: files that differ in a way that this program does not know.
        (Change::Unknown, gettext("Otherwise Different")),
    ];
    let mut groups: Vec<_> = kinds.into_iter().filter_map(|(kind, title)| group(changes, kind, title)).collect();
    if let Some(more) = what_is_not_shown(changes) {
        groups.push(LineGroup { title: String::new(), description: more, lines: Vec::new() });
    }
    groups
}

fn group(changes: &ConfigurationChanges, kind: Change, title: String) -> Option<LineGroup> {
    let lines: Vec<_> = changes
        .changes
        .iter()
        .filter(|change| change.change == kind)
        .map(|change| Line::new(change.path.clone(), String::new()))
        .collect();
    (!lines.is_empty()).then(|| LineGroup::titled(title, lines))
}

fn what_is_not_shown(changes: &ConfigurationChanges) -> Option<String> {
    let hidden = (changes.hidden > 0).then(|| {
        ngettext(
            "{number} more is in folders that only an administrator may look into.",
            "{number} more are in folders that only an administrator may look into.",
            wording::plural(changes.hidden),
        )
        .replace("{number}", &changes.hidden.to_string())
    });
    let truncated = changes.truncated.then(|| gettext("There are more changes than can be shown here."));
    let words: Vec<_> = [hidden, truncated].into_iter().flatten().collect();
    (!words.is_empty()).then(|| words.join("\n"))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_model::ConfigurationChange;

    use super::*;

    fn changes(changes: &[(&str, Change)], hidden: u64) -> ConfigurationChanges {
        let changes =
            changes.iter().map(|(path, change)| ConfigurationChange { path: (*path).into(), change: *change });
        ConfigurationChanges { changes: changes.collect(), hidden, truncated: false }
    }

    fn titles(changes: ConfigurationChanges) -> Vec<String> {
        match of(&Read::There(Arc::new(changes))).body {
            SheetBody::Lists(groups) => groups.into_iter().map(|group| group.title + &group.description).collect(),
            SheetBody::Status(view, _) => vec![view.title],
        }
    }

    #[test]
    fn changes_are_listed_by_kind_and_hidden_ones_are_told() {
        let some = changes(&[("/etc/a", Change::Added), ("/etc/b", Change::Modified)], 2);
        assert_eq!(count(&some), "4 changes");
        let hidden = "2 more are in folders that only an administrator may look into.";
        assert_eq!(titles(some), ["Modified", "Added", hidden]);
    }

    #[test]
    fn without_changes_that_is_said() {
        assert_eq!(count(&changes(&[], 0)), "None");
        assert_eq!(titles(changes(&[], 0)), ["No Changes"]);
        assert_eq!(count(&changes(&[], 1)), "1 change");
        assert_eq!(count(&ConfigurationChanges { truncated: true, ..changes(&[], 7) }), "More than 7");
    }
}
