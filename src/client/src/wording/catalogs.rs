// SPDX-License-Identifier: GPL-3.0-or-later
mod faults;
mod languages;

use gettextrs::gettext;
use isotope_model::catalog::{CpuBaseline, Recognised, RecognisedFrom, Stability, Status, Stream, Text};
use isotope_model::{CatalogEntry, Catalogs, HostCatalogs, Snapshot};

use self::faults::filled;
pub use self::faults::{catalog_fault, catalog_place};

/// A text of a catalog in the person's language, as far as it is there.
pub fn catalog_text(text: &Text) -> &str {
    text.in_languages(languages::of_the_person().iter().map(String::as_str))
}

/// What people call a desktop that catalogs call so.
pub fn desktop_name(id: &str) -> &str {
    const NAMES: [(&str, &str); 15] = [
        ("budgie", "Budgie"),
        ("cinnamon", "Cinnamon"),
        ("cosmic", "COSMIC"),
        ("deepin", "Deepin"),
        ("gnome", "GNOME"),
        ("hyprland", "Hyprland"),
        ("i3", "i3"),
        ("kde", "KDE Plasma"),
        ("lxqt", "LXQt"),
        ("mate", "MATE"),
        ("miracle", "Miracle"),
        ("niri", "niri"),
        ("pantheon", "Pantheon"),
        ("sway", "Sway"),
        ("xfce", "Xfce"),
    ];
    NAMES.iter().find(|(other, _)| *other == id).map_or(id, |(_, name)| name)
}

/// What a stream is called: as its vendor calls it, else what can be expected of it.
pub fn stream_name(stream: &Stream) -> String {
    match (&stream.label, stream.stability) {
        (Some(label), _) => catalog_text(label).to_owned(),
        // Translators: a line of versions that one can follow, for everyday work.
        (None, Some(Stability::Stable)) => gettext("Stable"),
        // Translators: a line of versions that one can follow: what is to become stable.
        (None, Some(Stability::Testing)) => gettext("Testing"),
        // Translators: a line of versions that one can follow: what is being worked on.
        (None, Some(Stability::Development)) => gettext("In development"),
        (None, Some(Stability::Unknown) | None) => stream.id.clone(),
    }
}

/// How it stands with a variant, where there is something to say about that.
pub fn variant_status(entry: &CatalogEntry, catalogs: &Catalogs) -> Option<String> {
    let successor = catalogs.way_on(entry).map(|successor| catalog_text(&successor.name));
    let of = |text: String| text.replace("{successor}", successor.unwrap_or_default());
    match (entry.status, successor) {
        (Status::Active, _) => None,
        // Translators: nobody promises that this desktop works, or that it stays.
        (Status::Experimental, _) => Some(gettext("experimental")),
        // Translators: a desktop is still published, but to be given up. {successor} is the name of another one.
        (Status::Deprecated, Some(_)) => Some(of(gettext("deprecated, replaced by {successor}"))),
        (Status::Deprecated, None) => Some(gettext("deprecated")),
        // Translators: a desktop is published no more. {successor} is the name of another one.
        (Status::Discontinued, Some(_)) => Some(of(gettext("discontinued, replaced by {successor}"))),
        (Status::Discontinued, None) => Some(gettext("discontinued")),
        (Status::Unknown, _) => Some(gettext("of a status that this version does not know")),
    }
}

/// That what runs is not looked after any more, in one sentence, and what takes its place. Nothing where all is well, and
/// where the way on was taken already.
pub fn outdated(catalogs: &HostCatalogs, host: &Snapshot) -> Option<String> {
    let entry = catalogs.outdated(host)?;
    let successor = catalogs.catalogs.way_on(entry).map(|successor| catalog_text(&successor.name));
    let made_from = matches!(&catalogs.here, Some(Recognised { from: RecognisedFrom::OsRelease, .. }));
    let text = match (entry.status == Status::Discontinued, made_from, successor.is_some()) {
        // Translators: {name} and {successor} are names of desktops that a vendor publishes.
        (false, false, true) => gettext("{name} is deprecated; {successor} takes its place."),
        (false, false, false) => gettext("{name} is deprecated, and its catalog names nothing that takes its place."),
        (false, true, true) => {
            gettext("This system is made from {name}, which is deprecated; {successor} takes its place.")
        }
        (false, true, false) => gettext("This system is made from {name}, which is deprecated."),
        (true, false, true) => gettext("{name} is published no more; {successor} takes its place."),
        (true, false, false) => {
            gettext("{name} is published no more, and its catalog names nothing that takes its place.")
        }
        (true, true, true) => {
            gettext("This system is made from {name}, which is published no more; {successor} takes its place.")
        }
        (true, true, false) => gettext("This system is made from {name}, which is published no more."),
    };
    let successor = successor.unwrap_or_default();
    Some(filled(text, &[("{name}", catalog_text(&entry.name)), ("{successor}", successor)]))
}

/// The processors that an image needs.
pub fn cpu_baseline(baseline: CpuBaseline) -> String {
    match baseline {
        // Translators: {level} is the name of a level of processors.
        CpuBaseline::X86_64V2 => gettext("{level}, since about 2009").replace("{level}", "x86-64-v2"),
        CpuBaseline::X86_64V3 => gettext("{level}, since about 2013").replace("{level}", "x86-64-v3"),
        CpuBaseline::X86_64V4 => gettext("{level}, with AVX-512").replace("{level}", "x86-64-v4"),
        CpuBaseline::Unknown => gettext("of a level that this version does not know"),
    }
}

#[cfg(test)]
mod tests;
