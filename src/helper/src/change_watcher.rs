// SPDX-License-Identifier: GPL-3.0-or-later
//! Notices that the sysroot changed, whoever changed it: libostree touches these folders with every change.

use std::path::Path;
use std::time::Duration;

use notify::{RecursiveMode, Watcher as _};
use tokio::sync::mpsc;

use crate::state::State;

/// What libostree touches: the deployments (also when one is pinned), the boot order, what is staged.
/// And bootc, on hosts with composefs images: those, and what is staged of them.
const FOLDERS: [&str; 6] =
    ["/sysroot/ostree/deploy", "/boot", "/run/ostree", "/run", "/sysroot/state/deploy", "/run/composefs"];
/// A change comes in many events; they are over when none has come for this long.
const QUIET: Duration = Duration::from_millis(120);
/// While the sysroot does not stand still, it is read again after this long.
const AGAIN: Duration = Duration::from_millis(400);

/// Reads the sysroot after every change, and tells the bus. Never ends.
pub(crate) async fn run(state: State) {
    let (sender, mut events) = mpsc::unbounded_channel();
    let told = move |event: notify::Result<notify::Event>| {
        if event.as_ref().is_ok_and(concerns_deployments) {
            let _ = sender.send(());
        }
    };
    let mut watcher = match notify::recommended_watcher(told) {
        Ok(watcher) => watcher,
        Err(error) => {
            tracing::warn!("changes by other programs are seen only when asked for: {error}");
            return std::future::pending().await;
        }
    };
    watch_folders(&mut watcher);
    while events.recv().await.is_some() {
        while tokio::time::timeout(QUIET, events.recv()).await.is_ok_and(|event| event.is_some()) {}
        // The folder of what is staged appears with the first staged deployment.
        watch_folders(&mut watcher);
        // It would wait for the one that changes the host, and what that did is read at its end.
        while !state.works_on_what_a_program_reads() {
            match state.refresh().await {
                Ok(snapshot) if snapshot.changing => tokio::time::sleep(AGAIN).await,
                Ok(_) => break,
                Err(error) => {
                    tracing::warn!("reading the sysroot after a change: {error:#}");
                    break;
                }
            }
        }
    }
}

fn watch_folders(watcher: &mut notify::RecommendedWatcher) {
    for folder in FOLDERS.iter().map(Path::new).filter(|folder| folder.is_dir()) {
        if let Err(error) = watcher.watch(folder, RecursiveMode::NonRecursive) {
            tracing::debug!("not watching {}: {error}", folder.display());
        }
    }
}

fn concerns_deployments(event: &notify::Event) -> bool {
    let interesting = |path: &Path| {
        path.starts_with("/sysroot/ostree/deploy")
            || path.starts_with("/run/ostree")
            || path.starts_with("/sysroot/state/deploy")
            || path.starts_with("/run/composefs")
            || path.starts_with("/boot/loader")
            || path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("loader"))
    };
    !matches!(event.kind, notify::EventKind::Access(_)) && event.paths.iter().any(|path| interesting(path))
}

#[cfg(test)]
mod tests {
    use notify::event::{AccessKind, CreateKind, EventKind, MetadataKind, ModifyKind};

    use super::*;

    fn event(kind: EventKind, path: &str) -> notify::Event {
        notify::Event::new(kind).add_path(path.into())
    }

    #[test]
    fn what_libostree_touches_is_noticed_and_the_rest_of_run_is_not() {
        let touched = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        assert!(concerns_deployments(&event(touched, "/sysroot/ostree/deploy")));
        assert!(concerns_deployments(&event(EventKind::Create(CreateKind::File), "/run/ostree/staged-deployment")));
        assert!(concerns_deployments(&event(EventKind::Create(CreateKind::Any), "/boot/loader")));
        assert!(!concerns_deployments(&event(EventKind::Create(CreateKind::File), "/run/utmp")));
        assert!(!concerns_deployments(&event(EventKind::Access(AccessKind::Any), "/sysroot/ostree/deploy")));
    }
}
