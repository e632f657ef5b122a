// SPDX-License-Identifier: GPL-3.0-or-later
//! Which entry a computer runs.

use serde::{Deserialize, Serialize};

use crate::catalog::references::ARCHITECTURE;
use crate::catalog::value::is_beginning;
use crate::catalog::{CatalogEntry, Catalogs, Stream};
use crate::{ContainerReference, ImageReference, OsRelease, Snapshot, Transport};

/// What it was recognised by, and so how sure it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RecognisedFrom {
    /// By the image that it follows: it is that entry's.
    Image,
    /// By what the system says of itself: it may be somebody's own image that is made from the entry's.
    OsRelease,
    /// Something that this version does not know.
    #[serde(other)]
    Unknown,
}

/// What a computer runs, in the words of the catalogs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Recognised {
    /// The id of the entry.
    pub entry: String,
    /// The id of its stream, where it follows one of those that the catalog names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<String>,
    /// What it was recognised by.
    pub from: RecognisedFrom,
}

/// How well an entry fits: how much of the name, whether the entry offers just that, and whether a stream fits too.
type Fit = (usize, bool, bool);

/// Which entry and stream the booted deployment is: by the image that it follows, and only if no entry knows that by what
/// the system says of itself. Nothing where that would fit several.
pub fn recognise(catalogs: &Catalogs, host: &Snapshot, os_release: &OsRelease) -> Option<Recognised> {
    let image = host.booted().and_then(|booted| booted.image.as_ref());
    let by_release = || {
        let entry = by_os_release(catalogs, os_release)?;
        Some(Recognised { entry: entry.id.clone(), stream: None, from: RecognisedFrom::OsRelease })
    };
    image.and_then(|image| recognise_image(catalogs, image)).or_else(by_release)
}

/// Which entry and stream an image is of, by its name alone.
pub fn recognise_image(catalogs: &Catalogs, image: &ImageReference) -> Option<Recognised> {
    let (entry, stream) = by_image(catalogs, image)?;
    let stream = stream.map(|stream| stream.id.clone());
    Some(Recognised { entry: entry.id.clone(), stream, from: RecognisedFrom::Image })
}

fn by_image<'a>(catalogs: &'a Catalogs, image: &ImageReference) -> Option<(&'a CatalogEntry, Option<&'a Stream>)> {
    let container = image.container();
    let fits = catalogs.entries.iter().filter_map(|entry| {
        let (fit, stream) = match (image, &container) {
            (ImageReference::Ostree { remote, branch }, _) => fit_of_branch(entry, remote, branch)?,
            (_, Some(container)) if container.transport() == Transport::Registry => fit_of_container(entry, container)?,
            _ => return None,
        };
        Some((fit, entry, stream))
    });
    // Of several that fit equally well, the first.
    let best = fits.reduce(|best, other| if other.0 > best.0 { other } else { best })?;
    Some((best.1, best.2))
}

fn fit_of_container<'a>(entry: &'a CatalogEntry, image: &ContainerReference) -> Option<(Fit, Option<&'a Stream>)> {
    // Names of computers are the same in capital letters.
    let repository = image.repository().to_ascii_lowercase();
    let same = |offered: &str| offered.eq_ignore_ascii_case(&repository);
    let offered = entry.container.iter().map(|container| container.image.as_str());
    let mut offered = offered.chain(entry.streams.iter().filter_map(|stream| stream.image.as_deref()));
    let exact = offered.any(same);
    let prefixes = entry.recognised_by.image_prefixes.iter().map(|prefix| prefix.to_ascii_lowercase());
    let longest = prefixes.filter(|prefix| is_beginning(prefix, &repository)).map(|prefix| prefix.len()).max();
    let known_as = |length: usize| length == repository.len();
    let tag = image.tag().or_else(|| image.digest().is_none().then_some("latest"));
    let has_tag = |stream: &Stream| {
        let tags = stream.tag.iter().chain(&stream.aliases);
        tag.is_some_and(|tag| tags.into_iter().any(|one| one == tag))
    };
    // Another name of the entry's own repository has the same tags; a mere beginning may have any.
    let stream = entry.streams.iter().find(|stream| {
        let of_alias = stream.image.is_none() && longest.is_some_and(known_as);
        has_tag(stream) && (entry.repository(stream).is_some_and(same) || of_alias)
    });
    let length = if exact { Some(repository.len()) } else { longest };
    length.map(|length| ((length, exact, stream.is_some()), stream))
}

fn fit_of_branch<'a>(entry: &'a CatalogEntry, remote: &str, branch: &str) -> Option<(Fit, Option<&'a Stream>)> {
    let offers = entry.ostree.as_ref().is_some_and(|ostree| ostree.remote == remote);
    let is_its_branch = |stream: &&Stream| {
        let pattern = stream.branch.as_ref().map(|branch| branch.replace(ARCHITECTURE, "*"));
        pattern.is_some_and(|pattern| literal_components(&pattern, branch).is_some())
    };
    if let Some(stream) = entry.streams.iter().filter(|_| offers).find(is_its_branch) {
        return Some(((branch.split('/').count(), true, true), Some(stream)));
    }
    let patterns = entry.recognised_by.refspecs.iter().filter_map(|pattern| pattern.split_once(':'));
    let fits = patterns.filter(|(its_remote, _)| *its_remote == remote);
    let best = fits.filter_map(|(_, pattern)| literal_components(pattern, branch)).max()?;
    Some(((best, false, false), None))
}

/// How many components a pattern names itself, if the branch fits it.
fn literal_components(pattern: &str, branch: &str) -> Option<usize> {
    if pattern.split('/').count() != branch.split('/').count() {
        return None;
    }
    let mut pairs = pattern.split('/').zip(branch.split('/'));
    let fits = pairs.all(|(expected, part)| expected == "*" || expected == part);
    fits.then(|| pattern.split('/').filter(|part| *part != "*").count())
}

fn by_os_release<'a>(catalogs: &'a Catalogs, os_release: &OsRelease) -> Option<&'a CatalogEntry> {
    let names = |values: &[String], value: &Option<String>| value.as_ref().is_some_and(|value| values.contains(value));
    let fit = |entry: &CatalogEntry| {
        let by = &entry.recognised_by;
        let variant = names(&by.variant_ids, &os_release.variant_id);
        let id = names(&by.ids, &os_release.id);
        let asked = !(by.variant_ids.is_empty() && by.ids.is_empty());
        let fits = asked && (variant || by.variant_ids.is_empty()) && (id || by.ids.is_empty());
        fits.then_some((variant, id))
    };
    let fits = || catalogs.entries.iter().filter_map(|entry| Some((fit(entry)?, entry)));
    let best = fits().map(|(fit, _)| fit).max()?;
    let mut first = fits().filter(|(fit, _)| *fit == best);
    let entry = first.next()?.1;
    first.next().is_none().then_some(entry)
}
