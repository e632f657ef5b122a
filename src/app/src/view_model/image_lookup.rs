// SPDX-License-Identifier: GPL-3.0-or-later
mod lines;

use std::sync::Arc;

use isotope_client::ClientError;
use isotope_model::{ImagePreview, Trust};

pub(super) use self::lines::to_download;
use super::readings::Read;
use crate::helper_worker::{Found, Reading};

/// What was found out about the image that was named so far. What is heard of another one is not taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct ImageLookup {
    image: String,
    trust: Option<Read<Trust>>,
    preview: Option<Read<ImagePreview>>,
    looking: bool,
}

impl ImageLookup {
    /// This image is named now; of another one nothing is known any more. Returns whether it is another one.
    pub(crate) fn name(&mut self, image: &str) -> bool {
        let another = self.image != image;
        if another {
            *self = Self { image: image.to_owned(), ..Self::default() };
        }
        another
    }

    /// Asks who vouches for the image, unless that was asked before.
    pub(crate) fn ask_trust(&mut self) -> Option<Reading> {
        if self.image.is_empty() || matches!(self.trust, Some(Read::Waiting | Read::There(_))) {
            return None;
        }
        self.trust = Some(Read::Waiting);
        Some(Reading::Trust(self.image.clone()))
    }

    /// Asks the registry for everything, unless that is being asked. What it told before stands until it answers.
    pub(crate) fn ask_preview(&mut self) -> Option<Reading> {
        if self.image.is_empty() || self.looking {
            return None;
        }
        self.looking = true;
        if !matches!(self.preview, Some(Read::There(_))) {
            self.preview = Some(Read::Waiting);
        }
        Some(Reading::Preview(self.image.clone()))
    }

    /// Takes an answer in; returns whether it is one about this image.
    pub(crate) fn hear(&mut self, found: &Found) -> bool {
        match found {
            Found::Trust(image, answer) if *image == self.image && self.trust.is_some() => {
                self.trust = Some(answer.clone().into());
            }
            Found::Preview(image, answer) if *image == self.image && self.looking => {
                self.looking = false;
                self.preview = Some(answer.clone().into());
            }
            _ => return false,
        }
        true
    }

    /// The image that is named.
    pub(crate) fn image(&self) -> &str {
        &self.image
    }

    /// What the registry tells of it, where that was asked and answered.
    fn seen(&self) -> Option<&ImagePreview> {
        self.preview.as_ref().and_then(Read::there)
    }

    fn preview_failure(&self) -> Option<&ClientError> {
        self.preview.as_ref().and_then(Read::failure)
    }

    /// Who vouches for it: the registry’s answer knows more than the rules alone.
    fn known_trust(&self) -> Read<Trust> {
        match self.seen() {
            Some(preview) => Read::There(Arc::new(preview.trust.clone())),
            None => self.trust.clone().unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::TrustState;

    use super::super::test_states::{preview, trust};
    use super::*;

    const KDE: &str = "quay.io/lab/kde:stable";

    fn of_kde() -> Trust {
        trust("ostree-unverified-registry:quay.io/lab/kde:stable", TrustState::Unchecked)
    }

    #[test]
    fn an_answer_about_an_older_text_is_not_taken() {
        let mut lookup = ImageLookup::default();
        assert!(lookup.ask_trust().is_none() && lookup.ask_preview().is_none(), "nothing is named yet");
        assert!(lookup.name(KDE) && !lookup.name(KDE));
        assert_eq!(lookup.ask_trust(), Some(Reading::Trust(KDE.into())));
        assert_eq!(lookup.ask_preview(), Some(Reading::Preview(KDE.into())));
        assert!(lookup.ask_trust().is_none() && lookup.ask_preview().is_none(), "both are being asked");
        lookup.name("quay.io/lab/gnome:stable");
        assert!(!lookup.hear(&Found::Trust(KDE.into(), Ok(Arc::new(of_kde())))));
        assert!(!lookup.hear(&Found::Preview(KDE.into(), Ok(Arc::new(preview(of_kde()))))));
        // Also when the same text stands there again.
        lookup.name(KDE);
        assert!(!lookup.hear(&Found::Preview(KDE.into(), Ok(Arc::new(preview(of_kde()))))));
        assert!(lookup.image() == KDE && lookup.seen().is_none());
    }

    #[test]
    fn what_was_seen_stands_until_another_image_is_named() {
        let mut lookup = ImageLookup::default();
        lookup.name(KDE);
        lookup.ask_preview();
        assert!(lookup.hear(&Found::Preview(KDE.into(), Ok(Arc::new(preview(of_kde()))))));
        assert!(lookup.seen().is_some() && lookup.ask_preview().is_some());
        assert!(lookup.seen().is_some(), "also while the registry is asked again");
        lookup.name("quay.io/lab/kde:testing");
        assert!(lookup.seen().is_none());
    }

    #[test]
    fn what_failed_can_be_asked_again() {
        let mut lookup = ImageLookup::default();
        lookup.name(KDE);
        lookup.ask_preview();
        assert!(lookup.hear(&Found::Preview(KDE.into(), Err(Arc::new(ClientError::ServiceMissing)))));
        assert!(lookup.preview_failure().is_some() && lookup.ask_preview().is_some());
    }
}
