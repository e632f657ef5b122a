// SPDX-License-Identifier: GPL-3.0-or-later
mod kernel_arguments;

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use isotope_model::{DeploymentDetails, DeploymentId, ImageReference, Signature, SignatureState};
use ostree::glib;
use ostree::{Repo, Sysroot, gio};

use self::kernel_arguments::Compared;
use crate::bootc_backend::merge_commit;
use crate::deployment_reader;
use crate::failure::Failure;
use crate::failure::of_pull;
use crate::foreign_text::shown;
use crate::ostree_backend::remotes;
use crate::ostree_backend::stage;
use crate::rpm_ostree_backend::base_commit;
use crate::sysroot;

/// The longest foreign text that is told, in characters.
const LONGEST: usize = 200;

/// Reads what there is to know of one deployment.
///
/// # Errors
/// [`isotope_model::Refusal::UnknownDeployment`], or the sysroot cannot be read.
pub(crate) fn read(id: &DeploymentId) -> Result<DeploymentDetails, Failure> {
    let sysroot = sysroot::open()?;
    let deployment = sysroot::find(&sysroot, id)?;
    let directory = deployment_reader::directory(&sysroot, &deployment);
    let arguments = stage::kernel_arguments(&deployment);
    let compared = compared_arguments(&sysroot, &arguments);
    let base_checksum = base_commit::of_commit(&sysroot.repo(), id.checksum()).ok().flatten();
    let published = base_checksum.as_deref().unwrap_or_else(|| id.checksum());
    let made_from = merge_commit::of_commit(&sysroot.repo(), published).ok().flatten();
    Ok(DeploymentDetails {
        id: id.clone(),
        deployed: created(&directory),
        digest: made_from.and_then(|image| image.digest),
        kernel: kernel(&directory),
        kernel_arguments: (!arguments.is_empty()).then(|| arguments.join(" ")),
        kernel_arguments_added: compared.added,
        kernel_arguments_removed: compared.removed,
        signature: signature(&sysroot, &deployment, published),
    })
}

fn created(directory: &Path) -> Option<u64> {
    let created = fs::metadata(directory).ok()?.created().ok()?;
    created.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// The kernel's version is the name of the folder that it is in.
fn kernel(directory: &Path) -> Option<String> {
    let modules = deployment_reader::names_inside(directory, "usr/lib/modules");
    let with_kernel = modules.into_iter().filter(|name| {
        let folder = format!("usr/lib/modules/{}", name.to_string_lossy());
        deployment_reader::names_inside(directory, &folder).iter().any(|name| name == "vmlinuz")
    });
    with_kernel.max().map(|name| shown(&name.to_string_lossy(), LONGEST))
}

/// Compares with what the running system was started with; nothing differs where that is not known.
fn compared_arguments(sysroot: &Sysroot, arguments: &[String]) -> Compared {
    let started_with = fs::read_to_string("/proc/cmdline").ok();
    match (sysroot.booted_deployment(), started_with) {
        (Some(booted), Some(started_with)) => {
            kernel_arguments::compare(arguments, &started_with, &stage::kernel_arguments(&booted))
        }
        _ => Compared::default(),
    }
}

/// The signature of the commit that was published: what rpm-ostree makes of it on this computer has none.
fn signature(sysroot: &Sysroot, deployment: &ostree::Deployment, checksum: &str) -> Signature {
    let image = deployment.origin().and_then(|origin| deployment_reader::image(&origin));
    let Some(ImageReference::Ostree { remote, .. }) = image else { return Signature::default() };
    let repo = sysroot.repo();
    let required = remotes::demands_signature(&repo, &remote);
    let otherwise = remotes::verifies_otherwise(&repo, &remote);
    let of_its_own = || Signature { state: verified_otherwise(&repo, &remote, checksum), ..Signature::default() };
    if otherwise && !remotes::verifies_gpg(&repo, &remote) {
        return Signature { required, ..of_its_own() };
    }
    let by_gpg = match repo.verify_commit_for_remote(checksum, &remote, gio::Cancellable::NONE) {
        Ok(result) => best(&result),
        Err(error) => Signature { state: of_error(&error), ..Signature::default() },
    };
    // Where both are demanded, one that convinces is not enough.
    let convinced = by_gpg.state == SignatureState::Verified;
    let judged = if otherwise && convinced { of_its_own() } else { Signature::default() };
    match judged.state {
        SignatureState::Verified => Signature { required, ..by_gpg },
        _ if otherwise && convinced => Signature { required, ..judged },
        _ => Signature { required, ..by_gpg },
    }
}

/// The signature that convinces, else the first one.
fn best(result: &ostree::GpgVerifyResult) -> Signature {
    let found = (0..result.count_all()).map(|index| of_attributes(&result.all(index)));
    let mut found: Vec<_> = found.collect();
    let at = found.iter().position(|one| one.state == SignatureState::Verified).unwrap_or_default();
    if at < found.len() {
        found.swap_remove(at)
    } else {
        Signature { state: SignatureState::Missing, ..Signature::default() }
    }
}

/// Reads the attributes of one signature. Source: `OstreeGpgSignatureAttr` in libostree's `ostree-gpg-verify-result.h`.
fn of_attributes(attributes: &glib::Variant) -> Signature {
    let at = |index: usize| attributes.try_child_value(index);
    let is = |index| at(index).and_then(|value| value.get::<bool>()).unwrap_or(false);
    let text = |index| at(index).and_then(|value| value.get::<String>()).filter(|text| !text.is_empty());
    let (valid, signature_expired, key_expired, key_revoked, key_missing) = (is(0), is(1), is(2), is(3), is(4));
    let state = if key_missing {
        SignatureState::UntrustedKey
    } else if key_revoked {
        SignatureState::Revoked
    } else if key_expired || signature_expired {
        SignatureState::Expired
    } else if valid {
        SignatureState::Verified
    } else {
        SignatureState::Invalid
    };
    let made = at(6).and_then(|value| value.get::<i64>()).and_then(|seconds| u64::try_from(seconds).ok());
    Signature {
        state,
        required: false,
        key: text(5).map(|text| shown(&text, LONGEST)),
        signer: text(10).map(|text| shown(&text, LONGEST)),
        made: made.filter(|seconds| *seconds > 0),
    }
}

fn of_error(error: &glib::Error) -> SignatureState {
    use isotope_model::{Refusal, SignatureProblem};
    match of_pull(error, "") {
        Refusal::SignatureRefused { problem, .. } => match problem {
            SignatureProblem::Missing => SignatureState::Missing,
            SignatureProblem::UntrustedKey => SignatureState::UntrustedKey,
            SignatureProblem::Invalid => SignatureState::Invalid,
            SignatureProblem::Expired => SignatureState::Expired,
            SignatureProblem::Revoked => SignatureState::Revoked,
            SignatureProblem::NoPolicy | SignatureProblem::Other => SignatureState::Unknown,
        },
        _ => SignatureState::Unknown,
    }
}

/// libostree's own kinds of signatures, without a word about the key. What does not convince may be one that this
/// libostree cannot judge.
fn verified_otherwise(repo: &Repo, remote: &str, checksum: &str) -> SignatureState {
    let judge = || -> Option<bool> {
        let commit = repo.load_variant(ostree::ObjectType::Commit, checksum).ok()?;
        let detached = repo.read_commit_detached_metadata(checksum, gio::Cancellable::NONE).ok().flatten()?;
        let flags = ostree::RepoVerifyFlags::NO_GPG;
        let judged =
            repo.signature_verify_commit_data(remote, &commit.data_as_bytes(), &detached.data_as_bytes(), flags);
        Some(judged.is_ok())
    };
    match judge() {
        Some(true) => SignatureState::Verified,
        Some(false) => SignatureState::Unknown,
        None => SignatureState::Missing,
    }
}
