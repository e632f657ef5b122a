// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::Refusal;

use super::{about_the_programs, nothing_changed};
use crate::wording::{Explanation, image_named};

/// Where an administrator says which images may be switched to.
const SWITCHING_FILE: &str = "/etc/isotope/switching.toml";

/// Words for what is wrong with the image, or the version, that was chosen.
pub(super) fn about_the_choice(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::MalformedReference { reference } => Explanation::new(
            gettext("That is not the name of an image that this computer can follow"),
            nothing_changed(),
            // Translators: "remote:branch" is what to type; leave the colon.
            gettext(
                "Where libostree updates this computer, write remote:branch, for example fedora:fedora/43/x86_64/silverblue; where bootc does, a container image with its registry, for example quay.io/fedora/fedora-silverblue:43; where rpm-ostree does, either of them.",
            ),
        )
        .detail(reference),
        Refusal::UnknownRemote { remote } => Explanation::new(
            gettext("This computer knows no remote named {name}").replace("{name}", remote),
            nothing_changed(),
            gettext("An administrator can add it, with the key that signs its images."),
        ),
        Refusal::AlreadyFollowed { reference } => Explanation::new(
            gettext("This system follows {image} already").replace("{image}", &image_named(reference)),
            nothing_changed(),
            gettext("To get its newest version, update."),
        ),
        Refusal::NotBootable { reference, detail } => Explanation::new(
            gettext("The image {image} is not a system that can be started").replace("{image}", &image_named(reference)),
            nothing_changed(),
            gettext("Choose an image that is made for starting computers, not for running in a container."),
        )
        .detail(detail),
        Refusal::WrongArchitecture { reference, detail, .. } => Explanation::new(
            gettext("The image {image} is made for computers of another kind").replace("{image}", &image_named(reference)),
            nothing_changed(),
            gettext("Choose an image for the processor of this computer."),
        )
        .detail(detail),
        Refusal::WouldLoseVerification { reference } => Explanation::new(
            gettext("Signatures would no longer be checked after switching to {image}").replace("{image}", &image_named(reference)),
            nothing_changed(),
            gettext(
                "To have this computer’s policy check it, write ostree-image-signed:docker:// before its name. An administrator has to set up that policy.",
            ),
        ),
        Refusal::NeedsReset { reference } => Explanation::new(
            gettext("What was changed with rpm-ostree cannot be carried over to {image}")
                .replace("{image}", &image_named(reference)),
            gettext("Carried over to a container image it can damage the system. Nothing was changed on this computer."),
            gettext("Have the changes taken back with the switch. What you miss then can be added again."),
        ),
        Refusal::SwitchForbidden { reference } => Explanation::new(
            gettext("The administrator of this computer does not allow a switch to {image}")
                .replace("{image}", &image_named(reference)),
            nothing_changed(),
            // Translators: leave the command and the path as they are.
            gettext(
                "Choose a desktop that is allowed (isotopectl catalog list), or ask the administrator, who says in \
                 {file} what is.",
            )
            .replace("{file}", SWITCHING_FILE),
        ),
        Refusal::SwitchPolicyBroken { path, detail } => Explanation::new(
            gettext("What the administrator of this computer allows to switch to cannot be read"),
            // Translators: {file} is the path of a file, {detail} is what is wrong with it, in English.
            gettext("{file}: {detail}. As long as that is so, no switch is allowed. Nothing was changed on this computer.")
                .replace("{file}", path)
                .replace("{detail}", detail.trim_end_matches('.')),
            // Translators: {file} is the path of a file.
            gettext("An administrator has to repair {file}. It has to belong to root, and be writable by root alone.")
                .replace("{file}", path),
        ),
        Refusal::VersionNotFound { version } => Explanation::new(
            gettext("The server does not have version {version}").replace("{version}", version),
            nothing_changed(),
            gettext("Ask for the list of versions and choose one of them."),
        ),
        _ => about_the_programs(refusal),
    }
}
