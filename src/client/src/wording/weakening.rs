// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Trust, Weakening};

/// What is lost where an image takes the place of another that is checked better, in a sentence; nothing where nothing is.
pub fn weakened(present: &Trust, other: &Trust) -> Option<String> {
    Some(match Weakening::between(present, other)? {
        Weakening::RefusedToNothing => gettext(
            "So far this computer refuses to install what it cannot check; after this switch it checks nothing.",
        ),
        Weakening::CheckedToUnknown => gettext(
            "So far this computer checks the signature of what it installs; nobody can say whether it still does after \
             this switch.",
        ),
        Weakening::WholeToPart => gettext(
            "So far this computer checks all of what it installs; after this switch it checks only a part of it.",
        ),
        Weakening::CheckedToNothing => {
            gettext("So far this computer checks the signature of what it installs; after this switch it does not.")
        }
        Weakening::StrictToOpen => gettext(
            "So far nothing is installed should this computer’s policy come to accept everything by default; after this \
             switch it would be, without a check.",
        ),
    })
}
