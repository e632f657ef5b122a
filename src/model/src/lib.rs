// SPDX-License-Identifier: GPL-3.0-or-later
//! What all parts of Isotope agree on: hosts, deployments, operations, refusals, and how they travel.
//!
//! Nothing here touches a file, a bus, a network or a clock, so everything here can be tested with plain values.

mod capability;
mod deployment;
pub mod dictionary;
pub mod engine_protocol;
mod image_reference;
pub mod names;
mod operation;
mod progress;
mod refusal;
mod rollback_plan;
mod snapshot;
mod state_token;

pub use capability::{Capability, capabilities, update_source};
pub use deployment::{Deployment, DeploymentId, InvalidDeploymentId, classify};
pub use image_reference::{ImageReference, InvalidImageReference};
pub use operation::{CancelledWith, OperationKind, OperationStatus, Outcome, Starter};
pub use progress::{Phase, Progress, ProgressMeter};
pub use refusal::{Refusal, SignatureProblem};
pub use rollback_plan::RollbackPlan;
pub use snapshot::{AvailableUpdate, Backend, Host, Snapshot};
pub use state_token::StateToken;
