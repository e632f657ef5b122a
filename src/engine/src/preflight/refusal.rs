// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::engine_protocol::Task;
use isotope_model::{Backend, ImageReference, Refusal, Snapshot};
use ostree::Repo;

use crate::bootc_backend::command::Verb;
use crate::bootc_backend::image::Switch;
use crate::failure::Failure;
use crate::session::Session;
use crate::tasks;

/// What a switch would be refused with before anybody is asked for a password, or before anything is downloaded.
///
/// # Errors
/// A cancel.
pub(super) fn of(
    session: &Session<'_>,
    snapshot: &Snapshot,
    text: &str,
    image: &ImageReference,
    repo: Option<&Repo>,
) -> Result<Option<Refusal>, Failure> {
    let switch = Task::Switch { image: text.to_owned(), expected: None, soft_restart: false, pin: true, reset: false };
    let refused = tasks::possible(&switch, snapshot, repo).and_then(|()| by_program(session, snapshot, image));
    match refused.map_err(Failure::into_refusal) {
        Ok(()) => Ok(None),
        Err(Refusal::Cancelled) => Err(Refusal::Cancelled.into()),
        Err(refusal) => Ok(Some(refusal)),
    }
}

/// The installed bootc can be told what is to be done.
fn by_program(session: &Session<'_>, snapshot: &Snapshot, image: &ImageReference) -> Result<(), Failure> {
    let Some(container) = image.container().filter(|_| snapshot.host.backend == Backend::Bootc) else { return Ok(()) };
    let verb = Verb::Switch { switch: Switch::plan(container)?, soft_restart: false };
    let program = session.find_bootc()?;
    verb.arguments(&program.features())?;
    Ok(())
}

/// Nothing that a remote tells could change it, or nobody is to ask.
pub(super) fn is_final(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::NotImageBased
            | Refusal::NotBooted
            | Refusal::UnknownRemote { .. }
            | Refusal::ClockWrong { .. }
            | Refusal::SwitchForbidden { .. }
            | Refusal::SwitchPolicyBroken { .. }
    )
}
