// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::Refusal;
use isotope_model::catalog::Stream;

use super::super::offer::{Offer, not_allowed};
use super::Shown;

/// A stream that can be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StreamLine {
    /// Its id.
    pub(crate) id: String,
    /// What it is called.
    pub(crate) title: String,
    /// What can be expected of it, and whether it runs.
    pub(crate) subtitle: String,
    /// It is the one that the page is about.
    pub(crate) chosen: bool,
}

/// The streams, where there is a choice.
pub(super) fn lines(shown: &Shown<'_>) -> Vec<StreamLine> {
    if shown.streams.len() < 2 {
        return Vec::new();
    }
    let line = |(place, (stream, reference)): (usize, &(&Stream, String))| {
        let words = [stability(stream), mark(reference, &shown.offer)];
        let words: Vec<_> = words.into_iter().flatten().collect();
        StreamLine {
            id: stream.id.clone(),
            title: wording::stream_name(stream),
            subtitle: words.join(" · "),
            chosen: shown.chosen == Some(place),
        }
    };
    shown.streams.iter().enumerate().map(line).collect()
}

/// What can be expected of it, where its name does not say that already.
fn stability(stream: &Stream) -> Option<String> {
    let unnamed = Stream { label: None, id: String::new(), ..stream.clone() };
    let words = wording::stream_name(&unnamed);
    (!words.is_empty() && words != wording::stream_name(stream)).then_some(words)
}

fn mark(reference: &str, offer: &Offer<'_>) -> Option<String> {
    if offer.runs(reference) {
        return Some(gettext("Running now"));
    }
    match offer.refusal(reference)? {
        Refusal::AlreadyFollowed { .. } => Some(gettext("Starts after a restart")),
        Refusal::SwitchForbidden { .. } => Some(not_allowed()),
        _ => None,
    }
}
