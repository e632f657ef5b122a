// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{PublishedVersion, Snapshot};

use super::{Line, View, deployments, grid, time};

/// That a text can mean more than one version, and which ones.
pub(crate) fn ambiguous(text: &str, candidates: &[PublishedVersion], view: &View) -> Vec<Line> {
    let count = wording::plural(candidates.len());
    let what = ngettext(
        "“{text}” is the beginning of the checksum of {number} version on the server",
        "“{text}” is the beginning of the checksums of {number} versions on the server",
        count,
    );
    let mut lines = vec![
        Line::strong(what.replace("{number}", &count.to_string()).replace("{text}", text)),
        Line::plain(gettext("Nothing was changed on this computer.")),
        Line::plain(gettext("Name it by its version, or by more digits of its checksum:")),
    ];
    let row = |offered: &PublishedVersion| {
        let day = offered.built.and_then(|built| time::day(built, &view.zone)).unwrap_or_default();
        vec![Line::strong(offered.version.as_deref().unwrap_or("–")), Line::plain(day), Line::plain(&offered.checksum)]
    };
    lines.extend(grid::lines(candidates.iter().map(row).collect()));
    lines
}

/// What a server offers, one version a line, with the place of those that are on this computer.
pub(super) fn lines(versions: &[PublishedVersion], snapshot: &Snapshot, view: &View) -> Vec<Line> {
    let head = vec![
        Line::strong(gettext("Version")),
        Line::strong(gettext("Built")),
        Line::strong(gettext("Checksum")),
        Line::strong(gettext("On this computer")),
    ];
    let row = |offered: &PublishedVersion| {
        let day = offered.built.and_then(|built| time::day(built, &view.zone)).unwrap_or_default();
        let digits = if view.verbose { offered.checksum.len() } else { 12 };
        vec![
            Line::plain(offered.version.as_deref().unwrap_or("–")),
            Line::plain(day),
            Line::plain(offered.checksum.chars().take(digits).collect::<String>()),
            Line::plain(places(offered, snapshot)),
        ]
    };
    grid::lines(std::iter::once(head).chain(versions.iter().map(row)).collect())
}

fn places(offered: &PublishedVersion, snapshot: &Snapshot) -> String {
    let here = snapshot.deployments.iter().filter(|deployment| deployment.id.checksum() == offered.checksum);
    here.map(|deployment| deployments::role(deployment, snapshot)).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    #[test]
    fn versions_that_begin_alike_are_shown_whole() {
        let of =
            |end: &str| PublishedVersion { checksum: format!("{}{end}", "1".repeat(63)), version: None, built: None };
        let text = shown(&ambiguous("1111", &[of("2"), of("3")], &samples::view()));
        assert!(text[0].starts_with("“1111” is the beginning of the checksums of 2 versions"), "{text:?}");
        assert!(text[3].ends_with(&of("2").checksum) && text[4].ends_with(&of("3").checksum), "{text:?}");
    }

    #[test]
    fn each_version_says_whether_it_is_here() {
        let offered = |digit: char, version: Option<&str>, built| PublishedVersion {
            checksum: digit.to_string().repeat(64),
            version: version.map(Into::into),
            built,
        };
        let versions = [
            offered('3', Some("10.2.20251120"), Some(1_763_596_800)),
            offered('2', Some("10.2.20251118"), Some(1_763_424_000)),
            offered('9', None, None),
            offered('8', Some("1\x1b[2J"), Some(u64::MAX)),
        ];
        assert_eq!(
            shown(&lines(&versions, &samples::updated().snapshot, &samples::view())),
            [
                "Version         Built        Checksum       On this computer",
                "10.2.20251120   2025-11-20   333333333333   After restart",
                "10.2.20251118   2025-11-18   222222222222   Running now",
                "–                            999999999999",
                "1\\u{1b}[2J                   888888888888",
            ]
        );
        let verbose = View { verbose: true, ..samples::view() };
        assert!(shown(&lines(&versions, &Snapshot::default(), &verbose))[1].ends_with(&"3".repeat(64)));
    }
}
