// SPDX-License-Identifier: GPL-3.0-or-later
//! The verbs of the command line that take much.

mod create;
mod publish;

pub(crate) use self::create::Create;
pub(crate) use self::publish::Publish;
