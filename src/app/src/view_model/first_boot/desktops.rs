// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{CatalogEntry, HostCatalogs};

use super::super::desktop_card::DesktopCard;
use super::super::desktops_view::turned_off;
use super::super::offer::{Offer, Place};
use super::super::readings::Read;
use super::super::{Network, PicturePlace, StatusButton, StatusView, picture_of, trouble};
use super::ChosenDesktop;

/// How many cards are shown at the most: nobody looks at more of them.
const CARDS: usize = 60;

/// What the step about desktops shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum DesktopsStep {
    /// One thing; its button reads the catalogs again.
    Status(StatusView),
    /// What there is to choose.
    Cards(DesktopCards),
}

/// What there is to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DesktopCards {
    /// What has to be known first.
    pub(crate) note: Option<String>,
    /// The desktops, the installed one first.
    pub(crate) cards: Vec<ChoiceCard>,
    /// There are desktops of other vendors that are not shown yet.
    pub(crate) more: bool,
}

/// A desktop that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChoiceCard {
    /// How it looks; a desktop that cannot be chosen says why.
    pub(crate) card: DesktopCard,
    /// What choosing it means; nothing for the one that is installed.
    pub(crate) desktop: Option<ChosenDesktop>,
}

impl DesktopsStep {
    /// What to show on this host of these catalogs, where this was chosen so far. The family of what runs is shown at once,
    /// what others publish where `all` are wanted.
    pub(crate) fn of(
        state: &ServiceState,
        catalogs: &Read<HostCatalogs>,
        network: Network,
        chosen: Option<&ChosenDesktop>,
        all: bool,
    ) -> Self {
        let catalogs = match catalogs {
            Read::Waiting => return Self::Status(StatusView::loading()),
            Read::Failed(error) => {
                let (title, description) = trouble::of_reading(error);
                let button = trouble::may_pass(error).then(StatusButton::retry);
                return Self::Status(StatusView {
                    icon: Some("isotope-attention-symbolic"),
                    title,
                    description,
                    button,
                });
            }
            Read::There(catalogs) => catalogs,
        };
        if let Some(status) = turned_off(state, catalogs) {
            return Self::Status(status);
        }
        let offer = Offer::of(catalogs, &state.snapshot);
        let family = catalogs.running().map(|entry| entry.vendor.id.as_str());
        let can_be_chosen = |entry: &&CatalogEntry| is_elsewhere(&offer, entry) && image(&offer, entry).is_some();
        let (kin, others): (Vec<_>, Vec<_>) =
            offer.entries().filter(can_be_chosen).partition(|entry| family == Some(entry.vendor.id.as_str()));
        if kin.is_empty() && others.is_empty() {
            return Self::Status(nothing(state));
        }
        let all = all || kin.is_empty();
        let shown = kin.into_iter().chain(others.iter().copied().filter(|_| all));
        let card = |entry| choice(&offer, entry, network, chosen);
        let cards: Vec<_> =
            std::iter::once(installed(state, &offer, chosen)).chain(shown.filter_map(card)).take(CARDS).collect();
        let offline = !network.is_connected();
        let note = offline.then(|| {
            gettext("Without a network connection no other desktop can be downloaded. You can choose one later.")
        });
        Self::Cards(DesktopCards { note, cards, more: !all && !others.is_empty() })
    }
}

impl DesktopCards {
    /// The entries whose vendors have sent pictures that are shown.
    pub(crate) fn pictures(&self) -> impl Iterator<Item = &str> {
        let pictures = self.cards.iter().map(|choice| &choice.card.picture);
        pictures.filter(|picture| picture.sent).map(|picture| picture.entry.as_str())
    }
}

/// What the computer stays with, as a person calls it.
pub(super) fn installed_name(state: &ServiceState, catalogs: Option<&HostCatalogs>) -> String {
    let entry = catalogs.and_then(|catalogs| {
        let offer = Offer::of(catalogs, &state.snapshot);
        offer.entries().find(|entry| offer.place(entry) == Place::RunsNow)
    });
    let booted = state.snapshot.booted();
    let named = entry.map(|entry| wording::catalog_text(&entry.name).to_owned());
    named.or_else(|| booted.and_then(|booted| booted.name.clone())).unwrap_or_else(|| gettext("This Computer’s System"))
}

fn is_elsewhere(offer: &Offer<'_>, entry: &CatalogEntry) -> bool {
    matches!(offer.place(entry), Place::Elsewhere | Place::MadeFrom)
}

/// What to ask for, where that is a switch that can be made and is allowed.
fn image(offer: &Offer<'_>, entry: &CatalogEntry) -> Option<String> {
    let reference = offer.catalogs.switch_to(entry, offer.host)?.reference;
    offer.refusal(&reference).is_none().then_some(reference)
}

fn choice(
    offer: &Offer<'_>,
    entry: &CatalogEntry,
    network: Network,
    chosen: Option<&ChosenDesktop>,
) -> Option<ChoiceCard> {
    let mut card = DesktopCard::of(entry, offer);
    if !network.is_connected() {
        // Translators: stands on a desktop that cannot be downloaded now.
        let needs = gettext("Needs a network connection");
        card.spoken = [card.spoken.as_str(), &needs].join("\n");
        card.forbidden = Some(needs);
    }
    let desktop = ChosenDesktop { entry: entry.id.clone(), name: card.name.clone(), image: image(offer, entry)? };
    card.chosen = Some(chosen.is_some_and(|chosen| chosen.entry == entry.id));
    Some(ChoiceCard { card, desktop: Some(desktop) })
}

/// The card of what runs, whether a catalog has it or not.
fn installed(state: &ServiceState, offer: &Offer<'_>, chosen: Option<&ChosenDesktop>) -> ChoiceCard {
    // Translators: stands on the desktop that the computer has already.
    let place = gettext("Installed");
    let entry = offer.entries().find(|entry| offer.place(entry) == Place::RunsNow);
    let mut card = entry.map_or_else(|| of_nobody(state), |entry| DesktopCard::of(entry, offer));
    card.forbidden = None;
    let spoken = [card.name.as_str(), &place, &card.summary];
    card.spoken = spoken.into_iter().filter(|words| !words.is_empty()).collect::<Vec<_>>().join("\n");
    card.place = Some(place);
    card.chosen = Some(chosen.is_none());
    ChoiceCard { card, desktop: None }
}

/// A card for what runs and is in no catalog.
fn of_nobody(state: &ServiceState) -> DesktopCard {
    let variant = state.snapshot.booted().and_then(|booted| booted.variant.as_deref()).unwrap_or_default();
    let desktop = variant.split_whitespace().next().map(str::to_lowercase);
    DesktopCard {
        picture: PicturePlace { entry: String::new(), sent: false, drawn: picture_of(desktop.as_deref()) },
        name: installed_name(state, None),
        summary: variant.to_owned(),
        place: None,
        status: None,
        forbidden: None,
        chosen: None,
        spoken: String::new(),
    }
}

fn nothing(state: &ServiceState) -> StatusView {
    StatusView {
        icon: Some("isotope-system-symbolic"),
        title: gettext("Nothing Else to Choose"),
        description: gettext(
            "No catalog has another desktop that this computer can switch to. It stays with {name}, and updates come for it.",
        )
        .replace("{name}", &installed_name(state, None)),
        button: None,
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;
    use isotope_model::SwitchPolicy;

    use super::super::super::test_states::{CATALOGS, catalogs, container_host, service};
    use super::*;

    fn state() -> ServiceState {
        service(container_host("ostree-unverified-registry:quay.io/lab/gnome:stable"))
    }

    fn there(here: Option<(&str, &str)>) -> Read<HostCatalogs> {
        Read::There(Arc::new(catalogs(&CATALOGS, here)))
    }

    fn cards(catalogs: &Read<HostCatalogs>, network: Network, all: bool) -> DesktopCards {
        match DesktopsStep::of(&state(), catalogs, network, None, all) {
            DesktopsStep::Cards(cards) => cards,
            DesktopsStep::Status(status) => unreachable!("{status:?}"),
        }
    }

    fn names(cards: &DesktopCards) -> Vec<&str> {
        cards.cards.iter().map(|choice| choice.card.name.as_str()).collect()
    }

    #[test]
    fn the_installed_one_comes_first_then_its_family_and_others_on_request() {
        let family = cards(&there(Some(("gnome", "stable"))), Network::Online, false);
        assert_eq!(names(&family), ["Lab GNOME", "Lab KDE"]);
        assert!(family.more && family.cards[0].card.chosen == Some(true) && family.cards[0].desktop.is_none());
        assert_eq!(family.cards[0].card.place.as_deref(), Some("Installed"));
        let kde = family.cards[1].desktop.as_ref().unwrap();
        assert!(kde.image.contains("quay.io/lab/kde:stable") && family.cards[1].card.chosen == Some(false));
        let all = cards(&there(Some(("gnome", "stable"))), Network::Online, true);
        assert_eq!(names(&all), ["Lab GNOME", "Lab KDE", "Other Sway"]);
        assert!(!all.more);
    }

    #[test]
    fn what_no_catalog_has_stays_all_the_same() {
        let unknown = cards(&there(None), Network::Online, false);
        assert_eq!(unknown.cards[0].card.name, "Lab Atomic Desktop");
        assert!(unknown.cards[0].card.chosen == Some(true) && !unknown.more && unknown.cards.len() > 2);
    }

    #[test]
    fn what_was_chosen_stays_chosen() {
        let kde = ChosenDesktop { entry: "kde".into(), name: "Lab KDE".into(), image: "x".into() };
        let here = there(Some(("gnome", "stable")));
        let DesktopsStep::Cards(cards) = DesktopsStep::of(&state(), &here, Network::Online, Some(&kde), false) else {
            unreachable!()
        };
        assert_eq!(
            cards.cards.iter().map(|choice| choice.card.chosen == Some(true)).collect::<Vec<_>>(),
            [false, true]
        );
    }

    #[test]
    fn without_a_network_others_are_seen_and_say_why_they_cannot_be_had() {
        let offline = cards(&there(Some(("gnome", "stable"))), Network::Offline, false);
        assert!(offline.note.is_some() && offline.cards[0].card.forbidden.is_none());
        assert_eq!(offline.cards[1].card.forbidden.as_deref(), Some("Needs a network connection"));
    }

    #[test]
    fn where_there_is_nothing_to_choose_that_is_said() {
        let title =
            |catalogs: Read<HostCatalogs>| match DesktopsStep::of(&state(), &catalogs, Network::Online, None, false) {
                DesktopsStep::Status(status) => status.title,
                DesktopsStep::Cards(cards) => unreachable!("{cards:?}"),
            };
        assert_eq!(title(Read::Waiting), "Loading…");
        assert_eq!(title(Read::There(Arc::new(catalogs(&[], None)))), "Nothing Else to Choose");
        let off = HostCatalogs { switching: SwitchPolicy::None, ..catalogs(&CATALOGS, None) };
        assert_eq!(title(Read::There(Arc::new(off))), "Switching Is Turned Off");
        assert_eq!(title(Read::Failed(Arc::new(ClientError::ServiceMissing))), "The Isotope service is not installed");
    }
}
