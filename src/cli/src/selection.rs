// SPDX-License-Identifier: GPL-3.0-or-later
//! Which deployment a person means by what was typed.

use isotope_model::{Deployment, DeploymentId, Snapshot};

/// The words that stand for a deployment.
const WORDS: [&str; 4] = ["booted", "staged", "rollback", "default"];
/// The least digits of a checksum that are taken for its beginning.
const LEAST_DIGITS: usize = 4;
/// How much is repeated of what was typed, in characters.
const LONGEST: usize = 100;

/// The text does not name one deployment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum SelectionError {
    /// It is one of the words, and no deployment is that now.
    #[error("no deployment is {word}")]
    None {
        word: String,
        /// What is there instead.
        candidates: Vec<DeploymentId>,
    },
    /// It names none.
    #[error("there is no deployment {text:?}")]
    Unknown {
        text: String,
        /// What is there instead.
        candidates: Vec<DeploymentId>,
    },
    /// It names more than one.
    #[error("{text:?} can mean {} deployments", candidates.len())]
    Ambiguous {
        text: String,
        /// These.
        candidates: Vec<DeploymentId>,
    },
}

impl SelectionError {
    /// The deployments that could have been meant.
    pub(crate) fn candidates(&self) -> &[DeploymentId] {
        match self {
            Self::None { candidates, .. } | Self::Unknown { candidates, .. } | Self::Ambiguous { candidates, .. } => {
                candidates
            }
        }
    }
}

/// The deployment that `text` names: by its place in the boot order, one of the words, its version, the beginning of
/// its checksum, or its id. What names two deployments in two of these ways names neither.
///
/// # Errors
/// It names none, or more than one.
pub(crate) fn resolve<'a>(text: &str, snapshot: &'a Snapshot) -> Result<&'a Deployment, SelectionError> {
    let repeated = || text.chars().take(LONGEST).collect::<String>();
    let ids = |deployments: &[&Deployment]| deployments.iter().map(|deployment| deployment.id.clone()).collect();
    let everything: Vec<_> = snapshot.deployments.iter().collect();
    if WORDS.contains(&text) {
        let word = || SelectionError::None { word: text.to_owned(), candidates: ids(&everything) };
        return by_word(text, snapshot).ok_or_else(word);
    }
    let named: Vec<_> = everything.iter().enumerate().filter(|(index, one)| names(text, *index, one)).collect();
    match named.as_slice() {
        [(_, one)] => Ok(one),
        [] => Err(SelectionError::Unknown { text: repeated(), candidates: ids(&everything) }),
        several => {
            let candidates = several.iter().map(|(_, one)| one.id.clone()).collect();
            Err(SelectionError::Ambiguous { text: repeated(), candidates })
        }
    }
}

fn by_word<'a>(word: &str, snapshot: &'a Snapshot) -> Option<&'a Deployment> {
    match word {
        "booted" => snapshot.booted(),
        "staged" => snapshot.staged(),
        "rollback" => snapshot.written().find(|deployment| deployment.rollback),
        _ => snapshot.next(),
    }
}

fn names(text: &str, index: usize, deployment: &Deployment) -> bool {
    text == index.to_string()
        || deployment.version.as_deref() == Some(text)
        || text == deployment.id.to_string()
        || (text.len() >= LEAST_DIGITS && deployment.id.checksum().starts_with(&text.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::samples::{deployment, older, rolled_back, running, staged, state};

    /// The place of the deployment that is meant, or why none is.
    fn meant(text: &str, snapshot: &Snapshot) -> String {
        match resolve(text, snapshot) {
            Ok(found) => snapshot.deployments.iter().position(|one| one.id == found.id).unwrap().to_string(),
            Err(SelectionError::None { .. }) => "none".into(),
            Err(SelectionError::Unknown { candidates, .. }) => format!("unknown of {}", candidates.len()),
            Err(SelectionError::Ambiguous { candidates, .. }) => format!("{} of them", candidates.len()),
        }
    }

    #[test]
    fn every_way_to_name_a_deployment() {
        let mut twin = older();
        twin.id = DeploymentId::new("alma", older().id.checksum(), 1);
        let mut numbered = deployment('4', "1", 0);
        numbered.id = DeploymentId::new("alma", format!("20251118{}", "e".repeat(56)), 0);
        let host = state(vec![staged(), running(), older(), twin.clone(), numbered]).snapshot;
        let id = twin.id.to_string();
        let table = [
            ("0", "0"),
            ("4", "4"),
            ("5", "unknown of 5"),
            ("00", "unknown of 5"),
            ("-1", "unknown of 5"),
            ("booted", "1"),
            ("staged", "0"),
            ("rollback", "2"),
            ("default", "0"),
            ("Booted", "unknown of 5"),
            ("10.2.20251118", "1"),
            ("10.2", "unknown of 5"),
            ("10.1.20251030", "2 of them"),
            ("2222", "1"),
            ("222", "unknown of 5"),
            ("1111", "2 of them"),
            ("20251118", "4"),
            ("20251118E", "4"),
            ("22223", "unknown of 5"),
            ("1", "2 of them"),
            (&id, "3"),
            ("alma/1111", "unknown of 5"),
            ("", "unknown of 5"),
            ("\u{1b}[2J", "unknown of 5"),
        ];
        for (text, expected) in table {
            assert_eq!(meant(text, &host), expected, "{text:?}");
        }
    }

    #[test]
    fn words_that_nothing_answers_to_now_are_told_as_such() {
        let alone = state(vec![running()]).snapshot;
        for (word, expected) in [("booted", "0"), ("default", "0"), ("staged", "none"), ("rollback", "none")] {
            assert_eq!(meant(word, &alone), expected, "{word}");
        }
        assert_eq!(meant("default", &rolled_back().snapshot), "0");
        assert_eq!(meant("default", &Snapshot::default()), "none");
        assert_eq!(meant("0", &Snapshot::default()), "unknown of 0");
    }

    #[test]
    fn what_was_typed_is_not_repeated_without_end() {
        let error = resolve(&"ü".repeat(5000), &Snapshot::default()).unwrap_err();
        assert!(matches!(error, SelectionError::Unknown { text, .. } if text.chars().count() == LONGEST));
    }

    #[test]
    fn whatever_is_found_is_what_was_named() {
        let host = state(vec![staged(), running(), older()]).snapshot;
        for one in &host.deployments {
            let checksum = one.id.checksum();
            for digits in LEAST_DIGITS..=checksum.len() {
                assert_eq!(resolve(&checksum[..digits], &host), Ok(one));
            }
        }
    }
}
