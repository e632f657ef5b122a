// SPDX-License-Identifier: GPL-3.0-or-later
//! What the daemon does for another program, in Isotope's words.

use isotope_model::OperationKind;
use isotope_model::engine_protocol::ForeignOperation;

use super::peer::About;
use crate::foreign_text::shown;

/// The longest title, and the longest name of a program, in characters.
const LONGEST: usize = 200;

/// What every new deployment is called before it is begun.
pub(crate) const NOT_BEGUN: &str = "new-deployment";

/// This method makes a new deployment, or looks for one: what it has made is called [`NOT_BEGUN`] until it is begun, and
/// something else from then on. Of all others the title does not tell.
pub(crate) fn title_tells(method: &str) -> bool {
    ["Upgrade", "Rebase", "Deploy", "UpdateDeployment", "AutomaticUpdateTrigger"].contains(&method)
}

/// A transaction that this method has begun.
pub(crate) fn of(method: &str, about: &About) -> ForeignOperation {
    let (program, uid) = initiator(&about.initiator);
    ForeignOperation { kind: kind(method, &about.title), title: shown(&about.title, LONGEST), uid, program }
}

/// What it is. The method alone does not tell: one makes every kind of new deployment.
fn kind(method: &str, title: &str) -> OperationKind {
    let is = |word: &str| title.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|found| found == word);
    match method {
        "Upgrade" => OperationKind::Update,
        "Rebase" => OperationKind::Switch,
        "Deploy" => OperationKind::Deploy,
        "Rollback" => OperationKind::RollBack,
        "Cleanup" => OperationKind::CleanUp,
        "AutomaticUpdateTrigger" if is("check") => OperationKind::Check,
        "AutomaticUpdateTrigger" => OperationKind::Update,
        // Of these Isotope itself has nothing made but a switch.
        "UpdateDeployment" if is("rebase") || title == super::daemon::CLIENT => OperationKind::Switch,
        "UpdateDeployment" if is("deploy") => OperationKind::Deploy,
        "UpdateDeployment" if is("upgrade") && !is("install") && !is("uninstall") => OperationKind::Update,
        _ => OperationKind::Other,
    }
}

/// Program and user in `client(id:gnome-software dbus:1.42 unit:… uid:1000)`. The program says itself what it is called,
/// and may say anything: what comes last counts.
fn initiator(text: &str) -> (Option<String>, Option<u32>) {
    let Some(inside) = text.strip_prefix("client(").and_then(|text| text.strip_suffix(')')) else {
        return (None, None);
    };
    let uid = inside.rsplit_once("uid:").and_then(|(_, uid)| uid.parse().ok());
    let id = inside.strip_prefix("id:").and_then(|rest| rest.rsplit_once(" dbus:"));
    let program = id.map(|(id, _)| shown(id, LONGEST)).filter(|id| !id.trim().is_empty());
    (program, uid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_one_who_asked_is_named() {
        let program = |name: &str| Some(name.to_owned());
        for (text, expected) in [
            ("client(id:recorder dbus:1.34 uid:0)", (program("recorder"), Some(0))),
            (
                "client(id:gnome-software dbus:1.42 unit:user@1000.service uid:1000)",
                (program("gnome-software"), Some(1000)),
            ),
            ("client(id:cli dbus:1.9 unit:session-2.scope uid:1000)", (program("cli"), Some(1000))),
            ("client(dbus:1.9 unit:rpm-ostreed-automatic.service uid:0)", (None, Some(0))),
            ("client(id:x uid:0 dbus:1.1 uid:1000)", (program("x uid:0"), Some(1000))),
            ("client(id:x dbus:1.1 uid:<unknown>)", (program("x"), None)),
            ("client(id:\u{1b}[1mx dbus:1.1 uid:5)", (program("[1mx"), Some(5))),
            ("caller :1.5", (None, None)),
            ("client(", (None, None)),
            ("", (None, None)),
        ] {
            assert_eq!(initiator(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_done_has_isotopes_name_where_isotope_does_it_too() {
        for (method, title, expected) in [
            ("Upgrade", "upgrade", OperationKind::Update),
            ("Upgrade", "isotope", OperationKind::Update),
            ("UpdateDeployment", "rebase", OperationKind::Switch),
            ("UpdateDeployment", "rpm-ostree rebase ostree-unverified-registry:q.io/upgrade", OperationKind::Switch),
            ("UpdateDeployment", "isotope", OperationKind::Switch),
            ("UpdateDeployment", "install vim", OperationKind::Other),
            ("UpdateDeployment", "upgrade; install vim", OperationKind::Other),
            ("UpdateDeployment", "deploy 43.1", OperationKind::Deploy),
            ("UpdateDeployment", NOT_BEGUN, OperationKind::Other),
            ("Rebase", "rebase", OperationKind::Switch),
            ("Deploy", "deploy", OperationKind::Deploy),
            ("Rollback", "rollback", OperationKind::RollBack),
            ("Cleanup", "cleanup", OperationKind::CleanUp),
            ("AutomaticUpdateTrigger", "upgrade (check only)", OperationKind::Check),
            ("AutomaticUpdateTrigger", "automatic (stage)", OperationKind::Update),
            ("KernelArgs", "kargs", OperationKind::Other),
            ("PkgChange", "upgrade", OperationKind::Other),
        ] {
            assert_eq!(kind(method, title), expected, "{method} {title}");
        }
    }
}
