// SPDX-License-Identifier: GPL-3.0-or-later
//! Whether signatures that lie beside an image in its registry are looked for: `use-sigstore-attachments` in the files of
//! `registries.d`. Source: `containers-registries.d(5)` and `docker/registries_d.go` of containers.

use std::collections::HashMap;

use serde::Deserialize;

/// What all files say together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Attachments {
    default: Option<Namespace>,
    namespaces: HashMap<String, Namespace>,
}

#[derive(Deserialize)]
struct Written {
    #[serde(default, rename = "default-docker")]
    default: Option<Namespace>,
    #[serde(default)]
    docker: Option<HashMap<String, Option<Namespace>>>,
}

/// Where other signatures lie stands here, too; nothing can be told by that.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
struct Namespace {
    #[serde(default, rename = "use-sigstore-attachments")]
    used: Option<bool>,
}

impl Attachments {
    /// Puts files together, each with its name.
    ///
    /// # Errors
    /// One is no YAML, or of another shape; two speak of the same. Nothing is pulled from any registry then.
    pub(crate) fn parse<'f>(files: impl IntoIterator<Item = (&'f str, &'f str)>) -> Result<Self, String> {
        let mut all = Self::default();
        for (name, text) in files {
            let written: Option<Written> =
                serde_saphyr::from_str(text).map_err(|error| format!("{name}: {}", first_line(&error.to_string())))?;
            let Some(Written { default, docker }) = written else { continue };
            if default.is_some() && all.default.is_some() {
                return Err(format!("{name}: default-docker stands in another file as well"));
            }
            all.default = all.default.or(default);
            for (scope, namespace) in docker.into_iter().flatten() {
                if all.namespaces.contains_key(&scope) {
                    return Err(format!("{name}: {scope:?} stands in another file as well"));
                }
                all.namespaces.insert(scope, namespace.unwrap_or_default());
            }
        }
        Ok(all)
    }

    /// Whether they are looked for beside an image of these scopes: what the most specific one says that says anything.
    pub(crate) fn used(&self, scopes: &[String]) -> bool {
        let said = scopes.iter().filter_map(|scope| self.namespaces.get(scope)).chain(&self.default);
        said.filter_map(|namespace| namespace.used).next().unwrap_or(false)
    }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
