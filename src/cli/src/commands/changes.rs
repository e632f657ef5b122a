// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::ClientError;
use isotope_model::{DeploymentId, PackageChanges, Refusal, Snapshot};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::render::{json, packages};
use crate::{lookup, output};

/// Shows which packages differ between what runs and a deployment; without one, what is ready for the next restart, or the
/// update that was found.
pub(crate) async fn run(context: &Context, named: Option<&str>) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let (snapshot, id) = match named {
        Some(named) => {
            let (snapshot, chosen) = context.chosen(&client, named).await?;
            (snapshot, Some(chosen.id))
        }
        None => {
            let snapshot = context.image_based(&client).await?;
            let id = of_the_update(&snapshot);
            (snapshot, id)
        }
    };
    if snapshot.booted().is_none() {
        return Err(ClientError::Refused(Refusal::NotBooted).into());
    }
    let changes = match lookup::package_changes(context, &client, id.as_ref()).await {
        // What is in charge here knows of no packages; that is no failure.
        Err(Failure::Service(ClientError::Refused(Refusal::NotWithBackend { .. }))) => PackageChanges::unknown(),
        other => other?,
    };
    if context.json {
        output::document(&json::package_changes(id.as_ref(), &changes))?;
    } else {
        let lines = packages::lines(&changes, id.as_ref(), &snapshot, &context.view);
        output::results(context.terminal, &lines)?;
    }
    Ok(Exit::Done)
}

/// What is prepared already says more than what was found; unless something newer than that was.
fn of_the_update(snapshot: &Snapshot) -> Option<DeploymentId> {
    let staged = snapshot.staged().filter(|_| snapshot.available.is_none());
    staged.map(|staged| staged.id.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples;

    #[test]
    fn without_a_name_it_is_about_what_comes_next() {
        let mut updated = (*samples::updated().snapshot).clone();
        assert_eq!(of_the_update(&updated), Some(samples::staged().id));
        updated.available = Some(samples::available());
        assert_eq!(of_the_update(&updated), None);
        assert_eq!(of_the_update(&samples::plain().snapshot), None);
    }
}
