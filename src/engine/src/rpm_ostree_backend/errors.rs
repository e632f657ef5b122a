// SPDX-License-Identifier: GPL-3.0-or-later
//! What rpm-ostree's errors mean: of its methods, and of transactions that end badly. Most names of its errors say nothing,
//! and so the words are all there is to go by. They are those of rpm-ostree, libostree, skopeo and libdnf.

use isotope_model::Refusal;
use ostree::{gio, glib};

use super::daemon::PROGRAM;
use crate::bootc_backend::errors;
use crate::failure::of_pull;
use crate::foreign_text::shown;

/// The longest detail that is handed on, in characters.
const LONGEST: usize = 1000;

/// What a method was refused with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum MethodError {
    /// Another transaction of rpm-ostree's own is active, or one that has ended and is not closed yet.
    TransactionInProgress {
        /// What rpm-ostree calls it.
        title: String,
    },
    /// Another program holds the sysroot's lock: ostree, bootc.
    SysrootLocked,
    /// The daemon does not start, does not answer, or is gone.
    Unavailable {
        /// What the bus said.
        detail: String,
    },
    /// Anything else.
    Refused(Refusal),
}

impl MethodError {
    /// What is told where nobody waits for it any longer.
    pub(crate) fn into_refusal(self) -> Refusal {
        match self {
            Self::TransactionInProgress { .. } | Self::SysrootLocked => Refusal::Busy { operation: None },
            Self::Unavailable { detail } => Refusal::ProgramUnavailable { program: PROGRAM.to_owned(), detail },
            Self::Refused(refusal) => refusal,
        }
    }
}

/// Errors of the bus that say that nobody is there. Source: the D-Bus specification, dbus-daemon, and systemd's
/// `bus-common-errors.h`, as what is activated by the name of a unit fails with those.
const NOBODY: [&str; 8] = [
    "org.freedesktop.DBus.Error.NoReply",
    "org.freedesktop.DBus.Error.ServiceUnknown",
    "org.freedesktop.DBus.Error.NameHasNoOwner",
    "org.freedesktop.DBus.Error.Disconnected",
    "org.freedesktop.DBus.Error.Timeout",
    "org.freedesktop.DBus.Error.TimedOut",
    "org.freedesktop.DBus.Error.UnknownObject",
    "org.freedesktop.DBus.Error.LimitsExceeded",
];

/// What it means that a method that was called for `reference` failed with this error.
pub(crate) fn of_method_error(name: &str, message: &str, reference: &str) -> MethodError {
    if let Some(rest) = message.strip_prefix("Transaction in progress: ") {
        let title = rest.lines().next().unwrap_or_default();
        return MethodError::TransactionInProgress { title: shown(title.trim(), 200) };
    }
    if message.starts_with("System transaction in progress") {
        return MethodError::SysrootLocked;
    }
    let starts = name.starts_with("org.freedesktop.DBus.Error.Spawn.") || name.starts_with("org.freedesktop.systemd1.");
    // Its objects come and go with it.
    let no_object = name == "org.freedesktop.DBus.Error.UnknownMethod" && message.starts_with("Object does not exist");
    if starts || no_object || NOBODY.contains(&name) {
        return MethodError::Unavailable { detail: one_line(message) };
    }
    MethodError::Refused(of_finished(message, reference))
}

/// What it means that a transaction for `reference` ended badly, with these words.
pub(crate) fn of_finished(text: &str, reference: &str) -> Refusal {
    let detail = one_line(text);
    if let Some(refusal) = of_rpm_ostree(&detail, reference) {
        return refusal;
    }
    // The name of the branch could say anything.
    if let Some(rest) = detail.strip_prefix("While pulling ") {
        let said = rest.split_once(": ").map_or(rest, |(_, said)| said);
        return of_libostree(said, reference);
    }
    if REPOSITORIES.iter().any(|words| detail.contains(words)) {
        return Refusal::Network { detail };
    }
    errors::refusal(&format!("error: {detail}"), reference)
}

/// libdnf cannot reach a repository of packages.
const REPOSITORIES: [&str; 3] = ["Curl error (", "Cannot download repomd.xml", "All mirrors were tried"];

/// Words of rpm-ostree's own.
fn of_rpm_ostree(text: &str, reference: &str) -> Option<Refusal> {
    let reference = reference.to_owned();
    let begins = |words: &str| text.starts_with(words);
    if text == "Operation was cancelled" || text.ends_with(": Operation was cancelled") {
        return Some(Refusal::Cancelled);
    }
    if begins("System transaction in progress") || begins("Transaction in progress") {
        return Some(Refusal::Busy { operation: None });
    }
    if begins("Old and new refs are equal") {
        return Some(Refusal::AlreadyFollowed { reference });
    }
    if let Some(rest) = text.strip_prefix("Invalid refspec") {
        let named = rest.trim();
        return Some(Refusal::malformed_reference(if named.is_empty() { &reference } else { named }));
    }
    if text.contains("failed to invoke method OpenImage: invalid reference format") {
        return Some(Refusal::malformed_reference(&reference));
    }
    if begins("No pending staged deployment found") {
        return Some(Refusal::NothingStaged);
    }
    if begins("No rollback deployment found") {
        return Some(Refusal::NothingToRollBackTo);
    }
    if begins("Could not determine default ref to pull") {
        return Some(Refusal::NoUpdateSource { reference });
    }
    let version = text.strip_prefix("Version ").and_then(|rest| rest.split_once(" not found in "));
    version.map(|(version, _)| Refusal::VersionNotFound { version: shown(version, 200) })
}

fn of_libostree(text: &str, reference: &str) -> Refusal {
    let remote = text.strip_prefix("Remote \"").and_then(|rest| rest.strip_suffix("\" not found"));
    match remote {
        Some(remote) => Refusal::UnknownRemote { remote: shown(remote, 200) },
        // GLib wants no zero bytes; a text without control characters has none.
        None => of_pull(&glib::Error::new(gio::IOErrorEnum::Failed, text), reference),
    }
}

fn one_line(text: &str) -> String {
    let lines: String = text.chars().map(|letter| if letter == '\n' { ' ' } else { letter }).collect();
    shown(lines.trim(), LONGEST)
}

#[cfg(test)]
pub(super) mod tests;
