// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{ImageReference, Snapshot};

/// What the dialog for switching to another image says of what was typed so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SwitchForm {
    /// What is wrong with it, where that is worth saying.
    pub(crate) problem: Option<String>,
    /// What switching does.
    pub(crate) means: String,
    /// It can be switched to.
    pub(crate) ready: bool,
}

impl SwitchForm {
    /// What to say of this text on this host; while something else is done nothing can be switched.
    pub(crate) fn of(snapshot: &Snapshot, text: &str, idle: bool) -> Self {
        let image = ImageReference::from_refspec(text.trim()).ok();
        let same = image.is_some() && image.as_ref() == followed(snapshot);
        let problem = match &image {
            None => Some(shape(text.trim())),
            Some(_) if same => Some(gettext("This computer follows that image already.")),
            Some(_) if !idle => Some(gettext("Something else is being done to the system.")),
            Some(_) => None,
        };
        Self { means: means(snapshot), ready: problem.is_none(), problem }
    }

    /// What stands in the entry at first: what is followed now.
    pub(crate) fn prefill(snapshot: &Snapshot) -> String {
        match followed(snapshot) {
            Some(image @ ImageReference::Ostree { .. }) => image.to_string(),
            _ => String::new(),
        }
    }
}

/// What this host follows, or will after the next restart.
fn followed(snapshot: &Snapshot) -> Option<&ImageReference> {
    snapshot.staged().or_else(|| snapshot.booted())?.image.as_ref()
}

/// What is wrong with the shape of a reference.
fn shape(text: &str) -> String {
    match text.split_once(':') {
        // Translators: "remote:branch" is what to type; leave the colon.
        None => gettext("Write it as remote:branch, with a colon between the two."),
        Some(("", _)) => gettext("The name of the remote is missing, before the colon."),
        Some((_, "")) => gettext("The branch is missing, after the colon."),
        Some((_, branch)) if branch.starts_with('/') || branch.ends_with('/') || branch.contains("//") => {
            gettext("A part of the branch is missing, next to a slash.")
        }
        Some(_) => {
            gettext("Only letters, digits, points, hyphens and underscores are allowed, and slashes in the branch.")
        }
    }
}

fn means(snapshot: &Snapshot) -> String {
    let running = snapshot.booted().map(|booted| booted.label().to_owned()).unwrap_or_default();
    let mut means = gettext(
        "The image is downloaded and starts with the next restart; updates come from it from then on. Your personal \
         files stay as they are, and {running} is kept to go back to.",
    )
    .replace("{running}", &running);
    if let Some(staged) = snapshot.staged() {
        means.push_str("\n\n");
        means.push_str(&gettext("It replaces {version}, which is ready now.").replace("{version}", staged.label()));
    }
    means
}

#[cfg(test)]
mod tests {
    use super::super::test_states::{booted, snapshot, staged};
    use super::*;

    fn problem(text: &str) -> String {
        SwitchForm::of(&snapshot(vec![booted('1')]), text, true).problem.unwrap_or_default()
    }

    #[test]
    fn each_mistake_is_named() {
        for (text, word) in [
            ("", "remote:branch"),
            ("lab", "colon between"),
            (":lab/kde", "remote is missing"),
            ("lab:", "branch is missing"),
            ("lab:a//b", "slash"),
            ("lab:a b", "Only letters"),
            ("lab:lab/10/x86_64/gnome", "already"),
            (" lab:lab/10/x86_64/kde ", ""),
        ] {
            assert!(problem(text).contains(word) && (word.is_empty() == problem(text).is_empty()), "{text:?}");
        }
    }

    #[test]
    fn nothing_is_switched_while_something_else_runs() {
        let form = |idle| SwitchForm::of(&snapshot(vec![booted('1')]), "lab:kde", idle).ready;
        assert!(form(true) && !form(false));
    }

    #[test]
    fn what_is_replaced_is_named() {
        let form = SwitchForm::of(&snapshot(vec![staged('2'), booted('1')]), "lab:kde", true);
        assert!(form.means.contains("replaces 10.2") && form.means.contains("10.1 is kept"));
        assert_eq!(SwitchForm::prefill(&snapshot(vec![booted('1')])), "lab:lab/10/x86_64/gnome");
    }
}
