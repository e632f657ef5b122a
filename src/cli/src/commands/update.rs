// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_client::UpdateOptions;
use isotope_model::{Backend, OperationKind, Snapshot, UpdateMode, update_source};

use crate::context::Context;
use crate::exit_code::Exit;
use crate::failure::Failure;
use crate::following::{self, Asked};

/// Downloads and stages the update; with `expect`, that image or none.
pub(crate) async fn run(
    context: &Context,
    expect: Option<String>,
    mode: UpdateMode,
    soft_restart: bool,
) -> Result<Exit, Failure> {
    let client = context.connect().await?;
    let before = context.state(&client).await?.snapshot;
    let expected = expect.map(|checksum| expected(checksum, &before));
    let options = UpdateOptions { token: Some(before.token.clone()), expected, mode, soft_restart };
    let asked = Asked { kind: OperationKind::Update, soft_restart };
    let outcome = following::run(context, &client, &before, asked, client.update(options)).await?;
    Ok(Exit::of_outcome(&outcome))
}

/// How far an update goes that was asked for with these options.
pub(crate) fn mode(download_only: bool, from_downloaded: bool) -> UpdateMode {
    match (download_only, from_downloaded) {
        (true, _) => UpdateMode::DownloadOnly,
        (_, true) => UpdateMode::FromDownloaded,
        _ => UpdateMode::Stage,
    }
}

/// What an image is compared with: on a host of container images, bare digits are those of a digest.
fn expected(checksum: String, snapshot: &Snapshot) -> String {
    match snapshot.host.backend {
        Backend::Bootc if !checksum.contains(':') => format!("sha256:{checksum}"),
        Backend::RpmOstree if follows_container(snapshot) && !checksum.contains(':') => format!("sha256:{checksum}"),
        _ => checksum,
    }
}

/// Updates come from a container image.
pub(super) fn follows_container(snapshot: &Snapshot) -> bool {
    update_source(snapshot).is_ok_and(|image| image.container().is_some())
}

#[cfg(test)]
mod tests {
    use isotope_model::Host;

    use super::*;
    use crate::render::samples;

    #[test]
    fn bare_digits_are_a_digest_where_images_have_digests() {
        let on = |backend| Snapshot { host: Host { backend, ..Host::default() }, ..Snapshot::default() };
        for (backend, given, becomes) in [
            (Backend::Ostree, "ab", "ab"),
            (Backend::Bootc, "ab", "sha256:ab"),
            (Backend::Bootc, "sha256:ab", "sha256:ab"),
        ] {
            assert_eq!(expected(given.to_owned(), &on(backend)), becomes);
        }
        let mut rpm_ostree = (*samples::container().snapshot).clone();
        rpm_ostree.host.backend = Backend::RpmOstree;
        assert_eq!(expected("ab".into(), &rpm_ostree), "sha256:ab");
        assert_eq!(expected("ab".into(), &samples::layered_host().snapshot), "ab");
    }
}
