// SPDX-License-Identifier: GPL-3.0-or-later
//! What app and command line say to a person, in the person's language: the same words in both.

mod automatic;
mod backends;
mod boots;
mod catalogs;
mod client_errors;
mod explanation;
pub(crate) mod foreign;
mod history;
mod images;
mod layered;
mod lists;
mod measures;
mod packages;
mod policy_example;
mod preflight;
mod refusals;
mod restarting;
mod signatures;
mod steps;
mod trial;
mod trust;
mod trust_remedy;
mod weakening;

pub use automatic::{
    automatic_mode, automatic_mode_explained, automatic_updater, automatic_updates, left_to, nothing_by_itself,
    update_driver,
};
pub use backends::{backend_name, backend_reason};
pub use boots::boot;
pub use catalogs::{
    catalog_fault, catalog_place, catalog_text, cpu_baseline, desktop_name, outdated, stream_name, variant_status,
};
pub use client_errors::{client_error, versions_of_the_interface};
pub use explanation::Explanation;
pub use foreign::{operation_titled, starter};
pub use history::recorded;
pub use images::{image_name, image_named};
pub use layered::{layered, layered_in_full, tampered};
pub use lists::plural;
pub use measures::{bytes, seconds_left, with_tenths};
pub use packages::{advisories, advisory, advisory_numbers, package_lists, package_numbers, packages};
pub use policy_example::{POLICY_FILE, PolicyExample, policy_example};
pub use preflight::{finding, severity};
pub use refusals::refusal;
pub use restarting::{inhibitor, other_session, restart_refused};
pub use signatures::signature;
pub use steps::{available, layer, operation, operation_name, outcome, phase, version, ways_back};
pub use trial::trial;
pub use trust::{trust, trust_label};
pub use trust_remedy::trust_remedy;
pub use weakening::weakened;
