// SPDX-License-Identifier: GPL-3.0-or-later
//! What app and command line say to a person, in the person's language: the same words in both.

mod measures;
mod refusals;
mod steps;

pub use measures::{bytes, seconds_left};
pub use refusals::{Explanation, client_error, refusal};
pub use steps::{available, operation, outcome, phase, version};
