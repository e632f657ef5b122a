// SPDX-License-Identifier: GPL-3.0-or-later
//! A login to the lab's registry.

use std::str::FromStr;

use anyhow::{Context, Error, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Who may ask the registry. Its text is `USER:PASSWORD`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The name, without a colon.
    pub user: String,
    /// The password.
    pub password: String,
}

impl Login {
    /// A login.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Self {
        Self { user: user.into(), password: password.into() }
    }

    /// What whoever logs in sends as `Authorization`.
    pub(crate) fn authorization(&self) -> String {
        format!("Basic {}", self.encoded())
    }

    /// The file of credentials that has this login for the registry at `authority`; see containers-auth.json(5).
    pub(crate) fn credentials(&self, authority: &str) -> String {
        json!({ "auths": { authority: { "auth": self.encoded() } } }).to_string()
    }

    fn encoded(&self) -> String {
        STANDARD.encode(format!("{}:{}", self.user, self.password))
    }
}

impl FromStr for Login {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let (user, password) = text.split_once(':').context("a login is USER:PASSWORD")?;
        ensure!(!user.is_empty(), "a login has a name");
        Ok(Self::new(user, password))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_login_is_sent_as_the_standard_wants_it() {
        let login: Login = "Aladdin:open sesame".parse().unwrap();
        assert_eq!(login.authorization(), "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
        let credentials = login.credentials("127.0.0.1:5000");
        assert_eq!(credentials, r#"{"auths":{"127.0.0.1:5000":{"auth":"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="}}}"#);
        assert_eq!("a:b:c".parse::<Login>().unwrap(), Login::new("a", "b:c"));
        assert!("name".parse::<Login>().is_err() && ":word".parse::<Login>().is_err());
    }
}
