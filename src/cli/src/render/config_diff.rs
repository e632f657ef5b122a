// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{Change, ConfigurationChanges};

use super::Line;

/// What differs, one path a line behind a letter, by path; then what is not listed.
pub(crate) fn lines(changes: &ConfigurationChanges) -> Vec<Line> {
    let mut listed: Vec<_> = changes.changes.iter().collect();
    listed.sort();
    let mut lines: Vec<_> =
        listed.iter().map(|one| Line::plain(format!("{} {}", letter(one.change), one.path))).collect();
    if lines.is_empty() && changes.hidden == 0 && !changes.truncated {
        lines.push(Line::plain(gettext("Nothing in /etc differs from what the image has there.")));
    }
    if changes.truncated {
        lines.push(Line::dim(gettext("There is more that differs than can be listed.")));
    }
    if changes.hidden > 0 {
        let count = wording::plural(changes.hidden);
        let text = ngettext(
            "{number} difference more in folders that only an administrator may look into.",
            "{number} differences more in folders that only an administrator may look into.",
            count,
        );
        lines.push(Line::dim(text.replace("{number}", &changes.hidden.to_string())));
    }
    lines
}

/// The letters of `ostree admin config-diff`.
fn letter(change: Change) -> char {
    match change {
        Change::Added => 'A',
        Change::Modified => 'M',
        Change::Removed => 'D',
        Change::Unknown => '?',
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::ConfigurationChange;

    use super::*;
    use crate::render::samples::shown;

    #[test]
    fn what_differs_is_listed_by_path_and_what_is_hidden_is_counted() {
        let of = |path: &str, change| ConfigurationChange { path: path.into(), change };
        let changes = ConfigurationChanges {
            changes: vec![
                of("/etc/issue", Change::Removed),
                of("/etc/hosts", Change::Modified),
                of("/etc/a\n\x1b[2J", Change::Added),
                of("/etc/x", Change::Unknown),
            ],
            hidden: 3,
            truncated: true,
        };
        assert_eq!(
            shown(&lines(&changes)),
            [
                "A /etc/a\\n\\u{1b}[2J",
                "M /etc/hosts",
                "D /etc/issue",
                "? /etc/x",
                "There is more that differs than can be listed.",
                "3 differences more in folders that only an administrator may look into.",
            ]
        );
    }

    #[test]
    fn nothing_is_said_to_be_the_same_that_was_not_seen() {
        let hidden = ConfigurationChanges { hidden: 1, ..ConfigurationChanges::default() };
        assert_eq!(shown(&lines(&hidden)).len(), 1);
        assert!(shown(&lines(&hidden))[0].starts_with("1 difference more"));
        assert!(shown(&lines(&ConfigurationChanges::default()))[0].starts_with("Nothing in /etc differs"));
    }
}
