// SPDX-License-Identifier: GPL-3.0-or-later
use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Deployment;

/// Stands for one state of a host's deployments. Equal tokens mean that the same deployments stood in the same order
/// with the same marks, so that a change made meanwhile is noticed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StateToken(pub String);

impl StateToken {
    /// The token of these deployments, in this order.
    pub fn of(deployments: &[Deployment]) -> Self {
        let mut digest = Sha256::new();
        for deployment in deployments {
            let image = deployment.image.as_ref().map(ToString::to_string).unwrap_or_default();
            let marks = [deployment.booted, deployment.staged, deployment.pinned, deployment.finalization_locked];
            let automatic = deployment.automatic_pin;
            let layered = &deployment.layered;
            digest.update(format!("{}\n{image}\n{marks:?}\n{automatic:?}\n{layered:?}\n", deployment.id).as_bytes());
        }
        let mut text = String::new();
        for byte in digest.finalize().iter().take(16) {
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::deployment::tests::deployment;

    #[test]
    fn order_pins_and_members_change_the_token() {
        let (one, two) = (deployment('1'), deployment('2'));
        let pinned = Deployment { pinned: true, ..one.clone() };
        let automatic = Deployment { automatic_pin: Some(crate::AutomaticPin::default()), ..pinned.clone() };
        let tokens = [
            StateToken::of(&[]),
            StateToken::of(std::slice::from_ref(&one)),
            StateToken::of(&[one.clone(), two.clone()]),
            StateToken::of(&[two.clone(), one]),
            StateToken::of(&[pinned, two.clone()]),
            StateToken::of(&[automatic, two]),
        ];
        let different: std::collections::HashSet<_> = tokens.iter().collect();
        assert_eq!(different.len(), tokens.len());
    }
}
