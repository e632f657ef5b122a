// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;

/// What is asked before the welcome is left half-way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LeavingQuestion {
    /// The question.
    pub(crate) heading: String,
    /// What becomes of what was begun.
    pub(crate) body: String,
    /// What stands on the button that goes on.
    pub(crate) go_on: String,
    /// What stands on the button that leaves it for now, where it comes back.
    pub(crate) later: Option<String>,
    /// What stands on the button that leaves it for good.
    pub(crate) never: String,
}

/// How far it is with what was chosen when the person leaves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Begun {
    /// The service was lost while something was done: nobody knows what became of it.
    pub(crate) lost: bool,
    /// An operation of this person runs in the service: it does not need the window.
    pub(crate) runs: bool,
    /// This desktop is staged.
    pub(crate) ready: Option<String>,
    /// Something was asked for, and nobody knows yet what comes of it.
    pub(crate) asked: bool,
    /// How updates come was set.
    pub(crate) settings_done: bool,
    /// This person, or the computer, is marked: nobody is welcomed any more.
    pub(crate) marked: bool,
}

impl LeavingQuestion {
    /// The question, where it is as far as that.
    pub(crate) fn of(begun: &Begun) -> Self {
        Self {
            heading: gettext("Leave the Setup?"),
            body: body(begun),
            go_on: gettext("_Continue"),
            later: (!begun.marked).then(|| gettext("Ask at Next _Login")),
            never: match begun.marked {
                true => gettext("_Finish"),
                false => gettext("_Don’t Ask Again"),
            },
        }
    }
}

fn body(begun: &Begun) -> String {
    match (&begun.ready, begun.asked, begun.settings_done) {
        _ if begun.lost => lost(),
        _ if begun.runs => gettext("What is being done goes on without this window; Isotope shows how far it is."),
        (Some(name), ..) => {
            // Translators: {name} is a desktop that was downloaded.
            gettext("{name} is ready and starts with the next restart. Isotope lets you change that at any time.")
                .replace("{name}", name)
        }
        (None, true, true) => gettext(
            "How updates come is set. What was not begun is not done; you can choose it in Isotope at any time.",
        ),
        (None, true, false) => {
            gettext("What was not begun is not done. You can choose all of this in Isotope at any time.")
        }
        (None, false, true) => gettext(
            "How updates come is set, and nothing else is changed. All of this can be chosen in Isotope at any time.",
        ),
        (None, false, false) => gettext("Nothing is changed. All of this can be chosen in Isotope at any time."),
    }
}

/// What there is to say of what was being done when the service was lost.
pub(super) fn lost() -> String {
    gettext(
        "The service of Isotope cannot be reached, so nobody can tell what became of it. Isotope shows it as soon as \
         the service answers.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_is_told_from_what_was_only_asked_for() {
        let nothing = Begun::default();
        assert!(body(&nothing).starts_with("Nothing is changed"));
        let asked = Begun { asked: true, ..nothing.clone() };
        assert!(body(&asked).starts_with("What was not begun is not done"));
        let runs = Begun { runs: true, ..asked.clone() };
        assert!(body(&runs).contains("goes on without this window"));
        assert!(body(&Begun { lost: true, ..runs }).contains("nobody can tell what became of it"));
        for begun in [nothing.clone(), asked] {
            assert!(body(&Begun { settings_done: true, ..begun }).starts_with("How updates come is set"));
        }
        let marked = LeavingQuestion::of(&Begun { marked: true, ..nothing.clone() });
        assert_eq!((marked.later, marked.never.as_str()), (None, "_Finish"), "nothing is promised that does not come");
        assert!(LeavingQuestion::of(&nothing).later.is_some());
        let ready = Begun { ready: Some("Lab KDE".into()), ..nothing };
        assert!(LeavingQuestion::of(&ready).body.starts_with("Lab KDE is ready"));
    }
}
