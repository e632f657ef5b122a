// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;

use super::*;

mod finding;
mod merging;

const HEAD: &str = "format = 1\n[vendor]\nid = \"v\"\nname = \"V\"\n";
const ENTRY: &str = "[[entry]]\nid = \"v-gnome\"\nname = \"GNOME\"\n";
const SOURCE: &str = "[entry.container]\nimage = \"quay.io/v/gnome\"\n";
const STREAM: &str = "[[entry.streams]]\ntag = \"10\"\n";

fn fault(text: &str) -> CatalogFault {
    Catalog::from_toml("v.toml", text).expect_err(text).fault
}

/// The catalog of one entry with these lines in it, and these in its stream.
fn with(lines: &str, of_stream: &str) -> String {
    format!("{HEAD}{ENTRY}{lines}\n{SOURCE}{STREAM}{of_stream}\n")
}

#[test]
fn an_entry_with_everything_is_read() {
    let text = r#"
        format = 1
        [vendor]
        id = "example"
        name = "Example"
        homepage = "https://example.org"
        [[entry]]
        id = "example-gnome"
        name = "Example with GNOME"
        summary = { en = "A desktop.", de = "Ein Desktop." }
        desktop = "gnome"
        architectures = ["amd64", "arm64"]
        cpu_baseline = "x86-64-v3"
        status = "deprecated"
        replaced_by = "example-kde"
        reversible = false
        homepage = "https://example.org/gnome?x=1#y"
        screenshot = "example-gnome.png"
        support_end = 2028-02-29
        [entry.container]
        image = "registry.example.org:5000/example/gnome"
        signing = { kind = "sigstore", keys = ["/etc/pki/example.pub"], scope = "registry.example.org:5000/example" }
        [entry.ostree]
        remote = "example"
        signed = true
        [entry.recognised_by]
        variant_ids = ["gnome"]
        ids = ["example"]
        image_prefixes = ["old.example.org/gnome"]
        refspecs = ["old:example/*/gnome"]
        [[entry.streams]]
        tag = "10"
        aliases = ["ten"]
        branch = "example/10/{architecture}/gnome"
        label = "Ten"
        stability = "stable"
        [[entry.streams]]
        id = "next"
        tag = "latest"
        image = "registry.example.org:5000/example/gnome-next"
    "#;
    let catalog = Catalog::from_toml("example.toml", text).unwrap();
    let [entry] = catalog.entries.as_slice() else { panic!("{catalog:?}") };
    assert_eq!((entry.vendor.name.as_str(), entry.support_end.as_deref()), ("Example", Some("2028-02-29")));
    assert_eq!(entry.summary.as_ref().unwrap().in_languages(["de_DE.UTF-8"]), "Ein Desktop.");
    let (ten, next) = (entry.stream("10").unwrap(), entry.stream("next").unwrap());
    assert_eq!(entry.container_reference(ten).unwrap(), "registry.example.org:5000/example/gnome:10");
    assert_eq!(entry.container_reference(next).unwrap(), "registry.example.org:5000/example/gnome-next:latest");
    assert_eq!(entry.refspec(ten, "arm64").unwrap(), "example:example/10/aarch64/gnome");
    assert_eq!((entry.refspec(next, "arm64"), entry.refspec(ten, "vax")), (None, None));
    assert!(entry.is_for("arm64") && !entry.is_for("s390x") && !entry.is_offered());
    assert!(matches!(entry.container.as_ref().unwrap().signing, Some(Signing::Sigstore { .. })));
    let dictionary = crate::dictionary::to_dictionary(entry).unwrap();
    assert_eq!(crate::dictionary::from_dictionary::<CatalogEntry>(&dictionary).unwrap(), *entry);
}

#[test]
fn a_key_that_is_not_known_is_named_with_its_line() {
    for (text, key, line) in [
        (format!("{HEAD}colour = 1\n"), "colour", 5),
        (format!("colour = 1\n{HEAD}"), "colour", 1),
        (with("replaced-by = \"x\"", ""), "replaced-by", 8),
        (with("", "stabilty = \"stable\""), "stabilty", 13),
        (with("[entry.recognised_by]\nvariant_id = [\"x\"]", ""), "variant_id", 9),
    ] {
        let error = Catalog::from_toml("v.toml", &text).expect_err(&text);
        assert_eq!(error.line, Some(line), "{error}");
        assert!(error.to_string().contains(key) && error.to_string().starts_with("v.toml:"), "{error}");
    }
}

#[test]
fn what_cannot_be_a_value_is_named_with_entry_and_line() {
    let table: &[(&str, &str, &str)] = &[
        ("summary = \"a\\u202Eb\"", "", "summary"),
        ("summary = \"a\\nb\"", "", "summary"),
        ("summary = { de = \"x\" }", "", "summary.en"),
        ("summary = { en = \"x\", german = \"x\" }", "", "summary"),
        ("summary = { en = \"x\", de = \"\" }", "", "summary.de"),
        ("desktop = \"GNOME!\"", "", "desktop"),
        ("homepage = \"http://v.org\"", "", "homepage"),
        ("homepage = \"https://user@v.org\"", "", "homepage"),
        ("homepage = \"https://v.org/<x>\"", "", "homepage"),
        ("homepage = \"https://\"", "", "homepage"),
        ("screenshot = \"../x.png\"", "", "screenshot"),
        ("screenshot = \"x.html\"", "", "screenshot"),
        ("support_end = 2027-01-01T00:00:00Z", "", "support_end"),
        ("replaced_by = \"v-kde\"", "", "replaced_by"),
        ("status = \"deprecated\"\nreplaced_by = \"../x\"", "", "replaced_by"),
        ("[entry.recognised_by]\nvariant_ids = [\"a b\"]", "", "variant_ids"),
        ("[entry.recognised_by]\nimage_prefixes = [\"quay.io\"]", "", "image_prefixes"),
        ("[entry.recognised_by]\nimage_prefixes = [\"quay.io/x:1\"]", "", "image_prefixes"),
        ("[entry.recognised_by]\nrefspecs = [\"x:*/*\"]", "", "refspecs"),
        ("[entry.recognised_by]\nrefspecs = [\"*:x\"]", "", "refspecs"),
        ("[entry.ostree]\nremote = \"a:b\"", "", "ostree.remote"),
        ("[entry.ostree]\nremote = \"-a\"", "", "ostree.remote"),
        ("", "id = \"a b\"", "streams.id"),
        ("", "branch = \"v/10\"", "branch"),
        ("[entry.ostree]\nremote = \"v\"", "branch = \"v/{arch}\"", "branch"),
        ("", "image = \"gnome\"", "streams.image"),
        ("", "aliases = [\"a@b\"]", "aliases"),
        ("", "aliases = [\"a:b\"]", "aliases"),
        ("", "label = \"\"", "label"),
    ];
    for (lines, of_stream, key) in table {
        let text = with(lines, of_stream);
        let error = Catalog::from_toml("v.toml", &text).expect_err(&text);
        let message = error.to_string();
        assert!(message.starts_with("v.toml:5: v-gnome: ") && message.contains(&format!("`{key}`")), "{message}");
    }
    for lines in
        ["support_end = 2027-02-30", "support_end = \"2027-01-01\"", "name = 1", "summary = 1", "status = \"new\""]
    {
        assert!(matches!(fault(&with(lines, "")), CatalogFault::NotUnderstood { .. }), "{lines}");
    }
    for architecture in ["x86_64", "aarch64", ""] {
        let text = with(&format!("architectures = [\"{architecture}\"]"), "");
        assert!(matches!(fault(&text), CatalogFault::NotUnderstood { .. }), "{architecture}");
    }
}

#[test]
fn images_have_to_be_in_a_registry_and_signatures_have_to_make_sense() {
    let image = |lines: &str| format!("{HEAD}{ENTRY}[entry.container]\n{lines}\n{STREAM}");
    for name in
        ["gnome", "v/gnome", "quay.io/v/gnome:10", "docker://quay.io/v/g", "quay.io/V/g", "q.io/v/g\\u200b", "-q.io/v"]
    {
        assert!(matches!(fault(&image(&format!("image = \"{name}\""))), CatalogFault::Invalid { .. }), "{name}");
    }
    let signed = |signing: &str| image(&format!("image = \"quay.io/v/gnome\"\nsigning = {{ {signing} }}"));
    for signing in [
        "kind = \"sigstore\", keys = [\"key.pub\"]",
        "kind = \"sigstore\", keys = [\"/etc/../key.pub\"]",
        "kind = \"sigstore\", scope = \"quay.io/w\"",
        "kind = \"sigstore\", scope = \"quay.io/v/gno\"",
        "kind = \"sigstore\", remote = \"v\"",
        "kind = \"ostree-remote\"",
        "kind = \"none\", keys = [\"/key.pub\"]",
        "kind = \"magic\"",
    ] {
        assert!(Catalog::from_toml("v.toml", &signed(signing)).is_err(), "{signing}");
    }
    for signing in
        ["kind = \"sigstore\", scope = \"quay.io\"", "kind = \"ostree-remote\", remote = \"v\"", "kind = \"none\""]
    {
        assert!(Catalog::from_toml("v.toml", &signed(signing)).is_ok(), "{signing}");
    }
}

#[test]
fn a_file_is_bounded_and_of_this_format() {
    assert!(Catalog::from_toml("v.toml", HEAD).unwrap().entries.is_empty());
    let larger = format!("{HEAD}#{}", "x".repeat(LARGEST_FILE));
    assert_eq!(fault(&larger), CatalogFault::TooLarge { limit: LARGEST_FILE as u64 });
    let newer = "format = 2\ncolour = \"x\"\n";
    assert_eq!(fault(newer), CatalogFault::OtherFormat { format: 2 });
    assert!(matches!(fault("[vendor]\nid = \"v\"\nname = \"V\""), CatalogFault::NotUnderstood { .. }));
    let none = format!("{HEAD}{ENTRY}{SOURCE}");
    assert_eq!(fault(&none), CatalogFault::Missing { key: "streams".into() });
    let twice = format!("{}{ENTRY}{SOURCE}{STREAM}", with("", ""));
    assert_eq!(fault(&twice), CatalogFault::Repeated { key: "id".into(), value: "v-gnome".into() });
    let streams = with("", STREAM);
    assert_eq!(fault(&streams), CatalogFault::Repeated { key: "streams.id".into(), value: "10".into() });
    let deep = format!("{HEAD}x = {}", "[".repeat(100_000));
    assert!(matches!(fault(&deep), CatalogFault::NotUnderstood { .. }));
}

#[test]
fn a_thousand_entries_are_taken_and_one_more_is_not() {
    let many = |count: usize| {
        let one = |index: usize| format!("[[entry]]\nid = \"v{index}\"\nname = \"V\"\n{SOURCE}{STREAM}");
        format!("{HEAD}{}", (0..count).map(one).collect::<String>())
    };
    let text = many(MOST_ENTRIES);
    assert!(text.len() <= LARGEST_FILE);
    assert_eq!(Catalog::from_toml("v.toml", &text).unwrap().entries.len(), MOST_ENTRIES);
    assert!(matches!(fault(&many(MOST_ENTRIES + 1)), CatalogFault::TooMany { .. }));
}

#[test]
fn what_is_said_of_a_hostile_file_hides_nothing() {
    let text = format!("{HEAD}\"\\u202Ex\" = 1\n");
    let error = Catalog::from_toml("v\u{202e}\n.toml", &text).unwrap_err().to_string();
    assert!(!error.contains(['\u{202e}', '\n']), "{error:?}");
}

#[test]
fn an_error_travels_and_a_newer_one_is_unknown() {
    let error = Catalog::from_toml("v.toml", &with("desktop = \"!\"", "")).unwrap_err();
    let dictionary = crate::dictionary::to_dictionary(&error).unwrap();
    assert_eq!(crate::dictionary::from_dictionary::<CatalogError>(&dictionary).unwrap(), error);
    let newer = r#"{"file":"v.toml","fault":{"code":"too-shrill","by":3}}"#;
    assert_eq!(serde_json::from_str::<CatalogError>(newer).unwrap().fault, CatalogFault::Unknown);
}

proptest! {
    #[test]
    fn no_text_brings_the_parser_down(text in any::<String>(), name in any::<String>()) {
        let _ = Catalog::from_toml(&name, &text);
    }

    #[test]
    fn no_value_brings_the_parser_down(key in "[a-z_.]{1,12}", value in "\\PC{0,40}", at in 0..4usize) {
        let line = format!("{key} = {value:?}\n");
        let mut parts = [HEAD, ENTRY, SOURCE, STREAM].map(str::to_owned);
        parts[at].push_str(&line);
        let _ = Catalog::from_toml("v.toml", &parts.concat());
        for known in ["desktop", "homepage", "screenshot", "replaced_by", "summary"] {
            let _ = Catalog::from_toml("v.toml", &with(&format!("{known} = {value:?}"), ""));
        }
        for known in ["id", "image", "branch", "label"] {
            let _ = Catalog::from_toml("v.toml", &with("[entry.ostree]\nremote = \"v\"", &format!("{known} = {value:?}")));
        }
    }
}
