// SPDX-License-Identifier: GPL-3.0-or-later
//! What there is to know of the image itself.

use gettextrs::{gettext, ngettext};
use isotope_model::Refusal;
use isotope_model::catalog::{Status, Text};

use crate::wording::lists::plural;
use crate::wording::{self, Explanation, catalog_text, desktop_name};

const DAY: u64 = 24 * 60 * 60;

/// The switch would be refused; nothing of it has been tried yet.
pub(super) fn refused(refusal: &Refusal) -> Explanation {
    let words = wording::refusal(refusal);
    let means = match refusal {
        Refusal::WrongArchitecture { found: Some(found), expected: Some(expected), .. } => {
            // Translators: {found} and {expected} are names of kinds of computers, for example arm64.
            gettext("It is made for {found}, and this computer is {expected}: it would not start. Nothing is changed.")
                .replace("{found}", found)
                .replace("{expected}", expected)
        }
        // Translators: {found} is the name of a kind of computers, for example arm64.
        Refusal::WrongArchitecture { found: Some(found), .. } => {
            gettext("It is made for {found}: it would not start here. Nothing is changed.").replace("{found}", found)
        }
        Refusal::NotBooted
        | Refusal::NotImageBased
        | Refusal::ClockWrong { .. }
        | Refusal::SysrootDamaged { .. }
        | Refusal::SwitchPolicyBroken { .. } => return words,
        _ => gettext("This computer cannot be switched to it as it stands now. Nothing is changed."),
    };
    Explanation { means, ..words }
}

pub(super) fn not_looked_at(refusal: &Refusal) -> Explanation {
    let words = wording::refusal(refusal);
    Explanation {
        what: gettext("The image could not be looked at beforehand"),
        // Translators: {reason} is a sentence without its full stop.
        means: gettext("{reason}. So its version, its size and what it needs are not known.")
            .replace("{reason}", &words.what),
        ..words
    }
}

pub(super) fn other_vendor(from: &str, to: &str) -> Explanation {
    let filled = |text: String| text.replace("{from}", from).replace("{to}", to);
    Explanation::new(
        // Translators: {from} and {to} are names of those who publish systems, for example Fedora.
        filled(gettext("Published by {to}, no longer by {from}")),
        filled(gettext("Everything on this computer but your own files comes from {to} from then on, updates too.")),
        filled(gettext("Switch if you trust {to} as much.")),
    )
}

pub(super) fn other_desktop(from: &str, to: &str) -> Explanation {
    let what = match (from, to) {
        ("none", to) => gettext("A desktop where there was none: {to}").replace("{to}", desktop_name(to)),
        (from, "none") => {
            gettext("No desktop any more, but a text console in place of {from}").replace("{from}", desktop_name(from))
        }
        // Translators: {from} and {to} are names of desktops, for example GNOME.
        (from, to) => gettext("Another desktop: {to} in place of {from}")
            .replace("{to}", desktop_name(to))
            .replace("{from}", desktop_name(from)),
    };
    Explanation::new(
        what,
        gettext(
            "Your personal files stay. Settings such as the background are each desktop’s own; those of the other one are \
             left as they are.",
        ),
        String::new(),
    )
}

pub(super) fn older(built: u64, here: u64) -> Explanation {
    let days = here.saturating_sub(built) / DAY;
    let what = match days {
        0 => gettext("A little older than what runs now"),
        days => {
            ngettext("{number} day older than what runs now", "{number} days older than what runs now", plural(days))
                .replace("{number}", &days.to_string())
        }
    };
    Explanation::new(
        what,
        gettext(
            "Repairs that were made since are missing, and programs may not understand settings that newer versions of \
             them have written.",
        ),
        gettext("Choose a stream or a tag that is as new, or wait until the vendor publishes a newer version."),
    )
}

pub(super) fn outdated(status: Status, successor: Option<&Text>, reference: Option<&str>) -> Explanation {
    let (what, means) = match status {
        Status::Discontinued => (
            gettext("The image is published no more"),
            gettext("It gets no updates, not even for holes that somebody could break in through."),
        ),
        _ => (
            gettext("The image is deprecated"),
            gettext("Its vendor is going to give it up; from then on it gets no updates."),
        ),
    };
    let remedy = match (successor.map(catalog_text), reference) {
        // Translators: {name} is the name of a desktop that a vendor publishes; leave the command as it is.
        (Some(name), Some(image)) => gettext("{name} takes its place: isotopectl switch {image}")
            .replace("{name}", name)
            .replace("{image}", image),
        // Translators: {name} is the name of a desktop that a vendor publishes.
        (Some(name), None) => gettext("{name} takes its place: switch to that instead.").replace("{name}", name),
        // Translators: leave the command as it is.
        (None, _) => gettext("Choose another one: isotopectl catalog list"),
    };
    Explanation::new(what, means, remedy)
}

pub(super) fn experimental() -> Explanation {
    Explanation::new(
        gettext("The image is experimental"),
        gettext("Nobody promises that it works, or that it will still be published tomorrow."),
        gettext("Keep what runs now, so that you can go back, and have a copy of your files elsewhere."),
    )
}

pub(super) fn one_way() -> Explanation {
    Explanation::new(
        gettext("There is no way back from this image to another one"),
        gettext("It changes the computer in ways that other images cannot cope with once it has been started."),
        gettext("Switch only if you mean to stay, and copy your files elsewhere first."),
    )
}
