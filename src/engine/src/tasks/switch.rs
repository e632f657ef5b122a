// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{Outcome, Phase, Refusal, Snapshot, check_switch, resolve_image};
use ostree::{Sysroot, gio};

use super::boot_order;
use super::new_deployment::{NewDeployment, expect_image, not_whole_yet};
use super::source;
use crate::automatic_pin::WayBack;
use crate::failure::Failure;
use crate::ostree_backend::pull::fetch_commit;
use crate::ostree_backend::stage::origin_of_refspec;
use crate::ostree_backend::{download_size, remotes};
use crate::session::Session;
use crate::sysroot;

/// Downloads and stages another image, and follows it from then on. `expected` is the checksum that was previewed; with
/// `pin` what runs stays as the way back.
pub(crate) fn switch(session: &Session<'_>, image: &str, expected: Option<&str>, pin: bool) -> Outcome {
    session.change(|sysroot, before| download_and_stage(session, sysroot, before, image, expected, pin))
}

fn download_and_stage(
    session: &Session<'_>,
    sysroot: &Sysroot,
    before: &Snapshot,
    image: &str,
    expected: Option<&str>,
    pin: bool,
) -> Result<Outcome, Failure> {
    let image = resolve_image(before, image)?;
    check_switch(before, &image)?;
    let source = source::of_image(&image)?;
    let repo = sysroot.repo();
    remotes::require(&repo, &source.remote)?;
    session.reporter.phase(Phase::Checking);
    let checksum = fetch_commit(&repo, &source, session.cancellable())?;
    not_whole_yet(&repo, before, &checksum);
    expect_image(expected, &checksum)?;
    let booted = before.booted().ok_or(Refusal::NotBooted)?;
    if booted.image.as_ref() == Some(&image) && booted.id.checksum() == checksum {
        // The way back from a switch that has not been started: what runs is wanted again, exactly.
        return boot_order::start_running(session, sysroot, before);
    }
    let download_bytes = download_size::of_pull(&repo, &source, &checksum, session.cancellable());
    let origin = origin_of_refspec(&source.refspec());
    let way_back = if pin { WayBack::from(&image, before) } else { None };
    let new = NewDeployment {
        source,
        checksum,
        download_bytes,
        origin,
        hold_back: false,
        way_back: way_back.as_ref().map(|way_back| way_back.deployment.clone()),
    };
    let Some(way_back) = way_back else { return new.make(session, sysroot, before) };
    session.require_not_cancelled()?;
    let made = way_back.pin(sysroot).and_then(|()| new.make(session, sysroot, before));
    made.inspect_err(|_| {
        let _ = sysroot.load_if_changed(gio::Cancellable::NONE);
        match sysroot::snapshot_of(sysroot) {
            Ok(now) => way_back.take_back(sysroot, before, &now),
            Err(error) => tracing::warn!("{} stays pinned: {error:#}", way_back.deployment),
        }
    })
}
