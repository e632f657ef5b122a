// SPDX-License-Identifier: GPL-3.0-or-later
use crate::bootc_backend::stored_images;
use crate::failure::Failure;
use crate::ostree_backend::refs;
use crate::sysroot;

/// The digests of the layers of container images that the repository keeps, deployed or not.
///
/// # Errors
/// The repository cannot be read, or this host keeps them elsewhere.
pub(crate) fn read() -> Result<Vec<String>, Failure> {
    let refs = refs::read(&sysroot::open()?.repo())?;
    Ok(refs.layers.iter().filter_map(|layer| stored_images::layer_digest(&layer.name)).collect())
}
