// SPDX-License-Identifier: GPL-3.0-or-later
use super::*;

/// A catalog of entries and their successors: `a>b` is deprecated, `a` is active.
pub(super) fn file(name: &str, entries: &[&str]) -> (String, Result<Catalog, CatalogError>) {
    let one = |text: &&str| {
        let (id, successor) = text.split_once('>').map_or((*text, None), |(id, successor)| (id, Some(successor)));
        let status = match successor {
            Some("") => "status = \"discontinued\"\n".to_owned(),
            Some(successor) => format!("status = \"deprecated\"\nreplaced_by = \"{successor}\"\n"),
            None => String::new(),
        };
        format!("[[entry]]\nid = \"{id}\"\nname = \"{id}\"\n{status}{SOURCE}{STREAM}")
    };
    let text = format!("{HEAD}{}", entries.iter().map(one).collect::<String>());
    (name.to_owned(), Catalog::from_toml(name, &text))
}

fn way(catalogs: &Catalogs, id: &str) -> Option<String> {
    catalogs.way_on(catalogs.entry(id).unwrap()).map(|entry| entry.id.clone())
}

fn problems(catalogs: &Catalogs) -> Vec<String> {
    let mut problems: Vec<String> = catalogs.problems.iter().map(ToString::to_string).collect();
    problems.sort();
    problems
}

#[test]
fn a_broken_file_is_alone_with_it() {
    let broken = ("b.toml".to_owned(), Catalog::from_toml("b.toml", "[["));
    let refused = Place::of_file("d.toml").error(CatalogFault::NotOwnedByRoot);
    let files = vec![file("c.toml", &["c"]), broken, file("a.toml", &["a"]), ("d.toml".into(), Err(refused))];
    let catalogs = Catalogs::merge(files);
    assert_eq!(catalogs.entries.iter().map(|entry| entry.id.as_str()).collect::<Vec<_>>(), ["a", "c"]);
    let named: Vec<&str> = catalogs.problems.iter().map(|problem| problem.file.as_str()).collect();
    assert_eq!(named, ["b.toml", "d.toml"]);
}

#[test]
fn of_two_entries_with_one_id_the_first_file_counts() {
    let catalogs = Catalogs::merge(vec![file("b.toml", &["x", "y"]), file("a.toml", &["x"])]);
    assert_eq!(catalogs.entries.len(), 2);
    let fault = CatalogFault::Repeated { key: "id".into(), value: "x".into() };
    assert_eq!((catalogs.problems[0].file.as_str(), &catalogs.problems[0].fault), ("b.toml", &fault));
}

#[test]
fn the_way_on_leads_to_something_that_is_looked_after() {
    let catalogs = Catalogs::merge(vec![file("a.toml", &["a>b", "b>c", "d>"]), file("c.toml", &["c", "e>d"])]);
    assert!(catalogs.problems.is_empty(), "{:?}", catalogs.problems);
    for (id, expected) in [("a", Some("c")), ("b", Some("c")), ("c", None), ("d", None), ("e", None)] {
        assert_eq!(way(&catalogs, id).as_deref(), expected, "{id}");
    }
}

#[test]
fn a_successor_that_no_catalog_has_is_told_and_left_out() {
    let catalogs = Catalogs::merge(vec![file("a.toml", &["a>gone", "b"])]);
    assert_eq!(problems(&catalogs), ["a.toml: a: `replaced_by` names \"gone\", which no catalog has"]);
    assert_eq!((catalogs.entries.len(), way(&catalogs, "a")), (2, None));
}

#[test]
fn a_circle_is_told_of_each_entry_in_it_and_of_no_other() {
    let files = || vec![file("a.toml", &["x>a", "a>b", "b>c", "ok>fine", "fine"]), file("b.toml", &["c>a", "y>x"])];
    let catalogs = Catalogs::merge(files());
    let told: Vec<&str> = catalogs.problems.iter().filter_map(|problem| problem.entry.as_deref()).collect();
    assert_eq!(told, ["a", "b", "c"]);
    assert!(catalogs.problems.iter().all(|one| matches!(one.fault, CatalogFault::SuccessorLoop { .. })));
    for (id, expected) in [("x", None), ("y", None), ("a", None), ("ok", Some("fine"))] {
        assert_eq!(way(&catalogs, id).as_deref(), expected, "{id}");
    }
    assert_eq!(Catalogs::merge(files()), catalogs);
    // A circle that came to be in another way, as over the bus, ends as well.
    let mut bent = catalogs;
    for (index, successor) in [(1, "b"), (2, "a")] {
        bent.entries[index].replaced_by = Some(successor.into());
    }
    assert_eq!(way(&bent, "a"), None);
    assert!(matches!(file("s.toml", &["s>s"]).1.unwrap_err().fault, CatalogFault::SuccessorLoop { .. }));
}

#[test]
fn all_files_together_are_bounded() {
    let many = |name: &str| {
        let chain = |index: usize| match index {
            999 => format!("{name}999"),
            _ => format!("{name}{index}>{name}{}", index + 1),
        };
        let ids: Vec<String> = (0..MOST_ENTRIES).map(chain).collect();
        file(&format!("{name}.toml"), &ids.iter().map(String::as_str).collect::<Vec<_>>())
    };
    let catalogs = Catalogs::merge(["a", "b", "c", "d", "e", "f"].map(many).into());
    assert_eq!(problems(&catalogs), ["f.toml: more than 5000 of `entry`"]);
    assert_eq!((catalogs.entries.len(), way(&catalogs, "a0").as_deref()), (5000, Some("a999")));
}
