// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::{gettext, ngettext};
use isotope_client::wording;
use isotope_model::{DeploymentId, Snapshot};

use super::{Line, deployments, grid};
use crate::selection::SelectionError;

/// That a text names no deployment, or more than one, and what there is to choose from.
pub(crate) fn lines(error: &SelectionError, snapshot: &Snapshot) -> Vec<Line> {
    let candidates = error.candidates();
    let count = wording::plural(candidates.len());
    let what = match error {
        SelectionError::None { word, .. } => {
            // Translators: {word} is one of booted, staged, rollback and default, as it was typed.
            gettext("No version on this computer is “{word}” now").replace("{word}", word)
        }
        SelectionError::Unknown { text, .. } => {
            gettext("No version on this computer is called “{text}”").replace("{text}", text)
        }
        SelectionError::Ambiguous { text, .. } => ngettext(
            "“{text}” can mean {number} version on this computer",
            "“{text}” can mean {number} versions on this computer",
            count,
        )
        .replace("{number}", &count.to_string())
        .replace("{text}", text),
    };
    let mut lines = vec![Line::strong(what), Line::plain(gettext("Nothing was changed on this computer."))];
    if !candidates.is_empty() {
        lines.push(Line::plain(match error {
            SelectionError::Ambiguous { .. } => gettext("Name it by its whole id:"),
            _ => gettext("Name one by its number, its version, at least 4 digits of its checksum, or its id:"),
        }));
        lines.extend(grid::lines(candidates.iter().filter_map(|id| row(id, snapshot)).collect()));
    }
    lines
}

fn row(id: &DeploymentId, snapshot: &Snapshot) -> Option<Vec<Line>> {
    let (index, deployment) = snapshot.deployments.iter().enumerate().find(|(_, deployment)| deployment.id == *id)?;
    Some(vec![
        Line::plain(index.to_string()),
        Line::strong(deployment.label()),
        Line::plain(deployments::role(deployment, snapshot)),
        Line::dim(id.to_string()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{self, shown};
    use crate::selection::resolve;

    #[test]
    fn what_could_have_been_meant_is_listed() {
        let snapshot = samples::plain().snapshot;
        let text = shown(&lines(&resolve("9.9", &snapshot).unwrap_err(), &snapshot));
        assert_eq!(text[0], "No version on this computer is called “9.9”");
        assert_eq!(text[3], format!("0   10.2.20251118   Running now   alma/{}.0", "2".repeat(64)));
        assert_eq!(text.len(), 5);
    }

    #[test]
    fn one_of_several_is_to_be_named_in_full() {
        let mut twin = samples::older();
        twin.id = DeploymentId::new("alma", "1".repeat(64), 1);
        let snapshot = samples::state(vec![samples::running(), samples::older(), twin]).snapshot;
        let text = shown(&lines(&resolve("1111", &snapshot).unwrap_err(), &snapshot));
        assert_eq!(text[0], "“1111” can mean 2 versions on this computer");
        assert!(text[2].contains("whole id") && text[3].ends_with(".0") && text[4].ends_with(".1"), "{text:?}");
    }

    #[test]
    fn where_nothing_is_there_nothing_is_listed() {
        let none = Snapshot::default();
        assert_eq!(lines(&resolve("staged", &none).unwrap_err(), &none).len(), 2);
    }
}
