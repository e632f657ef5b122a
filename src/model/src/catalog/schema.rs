// SPDX-License-Identifier: GPL-3.0-or-later
//! The schema that editors check catalogs with is generated from the types, and must not drift from them.

use std::path::PathBuf;

use crate::catalog::file::CatalogFile;

#[test]
fn schema_of_catalogs_is_current() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/catalogs/catalog.schema.json");
    let mut schema = schemars::schema_for!(CatalogFile);
    let comment = "SPDX-License-Identifier: GPL-3.0-or-later. Generated from the source of isotope-model; \
                   ISOTOPE_BLESS=1 build-aux/test schema_of_catalogs writes it anew.";
    schema.insert("$comment".into(), comment.into());
    let generated = format!("{}\n", serde_json::to_string_pretty(&schema).unwrap());
    if std::env::var_os("ISOTOPE_BLESS").is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let hint = "ISOTOPE_BLESS=1 build-aux/test schema_of_catalogs";
    assert!(committed == generated, "{} is stale: {hint}", path.display());
}
