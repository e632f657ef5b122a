// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{CatalogError, CatalogFault};

use crate::render::Line;

/// A file that was checked.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// As it was typed.
    pub(crate) file: String,
    /// How many entries it has, if it can be read at all.
    pub(crate) entries: Option<usize>,
    /// The service would believe it as it lies there, by its owner and its mode.
    pub(crate) believed: bool,
}

/// Each problem on a line of its own, by file, line and entry; where there is none, the files.
pub(crate) fn lines(files: &[Checked], problems: &[CatalogError]) -> Vec<Line> {
    let mut lines = super::problems(problems);
    if problems.iter().any(|problem| matches!(problem.fault, CatalogFault::SuccessorMissing { .. })) {
        lines.push(Line::plain(gettext("If another of your files has that entry, check both together.")));
    }
    for file in files.iter().filter(|_| problems.is_empty()) {
        let count = file.entries.unwrap_or_default();
        let text = ngettext(
            "Nothing is wrong with {file}; it has {number} entry.",
            "Nothing is wrong with {file}; it has {number} entries.",
            wording::plural(count),
        );
        lines.push(Line::plain(text.replace("{number}", &count.to_string()).replace("{file}", &file.file)));
    }
    lines
}

/// The files that the service would not use as they lie there.
pub(crate) fn remarks(files: &[Checked]) -> Vec<Line> {
    let unbelieved = files.iter().filter(|file| !file.believed);
    let text = |file: &Checked| {
        gettext(
            "Where Isotope looks for catalogs, {file} would not be used as it is: it has to belong to root, and to be \
             writable by root alone.",
        )
        .replace("{file}", &file.file)
    };
    unbelieved.map(|file| Line::plain(text(file))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::shown;

    #[test]
    fn what_is_wrong_is_told_alone_and_sound_files_are_counted() {
        let of = |file: &str, entries| Checked { file: file.into(), entries, believed: file != "c.toml" };
        let files = [of("a.toml", Some(1)), of("b.toml", None), of("c.toml", Some(2))];
        let fault = CatalogFault::SuccessorMissing { id: "c-kde".into() };
        let missing = CatalogError { file: "c.toml".into(), line: None, entry: Some("c-mate".into()), fault };
        let problems = [
            CatalogError {
                line: Some(3),
                ..CatalogError::of_file("b.toml", CatalogFault::Missing { key: "id".into() })
            },
            missing,
        ];
        let expected = [
            "b.toml:3: “id” is missing or empty.",
            "c.toml: c-mate: “replaced_by” names “c-kde”, and no entry is called so.",
            "If another of your files has that entry, check both together.",
        ];
        assert_eq!(shown(&lines(&files, &problems)), expected);
        assert_eq!(shown(&lines(&files[..1], &[])), ["Nothing is wrong with a.toml; it has 1 entry."]);
        let remarks = shown(&remarks(&files));
        assert!(remarks.len() == 1 && remarks[0].contains("c.toml would not be used"), "{remarks:?}");
    }
}
