// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::catalog::{RecognisedFrom, Status, Stream, recognise_image};
use isotope_model::{CatalogEntry, Deployment, HostCatalogs, Refusal, Snapshot, check_switch, resolve_image};

use super::names::capitalised;

/// What the catalogs are to this computer.
#[derive(Clone, Debug)]
pub(super) struct Offer<'a> {
    /// They.
    pub(super) catalogs: &'a HostCatalogs,
    /// The computer.
    pub(super) host: &'a Snapshot,
    /// The entry that the next restart brings, where that is another image than the one that runs.
    next: Option<String>,
}

/// How an entry stands to what this computer runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It runs now.
    RunsNow,
    /// It starts after a restart.
    AfterRestart,
    /// What runs now is made from it.
    MadeFrom,
    /// It is something else.
    Elsewhere,
}

impl Place {
    /// In a word or two.
    pub(super) fn words(self) -> Option<String> {
        match self {
            Self::RunsNow => Some(gettext("Running now")),
            Self::AfterRestart => Some(gettext("Starts after a restart")),
            // Translators: stands beside a desktop that somebody’s own image, which runs now, is made from.
            Self::MadeFrom => Some(gettext("Yours is made from it")),
            Self::Elsewhere => None,
        }
    }
}

impl<'a> Offer<'a> {
    /// These catalogs on this computer.
    pub(super) fn of(catalogs: &'a HostCatalogs, host: &'a Snapshot) -> Self {
        let image = |deployment: Option<&'a Deployment>| deployment.and_then(|one| one.image.as_ref());
        let next = image(host.next()).filter(|next| Some(*next) != image(host.booted()));
        let next = next.and_then(|next| recognise_image(&catalogs.catalogs, next)).map(|next| next.entry);
        Self { catalogs, host, next }
    }

    /// Where this entry is.
    pub(super) fn place(&self, entry: &CatalogEntry) -> Place {
        let here = self.catalogs.here.as_ref().filter(|here| here.entry == entry.id);
        match here.map(|here| here.from) {
            Some(RecognisedFrom::OsRelease) => Place::MadeFrom,
            Some(_) => Place::RunsNow,
            None if self.next.as_ref() == Some(&entry.id) => Place::AfterRestart,
            None => Place::Elsewhere,
        }
    }

    /// What is worth showing: what this computer can follow and is offered, and what it runs.
    pub(super) fn entries(&self) -> impl Iterator<Item = &'a CatalogEntry> {
        let running = self.catalogs.running().map(|entry| entry.id.as_str());
        self.catalogs.catalogs.entries.iter().filter(move |entry| {
            running == Some(entry.id.as_str()) || (entry.is_offered() && self.catalogs.is_for(entry, self.host))
        })
    }

    /// The streams that this computer can follow, each with what to ask for.
    pub(super) fn streams(&self, entry: &'a CatalogEntry) -> Vec<(&'a Stream, String)> {
        let streams = entry.streams.iter().filter(|_| entry.is_for(&self.catalogs.architecture));
        streams.filter_map(|stream| Some((stream, self.catalogs.reference(entry, stream, self.host)?))).collect()
    }

    /// Why an entry cannot be switched to, in a few words; what runs can be looked at in any case.
    pub(super) fn forbidden(&self, entry: &'a CatalogEntry) -> Option<String> {
        let streams = self.streams(entry);
        let allowed = streams.iter().any(|(_, reference)| self.allows(reference));
        (self.place(entry) != Place::RunsNow && !streams.is_empty() && !allowed).then(not_allowed)
    }

    fn allows(&self, reference: &str) -> bool {
        resolve_image(self.host, reference).is_ok_and(|image| self.catalogs.switching.allows(&image))
    }

    /// Why this computer cannot switch to it: it runs already, the administrator does not allow it, …
    pub(super) fn refusal(&self, reference: &str) -> Option<Refusal> {
        let image = match resolve_image(self.host, reference) {
            Ok(image) => image,
            Err(refusal) => return Some(refusal),
        };
        let forbidden = || Refusal::SwitchForbidden { reference: reference.to_owned() };
        let refusal = check_switch(self.host, &image).err();
        refusal.or_else(|| (!self.catalogs.switching.allows(&image)).then(forbidden))
    }

    /// It is what runs now.
    pub(super) fn runs(&self, reference: &str) -> bool {
        let runs = self.host.booted().and_then(|booted| booted.image.as_ref());
        resolve_image(self.host, reference).is_ok_and(|image| Some(&image) == runs)
    }

    /// How it stands with an entry, in a few words.
    pub(super) fn status(&self, entry: &CatalogEntry) -> Option<String> {
        wording::variant_status(entry, &self.catalogs.catalogs).map(|words| capitalised(&words))
    }
}

/// What stands beside what the administrator does not allow.
pub(super) fn not_allowed() -> String {
    gettext("Not allowed by the administrator")
}

/// That an entry is not looked after as others are, in a word.
pub(super) fn short_status(status: Status) -> Option<String> {
    match status {
        Status::Active | Status::Unknown => None,
        // Translators: nobody promises that this desktop works, or that it stays.
        Status::Experimental => Some(gettext("Experimental")),
        // Translators: a desktop that is still published, but to be given up.
        Status::Deprecated => Some(gettext("Deprecated")),
        // Translators: a desktop that is published no more.
        Status::Discontinued => Some(gettext("Discontinued")),
    }
}
