// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::wording;
use isotope_model::CatalogEntry;

use super::PicturePlace;
use super::offer::{Offer, short_status};

/// A desktop with its picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesktopCard {
    /// The picture, and which entry of the catalogs it is.
    pub(crate) picture: PicturePlace,
    /// What it is called.
    pub(crate) name: String,
    /// What it is, in a sentence.
    pub(crate) summary: String,
    /// How it stands to what runs, in a word or two.
    pub(crate) place: Option<String>,
    /// That it is not looked after as others are, in a word.
    pub(crate) status: Option<String>,
    /// Why it cannot be switched to.
    pub(crate) forbidden: Option<String>,
    /// Where one is chosen of several: whether it is this one.
    pub(crate) chosen: Option<bool>,
    /// The whole card in words.
    pub(crate) spoken: String,
}

impl DesktopCard {
    /// The card of this entry.
    pub(super) fn of<'a>(entry: &'a CatalogEntry, offer: &Offer<'a>) -> Self {
        let name = wording::catalog_text(&entry.name).to_owned();
        let summary = entry.summary.as_ref().map(wording::catalog_text).unwrap_or_default().to_owned();
        let (place, status) = (offer.place(entry).words(), short_status(entry.status));
        let forbidden = offer.forbidden(entry);
        let spoken = [Some(name.clone()), place.clone(), status.clone(), Some(summary.clone()), forbidden.clone()];
        let spoken: Vec<_> = spoken.into_iter().flatten().filter(|words| !words.is_empty()).collect();
        let (picture, spoken) = (PicturePlace::of(entry), spoken.join("\n"));
        Self { picture, name, summary, place, status, forbidden, chosen: None, spoken }
    }
}
