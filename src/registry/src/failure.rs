// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ContainerReference, Refusal};

/// Why something could not be found out. The texts are details: what failed, in the words of who said it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Failure {
    /// Nobody answers, or not to the end, or only that it is too busy.
    #[error("{0}")]
    Network(String),
    /// The registry does not have it.
    #[error("{0}")]
    NotFound(String),
    /// The registry does not give it to this computer.
    #[error("{0}")]
    Denied(String),
    /// It is not what its digest says.
    #[error("{0}")]
    Corrupted(String),
    /// It is made for other computers.
    #[error("there is no image for {expected}, only for {}", offered.join(", "))]
    Architecture {
        /// The architecture of this computer.
        expected: String,
        /// Those that there are.
        offered: Vec<String>,
    },
    /// Anything else: the answer makes no sense, or the host's own configuration forbids to ask.
    #[error("{0}")]
    Failed(String),
}

impl Failure {
    /// Somebody else may do better.
    pub(crate) fn may_have_a_substitute(&self) -> bool {
        !matches!(self, Self::Architecture { .. })
    }

    /// As it is told.
    pub(crate) fn into_refusal(self, image: &ContainerReference) -> Refusal {
        let detail = plain(&self.to_string());
        let reference = image.to_string();
        match self {
            Self::Network(_) => Refusal::Network { detail },
            Self::NotFound(_) => Refusal::ImageNotFound { reference, detail },
            Self::Denied(_) => Refusal::AccessDenied { reference, detail },
            Self::Corrupted(_) => Refusal::Corrupted { detail },
            Self::Architecture { expected, offered } => {
                let found = match offered.as_slice() {
                    [one] => Some(plain(one)),
                    _ => None,
                };
                Refusal::WrongArchitecture { reference, found, expected: Some(expected), detail }
            }
            Self::Failed(_) => Refusal::Failed { detail },
        }
    }
}

/// A text from outside as part of a detail: short, on one line, without control characters.
pub(crate) fn quoted(text: &str) -> String {
    const LONGEST: usize = 300;
    let mut letters = text.trim().chars();
    let mut quoted = plain(&letters.by_ref().take(LONGEST).collect::<String>());
    if letters.next().is_some() {
        quoted.push('…');
    }
    quoted
}

/// A text from outside with a blank in place of every control character: they mean something to terminals, and a NUL
/// cannot even be sent on.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_short_and_on_one_line() {
        assert_eq!(quoted(" a\nb\u{1b}[31m "), "a b [31m");
        assert_eq!(quoted(&"x".repeat(10_000)).chars().count(), 301);
        assert_eq!(quoted(&"\u{9b}é".repeat(150)), " é".repeat(150));
        assert_eq!(plain(" a\0\r\n\t\u{7f}\u{9b}é "), " a      é ");
    }

    #[test]
    fn no_refusal_holds_control_characters() {
        let image = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/s:1").unwrap();
        let text = || "a\0\n\u{1b}b".to_owned();
        for failure in [
            Failure::Network(text()),
            Failure::NotFound(text()),
            Failure::Denied(text()),
            Failure::Corrupted(text()),
            Failure::Architecture { expected: "amd64".into(), offered: vec![text()] },
            Failure::Architecture { expected: "amd64".into(), offered: vec![text(), text()] },
            Failure::Failed(text()),
        ] {
            // As text it would show them, escaped.
            let refusal = serde_json::to_string(&failure.into_refusal(&image)).unwrap();
            assert!(refusal.contains("a   b") && !refusal.contains('\\'), "{refusal}");
        }
    }

    #[test]
    fn an_architecture_is_named_where_there_is_only_one() {
        let image = ContainerReference::from_origin("ostree-image-signed:docker://quay.io/o/s:1").unwrap();
        let found = |offered: &[&str]| {
            let offered = offered.iter().map(|&name| name.to_owned()).collect();
            match (Failure::Architecture { expected: "amd64".into(), offered }).into_refusal(&image) {
                Refusal::WrongArchitecture { found, .. } => found,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(found(&["arm64"]).as_deref(), Some("arm64"));
        assert_eq!(found(&["arm64", "riscv64"]), None);
    }
}
