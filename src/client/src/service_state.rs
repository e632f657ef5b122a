// SPDX-License-Identifier: GPL-3.0-or-later
use std::collections::BTreeMap;
use std::sync::Arc;

use isotope_model::{Capability, OperationKind, OperationStatus, Snapshot};
use zbus::zvariant::OwnedObjectPath;

/// Everything the service tells, as it stood at one moment; never changed, only replaced.
#[derive(Clone, Debug, Default)]
pub struct ServiceState {
    /// The host and its deployments.
    pub snapshot: Arc<Snapshot>,
    /// What can be done, and why not otherwise.
    pub capabilities: Arc<BTreeMap<OperationKind, Capability>>,
    /// The operation that runs, or the last one that was seen to end since this client looked on.
    pub operation: Option<Arc<OperationStatus>>,
    /// Where that operation is found on the bus.
    pub operation_path: Option<OwnedObjectPath>,
}

impl ServiceState {
    /// The operation that runs now.
    pub fn running(&self) -> Option<&OperationStatus> {
        self.operation.as_deref().filter(|operation| operation.outcome.is_none())
    }

    /// Whether something can be asked for now.
    pub fn can(&self, kind: OperationKind) -> bool {
        self.capabilities.get(&kind).is_some_and(|capability| capability.available)
    }
}
