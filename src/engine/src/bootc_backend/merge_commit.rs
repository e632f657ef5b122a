// SPDX-License-Identifier: GPL-3.0-or-later
//! What the repository knows of the container image that a deployment was made from, without asking bootc: in the
//! metadata of its commit, and of a newer one that a check has found, in metadata attached to it.
//!
//! Source: `container/store.rs` of ostree-ext, as bootc and rpm-ostree write it.

use anyhow::Context as _;
use ostree::{gio, glib};
use serde_json::Value;

use super::image_facts;

/// The keys of a commit that was made from an image: digest, manifest, configuration.
const IMAGE: [&str; 3] = ["ostree.manifest-digest", "ostree.manifest", "ostree.container.image-config"];
/// Those of the newer image that a check has found.
const CACHED: [&str; 3] =
    ["ostree-ext.cached.manifest-digest", "ostree-ext.cached.manifest", "ostree-ext.cached.config"];

/// The longest JSON that is read, in bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// What is known of a container image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ImageFacts {
    /// The digest of its manifest for this architecture.
    pub(crate) digest: Option<String>,
    /// Its version, as its labels name it.
    pub(crate) version: Option<String>,
    /// When it was built, in seconds since 1970.
    pub(crate) built: Option<u64>,
    /// The architecture that it is made for.
    pub(crate) architecture: Option<String>,
    /// Its layers, the lowest first.
    pub(crate) layers: Vec<Layer>,
}

/// A layer of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    /// Its digest.
    pub(crate) digest: String,
    /// Bytes that it takes to download.
    pub(crate) bytes: u64,
}

/// What a commit tells of the image that it was made from; nothing if it was not made from one.
///
/// # Errors
/// The commit cannot be read.
pub(crate) fn of_commit(repo: &ostree::Repo, checksum: &str) -> anyhow::Result<Option<ImageFacts>> {
    let (commit, _) = repo.load_commit(checksum).with_context(|| format!("reading commit {checksum}"))?;
    // The type is (a{sv}aya(say)sstayay): metadata first.
    Ok(commit.try_child_value(0).and_then(|metadata| of_metadata(&metadata, IMAGE)))
}

/// What the last check has found that was made while this commit was the newest. It may be older than what is here.
///
/// # Errors
/// The metadata cannot be read.
pub(crate) fn cached_update(repo: &ostree::Repo, checksum: &str) -> anyhow::Result<Option<ImageFacts>> {
    let metadata = repo
        .read_commit_detached_metadata(checksum, gio::Cancellable::NONE)
        .with_context(|| format!("reading what is attached to commit {checksum}"))?;
    Ok(metadata.and_then(|metadata| of_metadata(&metadata, CACHED)))
}

fn of_metadata(metadata: &glib::Variant, keys: [&str; 3]) -> Option<ImageFacts> {
    if metadata.type_() != glib::VariantTy::VARDICT {
        return None;
    }
    let dictionary = glib::VariantDict::new(Some(metadata));
    let [digest, manifest, config] = keys.map(|key| dictionary.lookup::<String>(key).ok().flatten());
    of_texts(digest.as_deref(), manifest.as_deref(), config.as_deref())
}

/// Takes an image's description apart: what of it makes no sense is absent.
fn of_texts(digest: Option<&str>, manifest: Option<&str>, config: Option<&str>) -> Option<ImageFacts> {
    if digest.is_none() && manifest.is_none() {
        return None;
    }
    let json = |text: Option<&str>| {
        text.filter(|text| text.len() <= LONGEST)
            .and_then(|text| serde_json::from_str::<Value>(text).ok())
            .unwrap_or_default()
    };
    let (manifest, config) = (json(manifest), json(config));
    let label = |key: &str| config.get("config")?.get("Labels")?.get(key)?.as_str();
    let version = label("org.opencontainers.image.version").and_then(image_facts::version);
    let created = label("org.opencontainers.image.created").and_then(image_facts::time);
    Some(ImageFacts {
        digest: digest.and_then(image_facts::digest),
        version: version.or_else(|| label("version").and_then(image_facts::version)),
        built: created.or_else(|| config.get("created")?.as_str().and_then(image_facts::time)),
        architecture: config.get("architecture").and_then(Value::as_str).and_then(image_facts::version),
        layers: manifest.get("layers").and_then(Value::as_array).into_iter().flatten().filter_map(Layer::of).collect(),
    })
}

impl Layer {
    fn of(value: &Value) -> Option<Self> {
        let digest = value.get("digest")?.as_str().and_then(image_facts::digest)?;
        Some(Self { digest, bytes: value.get("size")?.as_u64()? })
    }

    /// The ref that keeps this layer once it is in the repository.
    pub(crate) fn ref_name(&self) -> String {
        format!("ostree/container/blob/{}", self.digest.replace(':', "_3A_"))
    }
}

impl ImageFacts {
    /// Bytes that are still to be downloaded where these layers are here: what bootc calls `bytesTotal`. Nothing where
    /// no layer is known.
    pub(crate) fn missing_bytes(&self, is_here: impl Fn(&Layer) -> bool) -> Option<u64> {
        if self.layers.is_empty() {
            return None;
        }
        let mut missing: Vec<&Layer> = self.layers.iter().filter(|layer| !is_here(layer)).collect();
        missing.sort_by(|one, other| one.digest.cmp(&other.digest));
        missing.dedup_by(|one, other| one.digest == other.digest);
        missing.iter().try_fold(0_u64, |sum, layer| sum.checked_add(layer.bytes))
    }
}

#[cfg(test)]
mod tests {
    use ostree::gio::prelude::Cast as _;
    use ostree::glib::prelude::ToVariant as _;
    use serde_json::json;

    use super::*;

    fn sum(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    fn manifest() -> String {
        let layer = |digit, size| json!({"mediaType": "application/vnd.oci.image.layer.v1.tar+gzip", "digest": sum(digit), "size": size});
        json!({"schemaVersion": 2, "layers": [layer('1', 100), layer('2', 20), layer('3', 3), layer('2', 20)]})
            .to_string()
    }

    fn config(labels: Value) -> String {
        json!({"architecture": "amd64", "created": "2026-11-20T23:42:57Z", "config": {"Labels": labels}}).to_string()
    }

    fn facts(labels: Value) -> ImageFacts {
        of_texts(Some(&sum('a')), Some(&manifest()), Some(&config(labels))).unwrap()
    }

    #[test]
    fn an_image_is_described_by_manifest_and_configuration() {
        let facts = facts(json!({"org.opencontainers.image.version": "10.2", "version": "ignored"}));
        assert_eq!(facts.digest, Some(sum('a')));
        assert_eq!((facts.version.as_deref(), facts.architecture.as_deref()), (Some("10.2"), Some("amd64")));
        assert_eq!(facts.built, Some(1_795_218_177));
        assert_eq!(facts.layers.len(), 4);
        assert_eq!(facts.layers[1], Layer { digest: sum('2'), bytes: 20 });
    }

    #[test]
    fn where_a_label_is_missing_another_takes_its_place() {
        assert_eq!(facts(json!({"version": "43"})).version.as_deref(), Some("43"));
        assert_eq!(
            facts(json!({"org.opencontainers.image.version": "", "version": "43"})).version.as_deref(),
            Some("43")
        );
        assert_eq!(facts(json!(null)).version, None);
        let dated = facts(json!({"org.opencontainers.image.created": "2026-11-20T23:42:58Z"}));
        assert_eq!(dated.built, Some(1_795_218_178));
        assert_eq!(facts(json!({"org.opencontainers.image.created": "soon"})).built, Some(1_795_218_177));
    }

    #[test]
    fn what_makes_no_sense_is_absent() {
        assert_eq!(of_texts(None, None, Some(&config(json!({"version": "1"})))), None);
        let odd = of_texts(Some("sha256:x"), Some("{"), Some("[]")).unwrap();
        assert_eq!(odd, ImageFacts::default());
        let layers =
            json!({"layers": [{"digest": "x", "size": 1}, {"digest": sum('1')}, {"digest": sum('1'), "size": -1}, 5]});
        assert_eq!(of_texts(None, Some(&layers.to_string()), None).unwrap().layers, []);
        let long = format!("{{\"x\":\"{}\"}}", "y".repeat(LONGEST));
        assert_eq!(of_texts(None, Some(&long), Some(&"[".repeat(5000))), Some(ImageFacts::default()));
    }

    #[test]
    fn what_is_to_be_downloaded_is_what_is_not_here() {
        let facts = facts(json!({}));
        assert_eq!(facts.missing_bytes(|_| false), Some(123));
        assert_eq!(facts.missing_bytes(|layer| layer.digest == sum('1')), Some(23));
        assert_eq!(facts.missing_bytes(|_| true), Some(0));
        assert_eq!(ImageFacts::default().missing_bytes(|_| false), None);
        assert_eq!(facts.layers[0].ref_name(), format!("ostree/container/blob/sha256_3A_{}", "1".repeat(64)));
    }

    #[test]
    fn metadata_of_a_commit_is_found_by_its_keys() {
        let metadata = glib::VariantDict::new(None);
        metadata.insert("ostree.manifest-digest", sum('a'));
        metadata.insert("ostree.manifest", manifest());
        metadata.insert("ostree.container.image-config", config(json!({"version": "43"})));
        metadata.insert("ostree-ext.cached.manifest-digest", 5_u32);
        let metadata = metadata.end();
        assert_eq!(of_metadata(&metadata, IMAGE), Some(facts(json!({"version": "43"}))));
        assert_eq!(of_metadata(&metadata, CACHED), None);
        assert_eq!(of_metadata(&5_u32.to_variant(), IMAGE), None);
    }

    #[test]
    fn a_commit_in_a_repository_is_read() {
        let none = gio::Cancellable::NONE;
        let folder = tempfile::tempdir().unwrap();
        let content = folder.path().join("content");
        std::fs::create_dir(&content).unwrap();
        let repo = ostree::Repo::new_for_path(folder.path().join("repo"));
        repo.create(ostree::RepoMode::Archive, none).unwrap();
        let tree = ostree::MutableTree::new();
        let dictionary = glib::VariantDict::new(None);
        dictionary.insert("ostree.manifest-digest", sum('a'));
        dictionary.insert("ostree.manifest", manifest());
        let transaction = repo.auto_transaction(none).unwrap();
        repo.write_directory_to_mtree(&gio::File::for_path(&content), &tree, None, none).unwrap();
        let root = repo.write_mtree(&tree, none).unwrap().downcast::<ostree::RepoFile>().unwrap();
        let commit =
            |metadata: Option<&glib::Variant>| repo.write_commit(None, None, None, metadata, &root, none).unwrap();
        let (of_image, plain) = (commit(Some(&dictionary.end())), commit(None));
        transaction.commit(none).unwrap();
        let facts = of_commit(&repo, &of_image).unwrap().unwrap();
        assert_eq!((facts.digest, facts.layers.len()), (Some(sum('a')), 4));
        assert_eq!(of_commit(&repo, &plain).unwrap(), None);
        assert!(of_commit(&repo, &"0".repeat(64)).is_err());
        assert_eq!(cached_update(&repo, &of_image).unwrap(), None);
        let dictionary = glib::VariantDict::new(None);
        dictionary.insert("ostree-ext.cached.manifest-digest", sum('b'));
        repo.write_commit_detached_metadata(&of_image, Some(&dictionary.end()), none).unwrap();
        assert_eq!(cached_update(&repo, &of_image).unwrap().unwrap().digest, Some(sum('b')));
    }
}
