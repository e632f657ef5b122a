// SPDX-License-Identifier: GPL-3.0-or-later
mod choice;
mod download;

use gettextrs::gettext;
use isotope_model::{Protection, Refusal};

use self::choice::about_the_choice;
use self::download::about_the_download;
use super::automatic::{driver_name, driver_unit};
use super::{Explanation, backend_name};

/// The one of which it is known where it writes what went wrong.
const RPM_OSTREE: &str = "rpm-ostree";

fn nothing_changed() -> String {
    gettext("Nothing was changed on this computer.")
}

/// Words for a refusal.
pub fn refusal(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::NotImageBased
        | Refusal::NotBooted
        | Refusal::NothingToRollBackTo
        | Refusal::NoUpdateSource { .. }
        | Refusal::LocallyModified { .. }
        | Refusal::UpdateDriver { .. }
        | Refusal::NotSupported { .. }
        | Refusal::NotWithBackend { .. }
        | Refusal::ReadOnly { .. }
        | Refusal::ClockWrong { .. }
        | Refusal::SysrootDamaged { .. }
        | Refusal::Older { .. } => about_the_system(refusal),
        Refusal::UnknownDeployment { .. }
        | Refusal::Protected { .. }
        | Refusal::StillStaged { .. }
        | Refusal::AlreadyDefault { .. }
        | Refusal::AlreadyPinned { .. }
        | Refusal::NotPinned { .. }
        | Refusal::NothingToKeep
        | Refusal::NothingStaged => about_a_deployment(refusal),
        Refusal::MalformedReference { .. }
        | Refusal::UnknownRemote { .. }
        | Refusal::AlreadyFollowed { .. }
        | Refusal::NotBootable { .. }
        | Refusal::WrongArchitecture { .. }
        | Refusal::WouldLoseVerification { .. }
        | Refusal::NeedsReset { .. }
        | Refusal::SwitchForbidden { .. }
        | Refusal::SwitchPolicyBroken { .. }
        | Refusal::VersionNotFound { .. } => about_the_choice(refusal),
        Refusal::NoSpace { .. }
        | Refusal::SignatureRefused { .. }
        | Refusal::Network { .. }
        | Refusal::ImageNotFound { .. }
        | Refusal::AccessDenied { .. }
        | Refusal::Corrupted { .. } => about_the_download(refusal),
        Refusal::Busy { .. }
        | Refusal::NotAuthorised { .. }
        | Refusal::Dismissed { .. }
        | Refusal::Cancelled
        | Refusal::StateChanged
        | Refusal::ImageChanged { .. }
        | Refusal::AlreadyEnded => about_the_moment(refusal),
        Refusal::UnknownOption { .. }
        | Refusal::MalformedOption { .. }
        | Refusal::MalformedArgument { .. }
        | Refusal::WorkerLost { .. }
        | Refusal::ProgramUnavailable { .. }
        | Refusal::ProgramEnded { .. }
        | Refusal::Failed { .. }
        | Refusal::Unknown => about_the_programs(refusal),
    }
}

fn about_the_system(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::NotBooted => Explanation::new(
            gettext("This computer was not started from one of its system images"),
            gettext("Its images cannot be changed from here, for example because this is a live system."),
            gettext("Start the installed system and try again there."),
        ),
        Refusal::NothingToRollBackTo => Explanation::new(
            gettext("There is no other version on this computer to go back to"),
            nothing_changed(),
            gettext("After the next update the version that runs now is kept, and you can go back to it."),
        ),
        Refusal::NoUpdateSource { reference } => Explanation::new(
            gettext("This system does not follow an image that Isotope can update"),
            nothing_changed(),
            gettext("Update it with the program that it was installed with."),
        )
        .detail(reference),
        Refusal::LocallyModified { detail } => Explanation::new(
            gettext("Packages were added to this system, or removed from it, with rpm-ostree"),
            nothing_changed(),
            gettext("Update it with rpm-ostree, or take those changes back with “rpm-ostree reset” first."),
        )
        .detail(detail),
        Refusal::UpdateDriver { name, unit } => Explanation::new(
            // Translators: {name} is a program that takes care of updates, for example Zincati.
            gettext("Updates of this computer are driven by {name}").replace("{name}", &driver_name(name)),
            gettext("Isotope does not get in its way. Nothing was changed on this computer."),
            match driver_unit(unit) {
                // Translators: leave the command as it is.
                Some(unit) => gettext("Leave the updates to it, or stop it with “systemctl stop {unit}” and try again.")
                    .replace("{unit}", unit),
                None => gettext("Leave the updates to it, or stop it and try again."),
            },
        ),
        Refusal::NotSupported { program, option } => Explanation::new(
            // Translators: {program} is the name of a program, for example bootc.
            gettext("The version of {program} on this computer cannot do this").replace("{program}", program),
            nothing_changed(),
            gettext("Update the system; a newer version may be able to."),
        )
        .detail(option),
        Refusal::NotWithBackend { composefs: true, .. } => Explanation::new(
            gettext("bootc cannot do this on this computer, whose versions are composefs images"),
            nothing_changed(),
            gettext("Update, switch or go back to the version before: that can be done here."),
        ),
        Refusal::NotWithBackend { backend, .. } => Explanation::new(
            // Translators: {program} is the name of a program, for example bootc.
            gettext("{program}, which takes care of this system, cannot do this")
                .replace("{program}", backend_name(*backend)),
            nothing_changed(),
            gettext("Update instead, or go back to the version before."),
        ),
        Refusal::ReadOnly { detail } => Explanation::new(
            gettext("The disk of this computer cannot be written"),
            nothing_changed(),
            gettext("A disk that has errors is often made read-only. Save your data, restart, and have the disk checked."),
        )
        .detail(detail),
        Refusal::ClockWrong { .. } => Explanation::new(
            gettext("The clock of this computer is wrong"),
            gettext("It stands before the time when the running image was built, so no signature can be judged. Nothing was changed on this computer."),
            gettext("Set date and time, or connect to a network that does, and try again."),
        ),
        Refusal::SysrootDamaged { detail } => Explanation::new(
            gettext("The system images of this computer cannot be read"),
            gettext("What runs keeps running, but something on the disk was changed or damaged. Nothing was changed by Isotope."),
            gettext("Save your data before you restart, and report this together with the details."),
        )
        .detail(detail),
        Refusal::Older { detail } => Explanation::new(
            gettext("The version on the server is older than the one on this computer"),
            nothing_changed(),
            gettext("Usually this passes when the vendor publishes the next version. Check again later."),
        )
        .detail(detail),
        _ => Explanation::new(
            gettext("This is not an image-based system"),
            gettext("Isotope has nothing to update or to roll back here."),
            gettext("Use the update program of your distribution."),
        ),
    }
}

fn about_a_deployment(refusal: &Refusal) -> Explanation {
    let nothing = nothing_changed;
    match refusal {
        Refusal::Protected { protection: Protection::Booted, .. } => Explanation::new(
            gettext("The version that runs now cannot be removed"),
            nothing(),
            gettext("Start another version first, then remove this one."),
        ),
        Refusal::Protected { protection: Protection::Staged, .. } => Explanation::new(
            gettext("The version that starts with the next restart cannot be removed"),
            nothing(),
            gettext("Discard it, if it is not to start."),
        ),
        Refusal::Protected { protection: Protection::Pinned, .. } => {
            Explanation::new(gettext("The version is pinned"), nothing(), gettext("Unpin it first, then remove it."))
        }
        Refusal::Protected { protection: Protection::Default, .. } => Explanation::new(
            gettext("The version that starts next cannot be removed"),
            nothing(),
            gettext("Choose another version to start next first, then remove this one."),
        ),
        Refusal::Protected { .. } => Explanation::new(
            gettext("The version is protected"),
            nothing(),
            gettext("The program and the service may be of different versions. Update both and try again."),
        ),
        Refusal::StillStaged { .. } => Explanation::new(
            gettext("The version is only prepared yet"),
            nothing(),
            gettext("Restart first; after that it can be done."),
        ),
        Refusal::AlreadyDefault { .. } => Explanation::new(
            gettext("This version starts next already"),
            nothing(),
            gettext("There is nothing to be done."),
        ),
        Refusal::AlreadyPinned { .. } => Explanation::new(
            gettext("The version is pinned already"),
            nothing(),
            gettext("There is nothing to be done."),
        ),
        Refusal::NotPinned { .. } => {
            Explanation::new(gettext("The version is not pinned"), nothing(), gettext("There is nothing to be done."))
        }
        Refusal::NothingToKeep => Explanation::new(
            gettext("There is nothing to decide: no switch has left a way back that waits for that"),
            nothing(),
            gettext(
                "After the next switch, and a restart, you can say whether you keep it or go back. What was pinned by hand \
                 is not asked about.",
            ),
        ),
        Refusal::NothingStaged => Explanation::new(
            gettext("No version is prepared for the next restart, or held back from it"),
            nothing(),
            gettext("Look at how things stand now. An update prepares the newest version."),
        ),
        _ => Explanation::new(
            gettext("This computer does not have that version"),
            nothing(),
            gettext("It may have been removed meanwhile. Look at how things stand now."),
        ),
    }
}

fn about_the_moment(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::Busy { .. } => Explanation::new(
            gettext("Something else is being done to the system"),
            gettext("Only one operation can run at a time."),
            gettext("Wait until it has finished, or cancel it, and try again."),
        ),
        Refusal::NotAuthorised { action } => Explanation::new(
            gettext("You are not allowed to do this"),
            nothing_changed(),
            gettext("Ask the administrator of this computer."),
        )
        .detail(action),
        Refusal::Dismissed { action } => Explanation::new(
            gettext("The password was not entered"),
            nothing_changed(),
            gettext("Try again, and enter the password when you are asked for it."),
        )
        .detail(action),
        Refusal::StateChanged => Explanation::new(
            gettext("The system was changed meanwhile"),
            gettext("What you asked for was not done, because it was meant for the state before."),
            gettext("Look at how things stand now and decide anew."),
        ),
        Refusal::ImageChanged { .. } => Explanation::new(
            gettext("Another image was published meanwhile"),
            nothing_changed(),
            gettext("Look again and decide anew."),
        ),
        Refusal::AlreadyEnded => Explanation::new(
            gettext("The operation had ended already"),
            gettext("It can no longer be cancelled."),
            gettext("Look at how things stand now."),
        ),
        _ => Explanation::new(gettext("Cancelled"), nothing_changed(), gettext("Start again whenever you like.")),
    }
}

fn about_the_programs(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::UnknownOption { option }
        | Refusal::MalformedOption { option }
        | Refusal::MalformedArgument { argument: option } => Explanation::new(
            gettext("The Isotope service does not understand this request"),
            nothing_changed(),
            gettext("The program and the service may be of different versions. Update both and try again."),
        )
        .detail(option),
        Refusal::WorkerLost { detail } => Explanation::new(
            gettext("The program that changes the system ended unexpectedly"),
            gettext("The system starts as before, or with the new version if that was ready."),
            gettext("Look at how things stand now, and try again."),
        )
        .detail(detail),
        Refusal::ProgramUnavailable { program, detail } => Explanation::new(
            // Translators: {program} is the name of a program, for example rpm-ostree.
            gettext("{program} does not answer").replace("{program}", program),
            nothing_changed(),
            match program.as_str() {
                // Translators: leave the command as it is.
                RPM_OSTREE => gettext("Try again in a moment. If it stays so, “systemctl status rpm-ostreed” tells more."),
                _ => gettext("Try again in a moment. If it stays so, report it together with the details."),
            },
        )
        .detail(detail),
        Refusal::ProgramEnded { program, detail } => Explanation::new(
            // Translators: {program} is the name of a program, for example rpm-ostree.
            gettext("{program} ended unexpectedly").replace("{program}", program),
            gettext("Nothing was made ready: the system starts as before."),
            match program.as_str() {
                // Translators: leave the command as it is.
                RPM_OSTREE => gettext(
                    "Look at how things stand now, and try again. If it stays so, “journalctl --unit rpm-ostreed” tells more.",
                ),
                _ => gettext("Look at how things stand now, and try again."),
            },
        )
        .detail(detail),
        Refusal::Failed { detail } => Explanation::new(
            gettext("It did not work"),
            gettext("The system starts as shown here."),
            gettext("Try again. If it stays so, report it together with the details."),
        )
        .detail(detail),
        _ => Explanation::new(
            gettext("The Isotope service refused, for a reason that this program does not know"),
            gettext("The system starts as shown here."),
            gettext("The program and the service may be of different versions. Update both and try again."),
        ),
    }
}
