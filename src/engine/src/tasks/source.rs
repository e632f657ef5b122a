// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ImageReference, Refusal};

use crate::ostree_backend::pull::Source;

/// The remote and branch of a reference that the ostree backend follows.
///
/// # Errors
/// It is of another kind.
pub(super) fn of_image(image: &ImageReference) -> Result<Source, Refusal> {
    match image {
        ImageReference::Ostree { remote, branch } => Ok(Source { remote: remote.clone(), branch: branch.clone() }),
        other => Err(Refusal::NoUpdateSource { reference: other.to_string() }),
    }
}
