// SPDX-License-Identifier: GPL-3.0-or-later
//! The page with the desktops that vendors publish.

mod list;

use gettextrs::{gettext, ngettext};
use isotope_client::{ServiceState, wording};
use isotope_model::{CatalogEntry, HostCatalogs, OperationKind, Snapshot, SwitchPolicy};

use super::desktop_card::DesktopCard;
use super::offer::Offer;
use super::readings::Read;
use super::{Choice, LineGroup, StatusButton, StatusView, impossible, preferences_view, trouble};

/// How many cards are shown at once: what is beyond them is listed below.
const CARDS: usize = 24;

/// From how many desktops on it is worth looking for one.
const WORTH_SEARCHING: usize = 12;

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DesktopsView {
    /// One thing, and what its button means.
    Status(StatusView, Choice),
    /// What there is to switch to.
    Offers(Box<Offers>),
}

/// What there is to switch to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Offers {
    /// What is looked for, where there is enough for that.
    pub(crate) search: Option<String>,
    /// How much was found of that, in words, to be read out.
    pub(crate) hits: Option<String>,
    /// What runs is not looked after any more.
    pub(crate) outdated: Option<Outdated>,
    /// The vendor whose desktop runs.
    pub(crate) family: String,
    /// What else that vendor publishes.
    pub(crate) cards: Vec<DesktopCard>,
    /// What others publish, what can be named, and what is wrong with the catalogs.
    pub(crate) groups: Vec<LineGroup>,
}

/// That what runs is not looked after any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outdated {
    /// That, in a sentence.
    pub(crate) words: String,
    /// The entry that takes its place, and what stands on the button that leads there.
    pub(crate) way_on: Option<(String, String)>,
}

impl DesktopsView {
    /// What is shown before anything was read.
    pub(crate) fn loading() -> Self {
        Self::status(StatusView::loading(), Choice::Retry)
    }

    /// What there is to switch to, where that is shown.
    pub(crate) fn offers(&self) -> Option<&Offers> {
        match self {
            Self::Offers(offers) => Some(offers),
            Self::Status(..) => None,
        }
    }

    /// What to show on this host of these catalogs, where this is looked for.
    pub(crate) fn of(state: &ServiceState, catalogs: &Read<HostCatalogs>, search: &str, hidden: &[String]) -> Self {
        let catalogs = match catalogs {
            Read::Waiting => return Self::loading(),
            Read::Failed(error) => {
                let (title, description) = trouble::of_reading(error);
                let button = trouble::may_pass(error).then(StatusButton::retry);
                let icon = Some("isotope-attention-symbolic");
                return Self::status(StatusView { icon, title, description, button }, Choice::Retry);
            }
            Read::There(catalogs) => catalogs,
        };
        if let Some(status) = turned_off(state, catalogs) {
            return Self::status(status, Choice::Retry);
        }
        let offer = Offer::of(catalogs, &state.snapshot);
        let all: Vec<_> = offer.entries().collect();
        if all.is_empty() && catalogs.catalogs.problems.is_empty() {
            return Self::status(nothing(), Choice::NameImage);
        }
        let (hidden, all): (Vec<_>, Vec<_>) =
            all.into_iter().partition(|entry| preferences_view::hidden(entry, &offer, hidden));
        Self::Offers(Box::new(Offers::of(&all, &hidden, &offer, search)))
    }

    fn status(view: StatusView, choice: Choice) -> Self {
        Self::Status(view, choice)
    }
}

impl Offers {
    /// The entries whose vendors have sent pictures that are shown.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = &str> {
        self.cards.iter().filter(|card| card.picture.sent).map(|card| card.picture.entry.as_str())
    }

    fn of<'a>(all: &[&'a CatalogEntry], hidden: &[&'a CatalogEntry], offer: &Offer<'a>, search: &str) -> Self {
        let (catalogs, host) = (offer.catalogs, offer.host);
        let searchable = all.len() > WORTH_SEARCHING;
        let wanted = if searchable { search.trim().to_lowercase() } else { String::new() };
        let found: Vec<_> = all.iter().copied().filter(|entry| list::has(entry, &wanted)).collect();
        let family = catalogs.running().map(|entry| &entry.vendor);
        let is_kin = |entry: &&CatalogEntry| family.is_some_and(|family| family.id == entry.vendor.id);
        let (kin, others): (Vec<_>, Vec<_>) = found.iter().copied().partition(is_kin);
        let (cards, more_kin) = kin.split_at(kin.len().min(CARDS));
        let mut groups = list::of(more_kin, &others, offer);
        if found.is_empty() && !all.is_empty() {
            let description = gettext("No desktop has this in its name.");
            groups.push(LineGroup { description, ..LineGroup::untitled(Vec::new()) });
        }
        groups.push(list::own_image(host));
        groups.extend(list::hidden(hidden));
        groups.extend(list::problems(&catalogs.catalogs));
        Self {
            search: searchable.then(|| search.to_owned()),
            hits: (!wanted.is_empty()).then(|| hits(found.len())),
            outdated: outdated(catalogs, host),
            family: family.map(|family| family.name.clone()).unwrap_or_default(),
            cards: cards.iter().map(|entry| DesktopCard::of(entry, offer)).collect(),
            groups,
        }
    }
}

/// How much was found, to be read out.
fn hits(number: usize) -> String {
    match number {
        0 => gettext("No desktop has this in its name."),
        number => ngettext("{number} desktop found", "{number} desktops found", wording::plural(number))
            .replace("{number}", &number.to_string()),
    }
}

fn outdated(catalogs: &HostCatalogs, host: &Snapshot) -> Option<Outdated> {
    let way_on = catalogs.outdated(host).and_then(|entry| catalogs.catalogs.way_on(entry));
    let way_on = way_on.filter(|successor| catalogs.is_for(successor, host));
    Some(Outdated {
        words: wording::outdated(catalogs, host)?,
        // Translators: a button that shows the desktop which takes the place of another one.
        way_on: way_on.map(|successor| (successor.id.clone(), gettext("_Show It"))),
    })
}

/// Nothing can be switched here, and why.
pub(super) fn turned_off(state: &ServiceState, catalogs: &HostCatalogs) -> Option<StatusView> {
    let status =
        |title, description| StatusView { icon: Some("isotope-system-symbolic"), title, description, button: None };
    match &catalogs.switching {
        SwitchPolicy::None => {
            return Some(status(
                gettext("Switching Is Turned Off"),
                gettext("The administrator of this computer has decided that it stays with the image that it follows."),
            ));
        }
        SwitchPolicy::Unknown => {
            return Some(status(
                gettext("Switching Is Not Allowed"),
                gettext(
                    "What the administrator of this computer says about switching cannot be understood, so that nothing \
                     is allowed.",
                ),
            ));
        }
        SwitchPolicy::All | SwitchPolicy::Listed { .. } => {}
    }
    let explanation = wording::refusal(&impossible(state, OperationKind::Switch)?);
    Some(status(explanation.what, explanation.remedy))
}

fn nothing() -> StatusView {
    StatusView {
        icon: Some("isotope-system-symbolic"),
        title: gettext("No Desktops Are Offered"),
        description: gettext(
            "No catalog has a desktop that this computer can follow. An image of your own can be named all the same.",
        ),
        button: Some(StatusButton { label: gettext("Your _Own Image…"), suggested: false, sensitive: true }),
    }
}

#[cfg(test)]
mod tests;
