// SPDX-License-Identifier: GPL-3.0-or-later
//! skopeo has the last word: what is worked out here is what it does.

use std::path::Path;

use serde_json::{Value, json};

use super::*;

/// What skopeo itself says to a copy of an image of this kind under this policy: that the policy is none, that the image is
/// rejected, or that it is let through.
fn of_skopeo(policy: &str, image: &str, folder: &Path) -> &'static str {
    let file = folder.join("policy.json");
    std::fs::write(&file, policy).unwrap();
    let copy = std::process::Command::new("skopeo")
        .args(["--tmpdir", "/tmp", "--policy"])
        .arg(&file)
        .args(["copy", "--quiet", image])
        .arg(format!("dir:{}", folder.join("copied").display()))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&copy.stderr);
    match copy.status.success() {
        true => "through",
        false if said.contains("loading trust policy") => "broken",
        false if said.contains("rejected") => "rejected",
        false => panic!("{said}"),
    }
}

/// A folder with an image in it, as small as can be.
fn image_in(folder: &Path) -> String {
    let image = folder.join("images/os");
    std::fs::create_dir_all(&image).unwrap();
    let configuration = br#"{"architecture":"amd64","os":"linux","rootfs":{"type":"layers","diff_ids":[]}}"#;
    std::fs::write(image.join("version"), "Directory Transport Version: 1.1\n").unwrap();
    let sum = checksum(configuration);
    std::fs::write(image.join(&sum), configuration).unwrap();
    let manifest = json!({
        "schemaVersion": 2,
        "mediaType": "application/vnd.oci.image.manifest.v1+json",
        "config": {
            "mediaType": "application/vnd.oci.image.config.v1+json",
            "digest": format!("sha256:{sum}"),
            "size": configuration.len(),
        },
        "layers": [],
    });
    std::fs::write(image.join("manifest.json"), manifest.to_string()).unwrap();
    format!("dir:{}", image.display())
}

fn checksum(bytes: &[u8]) -> String {
    let sum = ostree::glib::compute_checksum_for_data(ostree::glib::ChecksumType::Sha256, bytes);
    sum.unwrap().to_string()
}

#[test]
fn skopeo_says_the_same_of_each_policy() {
    let folder = tempfile::tempdir().unwrap();
    let image = image_in(folder.path());
    for policy in BROKEN {
        assert_eq!(of_skopeo(policy, &image, folder.path()), "broken", "{policy}");
    }
    let here = folder.path().join("images").to_string_lossy().into_owned();
    let accept = json!([{ "type": "insecureAcceptAnything" }]);
    let reject = json!([{ "type": "reject" }]);
    let both = json!([{ "type": "insecureAcceptAnything" }, { "type": "reject" }]);
    let base = json!([{ "type": "signedBaseLayer", "baseLayerIdentity": { "type": "matchExact" } }]);
    let x509 = json!([{ "type": "signedBy", "keyType": "X509Certificates", "keyData": "a2V5" }]);
    let lost = json!([{ "type": "sigstoreSigned", "keyPath": "/keys/lost" }]);
    let scoped = |scopes: Value| json!({ "default": reject, "transports": { "dir": scopes } }).to_string();
    let mut policies: Vec<String> =
        [ALMALINUX, ALT, BLUEFIN, FEDORA, EVERYTHING, ACCEPTS_ALL].map(str::to_owned).to_vec();
    policies.extend([&both, &base, &x509, &lost].map(|rule| json!({ "default": rule }).to_string()));
    policies.extend([
        scoped(json!({ "": accept })),
        scoped(json!({ &here: accept })),
        scoped(json!({ &here: accept, format!("{here}/os"): reject })),
        scoped(json!({ &here: reject, format!("{here}/os"): accept })),
        scoped(json!({ format!("{here}/o"): accept })),
        scoped(json!({ "/tmp": accept })),
    ]);
    for policy in policies {
        let told = on_host(&policy, USED, &format!("ostree-unverified-image:{image}"));
        let expected = match told.state {
            TrustState::Unchecked => "through",
            // Nobody has signed it.
            _ => "rejected",
        };
        let said = of_skopeo(&policy, &image, folder.path());
        assert_eq!(said, expected, "{told:?} {policy}");
    }
}
