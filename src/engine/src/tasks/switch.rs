// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{BootOrderPlan, ImageReference, Outcome, Phase, Refusal, Snapshot};
use ostree::Sysroot;

use super::boot_order;
use super::new_deployment::{NewDeployment, expect_image};
use super::source;
use crate::failure::Failure;
use crate::ostree_backend::pull::fetch_commit;
use crate::ostree_backend::stage::origin_of_refspec;
use crate::ostree_backend::{download_size, remotes};
use crate::session::Session;

/// What the host would follow after this switch is not what it follows now, and it can be pulled from.
///
/// # Errors
/// [`Refusal::MalformedReference`], [`Refusal::AlreadyFollowed`].
pub(super) fn target(text: &str, snapshot: &Snapshot) -> Result<ImageReference, Refusal> {
    let image = source::image_of_text(text)?;
    match snapshot.newest() {
        Some(newest) if newest.image.as_ref() == Some(&image) => {
            Err(Refusal::AlreadyFollowed { reference: image.to_string() })
        }
        _ => Ok(image),
    }
}

/// Downloads and stages another image, and follows it from then on. `expected` is the checksum that was previewed.
pub(crate) fn switch(session: &Session<'_>, image: &str, expected: Option<&str>) -> Outcome {
    session.change(|sysroot, before| download_and_stage(session, sysroot, before, image, expected))
}

fn download_and_stage(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    image: &str,
    expected: Option<&str>,
) -> Result<Outcome, Failure> {
    let image = target(image, before)?;
    let source = source::of_image(&image)?;
    let repo = sysroot.repo();
    remotes::require(&repo, &source.remote)?;
    session.reporter.phase(Phase::Checking);
    let checksum = fetch_commit(&repo, &source, session.cancellable())?;
    expect_image(expected, &checksum)?;
    let booted = before.booted().ok_or(Refusal::NotBooted)?;
    if booted.image.as_ref() == Some(&image) && booted.id.checksum() == checksum {
        // The way back from a switch that is only staged: what runs is wanted again, exactly.
        return match before.staged() {
            Some(_) => boot_order::discard_staged(session, sysroot, &BootOrderPlan::discarding(before)?),
            None => Err(Refusal::AlreadyFollowed { reference: image.to_string() }.into()),
        };
    }
    let download_bytes = download_size::of_pull(&repo, &source, &checksum, session.cancellable());
    let origin = origin_of_refspec(&source.refspec());
    NewDeployment { source, checksum, download_bytes, origin }.make(session, sysroot, before)
}
