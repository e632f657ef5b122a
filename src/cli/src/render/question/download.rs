// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{ImageReference, Snapshot};

use super::{Question, named};
use crate::render::table::Table;
use crate::render::{Line, View};

/// What following another image would do.
pub(crate) fn switch(image: &ImageReference, snapshot: &Snapshot, view: &View) -> Question {
    let followed = snapshot.booted().and_then(|booted| booted.image.as_ref());
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    table.row(gettext("Follows now"), followed.map(|image| Line::plain(image.to_string())).into_iter().collect());
    table.row(gettext("Follows then"), vec![Line::plain(image.to_string())]);
    let mut lines = table.lines();
    lines.extend(replaced(snapshot, view));
    lines.push(Line::plain(gettext("Its newest version is downloaded, and starts with the next restart.")));
    lines.push(Line::plain(gettext("The version that runs now is kept, to go back to: isotopectl rollback")));
    Question { lines, go_ahead: gettext("Switch to {image}?").replace("{image}", &image.to_string()) }
}

/// What installing a version of the followed image would do.
pub(crate) fn deploy(version: &str, image: &ImageReference, snapshot: &Snapshot, view: &View) -> Question {
    let mut table = Table::default();
    table.row(gettext("Running now"), running(snapshot, view));
    table.row(gettext("After restart"), vec![Line::plain(version)]);
    table.row(gettext("Follows"), vec![Line::plain(image.to_string())]);
    let mut lines = table.lines();
    lines.extend(replaced(snapshot, view));
    lines.push(Line::plain(gettext("It is downloaded, and starts with the next restart.")));
    lines.push(Line::plain(gettext("The next update goes on to the newest version.")));
    Question { lines, go_ahead: gettext("Install {version}?").replace("{version}", version) }
}

fn running(snapshot: &Snapshot, view: &View) -> Vec<Line> {
    snapshot.booted().map(|booted| Line::plain(named(&booted.id, snapshot, view))).into_iter().collect()
}

/// What would have started next, and is not going to: the staged deployment goes away.
fn replaced(snapshot: &Snapshot, view: &View) -> Option<Line> {
    if let Some(staged) = snapshot.staged() {
        let text = gettext("Version {version}, which is ready for the next restart, is replaced.");
        return Some(Line::plain(text.replace("{version}", &named(&staged.id, snapshot, view))));
    }
    let queued = snapshot.next().filter(|next| next.queued)?;
    let text = gettext("Version {version}, which was to start next, does not start then.");
    Some(Line::plain(text.replace("{version}", &wording::version(snapshot, &queued.id))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};

    fn kde() -> ImageReference {
        ImageReference::from_refspec("alma:desktop/10/kde").unwrap()
    }

    #[test]
    fn a_switch_names_both_images_and_what_it_replaces() {
        let question = switch(&kde(), &samples::updated().snapshot, &samples::view());
        let text = shown(&question.lines);
        assert_eq!(text[1], "Follows now    alma:desktop/10/gnome");
        assert_eq!(text[2], "Follows then   alma:desktop/10/kde");
        assert_eq!(
            text[3],
            "Version 10.2.20251120 (GNOME, built 2025-11-20), which is ready for the next restart, is replaced."
        );
        assert_eq!(question.go_ahead, "Switch to alma:desktop/10/kde?");
        let text = shown(&switch(&kde(), &samples::plain().snapshot, &samples::view()).lines).join("\n");
        assert!(!text.contains("replaced") && text.contains("isotopectl rollback"), "{text}");
    }

    #[test]
    fn a_queued_rollback_that_is_overtaken_is_named() {
        let text = shown(&switch(&kde(), &samples::rolled_back().snapshot, &samples::view()).lines).join("\n");
        assert!(text.contains("Version 10.1.20251030, which was to start next"), "{text}");
    }

    #[test]
    fn a_chosen_version_says_what_it_replaces() {
        let image = ImageReference::from_refspec("alma:desktop/10/gnome").unwrap();
        let question = deploy("10.0", &image, &samples::updated().snapshot, &samples::view());
        let text = shown(&question.lines).join("\n");
        for words in ["After restart   10.0", "alma:desktop/10/gnome", "10.2.20251120 (GNOME", "is replaced"] {
            assert!(text.contains(words), "{words}: {text}");
        }
        assert_eq!(question.go_ahead, "Install 10.0?");
    }
}
