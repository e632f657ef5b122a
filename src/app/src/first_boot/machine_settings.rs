// SPDX-License-Identifier: GPL-3.0-or-later
use std::sync::Arc;

use isotope_client::Client;
use isotope_model::SettingsChange;
use relm4::Sender;

use super::FirstBootInput;

/// Sets the computer; the person may be asked for a password. What came of it is told.
pub(super) fn set(change: SettingsChange, input: &Sender<FirstBootInput>) {
    let input = input.clone();
    relm4::spawn(async move {
        let asked = async { Client::connect().await?.configure(&change).await };
        let result = asked.await.map_err(Arc::new);
        let _ = input.send(FirstBootInput::Set(result));
    });
}

/// Tells the computer that nobody is to be welcomed any more, where that can be done without a question: it would be one
/// that nobody expects. Where it cannot, other people are welcomed too.
pub(super) fn mark_finished(input: &Sender<FirstBootInput>) {
    let input = input.clone();
    relm4::spawn(async move {
        let change = SettingsChange { first_boot_finished: Some(true), ..SettingsChange::default() };
        let asked = async { Client::connect().await?.interactive(false).configure(&change).await };
        if let Err(error) = asked.await {
            tracing::info!("other people are welcomed too: {error}");
        }
        let _ = input.send(FirstBootInput::Marked);
    });
}
