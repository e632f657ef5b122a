// SPDX-License-Identifier: GPL-3.0-or-later
use proptest::prelude::*;
use zbus::zvariant::{Array, Dict, Signature, StructureBuilder};

use super::super::recordings::{answer, cached_update, lines, owned};
use super::*;

/// The answers to `GetDeploymentsRpmDiff` in a recording.
fn answers(name: &str) -> Vec<PackageChanges> {
    let recorded = lines(name);
    let replies = recorded.iter().filter(|line| line["ev"] == "reply" && line["method"] == "GetDeploymentsRpmDiff");
    let rows = |text: &str| {
        let answer = answer(text);
        let [rows] = items(&answer) else { panic!("{text}") };
        let rows: Vec<Row> = items(rows).iter().map(row).collect();
        of_rows(&rows)
    };
    replies.map(|line| rows(line["out"].as_str().unwrap())).collect()
}

fn row(value: &Value<'_>) -> Row {
    let [name, kind, Value::Dict(packages)] = items(value) else { panic!("{value:?}") };
    let packages = packages.iter().map(|(key, value)| (text(key, 99).unwrap(), owned(value.try_clone().unwrap())));
    (text(name, 99).unwrap(), u32::try_from(number(kind).unwrap()).unwrap(), packages.collect())
}

fn counts(changes: &PackageChanges) -> [usize; 4] {
    [&changes.upgraded, &changes.downgraded, &changes.added, &changes.removed].map(Vec::len)
}

#[test]
fn two_deployments_are_compared_in_both_directions() {
    let all = answers("diff-deployments.jsonl");
    assert_eq!(all.iter().map(counts).collect::<Vec<_>>()[..3], [[6, 0, 1, 1], [0, 6, 1, 1], [0, 0, 0, 0]]);
    assert!(all.iter().all(|changes| changes.known && !changes.truncated && changes.advisories.is_empty()));
    let staged = of_cached_update(&cached_update("getall-03-staged.json"));
    assert_eq!(all[0], staged, "it tells the same in both ways");
    assert_eq!(all[1].downgraded[1].before, all[0].upgraded[1].after);
    assert_eq!(all[0].removed[0].before.as_deref(), Some("40.0-6"));
    assert_eq!((all[0].removed[0].after.as_deref(), all[0].added[0].before.as_deref()), (None, None));
    assert_eq!(answers("layered-diff.jsonl").iter().map(counts).collect::<Vec<_>>(), [[6, 0, 1, 0]]);
    assert_eq!(counts(&answers("diff-rebase.jsonl")[0])[2..], [2, 3]);
}

#[test]
fn advisories_are_told_with_what_they_refer_to() {
    let changes = of_cached_update(&cached_update("getall-19-layered-update-staged.json"));
    assert_eq!(
        changes.advisories,
        [Advisory {
            id: "TEST-2025-0001".into(),
            kind: AdvisoryKind::Security,
            severity: AdvisorySeverity::Important,
            packages: vec!["firefox-128.8.0-1.x86_64".into()],
            references: vec![AdvisoryReference {
                address: "https://bugzilla.example.org/show_bug.cgi?id=1234567".into(),
                title: "CVE-2025-1930 firefox: use after free".into(),
            }],
        }]
    );
}

fn pair(one: &str, other: &str) -> Value<'static> {
    structure([Value::from(one.to_owned()), Value::from(other.to_owned())])
}

fn structure<const N: usize>(fields: [Value<'static>; N]) -> Value<'static> {
    let builder = fields.into_iter().fold(StructureBuilder::new(), StructureBuilder::append_field);
    Value::Structure(builder.build().unwrap())
}

fn array(items: impl IntoIterator<Item = Value<'static>>) -> Value<'static> {
    let mut array = Array::new(&Signature::Variant);
    items.into_iter().for_each(|item| array.append(Value::Value(Box::new(item))).unwrap());
    Value::Array(array)
}

fn dictionary(key: &str, value: Value<'static>) -> Value<'static> {
    let mut dictionary = Dict::new(&Signature::Str, &Signature::Variant);
    dictionary.append(Value::from(key.to_owned()), Value::Value(Box::new(value))).unwrap();
    Value::Dict(dictionary)
}

#[test]
fn only_pages_are_referred_to() {
    for (address, told) in [
        ("https://example.org/CVE", true),
        ("http://example.org/CVE", true),
        ("javascript:alert(1)", false),
        ("file:///etc/passwd", false),
        ("https://example.org/a b", false),
        ("", false),
        (&format!("https://example.org/{}", "x".repeat(LONGEST_ADDRESS)), false),
    ] {
        let row = structure([
            Value::from("A-1"),
            Value::from(9_u32),
            Value::from(0_u32),
            array([Value::from("p\u{1b}[1m")]),
            dictionary("cve_references", array([pair(address, "title")])),
        ]);
        let found = advisory(&row).unwrap();
        assert_eq!(found.references.len(), usize::from(told), "{address}");
        assert_eq!((found.kind, found.severity), (AdvisoryKind::Unknown, AdvisorySeverity::Unknown));
        assert_eq!(found.packages, ["p[1m"]);
    }
}

#[test]
fn what_cannot_be_told_is_said_to_be_missing() {
    let packages = |version: &str| {
        HashMap::from([(
            "NewPackage".to_owned(),
            owned(structure(["p", version, "x86_64"].map(Value::from).map(|v| v.try_to_owned().unwrap().into()))),
        )])
    };
    let rows = |kind, version: &str| of_rows(&[("p".to_owned(), kind, packages(version))]);
    assert_eq!(counts(&rows(0, "1-1")), [0, 0, 1, 0]);
    for (kind, version) in [(0, ""), (1, "1-1"), (2, "1-1"), (7, "1-1")] {
        let found = rows(kind, version);
        assert!(found.truncated && found.count() == 0, "{kind} {version}");
    }
    let many: Vec<Row> = (0..MOST + 5).map(|number| (format!("p{number}"), 0, packages("1-1"))).collect();
    let found = of_rows(&many);
    assert_eq!((found.added.len(), found.truncated), (MOST, true));
}

#[test]
fn what_is_made_otherwise_is_passed_over() {
    for odd in [
        Value::from("x"),
        dictionary("upgraded", Value::from(5_u32)),
        dictionary("upgraded", array([Value::from("x"), pair("a", "b")])),
        dictionary("added", array([structure([Value::from(0_u32)])])),
    ] {
        let found = of_cached_update(&HashMap::from([("rpm-diff".to_owned(), owned(odd))]));
        assert_eq!(found.count(), 0);
    }
}

fn any_value() -> impl Strategy<Value = Value<'static>> {
    let leaf = prop_oneof![
        "\\PC{0,200}".prop_map(Value::from),
        any::<u32>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<bool>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        let key = prop::sample::select(vec!["upgraded", "downgraded", "added", "removed", "cve_references"]);
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(array),
            prop::collection::vec(inner.clone(), 1..6).prop_map(|fields| {
                let builder = fields.into_iter().fold(StructureBuilder::new(), StructureBuilder::append_field);
                Value::Structure(builder.build().unwrap())
            }),
            (key, inner).prop_map(|(key, value)| dictionary(key, value)),
        ]
    })
}

proptest! {
    #[test]
    fn no_dictionary_brings_it_down(difference in any_value(), advisories in any_value(), packages in any_value(), kind in 0u32..5) {
        let dictionary = HashMap::from([
            ("rpm-diff".to_owned(), owned(difference)),
            ("advisories".to_owned(), owned(advisories)),
        ]);
        let found = of_cached_update(&dictionary);
        prop_assert!(found.advisories.iter().flat_map(|one| &one.references).all(|page| page.address.starts_with("http")));
        let row = HashMap::from([("NewPackage".to_owned(), owned(packages))]);
        let _ = of_rows(&[("p".to_owned(), kind, row)]);
    }
}
