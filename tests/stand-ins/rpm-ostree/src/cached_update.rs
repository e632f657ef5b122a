// SPDX-License-Identifier: GPL-3.0-or-later
//! The property `CachedUpdate`: a file that checks and deployments write.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, Result};
use bootc_stand_in::stored_image::{Description, Layer, StoredImage};
use ostree::glib::{Bytes, Variant, VariantDict};
use ostree::{Deployment, Repo};

use crate::commits::{self, Commit, base_of};
use crate::deployments::id;
use crate::origin::{self, Followed, Origin};
use crate::packages::Difference;

const FILE: &str = "/var/cache/rpm-ostree/cached-update.gv";

/// What it says of the booted deployment; empty if nothing.
pub(crate) fn load(booted: &str) -> Variant {
    let known = std::fs::read(FILE).ok().map(|data| {
        let kind = ostree::glib::VariantTy::VARDICT;
        Variant::from_bytes_with_type(&Bytes::from_owned(data), kind).normal_form()
    });
    let of_booted = |update: &Variant| {
        let update = VariantDict::new(Some(update));
        update.lookup::<String>("update-sha256").ok().flatten().as_deref() == Some(booted)
    };
    known.filter(of_booted).unwrap_or_else(|| VariantDict::new(None).end())
}

/// Forgets what was known, and writes what is now.
pub(crate) fn store(update: Option<&Variant>) -> Result<()> {
    let _ = std::fs::remove_file(FILE);
    let Some(update) = update else { return Ok(()) };
    let folder = Path::new(FILE).parent().context("no folder")?;
    std::fs::create_dir_all(folder)?;
    std::fs::write(FILE, update.data()).context("Writing cached update")
}

/// Of a deployment that will be booted next.
pub(crate) fn of_deployment(repo: &Repo, booted: &Deployment, new: &Deployment) -> Result<Option<Variant>> {
    let (followed, origin) = (Origin::of(booted)?, Origin::of(new)?);
    let (old_base, new_base) = (base_of(repo, &booted.csum())?, base_of(repo, &new.csum())?);
    if followed.followed != origin.followed || old_base == new_base {
        return Ok(None);
    }
    let update = begun(repo, booted, &origin, &Commit::load(repo, &new_base)?, true)?;
    update.insert("deployment", id(new));
    update.insert_value("rpm-diff", &Difference::of_commits(repo, &old_base, &new_base)?.to_cached());
    Ok(Some(update.end()))
}

/// Of the commit that the branch is at.
pub(crate) fn of_branch(repo: &Repo, booted: &Deployment) -> Result<Option<Variant>> {
    let origin = Origin::of(booted)?;
    let old = base_of(repo, &booted.csum())?;
    let Some(new) = repo.resolve_rev(origin.refspec(), true)?.filter(|new| *new != old) else { return Ok(None) };
    let update = begun(repo, booted, &origin, &Commit::load(repo, &new)?, true)?;
    update.insert_value("rpm-diff", &Difference::of_commits(repo, &old, &new)?.to_cached());
    Ok(Some(update.end()))
}

/// Of the image that the registry has. For layered machines the daemon forgets to tell.
pub(crate) fn of_image(repo: &Repo, booted: &Deployment, new: &Description) -> Result<Option<Variant>> {
    let origin = Origin::of(booted)?;
    let Some(old) = StoredImage::of_commit(repo, &booted.csum())? else { return Ok(None) };
    if old.description.digest == new.digest {
        return Ok(None);
    }
    let update = begun(repo, booted, &origin, &Commit::load(repo, &booted.csum())?, false)?;
    if let Some(version) = new.version() {
        update.insert("version", version);
    }
    update.insert_value("manifest-diff", &manifest_difference(&old.description.layers()?, &new.layers()?));
    Ok(Some(update.end()))
}

fn begun(repo: &Repo, booted: &Deployment, origin: &Origin, commit: &Commit, is_new: bool) -> Result<VariantDict> {
    let update = VariantDict::new(None);
    update.insert("osname", booted.osname().as_str());
    update.insert("update-sha256", booted.csum().as_str());
    update.insert("checksum", commit.checksum.as_str());
    update.insert("timestamp", commit.timestamp);
    update.insert("origin", origin.refspec());
    update.insert("ref-has-new-commit", is_new);
    if let Followed::Branch(refspec) = &origin.followed {
        if let Some(version) = commit.text("version") {
            update.insert("version", version);
        }
        let (remote, _) = origin::split(refspec)?;
        let verified = repo.remote_get_gpg_verify(&remote)?;
        update.insert("gpg-enabled", verified);
        if verified && let Some(signatures) = commits::signatures(repo, &commit.checksum, &remote) {
            update.insert_value("signatures", &signatures);
        }
    }
    Ok(update)
}

fn manifest_difference(old: &[Layer], new: &[Layer]) -> Variant {
    let names = |layers: &[Layer]| layers.iter().map(|layer| layer.digest.clone()).collect::<BTreeSet<_>>();
    let (had, has) = (names(old), names(new));
    let size = |layers: &mut dyn Iterator<Item = &Layer>| {
        layers.fold((0_u64, 0_u64), |(count, bytes), layer| (count + 1, bytes + layer.size))
    };
    let difference = VariantDict::new(None);
    let parts = [
        (["total", "total-size"], size(&mut new.iter())),
        (["n-removed", "removed-size"], size(&mut old.iter().filter(|layer| !has.contains(&layer.digest)))),
        (["n-added", "added-size"], size(&mut new.iter().filter(|layer| !had.contains(&layer.digest)))),
    ];
    for ([count_key, size_key], (count, bytes)) in parts {
        difference.insert(count_key, count);
        difference.insert(size_key, bytes);
    }
    difference.end()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_are_compared_by_their_layers() {
        let layer = |digest: &str, size| Layer { digest: digest.to_owned(), size };
        let old = [layer("sha256:a", 1), layer("sha256:b", 2)];
        let new = [layer("sha256:a", 1), layer("sha256:c", 4), layer("sha256:d", 8)];
        let difference = VariantDict::new(Some(&manifest_difference(&old, &new)));
        let number = |key: &str| difference.lookup::<u64>(key).unwrap().unwrap();
        assert_eq!([number("total"), number("total-size")], [3, 13]);
        assert_eq!([number("n-removed"), number("removed-size")], [1, 2]);
        assert_eq!([number("n-added"), number("added-size")], [2, 12]);
    }
}
