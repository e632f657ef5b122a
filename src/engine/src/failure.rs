// SPDX-License-Identifier: GPL-3.0-or-later
//! What libostree's errors mean.

use isotope_model::{Refusal, SignatureProblem};
use ostree::gio;
use ostree::glib::error::ErrorDomain;
use ostree::glib::{self, Quark};

/// Why a task ended early: for a reason with a name, or with an error that has none yet.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A reason that the client has words for.
    Refused(Refusal),
    /// Anything else.
    Other(anyhow::Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        Self::Other(error)
    }
}

impl Failure {
    /// The refusal to send.
    pub(crate) fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Other(error) => {
                let of_libostree = error.chain().find_map(|cause| cause.downcast_ref::<glib::Error>());
                let named = of_libostree.and_then(|cause| of_io(cause, &format!("{error:#}")));
                named.unwrap_or_else(|| Refusal::Failed { detail: format!("{error:#}") })
            }
        }
    }
}

/// The codes of `OstreeGpgError`. Source: libostree's `ostree-gpg-verify-result.h`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum GpgError {
    NoSignature = 0,
    InvalidSignature = 1,
    MissingKey = 2,
    ExpiredSignature = 3,
    ExpiredKey = 4,
    RevokedKey = 5,
}

impl ErrorDomain for GpgError {
    fn domain() -> Quark {
        Quark::from_str("OstreeGpgError")
    }

    fn code(self) -> i32 {
        self as i32
    }

    fn from(code: i32) -> Option<Self> {
        [
            Self::NoSignature,
            Self::InvalidSignature,
            Self::MissingKey,
            Self::ExpiredSignature,
            Self::ExpiredKey,
            Self::RevokedKey,
        ]
        .into_iter()
        .find(|error| *error as i32 == code)
    }
}

/// What an error of a pull from `reference` means.
pub(crate) fn of_pull(error: &glib::Error, reference: &str) -> Refusal {
    let detail = error.message().to_owned();
    if let Some(gpg) = error.kind::<GpgError>() {
        let problem = match gpg {
            GpgError::NoSignature => SignatureProblem::Missing,
            GpgError::InvalidSignature => SignatureProblem::Invalid,
            GpgError::MissingKey => SignatureProblem::UntrustedKey,
            GpgError::ExpiredSignature | GpgError::ExpiredKey => SignatureProblem::Expired,
            GpgError::RevokedKey => SignatureProblem::Revoked,
        };
        return Refusal::SignatureRefused { problem, reference: reference.to_owned(), detail };
    }
    if let Some(refusal) = of_io(error, &detail) {
        return refusal;
    }
    of_pull_message(&detail, reference)
}

/// What an error of staging or of writing the boot order means.
pub(crate) fn of_change(error: &glib::Error) -> Refusal {
    let detail = error.message().to_owned();
    of_io(error, &detail).unwrap_or(Refusal::Failed { detail })
}

/// What it means that libostree cannot read the sysroot.
pub(crate) fn of_reading(error: &glib::Error) -> Refusal {
    Refusal::SysrootDamaged { detail: error.message().to_owned() }
}

fn of_io(error: &glib::Error, detail: &str) -> Option<Refusal> {
    let detail = detail.to_owned();
    match error.kind::<gio::IOErrorEnum>() {
        Some(gio::IOErrorEnum::Cancelled) => Some(Refusal::Cancelled),
        Some(gio::IOErrorEnum::NoSpace) => Some(Refusal::no_space(detail)),
        Some(gio::IOErrorEnum::ReadOnly) => Some(Refusal::ReadOnly { detail }),
        Some(
            gio::IOErrorEnum::HostNotFound
            | gio::IOErrorEnum::HostUnreachable
            | gio::IOErrorEnum::NetworkUnreachable
            | gio::IOErrorEnum::ConnectionRefused
            | gio::IOErrorEnum::TimedOut
            | gio::IOErrorEnum::BrokenPipe
            | gio::IOErrorEnum::ProxyFailed,
        ) => Some(Refusal::Network { detail }),
        _ if is_no_space(&detail) => Some(Refusal::no_space(detail)),
        _ if is_read_only(&detail) => Some(Refusal::ReadOnly { detail }),
        _ => None,
    }
}

/// A device that is write-protected lets nobody remount its file system for writing either.
fn is_read_only(detail: &str) -> bool {
    let remount = detail.contains("Remounting") && detail.contains("Permission denied");
    remount || detail.contains("Read-only file system")
}

fn is_no_space(detail: &str) -> bool {
    ["No space left on device", "min-free-space", "would be exceeded"].iter().any(|words| detail.contains(words))
}

/// libostree gives most errors of a pull the code "failed"; its words are all there is to go by.
fn of_pull_message(detail: &str, reference: &str) -> Refusal {
    let says = |words: &[&str]| words.iter().any(|word| detail.contains(word));
    let (reference, detail_text) = (reference.to_owned(), detail.to_owned());
    if says(&["GPG verification enabled, but no signatures found", "GPG: No valid", "no signatures found"]) {
        return Refusal::SignatureRefused { problem: SignatureProblem::Missing, reference, detail: detail_text };
    }
    if says(&["Can't check signature: public key not found", "public key not found", "No public key"]) {
        return Refusal::SignatureRefused { problem: SignatureProblem::UntrustedKey, reference, detail: detail_text };
    }
    if says(&["BAD signature", "signature verification failed", "Signature verification"]) {
        return Refusal::SignatureRefused { problem: SignatureProblem::Invalid, reference, detail: detail_text };
    }
    if says(&["Corrupted", "corrupt", "checksum mismatch", "Invalid checksum", "expected checksum"])
        || says(&["Need more input", "Not normal form"])
    {
        return Refusal::Corrupted { detail: detail_text };
    }
    if says(&["No such branch", "not found in remote summary", "Branch '", "Server returned HTTP 404", "HTTP 404"]) {
        return Refusal::ImageNotFound { reference, detail: detail_text };
    }
    if says(&["While fetching", "Server returned HTTP", "curl", "resolve host", "connect to", "timed out", "Timeout"]) {
        return Refusal::Network { detail: detail_text };
    }
    Refusal::Failed { detail: detail_text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_key_is_an_untrusted_one() {
        let error = glib::Error::new(GpgError::MissingKey, "Can't check signature: public key not found");
        assert!(matches!(
            of_pull(&error, "r:b"),
            Refusal::SignatureRefused { problem: SignatureProblem::UntrustedKey, .. }
        ));
    }

    #[test]
    fn cancelled_is_no_failure_of_its_own() {
        let error = glib::Error::new(gio::IOErrorEnum::Cancelled, "Operation was cancelled");
        assert_eq!(of_pull(&error, "r:b"), Refusal::Cancelled);
    }

    #[test]
    fn libostree_messages_get_their_meaning() {
        for (message, code) in [
            ("While fetching http://h/x: [7] Couldn't connect to server", "network"),
            ("Server returned HTTP 503", "network"),
            ("Server returned HTTP 404", "image-not-found"),
            ("No such branch 'x' in repository summary", "image-not-found"),
            ("Writing content object: No space left on device", "no-space"),
            ("min-free-space-percent '3%' would be exceeded, at least 4 MB requested", "no-space"),
            (
                "Commit abc: GPG verification enabled, but no signatures found (use gpg-verify=false)",
                "signature-refused",
            ),
            ("Corrupted file object; checksum expected='a' actual='b'", "corrupted"),
            ("Writing content object: Need more input", "corrupted"),
            ("Not normal form", "corrupted"),
            ("Remounting /sysroot read-write: Permission denied", "read-only"),
            ("Writing object: Read-only file system", "read-only"),
            ("something else", "failed"),
        ] {
            let error = glib::Error::new(gio::IOErrorEnum::Failed, message);
            assert_eq!(of_pull(&error, "r:b").code(), code, "{message}");
        }
    }
}
