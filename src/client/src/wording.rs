// SPDX-License-Identifier: GPL-3.0-or-later
//! What app and command line say to a person, in the person's language: the same words in both.

mod backends;
mod boots;
mod history;
mod measures;
mod refusals;
mod signatures;
mod steps;

pub use backends::{backend_name, backend_reason};
pub use boots::boot;
pub use history::recorded;
pub use measures::{bytes, seconds_left};
pub use refusals::{Explanation, client_error, refusal};
pub use signatures::signature;
pub use steps::{available, operation, operation_name, outcome, phase, version};
