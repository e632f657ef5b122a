// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::{Refusal, SignatureProblem};

use super::{about_the_programs, nothing_changed};
use crate::wording::images::names_a_container;
use crate::wording::signatures::signature_problem;
use crate::wording::{Explanation, bytes, image_named};

/// Words for what went wrong with the download.
pub(super) fn about_the_download(refusal: &Refusal) -> Explanation {
    match refusal {
        Refusal::NoSpace { detail, place, needed, free } => Explanation::new(
            no_space(place.as_deref(), *needed, *free),
            nothing_changed(),
            match place.as_deref() {
                Some("/boot") => gettext("Unpin and remove a version of the system that you no longer need, clean up, and try again. Deleting your own files does not help there. If there is nothing to unpin or remove, /boot is too small for this image."),
                _ => gettext("Delete files that you no longer need, or remove versions of the system that you no longer want, and try again."),
            },
        )
        .detail(detail),
        Refusal::SignatureRefused { problem: SignatureProblem::NoPolicy, detail, .. } => Explanation::new(
            signature_problem(SignatureProblem::NoPolicy, false),
            gettext("The image was not installed. Nothing was changed on this computer."),
            gettext(
                "An administrator can have /etc/containers/policy.json reject by default, and say there whose signature the \
                 image has to carry.",
            ),
        )
        .detail(detail),
        Refusal::SignatureRefused { problem: SignatureProblem::Missing, detail, .. } => Explanation::new(
            signature_problem(SignatureProblem::Missing, false),
            gettext("The image was not installed. Nothing was changed on this computer."),
            gettext("Only its vendor can sign it: ask the vendor, or choose another image. Do not switch the check off."),
        )
        .detail(detail),
        Refusal::SignatureRefused { problem, reference, detail } => Explanation::new(
            signature_problem(*problem, names_a_container(reference)),
            gettext("The image was not installed. Nothing was changed on this computer."),
            gettext("Try again later. If it stays so, ask the vendor of the image; do not switch the check off."),
        )
        .detail(detail),
        Refusal::ImageNotFound { reference, detail } => Explanation::new(
            gettext("The server does not have the image {image}").replace("{image}", &image_named(reference)),
            nothing_changed(),
            match names_a_container(reference) {
                true => gettext("Check its name and its tag. If both are right, it may have been discontinued: look on the vendor’s site for its successor."),
                false => gettext("Check its name. If that is right, it may have been discontinued: look on the vendor’s site for its successor."),
            },
        )
        .detail(detail),
        Refusal::AccessDenied { reference, detail } => Explanation::new(
            gettext("The server does not give out the image {image}").replace("{image}", &image_named(reference)),
            nothing_changed(),
            match names_a_container(reference) {
                // Translators: leave the path and the command as they are.
                true => gettext("Look whether its name is right. If it is not public, an administrator has to put a login for the server into /etc/ostree/auth.json; what “podman login” keeps elsewhere is not read."),
                false => gettext("Look whether its name is right. If it is not public, an administrator has to log in to the server."),
            },
        )
        .detail(detail),
        Refusal::Corrupted { detail } => Explanation::new(
            gettext("What the server sent is damaged"),
            nothing_changed(),
            gettext("Try again later. If it stays so, tell the vendor of the image."),
        )
        .detail(detail),
        Refusal::Network { detail } => Explanation::new(
            gettext("The server could not be reached, or is too busy"),
            nothing_changed(),
            gettext("Check the network connection and try again. What was downloaded already is kept."),
        )
        .detail(detail),
        _ => about_the_programs(refusal),
    }
}

fn no_space(place: Option<&str>, needed: Option<u64>, free: Option<u64>) -> String {
    match (place, needed, free) {
        (Some("/boot"), Some(needed), Some(free)) => {
            gettext("There is not enough free space for starting the new version: {needed} are needed in /boot, {free} are free")
                .replace("{needed}", &bytes(needed))
                .replace("{free}", &bytes(free))
        }
        (_, Some(needed), Some(free)) => gettext("There is not enough free space: {needed} are needed, {free} are free")
            .replace("{needed}", &bytes(needed))
            .replace("{free}", &bytes(free)),
        _ => gettext("There is not enough free space"),
    }
}
