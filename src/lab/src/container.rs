// SPDX-License-Identifier: GPL-3.0-or-later
//! Publishing images in the lab's container registry.

mod layers;
mod layout;
mod signatures;
mod tags;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use serde_json::json;

use self::layers::LayerWriter;
use self::layout::{Blob, Layout};
pub(crate) use self::signatures::{MACHINE_KEY, create_keys, machine_configuration};
pub(crate) use self::tags::add as add_tags;
use crate::command::{command, run};
use crate::configuration::Folder;
use crate::publication::{self, Publication, Signing};

/// The part of every image's name before its variant.
const NAMESPACE: &str = "lab";
const MANIFEST: &str = "application/vnd.oci.image.manifest.v1+json";
const CONFIGURATION: &str = "application/vnd.oci.image.config.v1+json";
const LAYER: &str = "application/vnd.oci.image.layer.v1.tar+gzip";

/// The registry as the machine knows it.
pub(crate) fn authority(port: u16) -> String {
    format!("127.0.0.1:{port}")
}

/// The part of the registry that holds the lab's images.
pub(crate) fn scope(port: u16) -> String {
    format!("{}/{NAMESPACE}", authority(port))
}

/// The name of an image as the machine knows it.
pub(crate) fn reference(port: u16, variant: &str, tag: &str) -> String {
    format!("{}/{variant}:{tag}", scope(port))
}

/// Where a registry is: for those who pull, and for those who push.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ports {
    pub(crate) public: u16,
    pub(crate) registry: u16,
}

/// Builds an image and pushes it under its tag and its version; returns the digest of its manifest.
pub(crate) fn publish(folder: &Folder, image: &Publication, payload: u64, ports: Ports) -> Result<String> {
    let Publication { variant, version, .. } = image;
    publication::check_words(image)?;
    let scratch = folder.temporary().join(format!("container-{variant}-{version}-{}", std::process::id()));
    let made = publication::write_tree(&scratch, image, image.payload_bytes.unwrap_or(payload))
        .and_then(|()| build(folder, image, &scratch));
    let _ = std::fs::remove_dir_all(&scratch);
    let digest = made.with_context(|| format!("cannot build the image {variant} {version}"))?;
    let unsigned = image.signing == Signing::None || !signatures::has_keys(folder);
    for tag in [version.replace(['+', '~'], "-"), image.tag.clone()] {
        let target = reference(ports.registry, variant, &tag);
        let mut push = command("skopeo", ["--insecure-policy", "copy", "--quiet", "--dest-tls-verify=false"]);
        push.arg("--preserve-digests").env("TMPDIR", folder.temporary());
        if !unsigned {
            // What is signed is the name by which the machine pulls.
            let identity = reference(ports.public, variant, &tag);
            push.args(signatures::arguments(folder, image.signing)?).arg(format!("--sign-identity={identity}"));
            push.env("REGISTRIES_D", "")
                .args(["--registries.d".as_ref(), signatures::attachments(folder)?.as_os_str()]);
        }
        push.arg(format!("oci:{}:{variant}-{version}", folder.images().display()));
        push.arg(format!("docker://{target}"));
        run(push).with_context(|| format!("cannot push {variant} {version} to the registry"))?;
    }
    Ok(digest)
}

fn build(folder: &Folder, image: &Publication, tree: &Path) -> Result<String> {
    let layout = Layout::open(folder.images())?;
    let writer = LayerWriter { layout: &layout };
    let base = folder.base_tree();
    let mut all = vec![
        writer.write(&base, |path| !path.starts_with("usr/lib/modules"))?,
        writer.write(&base, |path| path.starts_with("usr/lib/modules"))?,
    ];
    let containers = folder.container_tree();
    if containers.exists() {
        all.push(writer.write(&containers, |_| true)?);
    }
    for group in 0..layers::GROUPS {
        all.push(writer.write_payload(tree, group)?);
    }
    all.push(writer.write(tree, |path| !path.starts_with("usr/share/lab"))?);

    let created = created(image)?;
    let configuration = layout.write(&serde_json::to_vec(&json!({
        "created": created,
        "architecture": image.container_architecture(),
        "os": "linux",
        "config": { "Labels": labels(image, &created) },
        "rootfs": { "type": "layers", "diff_ids": all.iter().map(|layer| &layer.uncompressed).collect::<Vec<_>>() },
        "history": all.iter().map(|_| json!({ "created": created, "created_by": "isotope-lab" })).collect::<Vec<_>>(),
    }))?)?;
    let described = |blob: &Blob, kind: &str| json!({ "mediaType": kind, "digest": blob.digest, "size": blob.size });
    let manifest = layout.write(&serde_json::to_vec(&json!({
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": described(&configuration, CONFIGURATION),
        "layers": all.iter().map(|layer| described(&layer.blob, LAYER)).collect::<Vec<_>>(),
    }))?)?;
    layout.name(&format!("{}-{}", image.variant, image.version), &described(&manifest, MANIFEST))?;
    Ok(manifest.digest)
}

fn labels(image: &Publication, created: &str) -> serde_json::Value {
    let mut labels = json!({
        "org.opencontainers.image.title": format!("Lab Atomic Desktop {}", image.variant),
        "org.opencontainers.image.version": image.version,
        "org.opencontainers.image.created": created,
    });
    if image.bootable {
        labels["containers.bootc"] = "1".into();
        labels["ostree.bootable"] = "true".into();
    }
    for (name, value) in &image.labels {
        labels[name] = value.as_str().into();
    }
    labels
}

fn created(image: &Publication) -> Result<String> {
    let built = image.built.unwrap_or_else(SystemTime::now).duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    crate::command::run_for_text(command(
        "date",
        ["--utc", &format!("--date=@{}", built.as_secs()), "+%Y-%m-%dT%H:%M:%SZ"],
    ))
}
