// SPDX-License-Identifier: GPL-3.0-or-later
//! Which registry is really asked for an image: mirrors, other locations, registries without protection or that are not
//! to be asked at all. Source: `containers-registries.conf(5)`, version 2 of the format.

use serde::Deserialize;

use crate::failure::Failure;
use crate::image_name::{ImageName, Version};

mod files;

/// What the host's configuration says of registries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RegistriesConf {
    registries: Vec<Registry>,
}

/// One place to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    /// What is asked for there.
    pub(crate) image: ImageName,
    /// It may be asked without protection, and is believed whoever it is.
    pub(crate) insecure: bool,
}

/// What to ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// An image. Mirrors are asked before the registry itself.
    Image,
    /// What there is. The registry itself knows best.
    Tags,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Registry {
    prefix: String,
    location: String,
    insecure: bool,
    blocked: bool,
    mirrors: Vec<Mirror>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Mirror {
    location: String,
    insecure: bool,
    use_for: UseFor,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum UseFor {
    All,
    Digests,
    Tags,
}

#[derive(Debug, Deserialize)]
struct File {
    #[serde(default)]
    registry: Vec<RegistryTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct RegistryTable {
    prefix: String,
    location: String,
    insecure: bool,
    blocked: bool,
    mirror_by_digest_only: bool,
    mirror: Vec<MirrorTable>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
struct MirrorTable {
    location: String,
    insecure: bool,
    pull_from_mirror: String,
}

impl RegistriesConf {
    /// Reads the text of a file.
    fn parse(text: &str) -> Result<Self, String> {
        let file: File = toml::from_str(text).map_err(|error| error.message().to_owned())?;
        let registries = file.registry.into_iter().map(Registry::read).collect::<Result<_, _>>()?;
        Ok(Self { registries })
    }

    /// Takes over what a later file says, in place of what was said of the same registries.
    fn overridden_by(&mut self, later: Self) {
        self.registries.retain(|registry| later.registries.iter().all(|other| other.prefix != registry.prefix));
        self.registries.extend(later.registries);
    }

    /// Where to ask for an image, in this order.
    pub(crate) fn endpoints(&self, image: &ImageName, purpose: Purpose) -> Result<Vec<Endpoint>, Failure> {
        let matching = self.registries.iter().filter_map(|registry| Some((registry.matched(image)?, registry)));
        let Some((length, registry)) = matching.max_by_key(|(_, registry)| registry.prefix.len()) else {
            return Ok(vec![Endpoint { image: image.clone(), insecure: false }]);
        };
        if registry.blocked {
            let repository = image.repository();
            return Err(Failure::Failed(format!("registries.conf blocks {} ({repository})", registry.prefix)));
        }
        let repository = image.repository();
        // What matched may reach into the tag; then nothing of the repository is left.
        let rest = repository.get(length..).unwrap_or_default();
        let at = |location: &str, insecure: bool| -> Result<Endpoint, Failure> {
            let image = match location {
                "" => image.clone(),
                location => image.renamed(&format!("{location}{rest}"))?,
            };
            Ok(Endpoint { image, insecure })
        };
        let by_digest = matches!(image.version, Version::Digest(_));
        let mut endpoints = Vec::new();
        for mirror in registry.mirrors.iter().filter(|mirror| mirror.use_for.fits(by_digest)) {
            endpoints.push(at(&mirror.location, mirror.insecure)?);
        }
        let itself = at(&registry.location, registry.insecure)?;
        match purpose {
            Purpose::Image => endpoints.push(itself),
            Purpose::Tags => endpoints.insert(0, itself),
        }
        Ok(endpoints)
    }
}

impl Registry {
    fn read(table: RegistryTable) -> Result<Self, String> {
        let trimmed = |text: &str| text.trim_end_matches('/').to_owned();
        let (prefix, location) = (trimmed(&table.prefix), trimmed(&table.location));
        let prefix = if prefix.is_empty() { location.clone() } else { prefix };
        let wildcard = prefix.starts_with("*.");
        if prefix.is_empty() || prefix.contains("://") || (prefix.contains('*') && !wildcard) {
            return Err(format!("a registry without a usable prefix: {prefix:?}"));
        }
        // What a wildcard matches stays where it is unless a location is named.
        let location = if location.is_empty() && !wildcard { prefix.clone() } else { location };
        let mirrors = table.mirror.into_iter().map(|mirror| Mirror::read(mirror, table.mirror_by_digest_only));
        let mirrors = mirrors.collect::<Result<_, _>>()?;
        Ok(Self { prefix, location, insecure: table.insecure, blocked: table.blocked, mirrors })
    }

    /// How many bytes of the image's name the prefix takes, where it matches.
    fn matched(&self, image: &ImageName) -> Option<usize> {
        let separator = if matches!(image.version, Version::Digest(_)) { '@' } else { ':' };
        let full = format!("{}{separator}{}", image.repository(), image.version.as_str());
        let length = match self.prefix.strip_prefix('*') {
            Some(domain) => {
                let start = full.find(domain)?;
                if full.get(..start)?.contains('/') {
                    return None;
                }
                start + domain.len()
            }
            None => full.starts_with(&self.prefix).then_some(self.prefix.len())?,
        };
        let next = full.get(length..)?.chars().next();
        next.is_none_or(|next| matches!(next, '/' | ':' | '@')).then_some(length)
    }
}

impl Mirror {
    fn read(table: MirrorTable, by_digest_only: bool) -> Result<Self, String> {
        let location = table.location.trim_end_matches('/').to_owned();
        if location.is_empty() {
            return Err("a mirror without a location".into());
        }
        let use_for = match table.pull_from_mirror.as_str() {
            _ if by_digest_only => UseFor::Digests,
            "" | "all" => UseFor::All,
            "digest-only" => UseFor::Digests,
            "tag-only" => UseFor::Tags,
            other => return Err(format!("pull-from-mirror = {other:?}")),
        };
        Ok(Self { location, insecure: table.insecure, use_for })
    }
}

impl UseFor {
    fn fits(self, by_digest: bool) -> bool {
        match self {
            Self::All => true,
            Self::Digests => by_digest,
            Self::Tags => !by_digest,
        }
    }
}

#[cfg(test)]
mod tests;
