// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::catalog::Status;
use isotope_model::{CatalogEntry, HostCatalogs, Snapshot};

use super::{is_allowed, reference, streams};
use crate::render::table::Table;
use crate::render::{Line, View, sentences};

/// Whether an entry is listed where not all are: this computer can follow it and it is published, or it runs.
pub(crate) fn is_listed(entry: &CatalogEntry, catalogs: &HostCatalogs, host: &Snapshot) -> bool {
    let runs = catalogs.running().is_some_and(|running| running.id == entry.id);
    runs || (entry.status != Status::Discontinued && catalogs.is_for(entry, host))
}

/// The entries by vendor: the id by which one is named, beside it what it is.
pub(crate) fn lines(catalogs: &HostCatalogs, host: &Snapshot, all: bool, view: &View) -> Vec<Line> {
    let entries = &catalogs.catalogs.entries;
    let listed: Vec<_> = entries.iter().filter(|entry| all || is_listed(entry, catalogs, host)).collect();
    let mut vendors: Vec<&CatalogEntry> = Vec::new();
    for entry in &listed {
        if vendors.iter().all(|other| other.vendor.id != entry.vendor.id) {
            vendors.push(entry);
        }
    }
    // The vendor of what runs comes first.
    let own = catalogs.running().map(|running| &running.vendor.id);
    vendors.sort_by_key(|entry| Some(&entry.vendor.id) != own);
    let mut lines = Vec::new();
    for vendor in vendors.iter().map(|entry| &entry.vendor) {
        let mut table = Table::default();
        for entry in listed.iter().filter(|entry| entry.vendor.id == vendor.id) {
            table.row(&entry.id, about(entry, catalogs, host));
        }
        lines.push(Line::plain(&vendor.name));
        lines.extend(table.lines_within(view.columns));
        lines.push(Line::default());
    }
    if listed.is_empty() {
        lines.extend([Line::plain(gettext("No catalog has anything for this computer.")), Line::default()]);
    }
    let hidden = entries.len() - listed.len();
    let mut remarks = Vec::new();
    if hidden > 0 {
        let count = wording::plural(hidden);
        let text = ngettext(
            "{number} more is in a form that this computer does not follow, for other computers, or published no more: \
             isotopectl catalog list --all",
            "{number} more are in a form that this computer does not follow, for other computers, or published no more: \
             isotopectl catalog list --all",
            count,
        );
        remarks.push(Line::plain(text.replace("{number}", &hidden.to_string())));
    }
    // Translators: leave the command as it is; ID stands for an id.
    remarks.push(Line::plain(gettext("To switch to one of them: isotopectl switch ID")));
    // Translators: leave the command as it is; ID stands for an id.
    remarks.push(Line::plain(gettext("To see more of one, and its streams: isotopectl catalog show ID")));
    lines.extend(sentences(remarks, view));
    lines
}

fn about(entry: &CatalogEntry, catalogs: &HostCatalogs, host: &Snapshot) -> Vec<Line> {
    let mut first = vec![Line::plain(wording::catalog_text(&entry.name))];
    if catalogs.running().is_some_and(|running| running.id == entry.id) {
        first.push(Line::strong(gettext("Running now")));
    }
    first.extend(wording::variant_status(entry, &catalogs.catalogs).map(Line::plain));
    if !entry.is_for(&catalogs.architecture) {
        // Translators: an image is made for computers of another kind than this one.
        first.push(Line::plain(
            gettext("for other computers: {kinds}").replace("{kinds}", &entry.architectures.join(", ")),
        ));
    } else if entry.status != Status::Discontinued && !catalogs.is_for(entry, host) {
        // Translators: an image comes as a container, or as a branch, and this computer takes only the other.
        first.push(Line::plain(gettext("not in a form that this computer follows")));
    } else if is_forbidden(entry, catalogs, host) {
        // Translators: the administrator of this computer does not allow a switch to an image.
        first.push(Line::plain(gettext("not allowed here")));
    }
    let desktop = entry.desktop.as_deref().map(wording::desktop_name);
    let second: Vec<_> =
        desktop.map(str::to_owned).into_iter().chain(Some(streams(entry)).filter(|text| !text.is_empty())).collect();
    let joined = first.into_iter().reduce(|line, part| line.then(Line::plain(" · ")).then(part));
    let second = (!second.is_empty()).then(|| Line::dim(second.join(" · ")));
    joined.into_iter().chain(second).collect()
}

/// This computer could follow it, and nothing of it may be switched to.
fn is_forbidden(entry: &CatalogEntry, catalogs: &HostCatalogs, host: &Snapshot) -> bool {
    let mut references = entry.streams.iter().filter_map(|stream| reference(entry, stream, catalogs, host)).peekable();
    references.peek().is_some() && !references.any(|reference| is_allowed(&reference, catalogs, host))
}

#[cfg(test)]
mod tests {
    use isotope_model::SwitchPolicy;

    use super::*;
    use crate::render::catalog::samples;
    use crate::render::samples::{shown, view};

    fn told(entry: &str, stream: Option<&str>, all: bool) -> Vec<String> {
        let (catalogs, host) = samples::running(entry, stream);
        shown(&lines(&catalogs, &host, all, &view()))
    }

    #[test]
    fn what_this_computer_can_be_switched_to_is_listed_by_vendor() {
        let expected = [
            "Example",
            "example-gnome   Example with GNOME · Running now",
            "                GNOME · Eleven; 10; Testing",
            "example-sway    Example with Sway · deprecated, replaced by Example with GNOME",
            "                Sway · 11",
            "",
            "2 more are in a form that this computer does not follow, for other computers, or published no more: isotopectl \
             catalog list --all",
            "To switch to one of them: isotopectl switch ID",
            "To see more of one, and its streams: isotopectl catalog show ID",
        ];
        assert_eq!(told("example-gnome", Some("10"), false), expected);
    }

    #[test]
    fn all_are_listed_when_asked_for_with_why_they_are_not_for_this_computer() {
        let text = told("example-gnome", Some("10"), true).join("\n");
        for words in [
            "Example with KDE Plasma · for other computers: s390x\n",
            "Example with MATE · discontinued, replaced by Example with GNOME\n                MATE\n",
        ] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert!(!text.contains("--all"), "{text}");
    }

    #[test]
    fn what_the_administrator_does_not_allow_is_marked() {
        let (mut catalogs, host) = samples::running("example-gnome", Some("10"));
        let forbidden = |catalogs: &HostCatalogs| {
            let text = shown(&lines(catalogs, &host, true, &view()));
            let marked = text.into_iter().filter(|line| line.ends_with(" · not allowed here"));
            marked.map(|line| line.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(forbidden(&catalogs).is_empty());
        catalogs.switching = SwitchPolicy::Listed { images: vec!["quay.io/example/gnome:11".into()] };
        assert_eq!(forbidden(&catalogs), ["example-sway"]);
        catalogs.switching = SwitchPolicy::None;
        assert_eq!(forbidden(&catalogs), ["example-gnome", "example-sway"]);
    }

    #[test]
    fn what_runs_is_always_listed() {
        let text = told("example-mate", None, false).join("\n");
        assert!(text.contains("Example with MATE · Running now · discontinued"), "{text}");
        let (mut catalogs, mut host) = samples::running("example-gnome", Some("10"));
        host.host.backend = isotope_model::Backend::Ostree;
        catalogs.here = None;
        let text = shown(&lines(&catalogs, &host, true, &view())).join("\n");
        assert!(
            text.contains("Example with Sway · deprecated, replaced by Example with GNOME · not in a form"),
            "{text}"
        );
    }

    #[test]
    fn without_anything_something_is_still_said() {
        let text = shown(&lines(&HostCatalogs::default(), &Snapshot::default(), false, &view()));
        assert_eq!(text[0], "No catalog has anything for this computer.");
    }
}
