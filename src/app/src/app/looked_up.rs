// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::HashMap;
use std::time::{Duration, Instant};

use isotope_model::{Preflight, StateToken};

use crate::helper_worker::Answer;
use crate::view_model::Read;

/// What a vendor publishes may be another image after that time.
const FRESH: Duration = Duration::from_secs(300);

/// What was found out about images that can be switched to, for one state of the deployments.
#[derive(Debug, Default)]
pub(super) struct LookedUp {
    token: StateToken,
    answers: HashMap<String, (Instant, Answer<Preflight>)>,
    waiting: Option<String>,
}

impl LookedUp {
    /// The deployments are in this state: what was found out for another one does not count any more.
    pub(super) fn see(&mut self, token: &StateToken) {
        if self.token != *token {
            *self = Self { token: token.clone(), ..Self::default() };
        }
    }

    /// What is known of this image.
    pub(super) fn answer(&self, image: &str) -> Option<&Answer<Preflight>> {
        self.answers.get(image).map(|(_, answer)| answer)
    }

    /// The same, if it was found out just now, and is more than why nothing was.
    pub(super) fn fresh(&self, image: &str) -> Option<&Answer<Preflight>> {
        let (when, answer) = self.answers.get(image)?;
        (when.elapsed() < FRESH && answer.is_ok()).then_some(answer)
    }

    /// A switch to this image is made: if it is refused, that was not all there is to know.
    pub(super) fn forget(&mut self, image: &str) {
        self.answers.remove(image);
    }

    /// The same, for what waits for it.
    pub(super) fn read(&self, image: &str) -> Read<Preflight> {
        self.answer(image).cloned().map(Read::from).unwrap_or_default()
    }

    /// The image that is being asked about.
    pub(super) fn waiting(&self) -> Option<&str> {
        self.waiting.as_deref()
    }

    /// This image is being asked about now, and no other.
    pub(super) fn ask(&mut self, image: &str) {
        self.answers.remove(image);
        self.waiting = Some(image.to_owned());
    }

    /// Nothing is being asked any more.
    pub(super) fn stop(&mut self) {
        self.waiting = None;
    }

    /// Takes an answer in.
    pub(super) fn hear(&mut self, image: Option<&str>, answer: &Answer<Preflight>) {
        if let Some(image) = image.filter(|image| self.waiting() == Some(image)) {
            self.answers.insert(image.to_owned(), (Instant::now(), answer.clone()));
            self.stop();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use isotope_client::ClientError;

    use super::*;

    fn failed() -> Answer<Preflight> {
        Err(Arc::new(ClientError::ServiceMissing))
    }

    #[test]
    fn an_answer_is_kept_for_the_image_that_was_asked_about_last() {
        let mut looked_up = LookedUp::default();
        looked_up.ask("a");
        looked_up.ask("b");
        looked_up.hear(Some("a"), &failed());
        looked_up.hear(None, &failed());
        assert!(looked_up.answer("a").is_none() && looked_up.waiting() == Some("b"));
        looked_up.hear(Some("b"), &failed());
        assert!(looked_up.read("b").failure().is_some() && looked_up.waiting().is_none());
        looked_up.ask("b");
        assert!(looked_up.answer("b").is_none(), "it is waited for once more");
        looked_up.hear(Some("b"), &failed());
        assert!(looked_up.fresh("b").is_none(), "why nothing was found out is no answer to build on");
        looked_up.forget("b");
        assert!(looked_up.answer("b").is_none(), "after a switch it is looked at anew");
    }

    #[test]
    fn what_was_found_for_another_state_is_forgotten() {
        let mut looked_up = LookedUp::default();
        looked_up.ask("a");
        looked_up.hear(Some("a"), &failed());
        looked_up.see(&StateToken::default());
        assert!(looked_up.answer("a").is_some());
        looked_up.see(&StateToken("2".into()));
        assert!(looked_up.answer("a").is_none());
    }
}
