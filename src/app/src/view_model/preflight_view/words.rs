// SPDX-License-Identifier: GPL-3.0-or-later
//! The sentences above and below what was found.

use gettextrs::gettext;
use isotope_model::{
    Concern, Deployment, ImageReference, LayeredEffect, Preflight, resolve_image, strict_form, update_source,
};

use super::super::layered_lines;
use super::{PreflightContext, PreflightSubject, SwitchChoice};

/// The question, or what this is about.
pub(super) fn heading(subject: &PreflightSubject, context: PreflightContext<'_>) -> String {
    let heading = match subject.staged {
        true => gettext("Before You Restart"),
        // Translators: the same image is followed in a form that has to be checked.
        false if is_stricter(subject, context) => gettext("Demand the Check of {image}?"),
        // Translators: {image} is the name of a desktop, or a container image or a branch.
        false => gettext("Switch to {image}?"),
    };
    heading.replace("{image}", &subject.name)
}

/// What a yes does.
pub(super) fn intro(subject: &PreflightSubject, preflight: &Preflight, context: PreflightContext<'_>) -> String {
    if subject.staged {
        let text = gettext(
            "{name} is downloaded and starts with the next restart. Now that all of it is here, this was found. Until \
             you restart it can be discarded.",
        );
        return text.replace("{name}", &subject.name);
    }
    if preflight.is_blocked(context.reset) && !preflight.is_blocked(true) {
        return gettext(
            "The image is downloaded and starts with the next restart, once you have agreed that what was changed with \
             rpm-ostree is taken back. Nothing was changed so far.",
        );
    }
    if preflight.is_blocked(context.reset) {
        return gettext("This cannot be done as things stand. Nothing was changed.");
    }
    let does = match is_stricter(subject, context) {
        true => gettext(
            "From then on, should this computer lose its rule for the image, nothing is installed from it any more. \
             This starts with the next restart.",
        ),
        false => {
            gettext("The image is downloaded and starts with the next restart; updates come from it from then on.")
        }
    };
    let booted = context.snapshot.booted();
    // What a switch has pinned may be let go again.
    let kept = booted.is_some_and(|booted| booted.pinned && booted.automatic_pin.is_none())
        || (context.pin && preflight.pins.is_some());
    let one_way = preflight.findings.iter().any(|finding| finding.concern == Concern::OneWay);
    let stays = match (one_way, kept) {
        // That nothing leads back is told further below.
        (true, _) => gettext("Your personal files stay as they are."),
        (false, true) => gettext("Your personal files stay as they are, and {running} is kept to go back to."),
        (false, false) => gettext(
            "Your personal files stay as they are, and {running} stays to go back to until the first update after that.",
        ),
    };
    let running = booted.map(with_variant).unwrap_or_default();
    [does, stays.replace("{running}", &running)].join(" ")
}

/// The choice whether what runs now is pinned, where there is one.
pub(super) fn pin(preflight: &Preflight, context: PreflightContext<'_>) -> Option<SwitchChoice> {
    let one_way = preflight.findings.iter().any(|finding| finding.concern == Concern::OneWay);
    let pins = preflight.pins.as_ref().filter(|_| !preflight.is_blocked(context.reset) && !one_way);
    let running = pins.and_then(|id| context.snapshot.deployment(id))?;
    Some(SwitchChoice {
        // Translators: {running} is the version that runs now.
        title: gettext("Keep {running} to go back to").replace("{running}", &with_variant(running)),
        subtitle: gettext("No update removes it before you have said, after the restart, that you keep the new one."),
    })
}

/// The choice whether what rpm-ostree has changed is taken back, where that would let the switch be made, or is optional.
pub(super) fn reset(preflight: &Preflight) -> Option<SwitchChoice> {
    let (layered, effect) = preflight.resettable().filter(|_| !preflight.is_blocked(true))?;
    let only_added = layered.removed.is_empty() && layered.replaced.is_empty();
    let only_added = only_added && !layered.initramfs && !layered.otherwise;
    let title = match only_added {
        true => gettext("Remove added packages"),
        false => gettext("Take back what was changed with rpm-ostree"),
    };
    let means = match effect {
        LayeredEffect::NeedsReset => gettext("The switch can only be made with this."),
        _ => gettext("Otherwise it is made anew on top of the new image."),
    };
    Some(SwitchChoice { title, subtitle: [layered_lines::taken_back(layered), means].join("\n") })
}

/// That nothing grave was found, as a sentence.
pub(super) fn nothing_found() -> String {
    gettext("No problems were found.")
}

/// The same image is followed already, in a form that has to be checked only as long as there is a rule for it.
fn is_stricter(subject: &PreflightSubject, context: PreflightContext<'_>) -> bool {
    let preflight = context.answer.and_then(|answer| answer.as_ref().ok());
    let asked = resolve_image(context.snapshot, &subject.image).ok();
    let image = preflight.map(|preflight| &preflight.image).or(asked.as_ref());
    // Where nothing is checked by that, nothing is demanded.
    let unchecked =
        preflight.into_iter().flat_map(|preflight| &preflight.findings).any(|finding| match &finding.concern {
            Concern::Signature { trust } => !trust.is_enforced(),
            _ => false,
        });
    let followed = update_source(context.snapshot).ok();
    let strict_form_of_it = |followed: &ImageReference| strict_form(followed).filter(|strict| strict != followed);
    !unchecked && image.is_some() && followed.and_then(strict_form_of_it).as_ref() == image
}

/// The version, with the variant where one is told.
fn with_variant(deployment: &Deployment) -> String {
    match deployment.variant.as_deref().map(str::trim).filter(|variant| !variant.is_empty()) {
        // Translators: a version and its variant, as in "10.2 GNOME".
        Some(variant) => {
            gettext("{version} {variant}").replace("{version}", deployment.label()).replace("{variant}", variant)
        }
        None => deployment.label().to_owned(),
    }
}
