// SPDX-License-Identifier: GPL-3.0-or-later
//! What vendors publish: listed, shown, checked, and told where what runs is given up.

use std::path::Path;

use isotope_model::catalog::{Recognised, RecognisedFrom};
use isotope_model::{Catalog, CatalogError, CatalogFault, Catalogs, HostCatalogs, Refusal, SwitchPolicy};
use serde_json::json;
use tokio::process::Command;

use crate::bus::Bus;
use crate::hosts::{of_containers, plain};
use crate::isotopectl::{Run, run};
use crate::stage::Play;

const ALMA: &str = r#"
format = 1
vendor = { id = "alma", name = "AlmaLinux" }
[[entry]]
id = "alma-gnome"
name = { en = "AlmaLinux with GNOME", de = "AlmaLinux mit GNOME" }
desktop = "gnome"
status = "deprecated"
replaced_by = "alma-kde"
container = { image = "quay.io/alma/gnome" }
streams = [{ tag = "10" }, { tag = "9" }]
[[entry]]
id = "alma-kde"
name = "AlmaLinux with KDE Plasma"
desktop = "kde"
container = { image = "quay.io/alma/kde" }
streams = [{ tag = "10" }]
[[entry]]
id = "alma-xfce"
name = "AlmaLinux with Xfce"
architectures = ["s390x"]
container = { image = "quay.io/alma/xfce" }
streams = [{ tag = "10" }]
"#;

/// What the computer of these tests has: it follows alma-gnome, and one file is broken.
fn catalogs() -> HostCatalogs {
    let broken = CatalogError::of_file("/etc/isotope/catalogs.d/x.toml", CatalogFault::NotOwnedByRoot);
    let alma = Catalog::from_toml("alma.toml", ALMA);
    let catalogs = Catalogs::merge(vec![("alma.toml".into(), alma), ("x.toml".into(), Err(broken))]);
    let here = Recognised { entry: "alma-gnome".into(), stream: Some("10".into()), from: RecognisedFrom::Image };
    HostCatalogs { catalogs, here: Some(here), architecture: "amd64".into(), ..HostCatalogs::default() }
}

async fn bus() -> Bus {
    let bus = Bus::start(of_containers(plain()), Play::Refuse(Refusal::Unknown)).await;
    bus.catalogs(catalogs());
    bus
}

async fn typed(bus: &Bus, line: &str) -> Run {
    run(bus, &line.split(' ').collect::<Vec<_>>()).await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_there_is_to_switch_to_is_listed_and_what_is_wrong_is_named() {
    let bus = bus().await;
    let list = typed(&bus, "catalog list").await;
    assert_eq!(list.code, 0, "{}", list.errors);
    let expected = "\
AlmaLinux
alma-gnome   AlmaLinux with GNOME · Running now · deprecated, replaced by AlmaLinux with KDE Plasma
             GNOME · 10; 9
alma-kde     AlmaLinux with KDE Plasma
             KDE Plasma · 10

1 more is in a form that this computer does not follow, for other computers, or published no more: isotopectl catalog list --all
";
    assert!(list.output.starts_with(expected), "{}", list.output);
    assert!(list.errors.starts_with("/etc/isotope/catalogs.d/x.toml: It is not used,"), "{}", list.errors);
    assert!(typed(&bus, "catalog list --all").await.output.contains("alma-xfce"));
    let json = typed(&bus, "catalog list --json").await.json();
    assert_eq!(json["entries"].as_array().unwrap().len(), 2);
    assert_eq!((&json["here"]["stream"], &json["architecture"]), (&json!("10"), &json!("amd64")));
    assert_eq!(json["problems"][0]["fault"], json!({ "code": "not-owned-by-root" }));
    assert_eq!(typed(&bus, "catalog list --all --json").await.json()["entries"].as_array().unwrap().len(), 3);
    assert!(bus.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_entry_is_shown_with_the_command_that_switches_to_it() {
    let bus = bus().await;
    let shown = typed(&bus, "catalog show alma-kde").await;
    assert_eq!((shown.code, shown.errors.as_str()), (0, ""));
    assert!(shown.output.ends_with("\n10\n  isotopectl switch quay.io/alma/kde:10\n"), "{}", shown.output);
    let json = typed(&bus, "catalog show alma-gnome --json").await.json();
    assert_eq!(json["switch-to"], json!({ "10": "quay.io/alma/gnome:10", "9": "quay.io/alma/gnome:9" }));
    assert_eq!((&json["entry"]["status"], &json["here"]["entry"]), (&json!("deprecated"), &json!("alma-gnome")));
    let other = typed(&bus, "catalog show alma-xfce --json").await.json();
    assert_eq!((&other["switch-to"], &other["here"]), (&json!({}), &json!(null)));
    let unknown = typed(&bus, "catalog show plasma").await;
    assert_eq!((unknown.code, unknown.output.as_str()), (2, ""));
    assert!(unknown.errors.ends_with("\nalma-kde\n"), "{}", unknown.errors);
    let unknown = typed(&bus, "catalog show nothing --json").await;
    assert_eq!(unknown.json()["error"], json!({ "code": "no-such-entry", "argument": "nothing", "candidates": [] }));
}

#[tokio::test(flavor = "multi_thread")]
async fn status_says_that_what_runs_is_given_up_and_how_to_go_on() {
    let bus = bus().await;
    let status = typed(&bus, "status").await;
    let line = "\nVariant          AlmaLinux with GNOME is deprecated; AlmaLinux with KDE Plasma takes its place. To switch to \
                it: isotopectl switch quay.io/alma/kde:10\n";
    assert!(status.output.contains(line), "{}", status.output);
    let variant = &typed(&bus, "status --json").await.json()["variant"];
    let keys = ["entry", "stream", "from", "status", "replaced-by", "switch-to"];
    let values = ["alma-gnome", "10", "image", "deprecated", "alma-kde", "quay.io/alma/kde:10"];
    assert_eq!(keys.map(|key| variant[key].as_str().unwrap()), values);
    bus.catalogs(HostCatalogs::default());
    assert!(!typed(&bus, "status").await.output.contains("Variant"));
    assert!(typed(&bus, "status --json").await.json().get("variant").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_are_told_in_the_persons_language() {
    let bus = bus().await;
    let mut command = crate::isotopectl::command(&bus, &["catalog", "list"]);
    let list: Run = command.env("LC_ALL", "de_AT.UTF-8").output().await.unwrap().into();
    assert!(list.output.contains("alma-gnome   AlmaLinux mit GNOME"), "{}", list.output);
}

/// Checks files, where there is no service and not even a bus.
async fn check(folder: &Path, arguments: &[&str]) -> Run {
    let mut command = Command::new(env!("CARGO_BIN_EXE_isotopectl"));
    command.args(["catalog", "check"]).args(arguments).current_dir(folder);
    command.env("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere").env("LC_ALL", "C.UTF-8");
    command.output().await.unwrap().into()
}

#[tokio::test]
async fn files_are_checked_without_a_service_and_each_problem_has_its_place() {
    let folder = tempfile::tempdir().unwrap();
    let put = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    put("alma.toml", ALMA);
    put("misspelt.toml", &ALMA.replace("replaced_by", "replaced-by"));
    put("alone.toml", &ALMA.replace("\"alma-kde\"\nname", "\"other-kde\"\nname"));
    put("hidden.toml", &ALMA.replace("with Xfce", "\\u202ewith Xfce"));
    put("huge.toml", &"#".repeat(300_000));
    nix::unistd::mkfifo(&folder.path().join("fifo.toml"), nix::sys::stat::Mode::from_bits_truncate(0o644)).unwrap();
    let good = check(folder.path(), &["alma.toml"]).await;
    assert_eq!(good.code, 0);
    let by_root = std::os::unix::fs::MetadataExt::uid(&folder.path().metadata().unwrap()) == 0;
    assert_eq!(good.errors.contains("would not be used as it is"), !by_root, "{}", good.errors);
    assert_eq!(good.output, "Nothing is wrong with alma.toml; it has 3 entries.\n");
    let table = [
        ("misspelt.toml", "misspelt.toml:9: It is not understood: unknown field `replaced-by`"),
        ("alone.toml", "alone.toml: alma-gnome: “replaced_by” names “alma-kde”, and no entry is called so.\n"),
        ("hidden.toml", "hidden.toml:18: alma-xfce: “name” has letters that cannot be seen"),
        ("huge.toml", "huge.toml: It is too large"),
        ("nothing.toml", "nothing.toml: It cannot be read: No such file"),
        (".", ".: It cannot be read: "),
        ("fifo.toml", "fifo.toml: It cannot be read: not a regular file"),
    ];
    for (file, words) in table {
        let bad = check(folder.path(), &[file]).await;
        assert_eq!(bad.code, 1, "{file}: {}", bad.output);
        assert!(bad.output.starts_with(words), "{file}: {}", bad.output);
    }
    let both = check(folder.path(), &["misspelt.toml", "alma.toml"]).await;
    assert!(both.code == 1 && !both.output.contains("Nothing is wrong"), "{}", both.output);
    let writable = std::os::unix::fs::PermissionsExt::from_mode(0o666);
    std::fs::set_permissions(folder.path().join("alma.toml"), writable).unwrap();
    let others = check(folder.path(), &["alma.toml"]).await;
    assert!(others.code == 0 && others.errors.contains("alma.toml would not be used as it is"), "{}", others.errors);
    let json = check(folder.path(), &["alone.toml", "huge.toml", "--json"]).await.json();
    let files = json!([{ "file": "alone.toml", "entries": 3 }, { "file": "huge.toml", "entries": null }]);
    assert_eq!(json["files"], files);
    let fault = json!({ "code": "successor-missing", "id": "alma-kde" });
    assert_eq!(json["problems"][0], json!({ "file": "alone.toml", "entry": "alma-gnome", "fault": fault }));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_can_be_switched_to_by_its_id() {
    let bus = bus().await;
    for (typed_image, asked) in [
        ("alma-kde", "quay.io/alma/kde:10"),
        ("alma-kde:10", "quay.io/alma/kde:10"),
        ("alma-gnome:9", "quay.io/alma/gnome:9"),
        ("quay.io/alma/kde:9", "quay.io/alma/kde:9"),
    ] {
        let before = bus.requests().len();
        typed(&bus, &format!("switch {typed_image} --yes")).await;
        assert_eq!(bus.requests()[before].argument.as_deref(), Some(asked), "{typed_image}");
        assert_eq!(bus.preflights().last().unwrap().image, asked);
    }
    let asked = bus.requests().len();
    for (typed_image, code, error) in [
        ("alma-gnome", 0, "already-followed"),
        ("alma-kde:9", 2, "no-such-entry"),
        ("alma-xfce", 10, "wrong-architecture"),
        ("alma", 2, "malformed-reference"),
    ] {
        let refused = typed(&bus, &format!("switch {typed_image} --yes --json")).await;
        assert_eq!((refused.code, refused.json()["error"]["code"].as_str()), (code, Some(error)), "{typed_image}");
    }
    assert_eq!(bus.requests().len(), asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_branch_of_a_remote_that_is_known_is_no_entry() {
    let branches = ALMA.replace(
        "streams = [{ tag = \"10\" }]",
        "ostree = { remote = \"alma\" }\nstreams = [{ id = \"10\", branch = \"desktop/{architecture}/kde\" }]",
    );
    let read = Catalog::from_toml(
        "alma.toml",
        &branches.replace("id = \"alma-kde\"", "id = \"alma\"").replace("= \"alma-kde\"", "= \"alma\""),
    );
    let known = HostCatalogs { catalogs: Catalogs::merge(vec![("a.toml".into(), read)]), here: None, ..catalogs() };
    let read = Catalog::from_toml("alma.toml", &branches);
    let unknown = HostCatalogs { catalogs: Catalogs::merge(vec![("a.toml".into(), read)]), here: None, ..catalogs() };
    for (catalogs, typed_image, asked) in [
        (known, "alma:10", "alma:10"),
        (unknown.clone(), "alma-kde:10", "alma:desktop/x86_64/kde"),
        (unknown, "alma-kde", "alma:desktop/x86_64/kde"),
    ] {
        assert!(catalogs.catalogs.problems.is_empty(), "{:?}", catalogs.catalogs.problems);
        let bus = Bus::start(plain(), Play::Refuse(Refusal::Unknown)).await;
        bus.catalogs(catalogs);
        typed(&bus, &format!("switch {typed_image} --yes")).await;
        assert_eq!(bus.requests()[0].argument.as_deref(), Some(asked), "{typed_image}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_administrator_does_not_allow_is_marked() {
    let bus = bus().await;
    let switching = SwitchPolicy::Listed { images: vec!["quay.io/alma/gnome".into()] };
    bus.catalogs(HostCatalogs { switching, ..catalogs() });
    let list = typed(&bus, "catalog list").await.output;
    assert!(list.contains("alma-kde     AlmaLinux with KDE Plasma · not allowed here\n"), "{list}");
    assert_eq!(typed(&bus, "catalog list --json").await.json()["switching"]["allow"], "listed");
    let shown = typed(&bus, "catalog show alma-kde").await.output;
    assert!(shown.ends_with("\n10\n  not allowed by the administrator of this computer\n"), "{shown}");
    let json = typed(&bus, "catalog show alma-kde --json").await.json();
    assert_eq!((&json["switch-to"], &json["forbidden"]), (&json!({}), &json!(["10"])));
    let status = typed(&bus, "status").await.output;
    assert!(status.contains("isotopectl catalog show alma-kde") && !status.contains("isotopectl switch"), "{status}");
}
