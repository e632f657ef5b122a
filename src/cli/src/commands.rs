// SPDX-License-Identifier: GPL-3.0-or-later
//! One file for each command; what they have in common stands beside this one.

pub(crate) mod automatic;
pub(crate) mod cancel;
pub(crate) mod catalog;
pub(crate) mod changes;
pub(crate) mod check;
pub(crate) mod clean_up;
pub(crate) mod completions;
pub(crate) mod config_diff;
pub(crate) mod deploy;
pub(crate) mod discard;
pub(crate) mod go_back;
pub(crate) mod history;
pub(crate) mod inspect;
pub(crate) mod keep;
pub(crate) mod pin;
pub(crate) mod preflight;
pub(crate) mod remove;
pub(crate) mod restart;
pub(crate) mod rollback;
pub(crate) mod set_default;
pub(crate) mod settings;
pub(crate) mod show;
pub(crate) mod status;
pub(crate) mod switch;
pub(crate) mod trust;
pub(crate) mod update;
pub(crate) mod versions;
pub(crate) mod watch;

use isotope_client::ClientError;
use isotope_model::{OperationKind, Refusal, Snapshot, possible};

/// What takes care of this host's images has such a thing at all. Whether it can be done with the deployment that was
/// chosen is another question.
///
/// # Errors
/// [`Refusal::NotWithBackend`].
fn offered(kind: OperationKind, snapshot: &Snapshot) -> Result<(), ClientError> {
    match possible(kind, snapshot) {
        Err(refusal @ Refusal::NotWithBackend { .. }) => Err(ClientError::Refused(refusal)),
        _ => Ok(()),
    }
}
