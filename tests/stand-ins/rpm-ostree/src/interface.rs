// SPDX-License-Identifier: GPL-3.0-or-later
//! The objects on the system bus.

mod experimental;
mod os;
mod queries;
mod sysroot;

pub(crate) use experimental::ExperimentalInterface;
pub(crate) use os::OsInterface;
pub(crate) use sysroot::SysrootInterface;

use zbus::message::Header;

use crate::failure::{Code, Failure};
use crate::faults::{Fault, Faults};

/// Who calls. Takes its time if the lab wants that.
async fn sender(header: &Header<'_>) -> Result<String, Failure> {
    tokio::time::sleep(Faults::read().delay(Fault::AnswersLate)).await;
    let sender = header.sender().map(|sender| sender.to_string());
    sender.ok_or_else(|| Failure::coded(Code::Failed, "The message has no sender"))
}
