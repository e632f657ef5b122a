// SPDX-License-Identifier: GPL-3.0-or-later
//! Stands in for `bootc` 1.15 on the lab's machine.
//!
//! What it does to the sysroot is real: skopeo pulls, layers become commits, a merge commit is staged through libostree.
//! It knows the words of bootc that Isotope uses, and says what recordings of bootc say. On request it misbehaves.

mod arguments;
mod faults;
mod meter;
mod progress;
mod prune;
mod pull;
mod soft_reboot;
mod speaker;
mod stage;
mod status;
mod system;
mod verbs;

use std::process::ExitCode;

use bootc_stand_in::{importer, reference, stored_image};
use clap::Parser;

use crate::arguments::{Arguments, Verb};
use crate::faults::Faults;
use crate::speaker::Speaker;

fn main() -> ExitCode {
    let verb = Arguments::parse().verb;
    let faults = Faults::read(verb.name());
    let speaker = Speaker::new(faults);
    let result = match &verb {
        Verb::Status(options) => verbs::status(options, &speaker),
        Verb::Upgrade(options) => verbs::upgrade(options, &speaker),
        Verb::Switch(options) => verbs::switch(options, &speaker),
        Verb::Rollback(options) => verbs::rollback(options, &speaker),
        Verb::Install(options) => verbs::install(options, &speaker),
    };
    if let Err(error) = &result {
        speaker.complain(&format!("error: {error:#}"));
    }
    faults.at_the_end();
    if result.is_ok() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
