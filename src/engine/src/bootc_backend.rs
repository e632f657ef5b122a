// SPDX-License-Identifier: GPL-3.0-or-later
//! bootc as the one that pulls and stages, for deployments that follow a container image. It has no interface but its
//! command line: this runs it, reads what it says, and asks it for nothing that libostree tells without its lock.

pub(crate) mod bounded_output;
pub(crate) mod command;
pub(crate) mod composefs;
pub(crate) mod errors;
pub(crate) mod features;
pub(crate) mod image;
pub(crate) mod image_facts;
pub(crate) mod merge_commit;
pub(crate) mod output;
pub(crate) mod program;
pub(crate) mod progress;
pub(crate) mod progress_lines;
#[cfg(test)]
mod recordings;
pub(crate) mod runner;
pub(crate) mod size;
pub(crate) mod status;
pub(crate) mod stored_images;
pub(crate) mod watch;
