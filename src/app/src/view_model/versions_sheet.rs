// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::{ServiceState, wording};
use isotope_model::{PublishedVersion, Snapshot, update_source};

use super::readings::{Published, Read, Readings};
use super::sheet::{Choice, SheetBody, SheetPageView, empty, failed, waiting};
use super::{Line, LineEnd, LineGroup, Looker, Tone, tags_list};

/// The sheet with the versions that the server has of the followed image: for a container, with its tags.
pub(super) fn of(state: &ServiceState, readings: &Readings, looker: &Looker) -> SheetPageView {
    let none = |description| empty("isotope-system-symbolic", gettext("No Versions"), description);
    let (mut search, mut hits) = (None, None);
    let body = match &readings.versions {
        Read::Waiting => waiting(gettext("The server is being asked which versions there are.")),
        Read::Failed(error) => failed(error),
        Read::There(published) => match &**published {
            Published::Versions(versions) if versions.is_empty() => {
                none(gettext("The server has no version of this image."))
            }
            Published::Versions(versions) => SheetBody::Lists(vec![list(versions, &state.snapshot, looker)]),
            Published::Tags(published) if published.tags.is_empty() => {
                none(gettext("The registry has no tag of this image."))
            }
            Published::Tags(published) => {
                search = tags_list::worth_searching(published).then(|| readings.search.clone());
                hits = tags_list::hits(published, &readings.search);
                SheetBody::Lists(tags_list::of(published, &state.snapshot, &readings.search))
            }
        },
    };
    SheetPageView { search, hits, ..SheetPageView::new(gettext("Other Versions"), body) }
}

fn list(versions: &[PublishedVersion], snapshot: &Snapshot, looker: &Looker) -> LineGroup {
    let lines = versions.iter().map(|version| line(version, snapshot, looker)).collect();
    let image = update_source(snapshot).map(wording::image_name).unwrap_or_default();
    LineGroup {
        title: gettext("On the Server"),
        // Translators: {image} is what this system follows, for example "fedora:fedora/43/x86_64/silverblue".
        description: gettext("Versions of {image}, the newest first.").replace("{image}", &image),
        lines,
    }
}

fn line(version: &PublishedVersion, snapshot: &Snapshot, looker: &Looker) -> Line {
    let here = snapshot.deployments.iter().find(|deployment| deployment.id.checksum() == version.checksum);
    let next = snapshot.next().map(|next| &next.id);
    let (mark, icon, tone) = match here {
        Some(deployment) if deployment.booted => {
            (Some(gettext("running now")), "isotope-row-running-symbolic", Tone::Calling)
        }
        Some(deployment) if Some(&deployment.id) == next => {
            (Some(gettext("starts after a restart")), "isotope-row-next-symbolic", Tone::Quiet)
        }
        Some(_) => (Some(gettext("on this computer")), "isotope-row-kept-symbolic", Tone::Quiet),
        None => (None, "isotope-row-download-symbolic", Tone::Quiet),
    };
    let built = version.built.and_then(|built| looker.calendar.day(built));
    let built = built.map(|date| gettext("built {date}").replace("{date}", &date));
    let words: Vec<_> = [built, mark].into_iter().flatten().collect();
    let choice = match here {
        Some(deployment) => Choice::Show(deployment.id.clone()),
        None => Choice::Deploy(version.checksum.clone()),
    };
    Line { icon: Some(icon), tone, end: LineEnd::Opens(choice), ..Line::new(label(version), words.join(" · ")) }
}

/// What a version is called: its version, or the beginning of its checksum.
pub(super) fn label(version: &PublishedVersion) -> String {
    version.version.clone().unwrap_or_else(|| version.checksum.chars().take(12).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::super::readings::PublishedTags;
    use super::super::test_states::{NOON, booted, deployment, service, snapshot, staged};
    use super::*;

    fn published(digit: char) -> PublishedVersion {
        let of = deployment(digit);
        PublishedVersion { checksum: of.id.checksum().into(), version: of.version, built: Some(NOON) }
    }

    #[test]
    fn what_is_on_this_computer_is_marked_and_shown_and_the_rest_is_downloaded() {
        let state = service(snapshot(vec![staged('3'), booted('2'), deployment('1')]));
        let versions = ['4', '3', '2', '1'].map(published).to_vec();
        let versions = Read::There(Arc::new(Published::Versions(versions)));
        let page = of(&state, &Readings { versions, ..Readings::default() }, &Looker::for_tests());
        let SheetBody::Lists(groups) = page.body else { unreachable!() };
        assert_eq!(page.search, None);
        let shown: Vec<_> = groups[0].lines.iter().map(|line| (line.title.as_str(), line.subtitle.as_str())).collect();
        assert_eq!(
            shown,
            [
                ("10.4", "built 18 November 2026"),
                ("10.3", "built 18 November 2026 · starts after a restart"),
                ("10.2", "built 18 November 2026 · running now"),
                ("10.1", "built 18 November 2026 · on this computer"),
            ]
        );
        assert_eq!(groups[0].lines[0].end, LineEnd::Opens(Choice::Deploy("4".repeat(64))));
        assert_eq!(groups[0].lines[3].end, LineEnd::Opens(Choice::Show(deployment('1').id)));
    }

    #[test]
    fn a_server_without_versions_is_told_apart_from_one_that_does_not_answer() {
        let state = service(snapshot(vec![booted('2')]));
        let body = |versions| of(&state, &Readings { versions, ..Readings::default() }, &Looker::for_tests()).body;
        let tags = PublishedTags { repository: "quay.io/o/s".into(), tags: Vec::new(), truncated: false };
        for nothing in [Published::Versions(Vec::new()), Published::Tags(tags)] {
            let nothing = Read::There(Arc::new(nothing));
            assert!(matches!(body(nothing), SheetBody::Status(view, _) if view.button.is_none()));
        }
        let lost = Read::Failed(Arc::new(isotope_client::ClientError::ServiceMissing));
        assert!(matches!(body(lost), SheetBody::Status(view, _) if view.button.is_some()));
    }
}
