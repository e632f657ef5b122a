// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors and administrators publish, as the service reads it from the machine and as people are told.

use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use isotope_lab::Backend;
use isotope_model::catalog::{LARGEST_FILE, RecognisedFrom, image_architecture};
use isotope_model::{CatalogFault, HostCatalogs};
use isotope_tests::Computer;
use serde_json::Value;

on_every_program! {
    shipped_catalogs_are_served_and_an_administrators_override_hide_and_add,
    what_is_wrong_is_refused_alone_and_by_name,
    what_runs_is_recognised_and_where_it_is_given_up_the_way_on_is_told_and_works,
}

/// Longer than the service keeps what it has read.
const STALE: Duration = Duration::from_millis(2200);
const FOLDER: &str = "/etc/isotope/catalogs.d";

/// Writes a catalog of the administrator's.
fn put(computer: &Computer, name: &str, content: impl AsRef<[u8]>) {
    let folder = computer.booted().deployment.join(&FOLDER[1..]);
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::fs::write(folder.join(name), content).unwrap();
    std::fs::set_permissions(folder.join(name), std::fs::Permissions::from_mode(0o644)).unwrap();
}

async fn served(computer: &Computer) -> HostCatalogs {
    tokio::time::sleep(STALE).await;
    computer.client().await.catalogs().await.unwrap()
}

fn has(catalogs: &HostCatalogs, id: &str) -> bool {
    catalogs.catalogs.entry(id).is_some()
}

/// A catalog of one entry.
fn catalog(id: &str) -> String {
    format!(
        "format = 1\nvendor = {{ id = \"lab\", name = \"Lab\" }}\n[[entry]]\nid = \"{id}\"\nname = \"{id}\"\n\
         container = {{ image = \"registry.example.org/lab/{id}\" }}\nstreams = [{{ tag = \"10\" }}]\n"
    )
}

/// An entry for a variant that this computer can follow.
fn entry(computer: &Computer, variant: &str, lines: &str) -> String {
    let source = match computer.backend().follows_containers() {
        false => format!(
            "ostree = {{ remote = \"lab\" }}\n\
             streams = [{{ id = \"stable\", branch = \"lab/{{architecture}}/{variant}\" }}]\n"
        ),
        true => {
            let reference = computer.reference(variant);
            let (image, tag) = reference.rsplit_once(':').unwrap();
            format!("container = {{ image = \"{image}\" }}\nstreams = [{{ id = \"stable\", tag = \"{tag}\" }}]\n")
        }
    };
    format!("[[entry]]\nid = \"lab-{variant}\"\nname = \"Lab with {variant}\"\n{lines}\n{source}")
}

async fn shipped_catalogs_are_served_and_an_administrators_override_hide_and_add(backend: Backend) {
    let computer = Computer::start_on(backend);
    let shipped = computer.client().await.catalogs().await.unwrap();
    assert!(shipped.catalogs.problems.is_empty(), "{:?}", shipped.catalogs.problems);
    for id in ["almalinux-atomic-kde", "fedora-silverblue", "bluefin", "heliumos", "alt-atomic-onyx"] {
        assert!(has(&shipped, id), "{id}");
    }
    assert_eq!(shipped.architecture, image_architecture(std::env::consts::ARCH));
    assert_eq!(shipped.here, None);

    put(&computer, "almalinux.toml", catalog("mine"));
    put(&computer, "heliumos.toml", "");
    put(&computer, "lab.toml", catalog("lab-gnome"));
    let changed = served(&computer).await;
    assert!(changed.catalogs.problems.is_empty(), "{:?}", changed.catalogs.problems);
    assert!(has(&changed, "mine") && has(&changed, "lab-gnome") && has(&changed, "fedora-silverblue"));
    assert!(!has(&changed, "almalinux-atomic-kde") && !has(&changed, "heliumos"));
    let list = computer.person().isotopectl(&["catalog", "list", "--all"]);
    let text = String::from_utf8_lossy(&list.stdout);
    assert!(list.status.success() && text.starts_with("Lab\nmine "), "{list:?}");
}

async fn what_is_wrong_is_refused_alone_and_by_name(backend: Backend) {
    let computer = Computer::start_on(backend);
    let hostile = |hidden: &str| catalog("hostile").replace("name = \"hostile\"", &format!("name = \"a{hidden}b\""));
    put(&computer, "good.toml", catalog("good"));
    put(&computer, "broken.toml", catalog("broken").replace("[[entry]]", "[[entry"));
    put(&computer, "escape.toml", hostile("\\u001b[2J"));
    put(&computer, "turned.toml", hostile("\u{202e}"));
    put(&computer, "raw.toml", hostile("\u{1b}[2J"));
    put(&computer, "bytes.toml", [b'#', 0xff, b'\n']);
    put(&computer, "huge.toml", format!("{}#{}", catalog("huge"), "x".repeat(LARGEST_FILE)));
    put(&computer, "almalinux.toml", "");
    for name in ["almalinux", "stranger", "shared"] {
        if name != "almalinux" {
            put(&computer, &format!("{name}.toml"), catalog(name));
        }
        let owner = if name == "shared" { "root" } else { "person" };
        computer.root(&["chown", owner, &format!("{FOLDER}/{name}.toml")]);
    }
    computer.root(&["chmod", "666", &format!("{FOLDER}/shared.toml")]);
    computer.root(&["mkfifo", &format!("{FOLDER}/pipe.toml")]);
    computer.root(&["ln", "-s", "/dev/zero", &format!("{FOLDER}/zero.toml")]);

    let catalogs = served(&computer).await;
    let ids: Vec<_> =
        catalogs.catalogs.entries.iter().filter(|entry| entry.vendor.id == "lab").map(|entry| &entry.id).collect();
    assert_eq!(ids, ["good"]);
    assert!(has(&catalogs, "almalinux-atomic-kde"), "nobody but root hides a vendor's catalog");
    let mut named: Vec<_> = catalogs.catalogs.problems.iter().map(|problem| problem.file.as_str()).collect();
    named.sort_unstable();
    let names =
        ["almalinux", "broken", "bytes", "escape", "huge", "pipe", "raw", "shared", "stranger", "turned", "zero"];
    assert_eq!(named, names.map(|name| format!("{FOLDER}/{name}.toml")));
    let fault = |name: &str| {
        let file = format!("{FOLDER}/{name}.toml");
        &catalogs.catalogs.problems.iter().find(|problem| problem.file == file).unwrap().fault
    };
    for name in ["almalinux", "stranger", "shared"] {
        assert_eq!(fault(name), &CatalogFault::NotOwnedByRoot, "{name}");
    }
    assert!(matches!(fault("huge"), CatalogFault::TooLarge { .. }));
    for name in ["escape", "turned"] {
        assert!(matches!(fault(name), CatalogFault::HiddenLetters { .. }), "{name}");
    }
    let list = computer.person().isotopectl(&["catalog", "list"]);
    let told = String::from_utf8_lossy(&list.stderr);
    assert!(list.status.success() && names.iter().all(|name| told.contains(&format!("{name}.toml"))), "{told}");
    assert!(!told.contains(['\u{1b}', '\u{202e}']), "{told:?}");

    // A folder that is somebody else's has nothing at all.
    computer.root(&["chown", "person", FOLDER]);
    let catalogs = served(&computer).await;
    assert!(!has(&catalogs, "good") && has(&catalogs, "almalinux-atomic-kde"));
    let [problem] = catalogs.catalogs.problems.as_slice() else { panic!("{:?}", catalogs.catalogs.problems) };
    assert_eq!((problem.file.as_str(), &problem.fault), (FOLDER, &CatalogFault::NotOwnedByRoot));
}

async fn what_runs_is_recognised_and_where_it_is_given_up_the_way_on_is_told_and_works(backend: Backend) {
    let computer = Computer::start_on(backend);
    let kde = computer.publish_variant("kde");
    let publish = |lines: &str| {
        let head = "format = 1\nvendor = { id = \"lab\", name = \"Lab\" }\n";
        put(
            &computer,
            "lab.toml",
            format!("{head}{}{}", entry(&computer, "gnome", lines), entry(&computer, "kde", "")),
        );
    };
    let person = computer.person();
    let status = || String::from_utf8(person.isotopectl(&["status"]).stdout).unwrap();
    publish("");
    let here = served(&computer).await.here.unwrap();
    assert_eq!((here.entry.as_str(), here.stream.as_deref()), ("lab-gnome", Some("stable")));
    assert_eq!(here.from, RecognisedFrom::Image);
    assert!(!status().contains("takes its place"), "{}", status());

    publish("status = \"deprecated\"\nreplaced_by = \"lab-kde\"");
    tokio::time::sleep(STALE).await;
    let command = format!("isotopectl switch {}", computer.reference("kde"));
    let sentence = "Lab with gnome is deprecated; Lab with kde takes its place.";
    assert!(status().contains(&format!("{sentence} To switch to it: {command}\n")), "{}", status());
    let json = person.isotopectl(&["status", "--json"]);
    let json: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert_eq!(
        (&json["variant"]["status"], &json["variant"]["replaced-by"]),
        (&"deprecated".into(), &"lab-kde".into())
    );
    let shown = person.isotopectl(&["catalog", "show", "lab-kde"]);
    assert!(String::from_utf8_lossy(&shown.stdout).ends_with(&format!("  {command}\n")), "{shown:?}");

    let words: Vec<_> = command.split(' ').skip(1).chain(["--yes"]).collect();
    let switched = person.isotopectl(&words);
    assert!(switched.status.success(), "{switched:?}");
    assert_eq!(computer.staged_image(), Some(kde));
    assert!(!status().contains("takes its place"), "the way on was taken: {}", status());
    computer.lab().restart().unwrap();
    assert_eq!(served(&computer).await.here.unwrap().entry, "lab-kde");
}
