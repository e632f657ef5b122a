// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{DeploymentId, Outcome, Phase, Trial};

use super::expect_deployment;
use crate::automatic_pin;
use crate::session::Session;

/// Decides that what was switched to is kept: from now on the way back goes in time. `expected` is the way back that the
/// person saw.
pub(crate) fn keep(session: &Session<'_>, expected: Option<&DeploymentId>) -> Outcome {
    session.change(|sysroot, before| {
        let deployment = Trial::of(before)?.before.id.clone();
        expect_deployment(expected, Some(&deployment))?;
        session.require_not_cancelled()?;
        session.reporter.phase(Phase::Pinning);
        automatic_pin::keep(sysroot, before, &deployment)?;
        Ok(Outcome::Kept { deployment })
    })
}
