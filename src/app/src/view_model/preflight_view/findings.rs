// SPDX-License-Identifier: GPL-3.0-or-later
//! What was found, the gravest first.

use gettextrs::gettext;
use isotope_client::wording;
use isotope_model::{Concern, Finding, LayeredEffect, Preflight, Severity, TrustState};

use super::words;

/// What a command begins with, or a file that somebody has to look at: words that may be needed elsewhere.
const TO_BE_COPIED: [&str; 7] = ["isotopectl ", "systemctl ", "rpm-ostree ", "ostree ", "bootc ", "/etc/", "/usr/"];

/// What was found that is equally grave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FindingGroup {
    /// How grave that is.
    pub(crate) severity: Severity,
    /// The same in words.
    pub(crate) title: String,
    /// All of it.
    pub(crate) findings: Vec<FindingView>,
}

/// One thing that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FindingView {
    /// The name of its symbolic icon.
    pub(crate) icon: &'static str,
    /// The style of the icon; the words say the same.
    pub(crate) style: &'static str,
    /// What it is.
    pub(crate) title: String,
    /// What it means for the computer.
    pub(crate) means: String,
    /// What to do about it.
    pub(crate) remedy: String,
    /// There is something in that to copy.
    pub(crate) selectable: bool,
    /// All the names, or what a program said.
    pub(crate) detail: Option<String>,
    /// What it is called where it is read out: how grave it is comes first.
    pub(crate) spoken: String,
}

/// All that was found, but for what stands among the facts, and for what a `reset` has agreed to.
pub(super) fn groups(preflight: &Preflight, reset: bool) -> Vec<FindingGroup> {
    let offers_reset = words::reset(preflight).is_some();
    let group = |severity| {
        let title = wording::severity(severity);
        let told = preflight.of_severity(severity).filter(|finding| !is_told_elsewhere(finding, reset));
        let findings: Vec<_> = told.map(|finding| view(finding, &title, offers_reset)).collect();
        (!findings.is_empty()).then_some(FindingGroup { severity, title, findings })
    };
    [Severity::Blocking, Severity::Warning, Severity::Unknown, Severity::Note].into_iter().filter_map(group).collect()
}

/// Who vouches for it is a fact where it is nothing to worry about; and that it is refused is told as what is in the way.
/// What is taken back is told with the choice to do so.
fn is_told_elsewhere(finding: &Finding, reset: bool) -> bool {
    match &finding.concern {
        Concern::Layered { effect: LayeredEffect::NeedsReset | LayeredEffect::CarriedOver, .. } => reset,
        Concern::Signature { trust } => finding.severity == Severity::Note || trust.state == TrustState::Refused,
        _ => false,
    }
}

fn view(finding: &Finding, severity: &str, offers_reset: bool) -> FindingView {
    let (icon, style) = match finding.severity {
        Severity::Blocking => ("isotope-row-blocked-symbolic", "error"),
        Severity::Warning | Severity::Unknown => ("isotope-row-attention-symbolic", "warning"),
        Severity::Note => ("isotope-row-note-symbolic", "accent"),
    };
    let words = wording::finding(finding);
    let remedy = match &finding.concern {
        // The way to do it here takes the place of the command.
        Concern::Layered { effect: LayeredEffect::NeedsReset, .. } if offers_reset => {
            gettext("Agree below that it is taken back. What you miss then can be added again.")
        }
        Concern::Layered { effect: LayeredEffect::CarriedOver, .. } if offers_reset => {
            gettext("Look whether you still need it there. What you do not need can be taken back below.")
        }
        Concern::ContentUnknown => gettext("They are looked at then, and what is found is told before you restart."),
        Concern::PinFillsBoot { .. } => {
            gettext("Once you have said after the restart that you keep the new one, an update may take that room.")
        }
        _ => words.remedy,
    };
    FindingView {
        icon,
        style,
        // Translators: {severity} is a heading such as "Be Careful"; {finding} is what was found.
        spoken: gettext("{severity}: {finding}").replace("{severity}", severity).replace("{finding}", &words.what),
        title: words.what,
        means: words.means,
        selectable: TO_BE_COPIED.iter().any(|beginning| remedy.contains(beginning)),
        remedy,
        detail: words.detail,
    }
}
