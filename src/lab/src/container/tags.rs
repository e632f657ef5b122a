// SPDX-License-Identifier: GPL-3.0-or-later
//! More tags for what is in the registry, written where it keeps them: pushing thousands would take minutes. Source: the
//! layout of its storage, `registry/storage/paths.go`.

use anyhow::{Context, Result, ensure};

use super::NAMESPACE;
use crate::configuration::Folder;

/// Below the registry's folder.
const REPOSITORIES: &str = "docker/registry/v2/repositories";

/// Lets `names`, too, be tags of the image that `tag` is one of.
pub(crate) fn add(folder: &Folder, variant: &str, tag: &str, names: impl IntoIterator<Item = String>) -> Result<()> {
    let tags = folder.registry().join(REPOSITORIES).join(NAMESPACE).join(variant).join("_manifests/tags");
    let link = |name: &str| tags.join(name).join("current/link");
    let digest = std::fs::read(link(tag)).with_context(|| format!("the registry has no {variant}:{tag}"))?;
    for name in names {
        let plain = name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        ensure!(plain && name.starts_with(|c: char| c.is_ascii_alphanumeric()), "this is no tag: “{name}”");
        let file = link(&name);
        std::fs::create_dir_all(file.parent().unwrap_or(&tags))?;
        std::fs::write(&file, &digest).with_context(|| format!("cannot write {}", file.display()))?;
    }
    Ok(())
}
