// SPDX-License-Identifier: GPL-3.0-or-later
//! The page of a variant: what it is, and what switching to one of its streams would bring.

mod facts;
mod streams;

use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::catalog::Stream;
use isotope_model::{CatalogEntry, HostCatalogs, Preflight, Refusal};

pub(crate) use self::streams::StreamLine;
use super::offer::Offer;
use super::readings::Read;
use super::{Calendar, Line, LineGroup, PicturePlace};

/// Which variant a page shows, and which of its streams was chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariantChoice {
    /// The id of the entry.
    pub(crate) entry: String,
    /// The id of the stream, where the person has chosen one.
    pub(crate) stream: Option<String>,
}

/// The one button of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariantButton {
    /// What stands on it, with a mnemonic.
    pub(crate) label: String,
    /// It can be pressed.
    pub(crate) sensitive: bool,
    /// Why it cannot.
    pub(crate) reason: Option<String>,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct VariantView {
    /// The picture.
    pub(crate) picture: PicturePlace,
    /// What it is called.
    pub(crate) name: String,
    /// Who publishes it.
    pub(crate) vendor: String,
    /// What it is, in a sentence.
    pub(crate) summary: String,
    /// How it stands with it, where there is something to say about that.
    pub(crate) status: Option<String>,
    /// The button.
    pub(crate) button: VariantButton,
    /// Its streams, where there are several.
    pub(crate) streams: Vec<StreamLine>,
    /// What is known.
    pub(crate) groups: Vec<LineGroup>,
}

/// What the page is about, found in the catalogs.
struct Shown<'a> {
    offer: Offer<'a>,
    entry: &'a CatalogEntry,
    /// The streams that can be followed here, each with what to ask for.
    streams: Vec<(&'a Stream, String)>,
    /// Which of them is chosen.
    chosen: Option<usize>,
}

impl<'a> Shown<'a> {
    fn of(choice: &VariantChoice, state: &'a ServiceState, catalogs: &'a HostCatalogs) -> Option<Self> {
        let offer = Offer::of(catalogs, &state.snapshot);
        let entry = catalogs.catalogs.entry(&choice.entry)?;
        let streams = offer.streams(entry);
        let place = |id: &str| streams.iter().position(|(stream, _)| stream.id == id);
        let runs = || streams.iter().position(|(_, reference)| offer.runs(reference));
        let offered = || catalogs.switch_to(entry, offer.host).and_then(|to| place(&to.stream.id));
        let chosen = choice.stream.as_deref().and_then(place).or_else(runs).or_else(offered);
        let chosen = chosen.or((!streams.is_empty()).then_some(0));
        Some(Self { offer, entry, streams, chosen })
    }

    /// What to ask for.
    fn reference(&self) -> Option<&str> {
        self.streams.get(self.chosen?).map(|(_, reference)| reference.as_str())
    }

    /// Why that cannot be switched to.
    fn refusal(&self) -> Option<Refusal> {
        match self.reference() {
            Some(reference) => self.offer.refusal(reference),
            None => Some(Refusal::Unknown),
        }
    }

    /// That is what runs now.
    fn runs(&self) -> bool {
        self.reference().is_some_and(|reference| self.offer.runs(reference))
    }
}

impl VariantChoice {
    /// The image that the page asks about, or switches to: nothing where that is no switch, or is not allowed.
    pub(crate) fn wanted(&self, state: &ServiceState, catalogs: &HostCatalogs) -> Option<String> {
        let shown = Shown::of(self, state, catalogs)?;
        shown.reference().filter(|_| shown.refusal().is_none()).map(ToOwned::to_owned)
    }
}

impl VariantView {
    /// What to show of this variant, of which this was found out; nothing where no catalog has it any more.
    pub(crate) fn of(
        choice: &VariantChoice,
        state: &ServiceState,
        catalogs: &HostCatalogs,
        preflight: &Read<Preflight>,
        idle: bool,
        calendar: &Calendar,
    ) -> Option<Self> {
        let shown = Shown::of(choice, state, catalogs)?;
        let (entry, refusal) = (shown.entry, shown.refusal());
        let words = [shown.offer.place(entry).words(), shown.offer.status(entry)];
        let words: Vec<_> = words.into_iter().flatten().collect();
        let known = match refusal {
            Some(_) => facts::here(&shown),
            None => facts::known(preflight, calendar),
        };
        let mut groups = vec![known, facts::about(entry, calendar)];
        groups.retain(|group| !group.lines.is_empty());
        Some(Self {
            picture: PicturePlace::of(entry),
            name: wording::catalog_text(&entry.name).to_owned(),
            vendor: entry.vendor.name.clone(),
            summary: entry.summary.as_ref().map(wording::catalog_text).unwrap_or_default().to_owned(),
            status: (!words.is_empty()).then(|| words.join(" · ")),
            button: button(&shown, refusal.as_ref(), idle),
            streams: streams::lines(&shown),
            groups,
        })
    }

    /// What a person calls it, with the stream where there are several.
    pub(crate) fn full_name(&self) -> String {
        match self.streams.iter().find(|stream| stream.chosen) {
            // Translators: a desktop and one of the lines of versions that it can be followed in, as in "KDE (Testing)".
            Some(stream) => {
                gettext("{name} ({stream})").replace("{stream}", &stream.title).replace("{name}", &self.name)
            }
            None => self.name.clone(),
        }
    }

    /// What an answer that has just come in says, to be read out.
    pub(crate) fn spoken_since(&self, before: &Self) -> Option<String> {
        let spoken = |view: &Self| -> Vec<String> {
            view.groups.iter().flat_map(|group| &group.lines).map(Line::spoken).collect()
        };
        let known = spoken(before);
        let new: Vec<_> = spoken(self).into_iter().filter(|line| !known.contains(line)).collect();
        (!new.is_empty()).then(|| new.join("\n"))
    }
}

fn button(shown: &Shown<'_>, refusal: Option<&Refusal>, idle: bool) -> VariantButton {
    let barred = |label: String, reason: Option<String>| VariantButton { label, sensitive: false, reason };
    let switch = || gettext("_Switch…");
    match refusal {
        // Translators: stands on a button that cannot be pressed.
        Some(Refusal::AlreadyFollowed { .. }) if shown.runs() => barred(gettext("You Run This"), None),
        // Translators: stands on a button that cannot be pressed.
        Some(Refusal::AlreadyFollowed { .. }) => barred(gettext("Starts After a Restart"), None),
        Some(_) if shown.reference().is_none() => {
            barred(switch(), Some(gettext("There is nothing of it that this computer could follow.")))
        }
        Some(refusal) => barred(switch(), Some(wording::refusal(refusal).what)),
        None if !idle => barred(switch(), Some(gettext("Something else is being done to the system."))),
        None => VariantButton { label: switch(), sensitive: true, reason: None },
    }
}

#[cfg(test)]
mod tests;
