// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase};

use super::super::remove;
use super::run::{End, Run};
use crate::free_space::Measurement;
use crate::rpm_ostree_backend::transaction::Call;
use crate::session::Session;

/// Removes what no deployment needs, and then what rpm-ostree keeps for itself.
pub(crate) fn clean_up(session: &Session<'_>) -> Outcome {
    let measurement = Measurement::begin();
    let cleaned = remove::clean_up(session);
    if !matches!(cleaned, Outcome::CleanedUp { .. }) {
        return cleaned;
    }
    session.reporter.phase(Phase::CleaningUp);
    let run = Run { call: Call::CleanUp, reference: "", expected: None };
    // The first half is done: that the other is not is no failure of the whole, and the next clean-up does it.
    let ended = loop {
        if let Some(ended) = run.follow(session).transpose() {
            break ended;
        }
    };
    match ended {
        Ok(End { refusal: None, .. }) => {}
        Ok(End { refusal: Some(refusal), .. }) => tracing::warn!("rpm-ostree did not clean up: {refusal}"),
        Err(failure) => tracing::warn!("rpm-ostree did not clean up: {failure:?}"),
    }
    Outcome::CleanedUp { freed_bytes: measurement.freed() }
}
