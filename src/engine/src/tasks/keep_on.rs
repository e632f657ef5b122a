// SPDX-License-Identifier: GPL-3.0-or-later
use std::convert::Infallible;

use isotope_model::Phase;
use tokio::sync::watch::Receiver;

use crate::inhibitor::{Against, inhibit};

/// Keeps the computer from sleeping while another program pulls, and from shutting down once that writes a deployment, which
/// begins with the phase `from`.
pub(super) async fn keep_on(bus: &zbus::Connection, mut phase: Receiver<Phase>, from: Phase) -> Infallible {
    let _awake = inhibit(bus, Against::Sleep).await;
    // The look at the phase ends here: for as long as it is kept, the next phase cannot be told.
    let come = phase.wait_for(|phase| *phase >= from).await.is_ok();
    let _on = if come { inhibit(bus, Against::Shutdown).await } else { None };
    std::future::pending().await
}
