// SPDX-License-Identifier: GPL-3.0-or-later
//! What a preflight found, in words: a line for a title, what it means for the computer, and what to do about it. What is
//! only worth knowing may leave nothing to do.

mod computer;
mod content;
mod image;
mod layered;
mod login_screen;
#[cfg(test)]
mod samples;
mod signature;
#[cfg(test)]
mod tests;

use gettextrs::gettext;
use isotope_model::{Concern, Finding, Severity};

use super::Explanation;

/// The heading of all findings of this severity.
pub fn severity(severity: Severity) -> String {
    match severity {
        // Translators: heading of what keeps a switch to another desktop from being made.
        Severity::Blocking => gettext("In the Way"),
        // Translators: heading of what may be lost or work worse after a switch to another desktop.
        Severity::Warning => gettext("Be Careful"),
        // Translators: heading of what to know before a switch to another desktop.
        Severity::Note => gettext("Good to Know"),
        // Translators: heading of what this version of the program cannot judge.
        Severity::Unknown => gettext("Not Known"),
    }
}

/// Words for one finding.
pub fn finding(finding: &Finding) -> Explanation {
    match &finding.concern {
        Concern::Refused { refusal } => image::refused(refusal),
        Concern::NotLookedAt { refusal } => image::not_looked_at(refusal),
        Concern::Signature { trust } => signature::signature(trust),
        Concern::WeakerCheck { present, target } => signature::weaker_check(present, target),
        Concern::OtherVendor { from, to } => image::other_vendor(from, to),
        Concern::OtherDesktop { from, to } => image::other_desktop(from, to),
        Concern::Older { built, here } => image::older(*built, *here),
        Concern::Outdated { status, successor, reference } => {
            image::outdated(*status, successor.as_ref(), reference.as_deref())
        }
        Concern::Experimental => image::experimental(),
        Concern::OneWay => image::one_way(),
        Concern::Processor { needs, has } => computer::processor(*needs, *has),
        Concern::Layered { layered, effect } => layered::layered(layered, *effect),
        Concern::Unlocked { unlocked } => layered::unlocked(*unlocked),
        Concern::AppliedLive => layered::applied_live(),
        Concern::ReplacesStaged { version, .. } => computer::replaces_staged(version),
        Concern::LittleSpace { place, needed, free } => computer::little_space(place, *needed, *free),
        Concern::PinFillsBoot { needed, free } => computer::pin_fills_boot(*needed, *free),
        Concern::OtherDisplayManager { from, to } => login_screen::other(from, to),
        Concern::NoDisplayManager { from } => login_screen::none(from),
        Concern::BrokenDisplayManager { link, unit } => login_screen::broken(link, unit),
        Concern::MissingUser { user, unit } => login_screen::missing_user(user, unit),
        Concern::ConfigurationKept { paths, more } => content::configuration_kept(paths, *more),
        Concern::ContentUnknown => content::unknown(),
        Concern::Unknown => Explanation::new(
            gettext("Something that this version of Isotope does not know"),
            gettext("The service found something that this program has no words for."),
            gettext("The program and the service may be of different versions. Update both and try again."),
        ),
    }
}

/// Ends with a full stop what ends without.
fn sentence(text: &str) -> String {
    // Translators: {sentence} is a sentence without its full stop.
    gettext("{sentence}.").replace("{sentence}", text)
}
