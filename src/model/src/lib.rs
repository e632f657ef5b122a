// SPDX-License-Identifier: GPL-3.0-or-later
//! What all parts of Isotope agree on: hosts, deployments, operations, refusals, and how they travel.
//!
//! Nothing here touches a file, a bus, a network or a clock, so everything here can be tested with plain values.

mod backend;
mod boot;
mod boot_order_plan;
mod capability;
pub mod catalog;
mod clock;
mod configuration_changes;
mod container_name;
mod container_reference;
mod deployment;
mod deployment_details;
mod deployment_rules;
pub mod dictionary;
mod disk_usage;
pub mod engine_protocol;
mod history;
mod image_preview;
mod image_reference;
mod layered;
pub mod lookup_protocol;
pub mod names;
mod newer;
mod operation;
mod os_release;
mod package_changes;
mod preflight;
mod processor;
mod progress;
mod refusal;
mod rollback_plan;
mod settings;
mod snapshot;
mod state_token;
mod trial;
mod trust;
mod verification_path;
mod weakening;

pub use backend::{Backend, BackendFacts, BackendReason, choose_backend};
pub use boot::{BootEvidence, BootExpectation, BootRecord, BootVerdict, ExpectedBecause, judge_boot};
pub use boot_order_plan::BootOrderPlan;
pub use capability::{
    Capability, capabilities, check_switch, check_switch_or_reset, followed_deployment, layered_effect, only_resets,
    possible, registry_image, resolve_image, update_source,
};
pub use catalog::{Catalog, CatalogEntry, CatalogError, CatalogFault, Catalogs, HostCatalogs, SwitchPolicy};
pub use clock::require_plausible_clock;
pub use configuration_changes::{Change, ConfigurationChange, ConfigurationChanges};
pub use container_name::is_digest;
pub use container_reference::{
    ContainerReference, ContainerTarget, InvalidContainerReference, Transport, Verification,
};
pub use deployment::{Deployment, DeploymentId, InvalidDeploymentId, classify};
pub use deployment_details::{DeploymentDetails, Signature, SignatureState};
pub use deployment_rules::check_target;
pub use disk_usage::{DeploymentUsage, DiskUsage, Space};
pub use history::{HistoryEntry, OperationRecord};
pub use image_preview::ImagePreview;
pub use image_reference::{ImageReference, InvalidImageReference};
pub use layered::{Layered, LayeredEffect, Unlocked};
pub use newer::require_newer;
pub use operation::{CancelledWith, OperationKind, OperationStatus, Outcome, PublishedVersion, Starter, UpdateMode};
pub use os_release::OsRelease;
pub use package_changes::{Advisory, AdvisoryKind, AdvisoryReference, AdvisorySeverity, PackageChange, PackageChanges};
pub use preflight::{
    BootRoom, BrokenLink, Concern, Finding, HostFacts, Preflight, PublishedCommit, Severity, SwitchFacts, TreeFacts,
};
pub use processor::Processor;
pub use progress::{Phase, Progress, ProgressMeter};
pub use refusal::{Protection, Refusal, SignatureProblem};
pub use rollback_plan::RollbackPlan;
pub use settings::{AutomaticMode, InvalidSettings, Settings, SettingsChange};
pub use snapshot::{AutomaticUpdater, AutomaticUpdates, AvailableUpdate, Host, Snapshot, UpdateDriver};
pub use state_token::StateToken;
pub use trial::{AutomaticPin, Trial, way_back};
pub use trust::{Trust, TrustKey, TrustProblem, TrustState};
pub use verification_path::{RuleChange, Standing, VerificationPath, Write, strict_form};
pub use weakening::Weakening;
