// SPDX-License-Identifier: GPL-3.0-or-later
//! What a registry wants to see before it answers, and where that is to be had. Sources: RFC 9110, 11.6.1; the token
//! authentication of distribution.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{HeaderMap, HeaderValue, WWW_AUTHENTICATE};
use reqwest::{Client, RequestBuilder, Url};
use serde::Deserialize;

use crate::credentials::Credential;
use crate::exchange::Answer;
use crate::failure::{Failure, quoted};

/// What a registry wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Challenge {
    /// A token, which somebody gives.
    Token {
        /// Who.
        realm: Url,
        /// For whom.
        service: Option<String>,
    },
    /// A name and a password.
    Password,
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    token: String,
    #[serde(default)]
    access_token: String,
}

impl Challenge {
    /// Reads what the answer demands; a token is preferred.
    pub(crate) fn of(headers: &HeaderMap) -> Result<Self, Failure> {
        let mut password = false;
        for value in headers.get_all(WWW_AUTHENTICATE) {
            let Ok(text) = value.to_str() else { continue };
            for challenge in http_auth::parse_challenges(text).unwrap_or_default() {
                if challenge.scheme.eq_ignore_ascii_case("basic") {
                    password = true;
                }
                if challenge.scheme.eq_ignore_ascii_case("bearer") {
                    let parameter = |name: &str| {
                        let found = challenge.params.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
                        found.map(|(_, value)| value.to_unescaped())
                    };
                    let Some(realm) = parameter("realm").and_then(|realm| realm.parse().ok()) else { continue };
                    return Ok(Self::Token { realm, service: parameter("service") });
                }
            }
        }
        match password {
            true => Ok(Self::Password),
            false => Err(Failure::Denied("the registry wants a login of a kind that is not known".into())),
        }
    }
}

/// The header for a registry that wants a name and a password.
pub(crate) fn with_password(credential: Option<&Credential>) -> Result<HeaderValue, Failure> {
    let Some(Credential::Password { user, password }) = credential else {
        return Err(Failure::Denied("the registry wants a name and a password".into()));
    };
    header("Basic", &STANDARD.encode(format!("{user}:{password}")))
}

/// Asks for a token with which images of this repository can be read. The scope is what is needed, whatever the registry
/// suggests: nobody shall get a token out of this computer's credentials that is good for more.
pub(crate) fn request(
    client: &Client,
    realm: &Url,
    service: Option<&str>,
    path: &str,
    credential: Option<&Credential>,
) -> RequestBuilder {
    let scope = format!("repository:{path}:pull");
    let mut asked = vec![("scope", scope.as_str())];
    asked.extend(service.map(|service| ("service", service)));
    match credential {
        Some(Credential::Identity(token)) => {
            asked.extend([("grant_type", "refresh_token"), ("client_id", "isotope"), ("refresh_token", token)]);
            client.post(realm.clone()).form(&asked)
        }
        Some(Credential::Password { user, password }) => {
            client.get(realm.clone()).query(&asked).basic_auth(user, Some(password))
        }
        None => client.get(realm.clone()).query(&asked),
    }
}

/// Takes the token out of what the server answers.
pub(crate) fn given(answer: Answer) -> Result<HeaderValue, Failure> {
    if answer.status.is_redirection() {
        return Err(Failure::Failed(format!("{}: nobody is asked elsewhere for a token", answer.complaint())));
    }
    read(&answer.accepted()?.body)
}

fn read(body: &[u8]) -> Result<HeaderValue, Failure> {
    let token: Token = serde_json::from_slice(body)
        .map_err(|error| Failure::Failed(format!("no token: {}", quoted(&error.to_string()))))?;
    let token = if token.token.is_empty() { token.access_token } else { token.token };
    match token.is_empty() {
        true => Err(Failure::Failed("no token in the answer of the server that gives them".into())),
        false => header("Bearer", &token),
    }
}

fn header(scheme: &str, value: &str) -> Result<HeaderValue, Failure> {
    let broken = |_| Failure::Failed("the token, or the password, cannot be sent".into());
    let mut header: HeaderValue = format!("{scheme} {value}").parse().map_err(broken)?;
    header.set_sensitive(true);
    Ok(header)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn challenge(values: &[&'static str]) -> Result<Challenge, Failure> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(WWW_AUTHENTICATE, HeaderValue::from_static(value));
        }
        Challenge::of(&headers)
    }

    #[test]
    fn challenges_are_read() {
        let token = |realm: &str, service: Option<&str>| Challenge::Token {
            realm: realm.parse().unwrap(),
            service: service.map(str::to_owned),
        };
        let ghcr = r#"Bearer realm="https://ghcr.io/token",service="ghcr.io",scope="repository:user/image:pull""#;
        assert_eq!(challenge(&[ghcr]), Ok(token("https://ghcr.io/token", Some("ghcr.io"))));
        assert_eq!(challenge(&[r#"bearer Realm="https://a/t?x=1""#]), Ok(token("https://a/t?x=1", None)));
        assert_eq!(challenge(&[r#"Basic realm="r""#]), Ok(Challenge::Password));
        assert_eq!(challenge(&[r#"Basic realm="r""#, ghcr]), challenge(&[ghcr]));
        assert_eq!(challenge(&[r#"Basic realm="r", Bearer realm="https://a""#]), Ok(token("https://a", None)));
        for broken in ["", "Negotiate", "Bearer", r#"Bearer realm="no address""#, "\"", "Bearer realm=\""] {
            assert!(matches!(challenge(&[broken]), Err(Failure::Denied(_))), "{broken}");
        }
        assert!(challenge(&[]).is_err());
    }

    #[test]
    fn tokens_have_two_names() {
        assert_eq!(read(br#"{"token":"a"}"#).unwrap(), "Bearer a");
        assert_eq!(read(br#"{"access_token":"b","expires_in":300}"#).unwrap(), "Bearer b");
        for broken in [&b"{}"[..], b"", b"[]", br#"{"token":"a\nHost: b"}"#, br#"{"token":1}"#] {
            assert!(read(broken).is_err());
        }
    }

    proptest! {
        #[test]
        fn no_demand_brings_it_down(text in "((Bearer|Basic|x) ?)?[ -~\t]{0,60}", more in "[!-~\\x80-\\xff]{0,20}") {
            let mut headers = HeaderMap::new();
            headers.extend([text, more].iter().filter_map(|text| {
                Some((WWW_AUTHENTICATE, HeaderValue::from_bytes(text.as_bytes()).ok()?))
            }));
            let _ = Challenge::of(&headers);
        }
    }
}
