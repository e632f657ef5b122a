// SPDX-License-Identifier: GPL-3.0-or-later
//! What is found before a switch, on real trees: told on the bus and by the command line, and blocking where it has to.

mod content;

use std::process::Output;

use isotope_client::SwitchOptions;
use isotope_lab::{Backend, Publication};
use isotope_model::{Concern, Finding, Preflight, Refusal, Severity};
use isotope_tests::Computer;

on_every_backend! {
    what_cannot_be_switched_to_is_told_and_stopped_by_command_and_changes_nothing,
    what_may_be_lost_is_told_and_stops_nothing,
    what_the_catalogs_know_of_an_image_is_told,
    only_what_the_administrator_allows_is_switched_to,
}

// rpm-ostree carries them over.
on_backend!(without_rpm_ostree, Ostree, packages_that_were_layered_stop_a_switch_with_their_names);
on_backend!(with_bootc_alone, Bootc, packages_that_were_layered_stop_a_switch_with_their_names);

/// Writes a file of the machine that only root may write.
pub(crate) fn write(computer: &Computer, path: &str, text: &str) {
    let script = "mkdir -p \"$(dirname \"$1\")\" && printf %s \"$2\" > \"$1\" && chmod 644 \"$1\"";
    computer.root(&["sh", "-c", script, "sh", path, text]);
}

pub(crate) async fn preflight(computer: &Computer, image: &str) -> Preflight {
    computer.client().await.preflight(Some(image)).await.unwrap_or_else(|error| panic!("{image}: {error:?}"))
}

/// The code of a finding: of its refusal where it is one.
pub(crate) fn code(finding: &Finding) -> String {
    match &finding.concern {
        Concern::Refused { refusal } => refusal.code(),
        concern => serde_json::to_value(concern).unwrap()["finding"].as_str().unwrap().to_owned(),
    }
}

pub(crate) fn codes(preflight: &Preflight, severity: Severity) -> Vec<String> {
    preflight.of_severity(severity).map(code).collect()
}

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// It is found, `isotopectl switch --preflight` says so, and `isotopectl switch` stops there.
async fn assert_stopped(computer: &Computer, image: &str, expected: &str, words: &str) {
    let found = preflight(computer, image).await;
    let blocking = codes(&found, Severity::Blocking);
    assert_eq!(blocking, [expected], "{image}: {found:#?}");
    let before = computer.fingerprint();
    let person = computer.person();
    let looked = person.isotopectl(&["switch", "--preflight", image]);
    assert!(!looked.status.success() && text(&looked).contains(words), "{words}: {}", text(&looked));
    let switched = person.isotopectl(&["switch", "--yes", image]);
    assert!(!switched.status.success() && text(&switched).contains(words), "{words}: {}", text(&switched));
    assert_eq!(computer.fingerprint(), before, "{image}");
}

/// It is found, `isotopectl switch --preflight` says so and ends well.
async fn assert_warned(computer: &Computer, image: &str, expected: &str, words: &str) {
    let found = preflight(computer, image).await;
    assert!(!found.is_blocked(false), "{image}: {found:#?}");
    assert!(codes(&found, Severity::Warning).iter().any(|code| code == expected), "{image}: {found:#?}");
    let looked = computer.person().isotopectl(&["switch", "--preflight", image]);
    assert!(looked.status.success() && text(&looked).contains(words), "{words}: {}", text(&looked));
}

async fn what_cannot_be_switched_to_is_told_and_stopped_by_command_and_changes_nothing(backend: Backend) {
    let computer = Computer::start_with(|options| {
        options.backend = backend;
        options.sysroot_bytes = 512 << 20;
    });
    let other = if std::env::consts::ARCH == "aarch64" { "s390x" } else { "arm64" };
    computer.publish_as(Publication::new("foreign", computer.next_version()).architecture(other));
    let foreign = match backend.follows_containers() {
        false => format!("lab:{}", Publication::new("foreign", "1").architecture(other).branch()),
        true => computer.reference("foreign"),
    };
    assert_stopped(&computer, &foreign, "wrong-architecture", other).await;
    assert_stopped(&computer, &computer.reference("nobody"), "image-not-found", "does not").await;
    if backend.follows_containers() {
        computer.publish_as(Publication::new("data", computer.next_version()).not_bootable());
        assert_stopped(&computer, &computer.reference("data"), "not-bootable", "start").await;
    }

    computer.publish_as(Publication::new("large", computer.next_version()).payload(48 << 20));
    let free =
        nix::sys::statvfs::statvfs(&computer.lab().sysroot()).map(|all| all.blocks_available() * all.fragment_size());
    let fill = format!("{}", free.unwrap().saturating_sub(20 << 20));
    computer.root_with_writable_sysroot(&["fallocate", "-l", &fill, "/sysroot/filled"]);
    assert_stopped(&computer, &computer.reference("large"), "no-space", "space").await;
    let found = preflight(&computer, &computer.reference("large")).await;
    let numbers = found.findings.iter().find_map(|finding| match &finding.concern {
        Concern::Refused { refusal: Refusal::NoSpace { place, needed, free, .. } } => {
            Some((place.clone(), *needed, *free))
        }
        _ => None,
    });
    let Some((Some(place), Some(needed), Some(free))) = numbers else { panic!("{found:#?}") };
    assert!(place == "/" && needed > 40 << 20 && free < 24 << 20, "{needed} {free}");
}

async fn what_may_be_lost_is_told_and_stops_nothing(backend: Backend) {
    let computer = Computer::start_with(|options| {
        options.backend = backend;
        options.boot_bytes = Some(14 << 20);
    });
    let old = std::time::UNIX_EPOCH + std::time::Duration::from_secs(1_600_000_000);
    computer.publish_as(Publication::new("ancient", computer.next_version()).built(old));
    assert_warned(&computer, &computer.reference("ancient"), "older", "older").await;
    let outcome = computer.switch_to("ancient").await;
    assert!(matches!(outcome, isotope_model::Outcome::Staged { .. }), "{outcome:?}");
    computer.switch_to("gnome").await;

    // Kernels that leave no room for one more of their size, with those that stay.
    computer.publish(|publication| publication.initramfs(6 << 20));
    computer.update().await.unwrap();
    computer.lab().restart().unwrap();
    computer.root_with_writable_sysroot(&["fallocate", "-l", "4M", "/boot/filled"]);
    computer.publish_as(Publication::new("kde", computer.next_version()).initramfs(6 << 20));
    match backend.follows_containers() {
        // How large the kernel is can be known before it is downloaded.
        false => assert_stopped(&computer, &computer.reference("kde"), "no-space", "/boot").await,
        true => assert_warned(&computer, &computer.reference("kde"), "little-space", "/boot").await,
    }
}

async fn what_the_catalogs_know_of_an_image_is_told(backend: Backend) {
    let computer = Computer::start_on(backend);
    let entry = |name: &str, more: &str| {
        let place = match backend.follows_containers() {
            false => format!(
                "ostree = {{ remote = \"lab\" }}\nstreams = [{{ id = \"stable\", branch = \"lab/{{architecture}}/{name}\" }}]\n"
            ),
            true => {
                let reference = computer.reference(name);
                let image = reference.trim_end_matches(":stable");
                format!("container = {{ image = \"{image}\" }}\nstreams = [{{ tag = \"stable\" }}]\n")
            }
        };
        format!("[[entry]]\nid = \"lab-{name}\"\nname = \"Lab {name}\"\n{more}\n{place}")
    };
    let catalog = [
        "format = 1\nvendor = { id = \"lab\", name = \"Lab\" }\n".to_owned(),
        entry("gnome", "desktop = \"gnome\""),
        entry("kde", "desktop = \"kde\""),
        entry("old", "status = \"deprecated\"\nreplaced_by = \"lab-kde\""),
        entry("lonely", "reversible = false"),
        entry("new", "status = \"experimental\""),
        entry("fast", "cpu_baseline = \"x86-64-v3\""),
    ];
    write(&computer, "/etc/isotope/catalogs.d/lab.toml", &catalog.concat());
    for name in ["kde", "old", "lonely", "new", "fast"] {
        computer.publish_variant(name);
    }
    let found = preflight(&computer, &computer.reference("kde")).await;
    assert!(codes(&found, Severity::Note).contains(&"other-desktop".to_owned()), "{found:#?}");
    assert_warned(&computer, &computer.reference("old"), "outdated", "Lab kde").await;
    assert_warned(&computer, &computer.reference("lonely"), "one-way", "back").await;
    assert_warned(&computer, &computer.reference("new"), "experimental", "xperimental").await;

    let id = computer.person().isotopectl(&["switch", "--preflight", "lab-kde"]);
    assert!(id.status.success(), "an id of the catalogs names an image: {}", text(&id));

    write(&computer, "/tmp/cpuinfo", "processor\t: 0\nflags\t\t: fpu cx16 lahf_lm popcnt pni sse4_1 sse4_2 ssse3\n");
    computer.root(&["mount", "--bind", "/tmp/cpuinfo", "/proc/cpuinfo"]);
    assert_stopped(&computer, &computer.reference("fast"), "processor", "x86-64-v3").await;
}

async fn packages_that_were_layered_stop_a_switch_with_their_names(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    computer.lab().layer_packages(&["vim-enhanced", "htop"]).unwrap();
    assert_stopped(&computer, &computer.reference("kde"), "layered", "vim-enhanced").await;
    let told = computer.person().isotopectl(&["switch", "--preflight", &computer.reference("kde")]);
    let words = text(&told).split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("rpm-ostree reset"), "{words}");
    computer.lab().unlayer_packages().unwrap();
    assert!(!preflight(&computer, &computer.reference("kde")).await.is_blocked(false));
}

async fn only_what_the_administrator_allows_is_switched_to(backend: Backend) {
    const POLICY: &str = "/etc/isotope/switching.toml";
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    computer.publish_variant("other");
    let client = computer.client().await;
    let kde = computer.reference("kde");
    let refused = async |image: &str| {
        let refused = client.switch(image, SwitchOptions::default()).await.unwrap_err();
        refused.refusal().cloned().expect("a refusal")
    };
    write(&computer, POLICY, "[switch]\nallow = \"none\"\n");
    assert_stopped(&computer, &kde, "switch-forbidden", "administrator").await;
    let forbidden = Refusal::SwitchForbidden { reference: computer.followed_reference("kde") };
    assert_eq!(refused(&kde).await, forbidden, "root is refused as well");

    for broken in ["[switch]\nallow = nothing", "[swich]\nallow = \"all\""] {
        write(&computer, POLICY, broken);
        let Refusal::SwitchPolicyBroken { path, .. } = refused(&kde).await else { panic!("{broken}") };
        assert_eq!(path, POLICY);
    }
    write(&computer, POLICY, "[switch]\nallow = \"all\"\n");
    computer.root(&["chmod", "666", POLICY]);
    assert!(matches!(refused(&kde).await, Refusal::SwitchPolicyBroken { .. }), "anybody may have written it");

    let listed = match backend.follows_containers() {
        false => kde.clone(),
        true => kde.trim_end_matches(":stable").to_owned(),
    };
    write(&computer, POLICY, &format!("[switch]\nallow = [\"{listed}\"]\n"));
    assert!(matches!(refused(&computer.reference("other")).await, Refusal::SwitchForbidden { .. }));
    let outcome = computer.switch_to("kde").await;
    assert!(matches!(outcome, isotope_model::Outcome::Staged { .. }), "{outcome:?}");
    // What is staged already does not become allowed by that.
    write(&computer, POLICY, "[switch]\nallow = \"none\"\n");
    computer.publish_variant("kde");
    let outcome = computer.update().await;
    let refusal = outcome.unwrap_err().refusal().cloned();
    assert_eq!(refusal, Some(forbidden));
}
