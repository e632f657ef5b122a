// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;

use super::*;

fn image(text: &str) -> ImageReference {
    match text.starts_with("ostree-") {
        true => ImageReference::Container { reference: text.into() },
        false => ImageReference::from_refspec(text).unwrap(),
    }
}

fn docker(name: &str) -> ImageReference {
    image(&format!("ostree-image-signed:docker://{name}"))
}

#[test]
fn nothing_said_allows_all_and_none_allows_nothing() {
    for text in ["", "[switch]", "[switch]\nallow = \"all\""] {
        assert!(SwitchPolicy::from_toml(text).unwrap().allows(&docker("quay.io/o/x")), "{text:?}");
    }
    for text in ["[switch]\nallow = \"none\"", "[switch]\nallow = []"] {
        assert!(!SwitchPolicy::from_toml(text).unwrap().allows(&docker("quay.io/o/x")), "{text:?}");
    }
    let newer: SwitchPolicy = serde_json::from_str(r#"{"allow":"on-sundays"}"#).unwrap();
    assert!(!newer.allows(&docker("quay.io/o/x")));
}

#[test]
fn what_is_listed_is_allowed_and_nothing_else() {
    let digest = format!("quay.io/o/x:10@sha256:{}", "0".repeat(64));
    let unverified = "ostree-unverified-registry:quay.io/o/x";
    let table: &[(&str, &[ImageReference], &[ImageReference])] = &[
        (
            "quay.io/o/x",
            &[docker("quay.io/o/x"), docker("quay.io/o/x:10"), docker(&digest), image(unverified)],
            &[
                docker("quay.io/o/xy"),
                docker("quay.io/o/x/y"),
                docker("quay.io/o"),
                docker("ghcr.io/o/x"),
                docker("o/x"),
            ],
        ),
        (
            "quay.io/o/x:10",
            &[docker("quay.io/o/x:10")],
            &[docker("quay.io/o/x"), docker("quay.io/o/x:11"), docker(&digest), docker("quay.io/o/y:10")],
        ),
        ("quay.io/o/x:latest", &[docker("quay.io/o/x")], &[docker("quay.io/o/x:10")]),
        (
            "quay.io/o/*",
            &[docker("quay.io/o/x"), docker("quay.io/o/a/b:1"), docker(&digest)],
            &[docker("quay.io/o"), docker("quay.io/other/x"), docker("quay.io.example/o/x"), docker("quay.io/oo/x")],
        ),
        ("quay.io/*", &[docker("quay.io/o")], &[docker("ghcr.io/o"), image("quay.io:o")]),
        ("localhost:5000/*", &[docker("localhost:5000/o")], &[docker("localhost:50001/o"), image("localhost:5000/o")]),
        ("f:f/43/x86_64/k", &[image("f:f/43/x86_64/k")], &[image("f:f/43/x86_64/s"), image("g:f/43/x86_64/k")]),
        ("f:f/*", &[image("f:f/43"), image("f:f/43/k")], &[image("f:f"), image("f:ff/43"), image("g:f/43")]),
        ("f:*", &[image("f:x"), image("f:x/y")], &[image("g:x"), docker("f:5000/x")]),
    ];
    for (pattern, allowed, forbidden) in table {
        let policy = SwitchPolicy::from_toml(&format!("[switch]\nallow = [\"{pattern}\"]")).unwrap();
        for image in *allowed {
            assert!(policy.allows(image), "{pattern} should allow {image}");
        }
        for image in *forbidden {
            assert!(!policy.allows(image), "{pattern} should not allow {image}");
        }
        for image in [image("ostree-unverified-image:oci:/var/x"), ImageReference::Unknown] {
            assert!(!policy.allows(&image), "{pattern} should not allow {image}");
        }
        let travelled: SwitchPolicy = serde_json::from_str(&serde_json::to_string(&policy).unwrap()).unwrap();
        assert_eq!(travelled, policy);
    }
}

#[test]
fn what_cannot_be_read_to_the_letter_is_an_error() {
    for text in [
        "allow = \"all\"",
        "[swich]\nallow = \"none\"",
        "[switch]\nalow = \"none\"",
        "[switch]\nallow = \"None\"",
        "[switch]\nallow = true",
        "[switch]\nallow = [1]",
        "[switch]\nallow = [\"\"]",
        "[switch]\nallow = [\"*\"]",
        "[switch]\nallow = [\"/*\"]",
        "[switch]\nallow = [\"o/x\"]",
        "[switch]\nallow = [\"quay.io/*/x\"]",
        "[switch]\nallow = [\"quay.io/o*\"]",
        "[switch]\nallow = [\"quay.io/o/x:1*\"]",
        "[switch]\nallow = [\"quay.io/o/x:*\"]",
        "[switch]\nallow = [\"quay.io/o/x:10/*\"]",
        "[switch]\nallow = [\"docker://quay.io/o/x\"]",
        "[switch]\nallow = [\"ostree-image-signed:docker://quay.io/o/x\"]",
        "[switch]\nallow = [\"f:f/*/k\"]",
        "[switch]\nallow = [\"f:\"]",
        "[switch]\nallow = [\"*:f\"]",
        "[switch",
    ] {
        assert!(SwitchPolicy::from_toml(text).is_err(), "{text:?}");
    }
    let error = SwitchPolicy::from_toml("[switch]\n\nalow = 1").unwrap_err();
    assert!(matches!(error, InvalidSwitchPolicy::NotUnderstood { line: Some(3), .. }), "{error}");
    let many = format!("[switch]\nallow = [{}]", "\"q.io/o\",".repeat(1001));
    assert_eq!(SwitchPolicy::from_toml(&many), Err(InvalidSwitchPolicy::TooMany));
    assert!(SwitchPolicy::from_toml(&"#".repeat(LARGEST_FILE + 1)).is_err());
}

proptest! {
    #[test]
    fn no_text_brings_it_down(text in any::<String>(), pattern in "[a-z0-9.:/*@-]{0,40}", name in "[a-z0-9.:/@-]{0,40}") {
        let _ = SwitchPolicy::from_toml(&text);
        if let Ok(policy) = SwitchPolicy::from_toml(&format!("[switch]\nallow = [\"{pattern}\"]")) {
            let _ = policy.allows(&ImageReference::Container { reference: format!("ostree-image-signed:docker://{name}") });
            let _ = ImageReference::from_refspec(&name).map(|image| policy.allows(&image));
        }
    }
}
