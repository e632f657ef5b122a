// SPDX-License-Identifier: GPL-3.0-or-later
//! A whole `policy.json`, and the rule that it has for one image. Source: `containers-policy.json(5)` and
//! `signature/policy_eval.go` of containers.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::{Component, Path};

use serde::Deserialize;
use serde::de::{Deserializer, Error as _, MapAccess, Visitor};

use super::requirement::Requirement;
use super::scopes::Scopes;

/// What the host demands of images.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Policy {
    default: Requirements,
    #[serde(default)]
    transports: Unique<Unique<Requirements>>,
}

/// Why there is no policy to go by. Nothing is pulled then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoPolicy {
    /// There is no file.
    Missing,
    /// It is no policy.
    Broken(String),
}

/// The rule that counts for an image: the first that fits, from the most specific scope on, and no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule<'a> {
    /// The scope that it was made for; absent for the defaults of the transport and of everything.
    pub(crate) scope: Option<&'a str>,
    /// All of them have to hold. There is at least one.
    pub(crate) requirements: &'a [Requirement],
}

/// Requirements that stand in a policy; an empty list is an error there.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Requirements(Vec<Requirement>);

/// A JSON object each of whose keys stands there once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Unique<T>(BTreeMap<String, T>);

impl Policy {
    /// Reads a policy.
    ///
    /// # Errors
    /// [`NoPolicy::Broken`] with everything that containers' own parser refuses.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, NoPolicy> {
        let policy: Self = serde_json::from_slice(text).map_err(|error| NoPolicy::Broken(error.to_string()))?;
        for (transport, scopes) in &policy.transports.0 {
            if let Some(scope) = scopes.0.keys().find(|scope| !scope.is_empty() && !may_be_scope(transport, scope)) {
                return Err(NoPolicy::Broken(format!("{transport} has no scope {scope:?}")));
            }
        }
        Ok(policy)
    }

    /// The rule for an image of this transport; nothing where that transport has scopes that cannot be told apart here.
    /// The image's scopes are asked for only where there is a choice between them.
    pub(crate) fn rule(&self, transport: &str, scopes: impl FnOnce() -> Scopes) -> Option<Rule<'_>> {
        let default = Rule { scope: None, requirements: &self.default.0 };
        let Some(configured) = self.transports.0.get(transport) else { return Some(default) };
        let of_transport = configured.0.get("").map_or(default, |found| Rule { scope: None, requirements: &found.0 });
        if configured.0.keys().all(String::is_empty) {
            return Some(of_transport);
        }
        let Scopes::Known(candidates) = scopes() else { return None };
        let fitting = candidates.iter().find_map(|candidate| configured.0.get_key_value(candidate));
        Some(fitting.map_or(of_transport, |(scope, found)| Rule { scope: Some(scope), requirements: &found.0 }))
    }

    /// What no rule was made for is accepted as it is. bootc and rpm-ostree look at this default alone, and only whether
    /// it is this one requirement. Source: `is_default_insecure` in ostree-ext's `container/skopeo.rs`.
    pub(crate) fn accepts_everything_by_default(&self) -> bool {
        self.default.0 == [Requirement::AcceptAnything]
    }
}

/// Transports whose images lie in files have paths as scopes; an archive of docker's has none.
fn may_be_scope(transport: &str, scope: &str) -> bool {
    match transport {
        "dir" | "oci" | "oci-archive" => {
            let plain = |part: &Component<'_>| matches!(part, Component::RootDir | Component::Normal(_));
            let path = Path::new(scope);
            let clean = path.components().all(|part| plain(&part)) && !scope.ends_with('/') && !scope.contains("//");
            path.is_absolute() && clean && !scope.contains("/./") && !scope.ends_with("/.")
        }
        "docker-archive" => false,
        _ => true,
    }
}

impl<'de> Deserialize<'de> for Requirements {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        let list = Vec::<Requirement>::deserialize(source)?;
        match list.is_empty() {
            true => Err(D::Error::custom("a list of requirements must not be empty")),
            false => Ok(Self(list)),
        }
    }
}

impl<T> Default for Unique<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Unique<T> {
    fn deserialize<D: Deserializer<'de>>(source: D) -> Result<Self, D::Error> {
        source.deserialize_map(UniqueVisitor(PhantomData))
    }
}

struct UniqueVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for UniqueVisitor<T> {
    type Value = Unique<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut source: A) -> Result<Self::Value, A::Error> {
        let mut map = BTreeMap::new();
        while let Some((key, value)) = source.next_entry::<String, T>()? {
            if map.contains_key(&key) {
                return Err(A::Error::custom(format_args!("duplicate key {key:?}")));
            }
            map.insert(key, value);
        }
        Ok(Unique(map))
    }
}
