// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::catalog::Vendor;
use isotope_model::{CatalogEntry, HostCatalogs};

use super::super::offer::{Offer, Place};
use super::super::readings::Read;
use super::super::screen::Link;
use super::super::trouble;

/// How many vendors can be switched on and off: nobody reads more of them.
const SHOWN: usize = 100;

/// Whose desktops are shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VendorsView {
    /// What that is good for, or why there is nothing to choose.
    pub(crate) description: String,
    /// They are being read.
    pub(crate) waiting: bool,
    /// They could not be read, and another try may help.
    pub(crate) retry: bool,
    /// The vendors.
    pub(crate) switches: Vec<VendorSwitch>,
}

/// One vendor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VendorSwitch {
    /// What the catalogs call it.
    pub(crate) id: String,
    /// What people call it.
    pub(crate) name: String,
    /// What it publishes, or why it is always shown.
    pub(crate) words: String,
    /// Its desktops are shown.
    pub(crate) shown: bool,
    /// That can be changed.
    pub(crate) changeable: bool,
}

/// Whether the desktops of this vendor are not to be shown. What runs, what starts next and what is of the same family
/// always is.
pub(in super::super) fn hidden(entry: &CatalogEntry, offer: &Offer<'_>, hidden: &[String]) -> bool {
    hidden.contains(&entry.vendor.id) && !is_own(&entry.vendor, offer) && offer.place(entry) == Place::Elsewhere
}

fn is_own(vendor: &Vendor, offer: &Offer<'_>) -> bool {
    offer.catalogs.running().is_some_and(|running| running.vendor.id == vendor.id)
}

impl VendorsView {
    pub(super) fn of(link: &Link, catalogs: &Read<HostCatalogs>, hidden: &[String]) -> Self {
        match (link, catalogs) {
            (Link::Live(state), Read::There(catalogs)) => {
                Self::there(vendors(&Offer::of(catalogs, &state.snapshot), hidden))
            }
            (Link::Live(_), Read::Waiting) => Self { waiting: true, ..Self::nothing(gettext("Loading…")) },
            (Link::Live(_), Read::Failed(error)) => {
                let (title, words) = trouble::of_reading(error);
                let description = [title, words].join("\n");
                Self { retry: trouble::may_pass(error), ..Self::nothing(description) }
            }
            _ => Self::nothing(gettext("Without the Isotope service it is not known what vendors publish.")),
        }
    }

    fn there(switches: Vec<VendorSwitch>) -> Self {
        if switches.is_empty() {
            return Self::nothing(gettext("No catalog has a desktop that this computer can follow."));
        }
        let description = gettext("The page Desktops leaves out the vendors that you switch off.");
        Self { switches, ..Self::nothing(description) }
    }

    fn nothing(description: String) -> Self {
        Self { description, waiting: false, retry: false, switches: Vec::new() }
    }
}

fn vendors(offer: &Offer<'_>, hidden: &[String]) -> Vec<VendorSwitch> {
    let mut found: Vec<(&Vendor, usize)> = Vec::new();
    for entry in offer.entries() {
        match found.iter().position(|(vendor, _)| vendor.id == entry.vendor.id) {
            Some(place) => found[place].1 += 1,
            None if found.len() < SHOWN => found.push((&entry.vendor, 1)),
            None => {}
        }
    }
    // One's own comes first, as on the page.
    found.sort_by_key(|(vendor, _)| !is_own(vendor, offer));
    let switch = |(vendor, desktops): (&Vendor, usize)| {
        let own = is_own(vendor, offer);
        VendorSwitch {
            id: vendor.id.clone(),
            name: vendor.name.clone(),
            words: if own { gettext("This computer runs one of its desktops") } else { number(desktops) },
            shown: own || !hidden.contains(&vendor.id),
            changeable: !own,
        }
    };
    found.into_iter().map(switch).collect()
}

fn number(desktops: usize) -> String {
    ngettext("{number} desktop", "{number} desktops", wording::plural(desktops))
        .replace("{number}", &desktops.to_string())
}
