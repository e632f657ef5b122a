// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors publish, in words.

pub(crate) mod check;
pub(crate) mod list;
#[cfg(test)]
pub(crate) mod samples;
pub(crate) mod show;

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::catalog::Stream;
use isotope_model::{CatalogEntry, CatalogError, HostCatalogs, Snapshot, resolve_image};

use super::Line;

/// That what runs is not looked after any more, and the way on.
pub(super) fn outdated(catalogs: &HostCatalogs, host: &Snapshot) -> Vec<Line> {
    let Some(told) = wording::outdated(catalogs, host) else { return Vec::new() };
    let way_on = catalogs.outdated(host).and_then(|entry| catalogs.catalogs.way_on(entry));
    let allowed = |reference: &str| is_allowed(reference, catalogs, host);
    let switch_to = |entry| catalogs.switch_to(entry, host).filter(|to| allowed(&to.reference));
    let how = way_on.map(|entry| match switch_to(entry) {
        // Translators: leave the command as it is.
        Some(to) => gettext("To switch to it: isotopectl switch {image}").replace("{image}", &to.reference),
        // Translators: leave the command as it is.
        None => gettext("To see more of it: isotopectl catalog show {id}").replace("{id}", &entry.id),
    });
    let sentences: Vec<_> = std::iter::once(told).chain(how).collect();
    vec![Line::plain(sentences.join(" "))]
}

/// What to ask for to have a stream, where this computer can follow it.
pub(super) fn reference(
    entry: &CatalogEntry,
    stream: &Stream,
    catalogs: &HostCatalogs,
    host: &Snapshot,
) -> Option<String> {
    catalogs.reference(entry, stream, host).filter(|_| entry.is_for(&catalogs.architecture))
}

/// The administrator of this computer allows a switch to it.
pub(super) fn is_allowed(reference: &str, catalogs: &HostCatalogs, host: &Snapshot) -> bool {
    resolve_image(host, reference).is_ok_and(|image| catalogs.switching.allows(&image))
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

/// That this computer cannot follow an entry, and why.
pub(crate) fn not_for_this_computer(id: &str, published: bool) -> Vec<Line> {
    let text = match published {
        // Translators: an image comes as a container, or as a branch, and this computer takes only the other.
        true => gettext("“{id}” is published in another form than this computer follows"),
        false => gettext("“{id}” is published no more"),
    };
    vec![
        Line::strong(text.replace("{id}", id)),
        Line::plain(gettext("Nothing was changed on this computer.")),
        // Translators: leave the commands as they are.
        Line::plain(
            gettext(
                "To see more of it: isotopectl catalog show {id}. To see what else there is: isotopectl catalog list",
            )
            .replace("{id}", id),
        ),
    ]
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
        for (published, words) in [(true, "in another form"), (false, "is published no more")] {
            let text = shown(&not_for_this_computer("x-y", published));
            assert!(text[0].contains(words) && text[2].ends_with("isotopectl catalog list"), "{text:?}");
        }
    }
}
