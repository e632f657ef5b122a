// SPDX-License-Identifier: GPL-3.0-or-later
/// An error as a person needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// What happened.
    pub what: String,
    /// What that means for the computer.
    pub means: String,
    /// What to do about it.
    pub remedy: String,
    /// What the failing program said, in its own words; for reports.
    pub detail: Option<String>,
}

impl Explanation {
    pub(super) fn new(what: String, means: String, remedy: String) -> Self {
        Self { what, means, remedy, detail: None }
    }

    pub(super) fn detail(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()).filter(|detail| !detail.is_empty()), ..self }
    }
}
