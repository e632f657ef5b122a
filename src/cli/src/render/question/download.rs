// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Deployment, ImageReference, Snapshot};

use super::{Prospect, Question, named};
use crate::render::table::Table;
use crate::render::{Line, View, sentences};
use crate::selection;

/// A version that a person wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// What the service is asked for: a version, or the checksum of its commit.
    pub(crate) asked: String,
    /// The version of that checksum, where it had to be looked up.
    pub(crate) version: Option<String>,
}

/// What following another image would do.
pub(crate) fn switch(image: &ImageReference, prospect: &Prospect, snapshot: &Snapshot, view: &View) -> Question {
    let followed = snapshot.booted().and_then(|booted| booted.image.as_ref());
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    let name = wording::image_name(image);
    table.row(
        gettext("Follows now"),
        followed.map(|image| Line::plain(wording::image_name(image))).into_iter().collect(),
    );
    table.row(gettext("Follows then"), vec![Line::plain(&name)]);
    prospect.rows(&mut table, view);
    let mut follows: Vec<_> = prospect.weakened(image).into_iter().chain(replaced(snapshot, view)).collect();
    follows.push(Line::plain(gettext("Its newest version is downloaded, and starts with the next restart.")));
    follows.push(Line::plain(gettext("The version that runs now is kept, to go back to: isotopectl rollback")));
    follows.extend(removed(snapshot, view));
    let mut lines = table.lines_within(view.columns);
    lines.extend(sentences(follows, view));
    Question { lines, go_ahead: gettext("Switch to {image}?").replace("{image}", &name) }
}

/// What installing a version of the followed image would do.
pub(crate) fn deploy(wanted: &Wanted, image: &ImageReference, snapshot: &Snapshot, view: &View) -> Question {
    let version = wanted.version.as_ref().unwrap_or(&wanted.asked);
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    table.row(gettext("After restart"), vec![Line::plain(version)]);
    if wanted.version.is_some() {
        table.row(gettext("Checksum"), vec![Line::plain(&wanted.asked)]);
    }
    table.row(gettext("Follows"), vec![Line::plain(wording::image_name(image))]);
    let mut follows: Vec<_> = replaced(snapshot, view).into_iter().collect();
    follows.push(Line::plain(gettext("It is downloaded, and starts with the next restart.")));
    follows.push(Line::plain(gettext("The next update goes on to the newest version.")));
    follows.extend(removed(snapshot, view));
    let mut lines = table.lines();
    lines.extend(sentences(follows, view));
    Question { lines, go_ahead: gettext("Install {version}?").replace("{version}", version) }
}

fn running(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    snapshot.booted().map(|booted| Line::plain(named(&booted.id, snapshot, view))).into_iter().collect()
}

/// What libostree removes when it makes room for what was staged: what is of the same stateroot, and neither runs nor is
/// pinned. Source: `ostree_sysroot_simple_write_deployment` without flags, which finalises what is staged.
fn removed(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    if snapshot.host.composefs {
        return Vec::new();
    }
    let Some(booted) = snapshot.booted() else { return Vec::new() };
    let goes = |deployment: &Deployment| {
        let stays = deployment.booted || deployment.pinned || deployment.staged;
        !stays && deployment.id.stateroot() == booted.id.stateroot()
    };
    let gone = snapshot.deployments.iter().filter(|deployment| goes(deployment));
    gone.map(|deployment| {
        // Translators: leave the command as it is; {name} is how the version is named to it.
        let text = gettext("Version {version} is removed with that restart; to keep it: isotopectl pin {name}");
        let text = text.replace("{name}", &typed(deployment, snapshot));
        Line::plain(text.replace("{version}", &named(&deployment.id, snapshot, view)))
    })
    .collect()
}

/// What a person types to name a deployment. Its number is no such thing: it is another one once something is staged.
fn typed(deployment: &Deployment, snapshot: &Snapshot) -> String {
    let plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_' | '+');
    let label = deployment.label();
    let meant = selection::resolve(label, snapshot).is_ok_and(|found| found.id == deployment.id);
    // A number that is none now may be one later.
    let unmistakable = meant && label.chars().all(plain) && label.parse::<usize>().is_err() && !label.starts_with('-');
    if unmistakable { label.to_owned() } else { deployment.id.to_string() }
}

/// What would have started next, and is not going to: the staged deployment goes away.
fn replaced(snapshot: &Snapshot, view: &View) -> Option<Line> {
    if let Some(staged) = snapshot.staged() {
        let text = match staged.finalization_locked {
            true => gettext("Version {version}, which is downloaded and held back, is replaced."),
            false => gettext("Version {version}, which is ready for the next restart, is replaced."),
        };
        return Some(Line::plain(text.replace("{version}", &named(&staged.id, snapshot, view))));
    }
    let queued = snapshot.next().filter(|next| next.queued)?;
    let text = gettext("Version {version}, which was to start next, does not start then.");
    Some(Line::plain(text.replace("{version}", &wording::version(snapshot, &queued.id))))
}

#[cfg(test)]
mod tests {
    use isotope_model::{DeploymentId, resolve_image};

    use super::*;
    use crate::render::samples::{self, shown};

    fn kde() -> ImageReference {
        ImageReference::from_refspec("alma:desktop/10/kde").unwrap()
    }

    #[test]
    fn a_switch_names_both_images_and_what_it_replaces() {
        let question = switch(&kde(), &Prospect::default(), &samples::updated().snapshot, &samples::view());
        let text = shown(&question.lines);
        assert_eq!(text[1], "Follows now    alma:desktop/10/gnome");
        assert_eq!(text[2], "Follows then   alma:desktop/10/kde");
        assert_eq!(
            text[3],
            "Version 10.2.20251120 (GNOME, built 2025-11-20), which is ready for the next restart, is replaced."
        );
        assert_eq!(question.go_ahead, "Switch to alma:desktop/10/kde?");
        let text =
            shown(&switch(&kde(), &Prospect::default(), &samples::plain().snapshot, &samples::view()).lines).join("\n");
        assert!(!text.contains("replaced") && text.contains("isotopectl rollback"), "{text}");
    }

    #[test]
    fn a_queued_rollback_that_is_overtaken_is_named() {
        let text =
            shown(&switch(&kde(), &Prospect::default(), &samples::rolled_back().snapshot, &samples::view()).lines)
                .join("\n");
        assert!(text.contains("Version 10.1.20251030, which was to start next"), "{text}");
    }

    #[test]
    fn a_chosen_version_says_what_it_replaces() {
        let image = ImageReference::from_refspec("alma:desktop/10/gnome").unwrap();
        let wanted = Wanted { asked: "10.0".into(), version: None };
        let question = deploy(&wanted, &image, &samples::updated().snapshot, &samples::view());
        let text = shown(&question.lines).join("\n");
        for words in ["After restart   10.0", "alma:desktop/10/gnome", "10.2.20251120 (GNOME", "is replaced"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(question.go_ahead, "Install 10.0?");
        assert!(!text.contains("Checksum"), "{text}");
        let wanted = Wanted { asked: "4".repeat(64), version: Some("9.9".into()) };
        let question = deploy(&wanted, &image, &samples::plain().snapshot, &samples::view());
        let text = shown(&question.lines).join("\n");
        assert!(text.contains("After restart   9.9") && text.contains(&"4".repeat(64)), "{text}");
        assert_eq!(question.go_ahead, "Install 9.9?");
    }

    #[test]
    fn a_container_is_called_by_its_name() {
        let snapshot = samples::container().snapshot;
        for (typed, name) in [
            ("quay.io/alma/kde:10", "quay.io/alma/kde:10"),
            ("docker://quay.io/alma/kde", "quay.io/alma/kde"),
            ("ostree-unverified-registry:quay.io/alma/kde:10", "quay.io/alma/kde:10"),
            ("ostree-remote-image:alma:oci:/var/kde", "oci:/var/kde"),
        ] {
            let image = resolve_image(&snapshot, typed).unwrap();
            let question = switch(&image, &Prospect::default(), &snapshot, &samples::view());
            let text = shown(&question.lines);
            assert_eq!(text[1], "Follows now    quay.io/alma/gnome:10");
            assert_eq!(text[2], format!("Follows then   {name}"));
            assert_eq!(question.go_ahead, format!("Switch to {name}?"));
        }
    }

    #[test]
    fn what_is_removed_to_make_room_is_named() {
        let other = DeploymentId::new("other", "7".repeat(64), 0);
        let snapshot = samples::state(vec![
            samples::running(),
            samples::deployment('8', "10.0", 0),
            samples::older(),
            samples::deployment('9', "7", 1_761_782_400),
            Deployment { id: other, ..samples::deployment('7', "9.8", 0) },
        ])
        .snapshot;
        let gone: Vec<_> = shown(&switch(&kde(), &Prospect::default(), &snapshot, &samples::view()).lines);
        let gone: Vec<_> = gone.into_iter().filter(|line| line.contains("is removed")).collect();
        assert_eq!(
            gone,
            [
                "Version 10.0 (GNOME, built 1970-01-01) is removed with that restart; to keep it: isotopectl pin 10.0"
                    .to_owned(),
                format!(
                    "Version 7 (GNOME, built 2025-10-30) is removed with that restart; to keep it: isotopectl pin alma/{}.0",
                    "9".repeat(64)
                ),
            ]
        );
        let composefs = samples::composefs().snapshot;
        let text = shown(&switch(&kde(), &Prospect::default(), &composefs, &samples::view()).lines).join("\n");
        assert!(!text.contains("is removed"), "{text}");
    }

    #[test]
    fn what_is_held_back_is_not_called_ready() {
        let text = shown(&switch(&kde(), &Prospect::default(), &samples::held_back().snapshot, &samples::view()).lines)
            .join("\n");
        assert!(text.contains("which is downloaded and held back, is replaced") && !text.contains("ready"), "{text}");
    }
}
