// SPDX-License-Identifier: GPL-3.0-or-later
use isotope_model::{ImageReference, Trust, TrustKey, TrustProblem, TrustState};
use serde_json::Value;

use super::examples::{ACCEPTS_ALL, ALMALINUX, ALT, BLUEFIN, BROKEN, EVERYTHING, FEDORA};
use super::*;

mod properties;
mod skopeo;

const USED: &str = "default-docker:\n  use-sigstore-attachments: true\n";

fn image(text: &str) -> ImageReference {
    match text.starts_with("ostree-") {
        true => ImageReference::Container { reference: text.to_owned() },
        false => ImageReference::from_refspec(text).unwrap(),
    }
}

/// On a host with this policy and these settings, where every key but `/keys/lost` is there, the remote `fedora` demands
/// signatures and the remote `open` does not.
fn on_host(policy: &str, settings: &str, text: &str) -> Trust {
    let rules = Rules {
        policy: Policy::parse(policy.as_bytes()),
        attachments: Attachments::parse([("o.yaml", settings)]),
        has_file: &|path| path != "/keys/lost",
        resolve: &|path| path.replace("/link", "/srv/images"),
        remote: &|remote| match remote {
            "fedora" => Remote::Demands,
            "open" => Remote::Accepts,
            _ => Remote::Unknown,
        },
    };
    rules.trust(&image(text))
}

/// State, scope and problem in one word each.
fn told(trust: &Trust) -> String {
    let name = |value: Value, key: &str| value[key].as_str().unwrap_or_default().to_owned();
    let state = serde_json::to_value(trust.state).unwrap();
    let mut words = vec![state.as_str().unwrap().to_owned()];
    words.extend(trust.scope.clone());
    words.extend(trust.problem.as_ref().map(|problem| name(serde_json::to_value(problem).unwrap(), "because")));
    words.join(" ")
}

fn check(policy: &str, settings: &str, table: &[(&str, &str)]) {
    for (image, expected) in table {
        assert_eq!(told(&on_host(policy, settings, image)), *expected, "{image}");
    }
}

#[test]
fn almalinux_accepts_by_default_what_it_has_no_rule_for() {
    check(
        ALMALINUX,
        USED,
        &[
            (
                "ostree-unverified-registry:quay.io/almalinuxorg/atomic-desktop-gnome:latest",
                "verified quay.io/almalinuxorg/atomic-desktop-gnome",
            ),
            ("ostree-unverified-registry:quay.io/almalinuxorg/atomic-desktop-kde:latest", "unchecked"),
            // Whatever the rule is, bootc looks at the default only.
            (
                "ostree-image-signed:docker://quay.io/almalinuxorg/atomic-desktop-gnome:latest",
                "refused policy-accepts-everything",
            ),
            (
                "ostree-image-signed:docker://quay.io/almalinuxorg/atomic-desktop-kde:latest",
                "refused policy-accepts-everything",
            ),
        ],
    );
    let trust = on_host(ALMALINUX, USED, "ostree-unverified-registry:quay.io/almalinuxorg/atomic-desktop-gnome:10");
    let keys = ["atomic-desktop-gnome.pub", "atomic-sig-backup.pub"].map(|key| format!("/etc/pki/containers/{key}"));
    assert_eq!(trust.keys, [TrustKey::Sigstore { paths: keys.to_vec() }]);
}

#[test]
fn alt_signs_its_whole_namespace() {
    let table = [
        (
            "ostree-image-signed:docker://altlinux.space/alt-atomic/onyx/stable:latest",
            "verified altlinux.space/alt-atomic",
        ),
        ("ostree-unverified-registry:altlinux.space/alt-atomic/kyanite/nightly", "verified altlinux.space/alt-atomic"),
        ("ostree-image-signed:docker://altlinux.space/alt-atomics/onyx:latest", "unchecked"),
        ("ostree-image-signed:docker://ghcr.io/alt-gnome/alt-atomic:latest", "unchecked"),
        ("ostree-unverified-image:containers-storage:localhost/os", "unchecked"),
        ("ostree-unverified-image:oci:/var/lib/os", "unchecked"),
        ("ostree-unverified-image:oci-archive:/var/lib/os.tar", "refused rejected"),
    ];
    check(ALT, USED, &table);
}

#[test]
fn bluefins_new_home_is_enforced_and_unchecked_all_the_same() {
    let table = [
        ("ostree-image-signed:docker://ghcr.io/ublue-os/bluefin:stable", "verified ghcr.io/ublue-os"),
        ("ostree-image-signed:docker://ghcr.io/projectbluefin/bluefin:stable", "unchecked"),
        ("ostree-unverified-registry:ghcr.io/projectbluefin/bluefin:stable", "unchecked"),
        ("ostree-image-signed:docker://ghcr.io/ublue-os-evil/bluefin:stable", "unchecked"),
    ];
    check(BLUEFIN, USED, &table);
    let moved = on_host(BLUEFIN, USED, "ostree-image-signed:docker://ghcr.io/projectbluefin/bluefin:stable");
    assert!(!moved.is_enforced());
}

#[test]
fn fedora_checks_commits_of_its_remote() {
    let table = [
        ("fedora:fedora/44/x86_64/silverblue", "verified"),
        ("open:a/branch", "unchecked"),
        ("nobody:a/branch", "refused remote-unknown"),
        ("ostree-remote-image:fedora:docker://quay.io/fedora/fedora-silverblue:44", "verified commit-only"),
        ("ostree-remote-registry:open:quay.io/fedora/fedora-silverblue:44", "refused remote-checks-nothing"),
        ("ostree-remote-registry:nobody:quay.io/fedora/fedora-silverblue:44", "refused remote-unknown"),
        ("ostree-unverified-registry:quay.io/fedora/fedora-kinoite:44", "unchecked"),
        ("ostree-image-signed:docker://quay.io/fedora/fedora-kinoite:44", "refused policy-accepts-everything"),
    ];
    check(FEDORA, USED, &table);
    let branch = on_host(FEDORA, USED, "fedora:fedora/44/x86_64/silverblue");
    assert_eq!((&*branch.keys, branch.is_enforced()), ([keys_of("fedora")].as_slice(), true));
    // The policy as well, where it demands something: then the whole image is covered.
    let both = on_host(EVERYTHING, USED, "ostree-remote-registry:fedora:q.io/os:1");
    assert_eq!((told(&both).as_str(), both.keys.len(), both.is_enforced()), ("verified q.io/os:1", 2, true));
    let rejected = on_host(EVERYTHING, USED, "ostree-remote-registry:fedora:q.io/os:2");
    assert_eq!(told(&rejected), "refused q.io/os rejected");
    // No policy is asked for a branch.
    assert_eq!(on_host("broken", "[", "fedora:b").state, TrustState::Verified);
}

#[test]
fn each_kind_of_requirement_is_understood() {
    let table = [
        ("gpg/os", "verified q.io/gpg"),
        ("gpg-data/os", "verified q.io/gpg-data"),
        ("x509/os", "refused q.io/x509 not-supported"),
        ("base/os", "refused q.io/base not-supported"),
        ("fulcio/os", "verified q.io/fulcio"),
        ("pki/os", "verified q.io/pki"),
        ("datas/os", "verified q.io/datas"),
        ("both/os", "verified q.io/both"),
        ("lost/os", "refused q.io/lost key-missing"),
        ("no-rekor/os", "refused q.io/no-rekor key-missing"),
        ("rejected/os", "refused q.io/rejected rejected"),
        ("other/os", "default-only"),
    ];
    for (name, expected) in table {
        let trust = on_host(EVERYTHING, USED, &format!("ostree-unverified-registry:q.io/{name}"));
        assert_eq!(told(&trust), expected, "{name}");
    }
    let keys = |name: &str| on_host(EVERYTHING, USED, &format!("ostree-image-signed:docker://q.io/{name}/os:1")).keys;
    let paths = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect::<Vec<_>>();
    assert_eq!(keys("gpg"), [TrustKey::Gpg { paths: paths(&["/keys/a", "/keys/b"]) }]);
    assert_eq!(keys("gpg-data"), [TrustKey::Gpg { paths: vec![] }]);
    assert_eq!(keys("fulcio"), [TrustKey::SigstoreIdentity { identity: Some("os@vendor.example".into()) }]);
    assert_eq!(keys("pki"), [TrustKey::SigstoreIdentity { identity: Some("vendor.example".into()) }]);
    assert_eq!(keys("datas"), [TrustKey::Sigstore { paths: vec![] }]);
    let both = [TrustKey::Sigstore { paths: paths(&["/keys/a"]) }, TrustKey::Gpg { paths: paths(&["/keys/b"]) }];
    assert_eq!(keys("both"), both);
    assert_eq!((keys("rejected"), keys("lost")), (vec![], vec![]));
}

#[test]
fn the_most_specific_scope_counts_and_no_other() {
    let digest = "a".repeat(64);
    let pinned = format!("ostree-unverified-registry:q.io/os:1@sha256:{digest}");
    let table = [
        ("ostree-unverified-registry:q.io/os:1", "verified q.io/os:1"),
        ("ostree-unverified-registry:q.io/os:2", "refused q.io/os rejected"),
        ("ostree-unverified-registry:q.io/os", "refused q.io/os rejected"),
        // A digest is not the tag beside it.
        (&pinned, "refused q.io/os rejected"),
        ("ostree-unverified-registry:a.example.org/os", "verified *.example.org"),
        ("ostree-unverified-registry:a.b.example.org:443/x/os", "verified *.example.org"),
        ("ostree-unverified-registry:example.org/os", "refused *.org rejected"),
        ("ostree-unverified-registry:open.example.org:5000/os", "unchecked open.example.org:5000"),
        ("ostree-unverified-registry:open.example.org/os", "verified *.example.org"),
        // What docker leaves out is there for the policy.
        ("ostree-unverified-registry:alpine", "refused docker.io/library rejected"),
        ("ostree-unverified-registry:docker.io/alpine", "refused docker.io/library rejected"),
        ("ostree-unverified-registry:index.docker.io/library/alpine", "refused docker.io/library rejected"),
        ("ostree-unverified-registry:me/alpine", "default-only"),
        ("ostree-unverified-image:oci:/srv/images/os:tag", "verified /srv/images"),
        ("ostree-unverified-image:oci:/srv/images/open/os", "unchecked /srv/images/open"),
        ("ostree-unverified-image:oci:/link/os", "verified /srv/images"),
        ("ostree-unverified-image:oci:/srv/images-not", "default-only"),
        ("ostree-unverified-image:dir:/srv/images", "default-only"),
        // Its scopes are for podman to know.
        ("ostree-unverified-image:containers-storage:localhost/os", "unknown"),
        ("ostree-unverified-image:docker-daemon:os:1", "unchecked"),
    ];
    check(EVERYTHING, USED, &table);
}

#[test]
fn sigstore_signatures_are_worth_nothing_where_nobody_looks_for_them() {
    let gnome = "ostree-image-signed:docker://altlinux.space/alt-atomic/onyx:latest";
    let own = |setting: &str| format!("docker:\n  altlinux.space/alt-atomic:\n    {setting}\n");
    let table = [
        (String::new(), false),
        ("# nothing but comments\n".to_owned(), false),
        ("docker:\ndefault-docker:\n".to_owned(), false),
        (own("use-sigstore-attachments: true"), true),
        (own("use-sigstore-attachments: yes"), true),
        (own("use-sigstore-attachments: false"), false),
        (own("lookaside: https://x.example"), false),
        (format!("{USED}{}", own("use-sigstore-attachments: false")), false),
        // Who says nothing of it leaves it to who is less specific.
        (format!("{USED}{}", own("lookaside: https://x.example")), true),
        (format!("{USED}docker:\n  altlinux.space/alt-atomic/onyx:\n"), true),
        ("docker:\n  '*.space':\n    use-sigstore-attachments: true\n".to_owned(), true),
        ("docker:\n  altlinux.space/alt-atomic/kyanite:\n    use-sigstore-attachments: true\n".to_owned(), false),
        (r#"{"docker":{"altlinux.space":{"use-sigstore-attachments":true,"future":1}}}"#.to_owned(), true),
    ];
    for (settings, used) in table {
        let expected = match used {
            true => "verified altlinux.space/alt-atomic",
            false => "refused altlinux.space/alt-atomic attachments-not-used",
        };
        assert_eq!(told(&on_host(ALT, &settings, gnome)), expected, "{settings}");
    }
    // Other signatures lie elsewhere, and other transports are no registries.
    let gpg = "ostree-unverified-registry:q.io/gpg/os";
    assert_eq!(told(&on_host(EVERYTHING, "", gpg)), "verified q.io/gpg");
    let oci = "ostree-unverified-image:oci:/srv/images/os";
    assert_eq!(told(&on_host(EVERYTHING, "", oci)), "verified /srv/images");
}

#[test]
fn broken_settings_let_nothing_through() {
    for settings in
        ["docker: [", "- a", "docker: 3", "default-docker:\n  use-sigstore-attachments: perhaps\n", "docker:\n\ta: b"]
    {
        let accepted = on_host(ACCEPTS_ALL, settings, "ostree-unverified-registry:q.io/os");
        assert_eq!(told(&accepted), "refused settings-broken", "{settings}");
        let file = on_host(ACCEPTS_ALL, settings, "ostree-unverified-image:oci:/srv/os");
        assert_eq!(told(&file), "unchecked");
    }
}

#[test]
fn a_broken_policy_is_told_as_such_and_trusted_for_nothing() {
    for policy in BROKEN {
        for text in ["ostree-image-signed:docker://q.io/os", "ostree-remote-registry:fedora:q.io/os"] {
            let trust = on_host(policy, USED, text);
            assert_eq!(told(&trust), "refused policy-broken", "{policy}");
            let Some(TrustProblem::PolicyBroken { detail }) = trust.problem else { panic!("{policy}") };
            assert!(!detail.is_empty() && detail.chars().count() <= 300, "{detail}");
        }
    }
    for policy in [ACCEPTS_ALL, ALMALINUX, ALT, BLUEFIN, FEDORA, EVERYTHING] {
        assert!(Policy::parse(policy.as_bytes()).is_ok(), "{policy}");
    }
}

#[test]
fn only_one_default_makes_bootc_refuse() {
    let signed = "ostree-image-signed:docker://q.io/os";
    let table = [
        (r#"{"default":[{"type":"insecureAcceptAnything"}]}"#, "refused policy-accepts-everything"),
        (r#"{"default":[{"type":"insecureAcceptAnything"},{"type":"insecureAcceptAnything"}]}"#, "unchecked"),
        (r#"{"default":[{"type":"insecureAcceptAnything"},{"type":"reject"}]}"#, "refused rejected"),
    ];
    for (policy, expected) in table {
        assert_eq!(told(&on_host(policy, USED, signed)), expected, "{policy}");
    }
}
