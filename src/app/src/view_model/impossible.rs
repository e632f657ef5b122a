// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ServiceState;
use isotope_model::{OperationKind, Refusal};

/// Why nothing of this kind can be done on this host.
pub(crate) fn impossible(state: &ServiceState, kind: OperationKind) -> Option<Refusal> {
    match state.capabilities.get(&kind) {
        Some(capability) if capability.available => None,
        Some(capability) => Some(capability.reason.clone().unwrap_or(Refusal::Unknown)),
        None => Some(Refusal::Unknown),
    }
}
