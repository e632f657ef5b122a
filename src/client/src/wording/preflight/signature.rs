// SPDX-License-Identifier: GPL-3.0-or-later
//! Who vouches for the image.

use gettextrs::gettext;
use isotope_model::{Trust, TrustProblem, TrustState};

use super::sentence;
use crate::wording::{self, Explanation, image_name, trust_remedy, weakened};

pub(super) fn signature(trust: &Trust) -> Explanation {
    let what = match (trust.state, &trust.problem) {
        (TrustState::Verified, Some(TrustProblem::CommitOnly)) => gettext("Only a part of the image is checked"),
        (TrustState::Verified, _) => gettext("The image’s signature is checked"),
        (TrustState::DefaultOnly, _) => gettext("The image’s signature is checked by the general rule"),
        (TrustState::Unchecked, _) => gettext("Nobody checks who made the image"),
        (TrustState::Refused, _) => gettext("The rules of this computer do not let the image in"),
        (TrustState::Unknown, _) => gettext("It is not known whether anybody checks who made the image"),
    };
    Explanation::new(what, sentence(&wording::trust(trust)), remedy(trust))
}

pub(super) fn weaker_check(present: &Trust, target: &Trust) -> Explanation {
    let means = weakened(present, target).unwrap_or_else(|| {
        gettext("So far this computer checks the signature of what it installs; it has no such rule for this image.")
    });
    // Translators: leave the command as it is.
    let remedy = gettext(
        "Stay with what is followed now, or have a rule made for the image, as this shows: isotopectl trust {image}",
    );
    let remedy = remedy.replace("{image}", &image_name(&target.image));
    Explanation::new(gettext("Less is checked than before"), means, remedy)
}

/// What has to be done so that the image is checked; nothing where it is.
fn remedy(trust: &Trust) -> String {
    if let Some(remedy) = trust.problem.as_ref().and_then(trust_remedy) {
        return remedy;
    }
    if trust.is_enforced() {
        return String::new();
    }
    // Translators: leave the command as it is.
    gettext("To see how to have it checked: isotopectl trust {image}").replace("{image}", &image_name(&trust.image))
}
