// SPDX-License-Identifier: GPL-3.0-or-later
//! What bootc's errors mean. It ends with status 1 and one line, `error: ` and everything that went wrong from the
//! outside to the inside, joined with colons; the words are all there is to go by. They are those of bootc, of skopeo
//! and its libraries, of libostree, and of the registry.

use isotope_model::{Refusal, SignatureProblem};

use super::runner::{Ended, Ran, Stopped};
use super::size;

/// The longest chain that is handed on, in characters.
const LONGEST: usize = 4000;

/// The status with which bootc's command line says that it does not know an option.
const USAGE: i32 = 2;

/// Whether a run for `reference` ended well. One that was stopped did not, unless it was done all the same; what it has
/// left then, the sysroot tells.
///
/// # Errors
/// [`Refusal::Cancelled`], and whatever else bootc may fail with.
pub(crate) fn check(ran: &Ran, reference: &str) -> Result<(), Refusal> {
    let ended = match (ran.ended, ran.stopped) {
        (Ended::Status(0), _) => return Ok(()),
        (_, Some(Stopped::Cancelled | Stopped::ByObserver)) => return Err(Refusal::Cancelled),
        (Ended::Status(status), None) => format!("bootc ended with status {status}"),
        (Ended::Signal(signal), None) => format!("bootc was ended by signal {signal}"),
    };
    match refusal(&ran.stderr, reference) {
        Refusal::Failed { detail } if detail.is_empty() => Err(Refusal::Failed { detail: ended }),
        // What a program said that somebody killed was not about its end.
        Refusal::Failed { detail } if matches!(ran.ended, Ended::Signal(_)) => {
            Err(Refusal::Failed { detail: format!("{ended}; before that it said: {detail}") })
        }
        refusal => Err(refusal),
    }
}

/// What it means that a run for `reference` ended with an error.
pub(crate) fn refusal(stderr: &str, reference: &str) -> Refusal {
    let chain = chain(stderr);
    of_host(&chain).or_else(|| of_image(&chain, reference)).unwrap_or(Refusal::Failed { detail: chain })
}

/// The option that a bootc of another version does not know, if that is why a run ended with this status.
pub(crate) fn unknown_option(status: i32, stderr: &str) -> Option<&str> {
    let text = stderr.split_once("unexpected argument '")?.1.split_once('\'')?.0;
    let option = text.split_once('=').map_or(text, |(option, _)| option);
    (status == USAGE && option.starts_with("--")).then_some(option)
}

/// The chain of errors: what follows the last `error: ` at the beginning of a line, or the last line where there is none.
fn chain(stderr: &str) -> String {
    let text = match stderr.strip_prefix("error: ") {
        Some(rest) if !rest.contains("\nerror: ") => rest,
        _ => match stderr.rsplit_once("\nerror: ") {
            Some((_, rest)) => rest,
            None => stderr.trim_end().rsplit('\n').next().unwrap_or_default(),
        },
    };
    text.trim().chars().take(LONGEST).collect()
}

/// What lies at this computer.
fn of_host(chain: &str) -> Option<Refusal> {
    let says = |words: &str| chain.contains(words);
    let detail = || chain.to_owned();
    let named = [
        ("Deployment contains local rpm-ostree modifications", Refusal::LocallyModified { detail: detail() }),
        ("System not booted via bootc", Refusal::NotBooted),
        ("this command requires a booted host system", Refusal::NotBooted),
        ("Not currently booted into an OSTree system", Refusal::NotBooted),
        ("/sysroot is on a read-only block device", Refusal::ReadOnly { detail: detail() }),
        ("No image source specified", Refusal::NoUpdateSource { reference: String::new() }),
        ("No rollback available", Refusal::NothingToRollBackTo),
        ("No staged deployment found", Refusal::NothingStaged),
        ("System transaction in progress", Refusal::Busy { operation: None }),
    ];
    if let Some((_, refusal)) = named.into_iter().find(|(words, _)| says(words)) {
        return Some(refusal);
    }
    if says("lock") && says("Resource temporarily unavailable") {
        return Some(Refusal::Busy { operation: None });
    }
    if says("Insufficient free space for") {
        let bytes = |key: &str| chain.split_once(key).and_then(|(_, rest)| size::parse(words_of_size(rest)));
        let (free, needed) = (bytes("available: "), bytes("required: "));
        return Some(Refusal::NoSpace { detail: detail(), place: Some("/".to_owned()), needed, free });
    }
    let full = ["No space left on device", "no space left on device", "min-free-space", "Disk quota exceeded"];
    if full.into_iter().any(says) {
        return Some(Refusal::no_space(detail()));
    }
    ["Read-only file system", "read-only file system"]
        .into_iter()
        .any(says)
        .then(|| Refusal::ReadOnly { detail: detail() })
}

/// The number and the unit at the beginning of a text.
fn words_of_size(text: &str) -> &str {
    let unit_ends = text.char_indices().skip_while(|(_, c)| !c.is_alphabetic()).find(|(_, c)| !c.is_alphabetic());
    unit_ends.and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// What lies at the image, its registry, or the way there.
fn of_image(chain: &str, reference: &str) -> Option<Refusal> {
    let (reference, detail) = (reference.to_owned(), chain.to_owned());
    if let Some(problem) = signature_problem(chain) {
        return Some(Refusal::SignatureRefused { problem, reference, detail });
    }
    let says = |words: &[&str]| words.iter().any(|words| chain.contains(words));
    if says(&["does not have ostree.bootable label", "does not have containers.bootc label"]) {
        return Some(Refusal::NotBootable { reference, detail });
    }
    if let Some((found, expected)) = architectures(chain) {
        return Some(Refusal::WrongArchitecture { reference, found, expected, detail });
    }
    let is_file = ["oci:", "oci-archive:", "dir:", "docker-archive:"].iter().any(|kind| reference.contains(kind));
    if says(NOT_FOUND) || (is_file && says(&["no such file or directory", "No such file or directory"])) {
        return Some(Refusal::ImageNotFound { reference, detail });
    }
    if says(DENIED) {
        return Some(Refusal::AccessDenied { reference, detail });
    }
    if says(DAMAGED) {
        return Some(Refusal::Corrupted { detail });
    }
    says(NETWORK).then_some(Refusal::Network { detail })
}

const NOT_FOUND: &[&str] =
    &["manifest unknown", "name unknown", "repository name not known to registry", "NAME_UNKNOWN", "MANIFEST_UNKNOWN"];
const DENIED: &[&str] = &[
    "unauthorized",
    "authentication required",
    "requested access to the resource is denied",
    ": denied: ",
    "403 (Forbidden)",
    "status code 401",
    "status code 403",
    "invalid username/password",
];
const DAMAGED: &[&str] =
    &["Digest did not match", "digest mismatch", "Corrupted", "checksum mismatch", "gzip: invalid header"];
/// The words of Go's network library, of skopeo's proxy protocol, and of the C library.
const NETWORK: &[&str] = &[
    "dial tcp",
    "pinging container registry",
    "connection refused",
    "connection reset",
    "onnection timed out",
    "i/o timeout",
    "TLS handshake",
    "tls: ",
    "x509: ",
    "no such host",
    "no route to host",
    "network is unreachable",
    "server misbehaving",
    "context deadline exceeded",
    "Client.Timeout",
    "unexpected EOF",
    ": EOF",
    "broken pipe",
    "proxyconnect",
    "toomanyrequests",
    "too many requests",
    "received unexpected HTTP status",
    "status code 5",
    "unexpected end of file",
];

/// What the policy of the host had against the image. Source: the package `signature` of containers/image, and bootc's
/// own check of the policy's default.
fn signature_problem(chain: &str) -> Option<SignatureProblem> {
    let says = |words: &str| chain.contains(words);
    let table = [
        ("A signature was required, but no signature exists", SignatureProblem::Missing),
        ("ublic key not found", SignatureProblem::UntrustedKey),
        ("is not accepted", SignatureProblem::UntrustedKey),
        ("certificate signed by unknown authority when validating", SignatureProblem::UntrustedKey),
        ("xpired", SignatureProblem::Expired),
        ("evoked", SignatureProblem::Revoked),
        ("invalid signature", SignatureProblem::Invalid),
        ("nvalid GPG signature", SignatureProblem::Invalid),
        ("cryptographic signature verification failed", SignatureProblem::Invalid),
    ];
    if says("containers-policy.json specifies a default of") {
        return Some(SignatureProblem::NoPolicy);
    }
    // Without a policy that can be read nothing is pulled.
    if says("containers/policy.json")
        && ["Error loading trust policy", "invalid policy in", "Parsing "].into_iter().any(says)
    {
        return Some(SignatureProblem::Other);
    }
    let refused = says("Source image rejected")
        || says("A signature was required, but no signature exists")
        || says("None of the signatures were accepted")
        || says("is rejected by policy");
    let named = table.into_iter().find_map(|(words, problem)| says(words).then_some(problem));
    refused.then(|| named.unwrap_or(SignatureProblem::Other))
}

/// The architecture of an image that is made for another one, and of this computer, as far as they are told.
fn architectures(chain: &str) -> Option<(Option<String>, Option<String>)> {
    let word = |text: &str| {
        let word: String = text.chars().take_while(|letter| letter.is_ascii_alphanumeric()).take(20).collect();
        Some(word).filter(|word| !word.is_empty())
    };
    if let Some((_, rest)) = chain.split_once("Image has architecture ") {
        let expected = rest.split_once("expected ").and_then(|(_, rest)| word(rest));
        return Some((word(rest), expected));
    }
    let lists =
        ["no image found in manifest list for architecture ", "no image found in image index for architecture "];
    lists.into_iter().find_map(|words| {
        let (_, rest) = chain.split_once(words)?;
        Some((None, word(rest.trim_start_matches('"'))))
    })
}

#[cfg(test)]
pub(super) mod tests;
