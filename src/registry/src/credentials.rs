// SPDX-License-Identifier: GPL-3.0-or-later
//! Who this computer is to registries. Source: `containers-auth.json(5)`.

use std::collections::BTreeMap;
use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::failure::Failure;
use crate::host_file;
use crate::image_name::ImageName;

/// The credentials of the service manager for the files that bootc looks for: the first that is there counts, and it alone.
/// Source: `globals.rs` of ostree-ext.
const FILES: [&str; 3] = ["run.auth.json", "etc.auth.json", "usr.auth.json"];
/// What stands for a file that is not there: a service whose credentials are nowhere is not started at all.
const ABSENT: &[u8] = b"absent";

/// All that was handed over.
#[derive(Default)]
pub(crate) struct Credentials {
    entries: BTreeMap<String, Credential>,
}

/// For one registry, or a part of it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Credential {
    /// A name and a password.
    Password {
        /// The name.
        user: String,
        /// The password.
        password: String,
    },
    /// What the server that gives tokens takes instead.
    Identity(String),
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    auths: BTreeMap<String, Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    identitytoken: String,
}

// Secrets are not shown.
impl std::fmt::Debug for Credentials {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.entries.keys()).finish()
    }
}

impl std::fmt::Debug for Credential {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Credential")
    }
}

impl Credentials {
    /// What the service manager has put into this folder.
    pub(crate) fn in_folder(folder: &Path) -> Result<Self, Failure> {
        for name in FILES {
            let content = host_file::read(&folder.join(name))?;
            if let Some(content) = content.filter(|content| content.trim_ascii() != ABSENT) {
                // What exactly is wrong might be a part of a secret.
                let broken = || Failure::Failed(format!("the registry credentials ({name}) cannot be read"));
                return Self::parse(&content).ok_or_else(broken);
            }
        }
        Ok(Self::default())
    }

    fn parse(content: &[u8]) -> Option<Self> {
        let file: File = serde_json::from_slice(content).ok()?;
        let mut entries = BTreeMap::new();
        for (scope, entry) in file.auths {
            // An entry without either refers to a program that knows more; no program is started here.
            if let Some(credential) = entry.read()? {
                entries.insert(scope_of(&scope), credential);
            }
        }
        Some(Self { entries })
    }

    /// For this image: those of the longest part of its name.
    pub(crate) fn of(&self, image: &ImageName) -> Option<&Credential> {
        let repository = image.repository();
        let mut scope = repository.as_str();
        loop {
            if let Some(credential) = self.entries.get(scope) {
                return Some(credential);
            }
            (scope, _) = scope.rsplit_once('/')?;
        }
    }
}

impl Entry {
    fn read(self) -> Option<Option<Credential>> {
        if !self.identitytoken.is_empty() {
            return Some(Some(Credential::Identity(self.identitytoken)));
        }
        if self.auth.is_empty() {
            return Some(None);
        }
        let pair = String::from_utf8(STANDARD.decode(self.auth.trim()).ok()?).ok()?;
        let (user, password) = pair.split_once(':')?;
        let password = password.trim_end_matches('\0');
        Some(Some(Credential::Password { user: user.to_owned(), password: password.to_owned() }))
    }
}

/// Old files name addresses: `https://index.docker.io/v1/`.
fn scope_of(key: &str) -> String {
    let address = key.strip_prefix("https://").or_else(|| key.strip_prefix("http://"));
    let scope = match address {
        Some(address) => address.split('/').next().unwrap_or(address),
        None => key.trim_end_matches('/'),
    };
    match scope {
        "index.docker.io" | "registry-1.docker.io" => "docker.io".to_owned(),
        other => other.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use isotope_model::{ContainerReference, Transport, Verification};

    use super::*;

    fn user(credentials: &Credentials, name: &str) -> Option<String> {
        let image = ContainerReference::new(Verification::Policy, Transport::Registry, name).unwrap();
        match credentials.of(&ImageName::of(&image).unwrap())? {
            Credential::Password { user, .. } => Some(user.clone()),
            Credential::Identity(token) => Some(format!("token {token}")),
        }
    }

    #[test]
    fn the_longest_part_of_the_name_decides() {
        let auth = |user: &str| STANDARD.encode(format!("{user}:pass:word"));
        let text = serde_json::json!({
            "auths": {
                "quay.io": { "auth": auth("host") },
                "quay.io/o": { "auth": auth("namespace") },
                "quay.io/o/s": { "auth": auth("repository") },
                "https://index.docker.io/v1/": { "auth": auth("docker") },
                "localhost:5000": { "identitytoken": "t" },
                "helped.example": {},
            },
            "credHelpers": { "helped.example": "secretservice" },
        });
        let credentials = Credentials::parse(text.to_string().as_bytes()).unwrap();
        for (name, expected) in [
            ("quay.io/p/s:1", Some("host")),
            ("quay.io/o/t", Some("namespace")),
            ("quay.io/o/s:1", Some("repository")),
            ("quay.io/o/s/t", Some("repository")),
            ("quay.io/os", Some("host")),
            ("s", Some("docker")),
            ("localhost:5000/s", Some("token t")),
            ("localhost/s", None),
            ("helped.example/s", None),
        ] {
            assert_eq!(user(&credentials, name).as_deref(), expected, "{name}");
        }
        assert!(!format!("{credentials:?}").contains("word"));
    }

    #[test]
    fn the_first_file_that_is_there_counts_and_it_alone() {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, content: &str| std::fs::write(folder.path().join(name), content).unwrap();
        let auth = |user: &str| {
            format!("{{\"auths\":{{\"q.io\":{{\"auth\":\"{}\"}}}}}}", STANDARD.encode(format!("{user}:p")))
        };
        let found = || user(&Credentials::in_folder(folder.path()).unwrap(), "q.io/o/s");
        assert_eq!(found(), None);
        put("run.auth.json", "absent");
        put("etc.auth.json", "absent\n");
        put("usr.auth.json", &auth("vendor"));
        assert_eq!(found().as_deref(), Some("vendor"));
        put("etc.auth.json", &auth("administrator"));
        assert_eq!(found().as_deref(), Some("administrator"));
        put("run.auth.json", "{}");
        assert_eq!(found(), None);
        put("run.auth.json", "broken");
        assert!(Credentials::in_folder(folder.path()).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_told_without_its_content() {
        for text in ["", "{", r#"{"auths":{"a":{"auth":"!"}}}"#, r#"{"auths":{"a":{"auth":"bm9jb2xvbg=="}}}"#] {
            assert!(Credentials::parse(text.as_bytes()).is_none(), "{text}");
        }
        assert!(Credentials::parse(b"{}").is_some());
    }
}
