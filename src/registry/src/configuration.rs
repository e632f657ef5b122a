// SPDX-License-Identifier: GPL-3.0-or-later
//! What an image says of itself: its configuration. Source: the image specification 1.1.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::failure::{Failure, plain, quoted};
use crate::limits;

/// As much of the configuration as is told.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Configuration {
    architecture: String,
    created: String,
    #[serde(deserialize_with = "or_default")]
    config: Settings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, rename_all = "PascalCase")]
struct Settings {
    #[serde(deserialize_with = "or_default")]
    labels: BTreeMap<String, String>,
}

/// What is not there may also be `null`.
fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

impl Configuration {
    /// Reads it.
    pub(crate) fn read(content: &[u8]) -> Result<Self, Failure> {
        serde_json::from_slice(content).map_err(|error| {
            Failure::Failed(format!("the image's configuration is none: {}", quoted(&error.to_string())))
        })
    }

    /// The architecture that the image is made for.
    pub(crate) fn architecture(&self) -> Option<String> {
        Some(&self.architecture).filter(|name| !name.is_empty() && name.len() <= 32).map(|name| plain(name))
    }

    /// The version that the labels name. As bootc finds it.
    pub(crate) fn version(&self) -> Option<String> {
        let version = self.label("org.opencontainers.image.version").or_else(|| self.label("version"))?;
        Some(version.trim()).filter(|version| !version.is_empty() && version.len() <= 256).map(quoted)
    }

    /// When it was built, in seconds since 1970. Builds that are to be the same whenever they are made say 1970, which is
    /// no date.
    pub(crate) fn built(&self) -> Option<u64> {
        let label = self.label("org.opencontainers.image.created").and_then(seconds);
        label.or_else(|| seconds(&self.created))
    }

    /// It can be started as a system.
    pub(crate) fn bootable(&self) -> bool {
        let says = |name| self.label(name).is_some_and(|value| !matches!(value, "" | "0" | "false"));
        says("containers.bootc") || says("ostree.bootable")
    }

    /// The labels, without those that nobody reads: whole lists of packages for programs.
    pub(crate) fn into_labels(self) -> BTreeMap<String, String> {
        let mut left = limits::LABELS;
        let mut fits = |name: &str, value: &str| {
            let length = name.len() + value.len();
            let fits = length <= limits::LABEL.min(left);
            left -= if fits { length } else { 0 };
            fits
        };
        let labels = self.config.labels.into_iter().filter(|(name, value)| fits(name, value));
        labels.map(|(name, value)| (plain(&name), plain(&value))).collect()
    }

    fn label(&self, name: &str) -> Option<&str> {
        self.config.labels.get(name).map(String::as_str)
    }
}

fn seconds(text: &str) -> Option<u64> {
    let seconds = text.trim().parse::<jiff::Timestamp>().ok()?.as_second();
    u64::try_from(seconds).ok().filter(|&seconds| seconds > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: serde_json::Value) -> Configuration {
        Configuration::read(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn labels_come_before_what_the_builder_wrote() {
        let configuration = read(serde_json::json!({
            "architecture": "amd64", "os": "linux", "created": "2026-11-18T00:00:01.5Z",
            "config": { "Env": ["PATH=/"], "Labels": {
                "org.opencontainers.image.version": "10.2.20261118", "version": "9",
                "org.opencontainers.image.created": "2026-11-18T00:00:00+00:00",
                "containers.bootc": "1",
            } },
        }));
        assert_eq!(configuration.version().as_deref(), Some("10.2.20261118"));
        assert_eq!((configuration.built(), configuration.bootable()), (Some(1_794_960_000), true));
        assert_eq!(configuration.architecture().as_deref(), Some("amd64"));
        assert_eq!(configuration.into_labels().len(), 4);
    }

    #[test]
    fn what_is_not_there_is_unknown() {
        for value in [
            serde_json::json!({}),
            serde_json::json!({ "config": null }),
            serde_json::json!({ "config": { "Labels": null } }),
        ] {
            let configuration = read(value);
            assert_eq!((configuration.version(), configuration.built()), (None, None));
            assert!(!configuration.bootable() && configuration.architecture().is_none());
        }
        let same_always = read(serde_json::json!({ "created": "1970-01-01T00:00:00Z" }));
        assert_eq!(same_always.built(), None);
        let dated = read(serde_json::json!({ "created": "2026-11-18T00:00:00Z", "config": { "Labels": {
            "org.opencontainers.image.created": "yesterday", "version": "9", "ostree.bootable": "false" } } }));
        assert_eq!(
            (dated.built(), dated.version().as_deref(), dated.bootable()),
            (Some(1_794_960_000), Some("9"), false)
        );
        assert!(Configuration::read(b"[1]").is_err());
        assert!(Configuration::read(b"{\"config\": 1}").is_err());
    }

    #[test]
    fn what_it_says_is_plain() {
        let configuration = read(serde_json::json!({ "architecture": "amd64\0\n", "config": { "Labels": {
            "version": "1\0.\t2", "a\0\r": "\u{1b}[31m\u{9b}\u{7f}é\n" } } }));
        assert_eq!(configuration.architecture().as_deref(), Some("amd64  "));
        assert_eq!(configuration.version().as_deref(), Some("1 . 2"));
        let told = [("a  ", " [31m  é "), ("version", "1 . 2")].map(|(name, value)| (name.into(), value.into()));
        assert_eq!(configuration.into_labels(), BTreeMap::from(told));
    }

    #[test]
    fn long_labels_are_left_out() {
        let labels: BTreeMap<_, _> = (0..200).map(|number| (format!("l{number:03}"), "x".repeat(10_000))).collect();
        let mut labels = serde_json::json!(labels);
        labels["huge"] = "x".repeat(100_000).into();
        labels["zz"] = "small".into();
        let told = read(serde_json::json!({ "config": { "Labels": labels } })).into_labels();
        let length: usize = told.iter().map(|(name, value)| name.len() + value.len()).sum();
        assert!(length <= limits::LABELS && !told.contains_key("huge") && told.contains_key("zz"));
    }
}
