// SPDX-License-Identifier: GPL-3.0-or-later
use std::path::Path;

use isotope_model::{ContainerReference, Transport, Verification};

use super::*;

fn image(name: &str) -> ImageName {
    ImageName::of(&ContainerReference::new(Verification::Policy, Transport::Registry, name).unwrap()).unwrap()
}

fn asked(conf: &str, name: &str, purpose: Purpose) -> Vec<String> {
    let endpoints = RegistriesConf::parse(conf).unwrap().endpoints(&image(name), purpose).unwrap();
    let shown = |endpoint: &Endpoint| {
        let mark = if endpoint.insecure { " insecure" } else { "" };
        format!("{}{mark}", endpoint.image.repository())
    };
    endpoints.iter().map(shown).collect()
}

const CONF: &str = r#"
unqualified-search-registries = ["registry.fedoraproject.org"]
short-name-mode = "enforcing"

[[registry]]
location = "quay.io"

[[registry]]
prefix = "quay.io/o"
location = "inner.example/copies"
[[registry.mirror]]
location = "mirror.example:5000/quay/o"
insecure = true
[[registry.mirror]]
location = "digests.example"
pull-from-mirror = "digest-only"
[[registry.mirror]]
location = "tags.example"
pull-from-mirror = "tag-only"

[[registry]]
prefix = "*.corp.example"
insecure = true

[[registry]]
location = "evil.example"
blocked = true

[[registry]]
location = "fine.evil.example/x"

[aliases]
fedora = "registry.fedoraproject.org/fedora"
"#;

#[test]
fn mirrors_come_first_and_the_longest_prefix_decides() {
    let digest = format!("quay.io/o/s@sha256:{}", "a".repeat(64));
    for (name, expected) in [
        ("quay.io/p/s:1", vec!["quay.io/p/s"]),
        ("quay.io/other/s:1", vec!["quay.io/other/s"]),
        ("quay.io/o/s:1", vec!["mirror.example:5000/quay/o/s insecure", "tags.example/s", "inner.example/copies/s"]),
        (digest.as_str(), vec!["mirror.example:5000/quay/o/s insecure", "digests.example/s", "inner.example/copies/s"]),
        ("a.b.corp.example/s", vec!["a.b.corp.example/s insecure"]),
        ("corp.example/s", vec!["corp.example/s"]),
        ("other.example/a.corp.example/s", vec!["other.example/a.corp.example/s"]),
        ("fine.evil.example/x/s", vec!["fine.evil.example/x/s"]),
        ("s", vec!["docker.io/library/s"]),
    ] {
        assert_eq!(asked(CONF, name, Purpose::Image), expected, "{name}");
    }
    let tags = asked(CONF, "quay.io/o/s:1", Purpose::Tags);
    assert_eq!(tags.first().map(String::as_str), Some("inner.example/copies/s"));
}

#[test]
fn what_is_blocked_is_not_asked() {
    let conf = RegistriesConf::parse(CONF).unwrap();
    assert!(matches!(conf.endpoints(&image("evil.example/s"), Purpose::Image), Err(Failure::Failed(_))));
    assert!(conf.endpoints(&image("evil.example.org/s"), Purpose::Image).is_ok());
}

#[test]
fn mirrors_may_be_for_digests_alone() {
    let conf = "[[registry]]\nlocation='q.io'\nmirror-by-digest-only=true\n[[registry.mirror]]\nlocation='m.io'";
    assert_eq!(asked(conf, "q.io/s:1", Purpose::Image), ["q.io/s"]);
    assert_eq!(asked(conf, &format!("q.io/s@sha256:{}", "0".repeat(64)), Purpose::Image), ["m.io/s", "q.io/s"]);
}

#[test]
fn what_makes_no_sense_is_told() {
    for text in [
        "[[registry]]",
        "[[registry]]\nprefix='a*b'",
        "[[registry]]\nlocation='https://q.io'",
        "[[registry]]\nlocation='q.io'\n[[registry.mirror]]",
        "[[registry]]\nlocation='q.io'\n[[registry.mirror]]\nlocation='m'\npull-from-mirror='some'",
        "[[registry]",
    ] {
        assert!(RegistriesConf::parse(text).is_err(), "{text}");
    }
    let conf = RegistriesConf::parse("[[registry]]\nlocation='q.io'\n[[registry.mirror]]\nlocation='m .io'").unwrap();
    assert!(conf.endpoints(&image("q.io/s"), Purpose::Image).is_err());
}

#[test]
fn files_of_the_administrator_override_those_of_the_vendor() {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let insecure = |name: &str| {
        let conf = RegistriesConf::of_host(root.path()).unwrap();
        conf.endpoints(&image(name), Purpose::Image).unwrap().first().unwrap().insecure
    };
    assert!(!insecure("a.io/s"));
    write("usr/share/containers/registries.conf", "[[registry]]\nlocation='a.io'\ninsecure=true");
    write("usr/share/containers/registries.conf.d/10.conf", "[[registry]]\nlocation='b.io'\ninsecure=true");
    write("usr/share/containers/registries.conf.d/10.conf.orig", "broken [");
    assert!(insecure("a.io/s") && insecure("b.io/s"));
    write("etc/containers/registries.conf", "");
    assert!(!insecure("a.io/s") && insecure("b.io/s"));
    write("etc/containers/registries.conf.d/10.conf", "[[registry]]\nlocation='c.io'\ninsecure=true");
    assert!(!insecure("b.io/s") && insecure("c.io/s"));
    write("etc/containers/registries.conf.d/20.conf", "[[registry]]\nlocation='c.io'");
    assert!(!insecure("c.io/s"));
    write("etc/containers/registries.conf.d/30.conf", "broken [");
    assert!(RegistriesConf::of_host(root.path()).is_err());
    assert_eq!(RegistriesConf::of_host(Path::new("/nonexistent")), Ok(RegistriesConf::default()));
}
