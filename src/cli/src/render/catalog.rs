// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors publish, in words.

pub(crate) mod check;
pub(crate) mod list;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod show;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{CatalogEntry, CatalogError, HostCatalogs, Snapshot};

use super::Line;

/// That what runs is not looked after any more, and the way on.
pub(super) fn outdated(catalogs: &HostCatalogs, host: &Snapshot) -> Vec<Line> {
    let Some(told) = wording::outdated(catalogs, host) else { return Vec::new() };
    let way_on = catalogs.outdated(host).and_then(|entry| catalogs.catalogs.way_on(entry));
    let how = way_on.map(|entry| match catalogs.switch_to(entry, host) {
        // Translators: leave the command as it is.
        Some(to) => gettext("To switch to it: isotopectl switch {image}").replace("{image}", &to.reference),
        // Translators: leave the command as it is.
        None => gettext("To see more of it: isotopectl catalog show {id}").replace("{id}", &entry.id),
    });
    let sentences: Vec<_> = std::iter::once(told).chain(how).collect();
    vec![Line::plain(sentences.join(" "))]
}

/// What is wrong with catalogs, one line each; nothing where all is well.
pub(crate) fn problems(problems: &[CatalogError]) -> Vec<Line> {
    problems.iter().map(problem).collect()
}

fn problem(problem: &CatalogError) -> Line {
    let place = wording::catalog_place(problem);
    Line::strong(format!("{place}: ")).then(Line::plain(wording::catalog_fault(&problem.fault)))
}

/// That no catalog has what was typed, and what may have been meant.
pub(crate) fn unknown(id: &str, candidates: &[String]) -> Vec<Line> {
    let mut lines = vec![Line::strong(gettext("No catalog has an entry “{id}”").replace("{id}", id))];
    match candidates {
        [] => lines.push(Line::plain(gettext("To see what there is: isotopectl catalog list --all"))),
        some => {
            lines.push(Line::plain(gettext("One of these may have been meant:")));
            lines.extend(some.iter().map(Line::plain));
        }
    }
    lines
}

/// The streams of an entry, as people call them; names may have commas.
fn streams(entry: &CatalogEntry) -> String {
    entry.streams.iter().map(wording::stream_name).collect::<Vec<_>>().join("; ")
}

#[cfg(test)]
mod tests {
    use isotope_model::CatalogFault;

    use super::*;
    use crate::render::samples::shown;

    #[test]
    fn what_is_outdated_is_told_in_one_line_with_the_command() {
        let told = |entry, stream| {
            let (catalogs, host) = samples::running(entry, stream);
            shown(&outdated(&catalogs, &host))
        };
        let expected = "Example with MATE is published no more; Example with GNOME takes its place. To switch to it: \
                        isotopectl switch quay.io/example/gnome:11";
        assert_eq!(told("example-mate", None), [expected]);
        assert!(told("example-gnome", Some("10")).is_empty());
        let (catalogs, host) = samples::running("example-mate", None);
        let elsewhere = HostCatalogs { architecture: "s390x".into(), ..catalogs };
        assert!(shown(&outdated(&elsewhere, &host))[0].ends_with(" isotopectl catalog show example-gnome"));
    }

    #[test]
    fn problems_cannot_touch_the_terminal() {
        let fault = CatalogFault::CannotRead { detail: "a\u{1b}[2J\nb".into() };
        let hostile = CatalogError { file: "/etc/\u{202e}x.toml".into(), line: Some(1), entry: None, fault };
        let text = shown(&problems(&[hostile])).join("");
        assert_eq!(text, "/etc/\\u{202e}x.toml:1: It cannot be read: a\\u{1b}[2J\\nb");
    }

    #[test]
    fn what_may_have_been_meant_is_listed() {
        assert!(shown(&unknown("x", &[]))[1].contains("isotopectl catalog list --all"));
        assert_eq!(shown(&unknown("x", &["x-y".into()]))[2], "x-y");
    }
}
