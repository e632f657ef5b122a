// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::CatalogEntry;

use super::picture_of;

/// Which picture shows an entry of the catalogs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PicturePlace {
    /// The entry.
    pub(crate) entry: String,
    /// The vendor has sent one.
    pub(crate) sent: bool,
    /// The drawn one: a path among the program's resources.
    pub(crate) drawn: &'static str,
}

/// What is drawn for an image without a desktop.
const WITHOUT_DESKTOP: &str = "none";

impl PicturePlace {
    /// The picture of this entry.
    pub(super) fn of(entry: &CatalogEntry) -> Self {
        let desktop = entry.desktop.as_deref().unwrap_or(WITHOUT_DESKTOP);
        Self { entry: entry.id.clone(), sent: entry.screenshot.is_some(), drawn: picture_of(Some(desktop)) }
    }
}
