// SPDX-License-Identifier: GPL-3.0-or-later
//! What app and command line say to a person, in the person's language: the same words in both.

mod backends;
mod boots;
mod catalogs;
mod client_errors;
mod explanation;
mod history;
mod images;
mod measures;
mod policy_example;
mod preflight;
mod refusals;
mod signatures;
mod steps;
mod trial;
mod trust;
mod trust_remedy;
mod weakening;

pub use backends::{backend_name, backend_reason};
pub use boots::boot;
pub use catalogs::{
    catalog_fault, catalog_place, catalog_text, cpu_baseline, desktop_name, outdated, stream_name, variant_status,
};
pub use client_errors::client_error;
pub use explanation::Explanation;
pub use history::recorded;
pub use images::{image_name, image_named};
pub use measures::{bytes, seconds_left};
pub use policy_example::{POLICY_FILE, PolicyExample, policy_example};
pub use preflight::{finding, severity};
pub use refusals::refusal;
pub use signatures::signature;
pub use steps::{available, operation, operation_name, outcome, phase, version, ways_back};
pub use trial::trial;
pub use trust::{trust, trust_label};
pub use trust_remedy::trust_remedy;
pub use weakening::weakened;
