// SPDX-License-Identifier: GPL-3.0-or-later
use std::cell::Cell;
use std::path::PathBuf;
use std::process::Command;

use super::*;

/// A folder with the compiled schema; goes away at the end.
struct Schemas(PathBuf);

impl Schemas {
    fn compiled(name: &str, change: impl Fn(String) -> String) -> Self {
        let folder = std::env::temp_dir().join(format!("isotope-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let source = include_str!("../../../../data/io.github.isotope_desktop.Isotope.gschema.xml");
        // As it is installed: a build may have another id.
        let id = isotope_model::names::APPLICATION_ID;
        let source = source.replace("\"io.github.isotope_desktop.Isotope\"", &format!("\"{id}\""));
        std::fs::write(folder.join("isotope.gschema.xml"), change(source)).unwrap();
        let done = Command::new("glib-compile-schemas").arg("--strict").arg(&folder).status().unwrap();
        assert!(done.success());
        Self(folder)
    }

    fn source(&self) -> gio::SettingsSchemaSource {
        gio::SettingsSchemaSource::from_directory(&self.0, None, true).unwrap()
    }
}

impl Drop for Schemas {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Those of the schema, kept by nobody outside of this test.
fn with_schema(schemas: &Schemas) -> Preferences {
    let schema = schemas.source().lookup(isotope_model::names::APPLICATION_ID, false).unwrap();
    assert!(keys::are_in(&schema));
    let backend = gio::memory_settings_backend_new();
    Preferences(Kept::BySettings(gio::Settings::new_full(&schema, Some(&backend), None)))
}

fn check(preferences: &Preferences) {
    assert!(preferences.notifications());
    assert!(preferences.hidden_vendors().is_empty());
    assert!(!preferences.expert_details());
    assert!(!preferences.first_boot_finished());

    let told = Rc::new(Cell::new(0));
    let counted = Rc::clone(&told);
    preferences.connect_changed(move || counted.set(counted.get() + 1));
    let elsewhere = preferences.clone();
    elsewhere.set_notifications(false);
    elsewhere.set_hidden_vendors(&["A & B".to_owned(), "Ç".to_owned()]);
    elsewhere.set_expert_details(true);
    elsewhere.set_first_boot_finished(true);
    assert_eq!(told.get(), 4);

    assert!(!preferences.notifications());
    assert_eq!(preferences.hidden_vendors(), ["A & B", "Ç"]);
    assert!(preferences.expert_details());
    assert!(preferences.first_boot_finished());
}

#[test]
fn where_the_schema_is_installed_the_settings_keep_them() {
    check(&with_schema(&Schemas::compiled("schema", |source| source)));
}

#[test]
fn where_it_is_not_they_last_as_long_as_the_program() {
    let nothing = Preferences::looked_up_in(None);
    assert!(matches!(nothing.0, Kept::InMemory(_)));
    check(&nothing);
}

#[test]
fn a_schema_that_lacks_one_of_them_or_means_another_thing_is_none() {
    let changes: [fn(String) -> String; 2] = [
        |source| source.replace("name=\"expert-details\"", "name=\"another\""),
        |source| source.replace("type=\"b\"", "type=\"s\"").replace("true", "''").replace("false", "''"),
    ];
    for (index, change) in changes.into_iter().enumerate() {
        let schemas = Schemas::compiled(&format!("schema-unlike-{index}"), change);
        assert!(matches!(Preferences::looked_up_in(Some(&schemas.source())).0, Kept::InMemory(_)));
    }
}
