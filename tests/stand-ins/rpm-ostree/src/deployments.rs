// SPDX-License-Identifier: GPL-3.0-or-later
//! Deployments as dictionaries.

use anyhow::Result;
use bootc_stand_in::stored_image::StoredImage;
use ostree::glib::prelude::ToVariant;
use ostree::glib::{Variant, VariantDict, VariantTy};
use ostree::{Deployment, DeploymentUnlockedState, Repo};

use crate::commits::{self, Commit};
use crate::origin::{self, Followed, Origin};

/// Metadata that is for the daemon alone.
const HIDDEN: [&str; 3] = ["rpmostree.rpmdb.pkglist", "rpmostree.packages", "ostree.gpgsigs"];

/// As methods name it.
pub(crate) fn id(deployment: &Deployment) -> String {
    format!("{}-{}.{}", deployment.osname(), deployment.csum(), deployment.deployserial())
}

/// Everything that clients are told of it.
pub(crate) fn dictionary(repo: &Repo, deployment: &Deployment, booted: Option<&Deployment>) -> Result<Variant> {
    let shown = VariantDict::new(None);
    let commit = Commit::load(repo, &deployment.csum())?;
    shown.insert("id", id(deployment));
    shown.insert("osname", deployment.osname().as_str());
    shown.insert("serial", deployment.deployserial());
    shown.insert("checksum", commit.checksum.as_str());
    shown.insert("timestamp", commit.timestamp);
    shown.insert("booted", booted.is_some_and(|booted| booted.equal(deployment)));
    shown.insert("staged", deployment.is_staged());
    shown.insert("pinned", deployment.is_pinned());
    shown.insert("unlocked", unlocked(deployment));
    shown.insert("regenerate-initramfs", false);
    for key in ["requested-local-packages", "requested-local-fileoverride-packages", "requested-base-removals"] {
        shown.insert(key, Vec::<String>::new());
    }
    shown.insert("requested-base-local-replacements", Vec::<String>::new());
    shown.insert_value("base-removals", &empty("av"));
    shown.insert_value("base-local-replacements", &empty("a(vv)"));
    shown.insert_value("base-remote-replacements", &empty("a{sv}"));
    shown.insert("packages", commit.packages());
    let origin = Origin::of(deployment).ok();
    let packages = origin.as_ref().map(|origin| origin.packages.clone()).unwrap_or_default();
    shown.insert("requested-packages", packages);
    let base = describe_base(repo, &commit, &shown)?;
    if let Some(origin) = origin {
        describe_origin(repo, &origin, &base, &shown)?;
    }
    Ok(shown.end())
}

/// What packages were laid over, or the commit itself.
fn describe_base(repo: &Repo, commit: &Commit, shown: &VariantDict) -> Result<Commit> {
    let base = Commit::load(repo, commit.base().unwrap_or(&commit.checksum))?;
    shown.insert_value("base-commit-meta", &without_hidden(&base.metadata));
    if base.checksum != commit.checksum {
        shown.insert("base-checksum", base.checksum.as_str());
        shown.insert("base-timestamp", base.timestamp);
        if let Some(version) = base.text("version") {
            shown.insert("base-version", version);
        }
        shown.insert_value("layered-commit-meta", &without_hidden(&commit.metadata));
    }
    if let Some(version) = base.version(repo) {
        shown.insert("version", version);
    }
    if let Some(image) = StoredImage::of_commit(repo, &base.checksum)? {
        shown.insert("container-image-reference-digest", image.description.digest);
    }
    Ok(base)
}

fn describe_origin(repo: &Repo, origin: &Origin, base: &Commit, shown: &VariantDict) -> Result<()> {
    let refspec = match &origin.followed {
        Followed::Container(reference) => {
            shown.insert("container-image-reference", reference.as_str());
            return Ok(());
        }
        Followed::Branch(refspec) => refspec,
    };
    shown.insert("origin", refspec.as_str());
    let Ok((remote, _)) = origin::split(refspec) else { return Ok(()) };
    match repo.remote_get_gpg_verify(&remote) {
        Ok(verified) => {
            shown.insert("gpg-enabled", verified);
            if verified && let Some(signatures) = commits::signatures(repo, &base.checksum, &remote) {
                shown.insert_value("signatures", &signatures);
            }
        }
        Err(error) => shown.insert("remote-error", error.message()),
    }
    let Some(pending) = repo.resolve_rev(refspec, true)? else { return Ok(()) };
    if pending != base.checksum
        && let Ok(pending) = Commit::load(repo, &pending)
    {
        shown.insert("pending-base-checksum", pending.checksum.as_str());
        shown.insert("pending-base-timestamp", pending.timestamp);
        if let Some(version) = pending.text("version") {
            shown.insert("pending-base-version", version);
        }
    }
    Ok(())
}

fn unlocked(deployment: &Deployment) -> &'static str {
    match deployment.unlocked() {
        DeploymentUnlockedState::Development => "development",
        DeploymentUnlockedState::Hotfix => "hotfix",
        DeploymentUnlockedState::Transient => "transient",
        _ => "none",
    }
}

fn without_hidden(metadata: &Variant) -> Variant {
    let shown = VariantDict::new(Some(metadata));
    for key in HIDDEN {
        shown.remove(key);
    }
    shown.end()
}

fn empty(kind: &str) -> Variant {
    let text = if kind.starts_with("a{") { "{}" } else { "[]" };
    let parsed = VariantTy::new(kind).ok().and_then(|kind| Variant::parse(Some(kind), text).ok());
    parsed.unwrap_or_else(|| Vec::<String>::new().to_variant())
}
