// SPDX-License-Identifier: GPL-3.0-or-later
//! What was changed on this computer, and what a switch means for that.

use gettextrs::gettext;
use isotope_model::{Layered, LayeredEffect, Unlocked};

use super::sentence;
use crate::wording::{self, Explanation};

pub(super) fn layered(layered: &Layered, effect: LayeredEffect) -> Explanation {
    let (means, remedy) = match effect {
        LayeredEffect::Blocks => (
            gettext("A switch would not carry that over, so it is not made."),
            // Translators: leave the command as it is.
            gettext("Take the changes back with “rpm-ostree reset”, restart, and then switch."),
        ),
        LayeredEffect::CarriedOver => (
            gettext(
                "rpm-ostree makes that anew on top of the new image, which takes longer. If something does not fit there, \
                 the switch fails and nothing is changed.",
            ),
            gettext("Look whether you still need it there. What you do not need can be taken back with the switch."),
        ),
        LayeredEffect::NeedsReset => (
            gettext("Carried over to a container image, that can damage the system, so it is not done."),
            gettext("Have the changes taken back with the switch. What you miss then can be added again."),
        ),
        LayeredEffect::Unknown => (
            gettext("What becomes of that with the switch is something that this version of Isotope does not know."),
            gettext("The program and the service may be of different versions. Update both and try again."),
        ),
    };
    let changed = wording::layered(layered).iter().map(|line| sentence(line)).collect::<Vec<_>>();
    let names = wording::layered_in_full(layered).join("\n");
    Explanation::new(
        gettext("This system was changed with rpm-ostree"),
        changed.into_iter().chain([means]).collect::<Vec<_>>().join(" "),
        remedy,
    )
    .detail(&names)
}

pub(super) fn unlocked(unlocked: Unlocked) -> Explanation {
    let means = match unlocked {
        Unlocked::Development | Unlocked::Transient => {
            gettext("What was changed there is gone after the next restart.")
        }
        Unlocked::Hotfix => {
            gettext("What was changed there stays through restarts, but not through an update or a switch.")
        }
        Unlocked::Unknown => gettext("What was changed there is not carried over to the new image."),
    };
    Explanation::new(
        gettext("The files of the running system were opened for changes"),
        means,
        gettext("If you need something of it, copy it to your home folder before you restart."),
    )
}

pub(super) fn applied_live() -> Explanation {
    Explanation::new(
        gettext("Packages of the running system were changed without a restart"),
        gettext("The new image does not have these changes, unless they are made there anew."),
        gettext("Look after the restart whether something is missing that you need."),
    )
}
