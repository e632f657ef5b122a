// SPDX-License-Identifier: GPL-3.0-or-later
//! How this computer stands.

use gettextrs::gettext;
use isotope_model::catalog::CpuBaseline;

use crate::wording::{Explanation, bytes, cpu_baseline};

pub(super) fn processor(needs: CpuBaseline, has: Option<CpuBaseline>) -> Explanation {
    let means = match has {
        // Translators: {needs} and {has} are levels of processors, each with the year since when there are such.
        Some(has) => {
            gettext("It needs this level: {needs}. This computer has this one: {has}. It would not start here.")
                .replace("{has}", &cpu_baseline(has))
        }
        // Translators: {needs} is a level of processors, with the year since when there are such.
        None => gettext("It needs this level: {needs}. This computer has less than that. It would not start here."),
    };
    Explanation::new(
        gettext("The image is made for newer processors"),
        means.replace("{needs}", &cpu_baseline(needs)),
        gettext("Choose another image, one that is made for the processor of this computer."),
    )
}

pub(super) fn replaces_staged(version: &str) -> Explanation {
    Explanation::new(
        gettext("What is prepared for the next restart is replaced"),
        gettext("So far the next restart starts version {version}; after the switch it starts the new image.")
            .replace("{version}", version),
        gettext("To have that version first, restart before you switch."),
    )
}

pub(super) fn little_space(place: &str, needed: u64, free: u64) -> Explanation {
    let what = match place {
        "/boot" => gettext("There may be too little room in /boot"),
        _ => gettext("There may be too little room on the disk"),
    };
    Explanation::new(
        what,
        amounts(
            gettext(
                "About {needed} are needed there, and {free} are free. If that is not enough, the switch fails and nothing is changed.",
            ),
            needed,
            free,
        ),
        match place {
            // Translators: leave the commands as they are.
            "/boot" => gettext(
                "If there is nothing to unpin or remove, /boot is too small for this image. Unpin and remove versions that \
                 you no longer need: isotopectl unpin, isotopectl remove, isotopectl cleanup",
            ),
            // Translators: leave the commands as they are.
            _ => gettext(
                "Delete files that you no longer need, or versions of the system: isotopectl remove, isotopectl cleanup",
            ),
        },
    )
}

pub(super) fn pin_fills_boot(needed: u64, free: u64) -> Explanation {
    Explanation::new(
        gettext("While the way back is kept, /boot has no room for an update"),
        amounts(gettext("An update needs about {needed} there, and {free} are free after the switch."), needed, free),
        // Translators: leave the command as it is.
        gettext("Once you say that you keep the new image, the next update may take that room: isotopectl keep"),
    )
}

fn amounts(text: String, needed: u64, free: u64) -> String {
    text.replace("{needed}", &bytes(needed)).replace("{free}", &bytes(free))
}
