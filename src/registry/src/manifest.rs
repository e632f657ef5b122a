// SPDX-License-Identifier: GPL-3.0-or-later
use oci_client::manifest::{
    IMAGE_MANIFEST_LIST_MEDIA_TYPE, IMAGE_MANIFEST_MEDIA_TYPE, OCI_IMAGE_INDEX_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE,
    OciImageIndex, OciImageManifest,
};
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::failure::{Failure, quoted};

/// The kinds that are understood, as a request lists them.
pub(crate) const ACCEPT: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
     application/vnd.docker.distribution.manifest.list.v2+json, application/vnd.docker.distribution.manifest.v2+json";

/// What a tag or a digest names, read.
#[derive(Debug)]
pub(crate) struct Manifest {
    /// Its digest, checked.
    pub(crate) digest: String,
    /// What it is.
    pub(crate) content: Content,
}

/// An image, or several of which one is for this computer.
#[derive(Debug)]
pub(crate) enum Content {
    /// Several.
    Index(OciImageIndex),
    /// One.
    Image(Box<OciImageManifest>),
}

/// As much as shows what a document is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Outline {
    media_type: Option<String>,
    manifests: Option<IgnoredAny>,
    layers: Option<IgnoredAny>,
}

/// What a document is said to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Several images.
    Index,
    /// One.
    Image,
}

impl Kind {
    /// As it is sent; absent where that says nothing.
    pub(crate) fn sent_as(content_type: Option<&str>) -> Result<Option<Self>, Failure> {
        let name = content_type.map(|text| text.split(';').next().unwrap_or(text).trim().to_ascii_lowercase());
        match name.as_deref() {
            None | Some("" | "application/json" | "application/octet-stream" | "text/plain") => Ok(None),
            Some(name) => match kind(name) {
                Some(kind) => Ok(Some(kind)),
                None => Err(Failure::Failed(format!("the registry sends {} in place of a manifest", quoted(name)))),
            },
        }
    }
}

impl Content {
    /// Reads a document that was sent as this.
    pub(crate) fn read(sent_as: Option<Kind>, body: &[u8]) -> Result<Self, Failure> {
        let broken =
            |error: serde_json::Error| Failure::Failed(format!("the manifest is none: {}", quoted(&error.to_string())));
        let outline: Outline = serde_json::from_slice(body).map_err(broken)?;
        let says_itself = match outline.media_type.as_deref() {
            None => None,
            Some(name) => Some(
                kind(name)
                    .ok_or_else(|| Failure::Failed(format!("this kind of image is not known: {}", quoted(name))))?,
            ),
        };
        let looks_like = match (outline.manifests.is_some(), outline.layers.is_some()) {
            (true, false) => Kind::Index,
            (false, true) => Kind::Image,
            _ => return Err(Failure::Failed("the manifest is neither an image nor a list of images".into())),
        };
        // Whoever checks a signature might take it for the other kind.
        if [sent_as, says_itself].into_iter().flatten().any(|kind| kind != looks_like) {
            return Err(Failure::Failed("the manifest is not of the kind that it is said to be".into()));
        }
        match looks_like {
            Kind::Index => serde_json::from_slice(body).map(Self::Index).map_err(broken),
            Kind::Image => serde_json::from_slice(body).map(Box::new).map(Self::Image).map_err(broken),
        }
    }
}

fn kind(media_type: &str) -> Option<Kind> {
    match media_type {
        OCI_IMAGE_INDEX_MEDIA_TYPE | IMAGE_MANIFEST_LIST_MEDIA_TYPE => Some(Kind::Index),
        OCI_IMAGE_MEDIA_TYPE | IMAGE_MANIFEST_MEDIA_TYPE => Some(Kind::Image),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(content_type: Option<&str>, body: &str) -> Result<Content, Failure> {
        Content::read(Kind::sent_as(content_type)?, body.as_bytes())
    }

    const INDEX: &str = r#"{"schemaVersion":2,"manifests":[]}"#;
    const IMAGE: &str = r#"{"schemaVersion":2,"config":{"mediaType":"x","digest":"y","size":1},"layers":[]}"#;

    #[test]
    fn a_document_is_what_it_looks_like_and_is_said_to_be() {
        for content_type in
            [None, Some("application/json"), Some("application/vnd.oci.image.index.v1+json; charset=utf-8")]
        {
            assert!(matches!(read(content_type, INDEX), Ok(Content::Index(_))), "{content_type:?}");
        }
        for content_type in [None, Some(IMAGE_MANIFEST_MEDIA_TYPE), Some(OCI_IMAGE_MEDIA_TYPE)] {
            assert!(matches!(read(content_type, IMAGE), Ok(Content::Image(_))), "{content_type:?}");
        }
        let both = r#"{"schemaVersion":2,"manifests":[],"config":{"mediaType":"x","digest":"y","size":1},"layers":[]}"#;
        let old = r#"{"schemaVersion":1,"fsLayers":[]}"#;
        let other = r#"{"mediaType":"application/vnd.oci.image.index.v1+json","config":{},"layers":[]}"#;
        let deep = format!("{}{}", r#"{"manifests":"#, "[".repeat(100_000));
        for (content_type, body) in [
            (Some("text/html"), INDEX),
            (Some(OCI_IMAGE_MEDIA_TYPE), INDEX),
            (None, both),
            (None, old),
            (None, other),
            (None, "<html>"),
            (None, ""),
            (None, "[]"),
            (None, &deep),
            (None, r#"{"manifests":[{}]}"#),
            (None, r#"{"schemaVersion":2,"layers":[],"config":null}"#),
        ] {
            assert!(matches!(read(content_type, body), Err(Failure::Failed(_))), "{body:.80}");
        }
    }

    proptest! {
        #[test]
        fn no_document_brings_it_down(body in "\\PC{0,40}|\\{\"(manifests|layers)\":\\[(\\{\"size\":-?[0-9]{1,30}\\})?\\]\\}") {
            let _ = read(None, &body);
        }
    }
}
