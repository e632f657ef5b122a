// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::catalog::{Signing, Stream};
use isotope_model::{CatalogEntry, HostCatalogs, Snapshot};

use crate::render::table::Table;
use crate::render::{Line, View};

/// All that is known of an entry; then each of its streams, with the command that switches to it.
pub(crate) fn lines(entry: &CatalogEntry, catalogs: &HostCatalogs, host: &Snapshot, view: &View) -> Vec<Line> {
    let text = |text: Option<&str>| text.map(Line::plain).into_iter().collect::<Vec<_>>();
    let mut table = Table::default();
    // Translators: stands beside the word by which an entry of a catalog is named in commands.
    table.row(gettext("Id"), text(Some(&entry.id)));
    table.row(gettext("Name"), text(Some(wording::catalog_text(&entry.name))));
    table.row("", text(entry.summary.as_ref().map(wording::catalog_text)));
    // Translators: who publishes an image.
    table.row(gettext("Vendor"), text(Some(&entry.vendor.name)));
    table.row(gettext("Desktop"), text(entry.desktop.as_deref().map(wording::desktop_name)));
    // Translators: stands beside “experimental”, “deprecated” and the like.
    table.row(gettext("Status"), text(wording::variant_status(entry, &catalogs.catalogs).as_deref()));
    let successor = catalogs.catalogs.way_on(entry).filter(|_| !entry.is_offered());
    let successor = successor.map(|successor| format!("isotopectl catalog show {}", successor.id));
    table.row("", text(successor.as_deref()));
    table.row(gettext("Image"), container(entry));
    // Translators: where branches of an image are.
    table.row(gettext("OSTree remote"), ostree(entry));
    table.row(
        gettext("Architecture"),
        text(Some(&entry.architectures.join(", ")).filter(|it| !it.is_empty()).map(|it| it.as_str())),
    );
    table.row(gettext("Processor"), text(entry.cpu_baseline.map(wording::cpu_baseline).as_deref()));
    if !entry.reversible {
        // Translators: stands beside the sentence that there is no way back from an image to another one.
        table.row(gettext("Way back"), text(Some(&gettext("none: one cannot switch from it to another image"))));
    }
    // Translators: stands beside a date.
    table.row(gettext("Supported until"), text(entry.support_end.as_deref()));
    table.row(gettext("Homepage"), text(entry.homepage.as_deref().or(entry.vendor.homepage.as_deref())));
    let mut lines = table.lines_within(view.columns);
    for stream in &entry.streams {
        lines.push(Line::default());
        lines.extend(about_stream(entry, stream, catalogs, host));
    }
    lines
}

fn container(entry: &CatalogEntry) -> Vec<Line> {
    let Some(container) = &entry.container else { return Vec::new() };
    let signed = container.signing.as_ref().map(|signing| Line::dim(signed(signing)));
    std::iter::once(Line::plain(&container.image)).chain(signed).collect()
}

fn ostree(entry: &CatalogEntry) -> Vec<Line> {
    let Some(ostree) = &entry.ostree else { return Vec::new() };
    let signed = ostree.signing.as_ref().map(|signing| Line::dim(signed(signing)));
    std::iter::once(Line::plain(&ostree.remote)).chain(signed).collect()
}

/// What the vendor says; what this computer checks is another matter.
fn signed(signing: &Signing) -> String {
    let (text, keys) = match signing {
        Signing::Sigstore { keys, .. } => (gettext("its vendor signs it with sigstore"), keys.as_slice()),
        Signing::Gpg { keys, .. } => (gettext("its vendor signs it with GPG"), keys.as_slice()),
        // Translators: {remote} is the name of an OSTree remote.
        Signing::OstreeRemote { remote } => (
            gettext("its vendor signs its commits, with the keys of the remote {remote}").replace("{remote}", remote),
            [].as_slice(),
        ),
        Signing::None => (gettext("its vendor does not sign it"), [].as_slice()),
        Signing::Unknown => (gettext("its vendor signs it in a way that this version does not know"), [].as_slice()),
    };
    match keys {
        [] => text,
        // Translators: {signed} is one of the sentences about how a vendor signs, {keys} are names of files.
        keys => gettext("{signed}: {keys}").replace("{signed}", &text).replace("{keys}", &keys.join(", ")),
    }
}

/// The name of a stream, and what to type for it as it stands: it is not broken, so that it can be copied.
fn about_stream(entry: &CatalogEntry, stream: &Stream, catalogs: &HostCatalogs, host: &Snapshot) -> Vec<Line> {
    let name = wording::stream_name(stream);
    let mut title = Line::strong(&name);
    if name != stream.id {
        title = title.then(Line::dim(format!(" · {}", stream.id)));
    }
    if catalogs.runs(entry, stream) {
        title = title.then(Line::plain(" · ")).then(Line::plain(gettext("Running now")));
    }
    let how = match super::reference(entry, stream, catalogs, host) {
        Some(reference) if !super::is_allowed(&reference, catalogs, host) => {
            Line::dim(format!("  {}", gettext("not allowed by the administrator of this computer")))
        }
        Some(reference) => Line::plain(format!("  isotopectl switch {reference}")),
        None => Line::dim(format!("  {}", gettext("not for this computer"))),
    };
    vec![title, how]
}

#[cfg(test)]
mod tests {
    use isotope_model::SwitchPolicy;

    use super::*;
    use crate::render::catalog::samples;
    use crate::render::samples::{shown, view};

    fn told(id: &str, backend: isotope_model::Backend) -> String {
        let (catalogs, mut host) = samples::running("example-gnome", Some("10"));
        host.host.backend = backend;
        shown(&lines(catalogs.catalogs.entry(id).unwrap(), &catalogs, &host, &view())).join("\n")
    }

    #[test]
    fn everything_is_told_with_the_command_for_each_stream() {
        let expected = "\
Id                example-gnome
Name              Example with GNOME
                  A desktop for everyday work.
Vendor            Example
Desktop           GNOME
Image             quay.io/example/gnome
                  its vendor signs it with sigstore: /usr/lib/pki/example.pub
OSTree remote     example
Architecture      amd64, arm64
Processor         x86-64-v3, since about 2013
Supported until   2030-05-31
Homepage          https://example.org

Eleven · 11
  isotopectl switch quay.io/example/gnome:11

10 · Running now
  isotopectl switch quay.io/example/gnome:10

Testing · next
  isotopectl switch quay.io/example/gnome:next";
        assert_eq!(told("example-gnome", isotope_model::Backend::Bootc), expected);
    }

    #[test]
    fn the_command_is_that_of_what_this_computer_follows() {
        let text = told("example-gnome", isotope_model::Backend::Ostree);
        assert!(text.contains("Eleven · 11\n  isotopectl switch example:example/11/x86_64/gnome\n"), "{text}");
        assert!(text.contains("10 · Running now\n  not for this computer\n"), "{text}");
        let other = told("example-kde", isotope_model::Backend::Bootc);
        assert!(other.contains("Way back       none") && other.ends_with("11\n  not for this computer"), "{other}");
    }

    #[test]
    fn what_is_not_allowed_has_no_command() {
        let (mut catalogs, host) = samples::running("example-gnome", Some("10"));
        catalogs.switching = SwitchPolicy::Listed { images: vec!["quay.io/example/gnome:11".into()] };
        let entry = catalogs.catalogs.entry("example-gnome").unwrap();
        let text = shown(&lines(entry, &catalogs, &host, &view())).join("\n");
        assert!(text.contains("Eleven · 11\n  isotopectl switch quay.io/example/gnome:11\n"), "{text}");
        assert!(text.contains("10 · Running now\n  not allowed by the administrator of this computer\n"), "{text}");
    }

    #[test]
    fn what_is_given_up_names_what_takes_its_place() {
        let text = told("example-sway", isotope_model::Backend::Bootc);
        let expected = "deprecated, replaced by Example with GNOME\n           isotopectl catalog show example-gnome\n";
        assert!(text.contains(expected), "{text}");
    }
}
