// SPDX-License-Identifier: GPL-3.0-or-later
//! What the end-to-end tests stand on: a computer in the lab, people on it, and questions to its sysroot.

mod computer;
mod person;

pub use computer::{Computer, FIRST_VERSION, Running, Staged};
pub use person::{Agent, Answer, Call, Person};
