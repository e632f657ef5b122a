// SPDX-License-Identifier: GPL-3.0-or-later
use reqwest::redirect::{Attempt, Policy};
use reqwest::{Client, Url};

use crate::certificates::Certificates;
use crate::failure::Failure;
use crate::limits;

/// Builds what speaks to one registry, and to those to whom its redirects lead. The same certificates count for all of
/// them, as they do when the image is pulled.
pub(crate) fn for_registry(certificates: &Certificates, insecure: bool) -> Result<Client, Failure> {
    build(certificates, insecure, Policy::custom(move |attempt| follow(attempt, insecure)))
}

/// Builds what speaks to the server that gives tokens, which gets to see passwords and the like: no redirect takes them
/// elsewhere.
pub(crate) fn for_tokens(certificates: &Certificates, insecure: bool) -> Result<Client, Failure> {
    build(certificates, insecure, Policy::none())
}

/// Builds either of them.
///
/// `oci-client` would build one too, and send the requests. But it reads answers of any length into memory, asks for
/// `/v2/` before everything else, keeps `Retry-After` and `Link` to itself and follows ten redirects; none of that can be
/// set. So only its formats are used, and requests go over the library that it uses itself, with the same TLS.
fn build(certificates: &Certificates, insecure: bool, redirects: Policy) -> Result<Client, Failure> {
    // Fails only where one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = Client::builder()
        .user_agent(concat!("isotope/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(limits::CONNECT)
        .read_timeout(limits::SILENCE)
        .timeout(limits::EXCHANGE)
        .redirect(redirects)
        .referer(false)
        .tls_certs_merge(certificates.authorities.iter().cloned())
        .tls_danger_accept_invalid_certs(insecure);
    if let Some(identity) = &certificates.identity {
        builder = builder.identity(identity.clone());
    }
    builder.build().map_err(|error| Failure::Failed(format!("no client for registries: {}", chain(&error))))
}

/// Few redirects are followed, and none out of protection. What identifies this computer stays with the first host.
fn follow(attempt: Attempt<'_>, insecure: bool) -> reqwest::redirect::Action {
    if attempt.previous().len() > limits::REDIRECTS {
        return attempt.error(format!("more than {} redirects", limits::REDIRECTS));
    }
    let protected = |url: &Url| url.scheme() == "https";
    let leaves = attempt.previous().last().is_some_and(protected) && !protected(attempt.url());
    match leaves && !insecure {
        true => attempt.error("redirected to an address without protection"),
        false => attempt.follow(),
    }
}

/// An error with all that caused it. Addresses are left out: those of redirects may hold secrets.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        if !text.contains(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    crate::failure::quoted(&text)
}
