// SPDX-License-Identifier: GPL-3.0-or-later
//! Catalogs and tags in numbers that nobody publishes, each as long as real ones are.

/// How many files the entries stand in: one holds 256 KiB.
const FILES: usize = 10;
/// Desktops, as entries name them.
const DESKTOPS: [&str; 8] = ["gnome", "kde", "cosmic", "sway", "budgie", "xfce", "mate", "lxqt"];

/// Ten catalogs, by file name, with so many entries together.
pub(crate) fn catalogs(entries: usize) -> Vec<(String, String)> {
    let of_file = |file: usize| (file..entries).step_by(FILES).map(move |number| entry(file, number));
    let head = |file| format!("format = 1\n\n[vendor]\nid = \"vendor-{file}\"\nname = \"Vendor {file}\"\n");
    (0..FILES).map(|file| (format!("vendor-{file}.toml"), head(file) + &of_file(file).collect::<String>())).collect()
}

fn entry(vendor: usize, number: usize) -> String {
    let desktop = DESKTOPS[number % DESKTOPS.len()];
    format!(
        r#"
[[entry]]
id = "vendor-{vendor}-{number}"
name = "Vendor {vendor} Desktop {number}"
summary = {{ en = "An image for everyday work, number {number}.", de = "Ein Image für den Alltag, Nummer {number}." }}
desktop = "{desktop}"
architectures = ["amd64", "arm64"]
cpu_baseline = "x86-64-v2"
homepage = "https://vendor{vendor}.example.org/{number}"

[entry.container]
image = "registry.example.org/vendor-{vendor}/desktop-{number}"
signing = {{ kind = "sigstore", keys = ["/usr/lib/pki/containers/vendor.pub"], scope = "registry.example.org/vendor-{vendor}" }}

[entry.recognised_by]
image_prefixes = ["old.example.org/vendor-{vendor}/desktop-{number}"]
ids = ["vendor-{vendor}"]
variant_ids = ["desktop-{number}"]

[[entry.streams]]
tag = "stable"
aliases = ["latest"]
stability = "stable"

[[entry.streams]]
tag = "testing"
stability = "testing"
"#
    )
}

/// So many tags, as a build every night makes them.
pub(crate) fn tags(number: usize) -> impl Iterator<Item = String> {
    (0..number).map(|build| format!("10.{}.{}", build / 100, 20_250_000 + build))
}
