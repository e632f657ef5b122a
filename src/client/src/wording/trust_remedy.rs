// SPDX-License-Identifier: GPL-3.0-or-later
use gettextrs::gettext;
use isotope_model::TrustProblem;

use super::POLICY_FILE;

/// What somebody has to do about a problem, where anybody can.
pub fn trust_remedy(problem: &TrustProblem) -> Option<String> {
    let policy = |text: String| Some(text.replace("{file}", POLICY_FILE));
    match problem {
        TrustProblem::PolicyBroken { .. } => policy(gettext("An administrator has to repair {file}.")),
        TrustProblem::PolicyMissing => policy(gettext("An administrator has to write {file}.")),
        TrustProblem::Rejected => policy(gettext("An administrator has to make a rule for it in {file}.")),
        TrustProblem::PolicyAcceptsEverything => policy(gettext(
            "An administrator has to let the default in {file} be “reject”, and to make a rule for each image that is to \
             be installed.",
        )),
        TrustProblem::AttachmentsNotUsed => Some(gettext(
            "An administrator has to have signatures looked for beside the image, in /etc/containers/registries.d.",
        )),
        TrustProblem::SettingsBroken { .. } => {
            Some(gettext("An administrator has to repair the files in /etc/containers/registries.d."))
        }
        TrustProblem::NotSupported { .. } => {
            policy(gettext("An administrator has to demand something else of it in {file}."))
        }
        TrustProblem::KeyMissing { path } => {
            Some(gettext("An administrator has to save the vendor’s public key as {file}.").replace("{file}", path))
        }
        TrustProblem::NotSigned => {
            Some(gettext("Only its vendor can sign it. Do not switch the check off; ask the vendor."))
        }
        TrustProblem::RemoteUnknown => Some(gettext("An administrator can add the remote, with its keys.")),
        TrustProblem::RemoteChecksNothing => Some(gettext(
            "An administrator has to have the remote demand signatures (gpg-verify=true), and to add its keys.",
        )),
        TrustProblem::CommitOnly | TrustProblem::Unknown => None,
    }
}
