// SPDX-License-Identifier: GPL-3.0-or-later
//! Policies as the vendors of image-based systems ship them, shortened to what matters.

/// What most distributions ship.
pub(super) const ACCEPTS_ALL: &str = r#"{"default":[{"type":"insecureAcceptAnything"}]}"#;

/// AlmaLinux Atomic Desktop: accepts everything by default, and has a rule for its own repository only.
pub(super) const ALMALINUX: &str = r#"{
    "default": [{ "type": "insecureAcceptAnything" }],
    "transports": {
        "docker": {
            "registry.access.redhat.com": [
                { "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release" }
            ],
            "quay.io/almalinuxorg/atomic-desktop-gnome": [{
                "type": "sigstoreSigned",
                "keyPaths": [
                    "/etc/pki/containers/atomic-desktop-gnome.pub",
                    "/etc/pki/containers/atomic-sig-backup.pub"
                ],
                "signedIdentity": { "type": "matchRepository" }
            }]
        },
        "docker-daemon": { "": [{ "type": "insecureAcceptAnything" }] }
    }
}"#;

/// ALT Atomic: rejects by default, its whole namespace is signed, other registries are accepted.
pub(super) const ALT: &str = r#"{
    "default": [{ "type": "reject" }],
    "transports": {
        "docker": {
            "altlinux.space/alt-atomic": [{
                "type": "sigstoreSigned",
                "keyPath": "/etc/pki/containers/alt-atomic.pub",
                "signedIdentity": { "type": "matchRepository" }
            }],
            "": [{ "type": "insecureAcceptAnything" }]
        },
        "containers-storage": { "": [{ "type": "insecureAcceptAnything" }] },
        "oci": { "": [{ "type": "insecureAcceptAnything" }] }
    }
}"#;

/// Bluefin: rejects by default, the old home is signed, and there is no entry for the new one.
pub(super) const BLUEFIN: &str = r#"{
    "default": [{ "type": "reject" }],
    "transports": {
        "docker": {
            "registry.access.redhat.com": [
                { "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release" }
            ],
            "ghcr.io/ublue-os": [{
                "type": "sigstoreSigned",
                "keyPaths": ["/usr/lib/pki/containers/ublue-os.pub", "/usr/lib/pki/containers/ublue-os-backup.pub"],
                "signedIdentity": { "type": "matchRepository" }
            }],
            "": [{ "type": "insecureAcceptAnything" }]
        }
    }
}"#;

/// Fedora: accepts everything by default; its own images are checked as commits of its remote.
pub(super) const FEDORA: &str = r#"{
    "default": [{ "type": "insecureAcceptAnything" }],
    "transports": {
        "docker": {
            "registry.access.redhat.com": [
                { "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release" }
            ],
            "registry.redhat.io": [
                { "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/etc/pki/rpm-gpg/RPM-GPG-KEY-redhat-release" }
            ]
        },
        "docker-daemon": { "": [{ "type": "insecureAcceptAnything" }] }
    }
}"#;

/// Everything that a policy may have, in one.
pub(super) const EVERYTHING: &str = r#"{
    "default": [{ "type": "sigstoreSigned", "keyData": "a2V5" }],
    "transports": {
        "docker": {
            "q.io/gpg": [{
                "type": "signedBy", "keyType": "GPGKeys", "keyPaths": ["/keys/a", "/keys/b"],
                "signedIdentity": { "type": "exactRepository", "dockerRepository": "q.io/gpg/os" }
            }],
            "q.io/gpg-data": [{ "type": "signedBy", "keyType": "GPGKeys", "keyData": "a2V5" }],
            "q.io/x509": [{ "type": "signedBy", "keyType": "X509Certificates", "keyPath": "/keys/a" }],
            "q.io/base": [{ "type": "signedBaseLayer", "baseLayerIdentity": { "type": "matchRepository" } }],
            "q.io/fulcio": [{
                "type": "sigstoreSigned",
                "fulcio": { "caPath": "/keys/ca", "oidcIssuer": "https://issuer.example", "subjectEmail": "os@vendor.example" },
                "rekorPublicKeyPath": "/keys/rekor",
                "signedIdentity": { "type": "remapIdentity", "prefix": "q.io", "signedPrefix": "vendor.example" }
            }],
            "q.io/pki": [{
                "type": "sigstoreSigned",
                "pki": { "caRootsPath": "/keys/roots", "caIntermediatesPath": "/keys/between", "subjectHostname": "vendor.example" }
            }],
            "q.io/datas": [{
                "type": "sigstoreSigned", "keyDatas": ["a2V5", "a2V5Mg=="], "rekorPublicKeyDatas": ["a2V5"],
                "signedIdentity": { "type": "exactReference", "dockerReference": "q.io/datas/os:1" }
            }],
            "q.io/both": [
                { "type": "insecureAcceptAnything" },
                { "type": "sigstoreSigned", "keyPath": "/keys/a", "signedIdentity": { "type": "matchExact" } },
                { "type": "signedBy", "keyType": "GPGKeys", "keyPath": "/keys/b",
                  "signedIdentity": { "type": "matchRepoDigestOrExact" } }
            ],
            "q.io/lost": [{ "type": "sigstoreSigned", "keyPaths": ["/keys/a", "/keys/lost"] }],
            "q.io/no-rekor": [{ "type": "sigstoreSigned", "keyPath": "/keys/a", "rekorPublicKeyPath": "/keys/lost" }],
            "q.io/rejected": [{ "type": "insecureAcceptAnything" }, { "type": "reject" }],
            "q.io/os:1": [{ "type": "sigstoreSigned", "keyPath": "/keys/a" }],
            "q.io/os": [{ "type": "reject" }],
            "*.example.org": [{ "type": "sigstoreSigned", "keyPath": "/keys/a" }],
            "*.org": [{ "type": "reject" }],
            "open.example.org:5000": [{ "type": "insecureAcceptAnything" }],
            "docker.io/library": [{ "type": "reject" }]
        },
        "oci": {
            "/srv/images": [{ "type": "sigstoreSigned", "keyPath": "/keys/a" }],
            "/srv/images/open": [{ "type": "insecureAcceptAnything" }]
        },
        "containers-storage": { "[overlay@/var/lib/containers/storage]": [{ "type": "reject" }] },
        "docker-daemon": { "": [{ "type": "insecureAcceptAnything" }] },
        "of-the-future": { "anything": [{ "type": "reject" }] }
    }
}"#;

/// What no parser of a policy takes, each for one reason.
pub(super) const BROKEN: [&str; 40] = [
    "",
    "null",
    "[]",
    "{",
    "{}",
    r#"{"default":[]}"#,
    r#"{"default":null}"#,
    r#"{"default":{"type":"reject"}}"#,
    r#"{"default":[{"type":"reject"}]} {}"#,
    r#"{"default":[{"type":"reject"}],"default":[{"type":"reject"}]}"#,
    r#"{"default":[{"type":"reject"}],"comment":"x"}"#,
    r#"{"default":[{"type":"reject"}],"transports":null}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"docker":null}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"docker":{"q.io":[]}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"docker":{"q.io":[{"type":"reject"}],"q.io":[{"type":"reject"}]}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"docker":{},"docker":{}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"oci":{"srv":[{"type":"reject"}]}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"oci":{"/":[{"type":"reject"}]}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"dir":{"/srv/../x":[{"type":"reject"}]}}}"#,
    r#"{"default":[{"type":"reject"}],"transports":{"docker-archive":{"/x":[{"type":"reject"}]}}}"#,
    r#"{"default":[null]}"#,
    r#"{"default":["reject"]}"#,
    r#"{"default":[{}]}"#,
    r#"{"default":[{"type":"Reject"}]}"#,
    r#"{"default":[{"type":"reject","type":"reject"}]}"#,
    r#"{"default":[{"type":"reject","keyPath":"/x"}]}"#,
    r#"{"default":[{"type":"insecureAcceptAnything","reason":"x"}]}"#,
    r#"{"default":[{"type":"signedBy","keyPath":"/x"}]}"#,
    r#"{"default":[{"type":"signedBy","keyType":"GPG","keyPath":"/x"}]}"#,
    r#"{"default":[{"type":"signedBy","keyType":"GPGKeys"}]}"#,
    r#"{"default":[{"type":"signedBy","keyType":"GPGKeys","keyPath":"/x","keyData":"a2V5"}]}"#,
    r#"{"default":[{"type":"signedBy","keyType":"GPGKeys","keyPath":"/x","keyPath":"/x"}]}"#,
    r#"{"default":[{"type":"sigstoreSigned"}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","keyPath":null}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","keyData":"?"}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","keyPath":"/x","signedidentity":{"type":"matchExact"}}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","keyPath":"/x","signedIdentity":{"type":"matchAll"}}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","keyPath":"/x","signedIdentity":{"type":"exactReference"}}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","fulcio":{"caPath":"/x","oidcIssuer":"i","subjectEmail":"e"}}]}"#,
    r#"{"default":[{"type":"sigstoreSigned","pki":{"caRootsPath":"/x","subjectEmail":"e"},"rekorPublicKeyPath":"/r"}]}"#,
];
