// SPDX-License-Identifier: GPL-3.0-or-later
use std::time::Duration;

use isotope_model::engine_protocol::{Order, Reply};
use isotope_model::{HostFacts, Refusal};

use crate::engine_link::EngineLink;
use crate::places::Place;
use crate::service_error::ServiceError;

/// An engine that nobody waits for any more ends within this time.
const ENDS_WITHIN: Duration = Duration::from_secs(60);

/// An engine that looks at an image. Its place is taken until it has ended, also when nobody waits for it any more.
#[derive(Debug)]
pub(super) struct LookingEngine {
    engine: Option<(EngineLink, Place)>,
}

impl LookingEngine {
    /// One that waits for the order to proceed.
    pub(super) fn new(engine: EngineLink, place: Place) -> Self {
        Self { engine: Some((engine, place)) }
    }

    /// What it finds.
    ///
    /// # Errors
    /// What it refuses with; it was lost.
    pub(super) async fn facts(&mut self) -> Result<HostFacts, ServiceError> {
        let lost = |detail: String| ServiceError::from(Refusal::WorkerLost { detail });
        let Some((engine, _)) = &mut self.engine else { return Err(lost("asked twice".into())) };
        engine.orders.give(Order::Proceed).await;
        loop {
            match engine.replies.next().await? {
                Some(Reply::Preflight(facts)) => return Ok(*facts),
                Some(Reply::Progress(_)) => {}
                Some(Reply::Refused(refusal)) => return Err(refusal.into()),
                other => return Err(lost(format!("{other:?}"))),
            }
        }
    }
}

impl Drop for LookingEngine {
    fn drop(&mut self) {
        let Some((engine, place)) = self.engine.take() else { return };
        let EngineLink { mut replies, orders } = engine;
        // The end of file is a cancel.
        drop(orders);
        tokio::spawn(async move {
            let end = async { while matches!(replies.next().await, Ok(Some(_))) {} };
            let _ = tokio::time::timeout(ENDS_WITHIN, end).await;
            drop(place);
        });
    }
}
