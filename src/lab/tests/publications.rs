// SPDX-License-Identifier: GPL-3.0-or-later
//! What images can be like that a computer is switched to, and how the computer can stand before: on every backend.

#[path = "fixture/lab.rs"]
mod fixture;

use std::process::Command;

use fixture::{fails, lab, ok, options};
use isotope_lab::{Backend, DisplayManager, Lab, LabOptions, Publication};
use serde_json::Value;

const LINK: &str = "/etc/systemd/system/display-manager.service";

fn publish(lab: &Lab, publication: Publication) -> String {
    let containers = lab.backend().unwrap().follows_containers();
    if containers { lab.publish_container(publication) } else { lab.publish(publication) }.unwrap()
}

/// Publishes it, and the machine runs it.
fn run(lab: &Lab, publication: Publication) {
    let (branch, variant) = (publication.branch(), publication.variant.clone());
    publish(lab, publication);
    if lab.backend().unwrap().is_bootc() {
        ok(lab, "root", &["bootc", "switch", &lab.container_reference(&variant, "stable").unwrap()]);
    } else {
        ok(lab, "root", &["ostree", "pull", "lab", &branch]);
        ok(lab, "root", &["ostree", "admin", "deploy", "--stage", &format!("lab:{branch}")]);
    }
    lab.restart().unwrap();
}

fn login_screen(lab: &Lab) -> String {
    ok(lab, "person", &["readlink", LINK]).trim().to_owned()
}

/// Asks the remote's repository itself.
fn remote(lab: &Lab, words: &[&str]) -> Option<String> {
    let repository = format!("--repo={}", lab.remote_repository().display());
    let output = Command::new("ostree").arg(words[0]).arg(repository).args(&words[1..]).output().unwrap();
    output.status.success().then(|| String::from_utf8(output.stdout).unwrap())
}

#[test]
fn images_have_login_screens_and_files_of_their_own_on_every_backend() {
    for backend in [Backend::Ostree, Backend::Bootc] {
        let lab = Lab::create(LabOptions { backend, ..options() }).unwrap();
        lab.boot().unwrap();
        assert_eq!(login_screen(&lab), "/usr/lib/systemd/system/gdm.service");
        assert!(ok(&lab, "person", &["cat", "/usr/lib/sysusers.d/gdm.conf"]).starts_with("u gdm - "));
        let kde = |name: &str| Publication::new("kde", "10.2.1").file(name, "some text\n");
        run(&lab, kde("etc/sddm.conf").file("usr/share/isotope/switching.toml", "[switch]\n").without_sysusers());
        assert_eq!(login_screen(&lab), format!("/usr/lib/systemd/system/{}", DisplayManager::Sddm.unit()));
        assert_eq!(ok(&lab, "person", &["cat", "/etc/sddm.conf", "/usr/etc/sddm.conf"]), "some text\nsome text\n");
        assert_eq!(ok(&lab, "person", &["cat", "/usr/share/isotope/switching.toml"]), "[switch]\n");
        ok(&lab, "person", &["test", "-f", LINK]);
        for gone in ["/usr/lib/sysusers.d/sddm.conf", "/usr/lib/systemd/system/gdm.service"] {
            fails(&lab, "person", &["test", "-e", gone]);
        }
        assert!(ok(&lab, "person", &["id", "person"]).contains("uid=1000(person)"));
        run(&lab, Publication::new("xfce", "10.2.1"));
        fails(&lab, "person", &["test", "-L", LINK]);
    }
}

#[test]
fn commits_tell_their_architecture_and_may_lack_a_kernel() {
    let lab = lab();
    let this = std::env::consts::ARCH;
    for (publication, branch, architecture, bootable) in [
        (Publication::new("kde", "1"), format!("lab/{this}/kde"), this, true),
        (Publication::new("kde", "1").architecture("s390x"), "lab/s390x/kde".to_owned(), "s390x", true),
        (
            Publication::new("kde", "1").architecture("arm64").on_branch("lab/any/kde"),
            "lab/any/kde".to_owned(),
            "aarch64",
            true,
        ),
        (Publication::new("kde", "1").tag("testing").not_bootable(), format!("lab/{this}/kde-testing"), this, false),
    ] {
        let checksum = lab.publish(publication).unwrap();
        assert_eq!(remote(&lab, &["rev-parse", &branch]).unwrap().trim(), checksum);
        let told = remote(&lab, &["show", "--print-metadata-key=ostree.architecture", &checksum]).unwrap();
        assert_eq!(told.trim().trim_matches('\''), architecture);
        assert_eq!(remote(&lab, &["show", "--print-metadata-key=ostree.bootable", &checksum]).is_some(), bootable);
        assert_eq!(remote(&lab, &["ls", "-R", &checksum, "/usr/lib/modules"]).is_some(), bootable);
    }
    let wrong = lab.publish(Publication::new("kde", "1").file("../../outside", "")).unwrap_err();
    assert!(format!("{wrong:#}").contains("../../outside"), "{wrong:#}");
}

#[test]
fn rpm_ostree_seems_to_have_layered_packages() {
    for backend in [Backend::Ostree, Backend::Bootc] {
        let lab = Lab::create(LabOptions { backend, ..options() }).unwrap();
        lab.boot().unwrap();
        let charge = || {
            let status: Value = serde_json::from_str(&ok(&lab, "person", &["isotopectl", "status", "--json"])).unwrap();
            let host = &status["snapshot"]["host"];
            (host["backend"].as_str().unwrap().to_owned(), host["backend-reason"].as_str().unwrap().to_owned())
        };
        let before = charge();
        lab.layer_packages(&["vim", "htop"]).unwrap();
        assert_eq!(charge(), ("unknown".to_owned(), "changed-by-rpm-ostree".to_owned()), "it is not there");
        assert!(lab.layer_packages(&["a;b"]).is_err() && lab.layer_packages(&[]).is_err());
        lab.unlayer_packages().unwrap();
        assert_eq!(charge(), before);
    }
}

#[test]
fn its_own_images_are_offered_and_recognised() {
    for (backend, reference) in [(Backend::Ostree, "lab:lab/"), (Backend::BootcSigned, "127.0.0.1:")] {
        let lab = Lab::create(LabOptions { backend, ..options() }).unwrap();
        lab.offer_own_images().unwrap();
        lab.boot().unwrap();
        let list = ok(&lab, "person", &["isotopectl", "catalog", "list"]);
        assert!(list.contains("\nLab\n") || list.starts_with("Lab\n"), "{list}");
        let list: Value =
            serde_json::from_str(&ok(&lab, "person", &["isotopectl", "catalog", "list", "--json"])).unwrap();
        let here = &list["here"];
        assert_eq!((&here["entry"], &here["stream"]), (&"lab-gnome".into(), &"stable".into()), "{list}");
        let shown = ok(&lab, "person", &["isotopectl", "catalog", "show", "lab-kde"]);
        assert!(shown.contains(&format!("switch {reference}")), "{shown}");
        assert!(lab.write_file("../etc/x", "").is_err() && lab.write_catalog("a/b.toml", "").is_err());
    }
}

#[test]
fn an_image_can_have_thousands_of_tags() {
    let lab = lab();
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    lab.tag_container("gnome", "stable", (0..2000).map(|number| format!("9.{number}"))).unwrap();
    let reference = lab.container_reference("gnome", "9.1234").unwrap();
    let mut skopeo = Command::new("skopeo");
    skopeo.args(["--insecure-policy", "inspect", "--tls-verify=false", &format!("docker://{reference}")]);
    let output = skopeo.output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["Labels"]["org.opencontainers.image.version"], "10.2.1");
    assert_eq!(found["RepoTags"].as_array().unwrap().len(), 2002);
    assert!(lab.tag_container("gnome", "nothing", ["x".to_owned()]).is_err());
    assert!(lab.tag_container("gnome", "stable", ["../x".to_owned()]).is_err());
}
