// SPDX-License-Identifier: GPL-3.0-or-later
//! A machine that follows container images: what its bootc does to the sysroot, and that it says so as recorded.
//!
//! With `ISOTOPE_LAB_BOOTC` these tests ask a real bootc.

#[path = "fixture/lab.rs"]
mod fixture;

use std::path::Path;
use std::time::{Duration, Instant};

use fixture::{bootc_machine, bootc_status, fails, ok, with_progress};
use isotope_lab::{Backend, Lab, Publication, RemoteBehaviour, Signing};
use serde_json::{Value, json};

fn recording(name: &str) -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/recordings/bootc-1.15.2");
    std::fs::read_to_string(folder.join(name)).unwrap()
}

/// The same with names of types for values.
fn shape(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Bool(_) => "bool".into(),
        Value::Number(_) => "number".into(),
        Value::String(_) => "string".into(),
        Value::Array(all) => all.iter().map(shape).collect(),
        Value::Object(fields) => fields.iter().map(|(name, value)| (name.clone(), shape(value))).collect(),
    }
}

fn assert_as_recorded(lab: &Lab, name: &str) {
    let (status, recorded) = (bootc_status(lab), serde_json::from_str(&recording(name)).unwrap());
    assert_eq!(shape(&status), shape(&recorded), "{name}: {status}");
    for place in ["/apiVersion", "/kind", "/metadata/name", "/spec/bootOrder", "/status/rollbackQueued", "/status/type"]
    {
        assert_eq!(status.pointer(place), recorded.pointer(place), "{name}: {place}");
    }
    for entry in ["booted", "staged", "rollback"] {
        for field in ["pinned", "incompatible", "downloadOnly", "store"] {
            let place = format!("/status/{entry}/{field}");
            assert_eq!(status.pointer(&place), recorded.pointer(&place), "{name}: {place}");
        }
    }
}

/// Runs bootc with a progress pipe, and returns what went through it.
fn progress_of(lab: &Lab, words: &str) -> Vec<Value> {
    let line = with_progress(words);
    ok(lab, "root", &line.each_ref().map(String::as_str));
    // The reader at the other end of the pipe may be a moment later.
    std::thread::sleep(Duration::from_millis(200));
    let text = ok(lab, "root", &["cat", "/run/progress"]);
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn checksum(lab: &Lab) -> String {
    lab.booted().unwrap().unwrap().checksum
}

#[test]
fn bootc_updates_switches_and_rolls_back_as_recorded() {
    let lab = bootc_machine(Backend::Bootc);
    let old = checksum(&lab);
    let reference = lab.container_reference("gnome", "stable").unwrap();
    let origin = lab.sysroot().join(format!("ostree/deploy/lab/deploy/{old}.0.origin"));
    let written = std::fs::read_to_string(origin).unwrap();
    assert!(
        written.contains(&format!("container-image-reference=ostree-unverified-registry:{reference}\n")),
        "{written}"
    );
    assert_as_recorded(&lab, "status-1-booted.json");

    let digest = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    let said = ok(&lab, "root", &["bootc", "upgrade", "--check"]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines[0], format!("Update available for: docker://{reference}"));
    assert_eq!(lines[1..3], ["  Version: 10.2.1".to_owned(), format!("  Digest: {digest}")]);
    for (line, recorded) in lines[3..].iter().zip(recording("upgrade-check.stdout").lines().skip(3)) {
        assert_eq!(line[..17], recorded[..17]);
    }
    assert_as_recorded(&lab, "status-2-cached-update.json");
    assert_eq!(lab.boot_entries().unwrap().len(), 1);

    let events = progress_of(&lab, "upgrade --quiet");
    let recorded: Vec<Value> =
        recording("switch-multi.progress.jsonl").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let outline = |events: &[Value]| -> Vec<Value> {
        let steps = events.iter().filter(|event| event["type"] == "ProgressSteps");
        let outline = |event: &Value| {
            json!([event["task"], event["description"], event["steps"], event["stepsTotal"], event["subtasks"]])
        };
        steps.map(outline).collect()
    };
    assert_eq!((&events[0], shape(&events[1])), (&recorded[0], shape(&recorded[1])));
    assert_eq!(outline(&events), outline(&recorded));
    assert_as_recorded(&lab, "status-3-staged.json");
    assert_eq!(bootc_status(&lab)["status"]["staged"]["image"]["imageDigest"], digest.as_str());

    lab.restart().unwrap();
    let booted = lab.booted().unwrap().unwrap();
    assert_eq!(booted.image_version.as_deref(), Some("10.2.1"));
    assert_as_recorded(&lab, "status-4-booted-rollback.json");
    for (key, part) in [
        ("ostree.manifest-digest", digest.as_str()),
        ("ostree.manifest", "application/vnd.oci.image.layer.v1.tar+gzip"),
        ("ostree.container.image-config", "org.opencontainers.image.version"),
    ] {
        let shown = ok(&lab, "root", &["ostree", "show", &format!("--print-metadata-key={key}"), &booted.checksum]);
        assert!(shown.contains(part), "{key}: {shown}");
    }
    let refs = ok(&lab, "root", &["ostree", "refs", "--list", "ostree/container"]);
    assert!(
        refs.contains("/lab/gnome_3A_stable") && refs.matches("ostree/container/blob/sha256_3A_").count() >= 10,
        "{refs}"
    );

    lab.publish_container(Publication::new("kde", "10.2.1")).unwrap();
    let kde = lab.container_reference("kde", "stable").unwrap();
    let said = ok(&lab, "root", &["bootc", "switch", &kde]);
    assert!(said.contains(&format!("Queued for next boot: {kde}\n  Version: 10.2.1\n  Digest: sha256:")), "{said}");
    assert_as_recorded(&lab, "status-5-switch-staged.json");
    assert_eq!(ok(&lab, "root", &["bootc", "switch", &kde]), "Image specification is unchanged.\n");
    ok(&lab, "root", &["ostree", "admin", "pin", "booted"]);
    assert_as_recorded(&lab, "status-6-pinned.json");
    lab.restart().unwrap();
    assert!(ok(&lab, "person", &["cat", "/etc/os-release"]).contains("VARIANT_ID=kde"));
    assert_as_recorded(&lab, "status-7-kde-booted.json");
    let said = ok(&lab, "root", &["bootc", "upgrade", "--check"]);
    assert_eq!(said, format!("No changes in: docker://{kde}\n"));

    assert_eq!(ok(&lab, "root", &["bootc", "rollback"]), recording("rollback.stdout"));
    assert_as_recorded(&lab, "status-8-rollback-queued.json");
    lab.restart().unwrap();
    assert_eq!(checksum(&lab), booted.checksum);
}

#[test]
fn bootc_holds_back_what_is_only_downloaded() {
    let lab = bootc_machine(Backend::Bootc);
    let old = checksum(&lab);
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    ok(&lab, "root", &["bootc", "upgrade", "--download-only"]);
    assert_eq!(bootc_status(&lab)["status"]["staged"]["downloadOnly"], true);
    lab.restart().unwrap();
    assert_eq!(checksum(&lab), old);
    ok(&lab, "root", &["bootc", "upgrade", "--download-only"]);
    let said = ok(&lab, "root", &["bootc", "upgrade", "--from-downloaded"]);
    assert_eq!(said, recording("upgrade-from-downloaded.stdout"));
    assert_eq!(bootc_status(&lab)["status"]["staged"]["downloadOnly"], false);
    let said = ok(&lab, "root", &["bootc", "upgrade"]);
    assert!(said.ends_with("Staged update present, not changed\n"), "{said}");
    lab.restart().unwrap();
    assert_ne!(checksum(&lab), old);
}

#[test]
fn bootc_releases_what_was_held_back() {
    let lab = bootc_machine(Backend::Bootc);
    let held_back = || bootc_status(&lab)["status"]["staged"]["downloadOnly"] == true;
    let upgrade = |words: &str| -> String {
        let line: Vec<&str> = words.split_ascii_whitespace().collect();
        let said = ok(&lab, "root", &[&["bootc", "upgrade"], line.as_slice()].concat());
        said.lines().last().unwrap().to_owned()
    };
    let first = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    upgrade("--download-only");
    assert_eq!((upgrade("--download-only").as_str(), held_back()), ("Staged update present, not changed", true));
    assert_eq!((upgrade("").as_str(), held_back()), ("Staged deployment will now be applied on reboot", false));
    assert_eq!(upgrade(""), "Staged update present, not changed");
    let held = "Image downloaded, but will not be applied on reboot";
    assert_eq!((upgrade("--download-only").as_str(), held_back()), (held, true));

    // A newer one takes the place of what is held back, and is held back only if that is said again.
    let second = lab.publish_container(Publication::new("gnome", "10.2.2")).unwrap();
    let staged = || bootc_status(&lab)["status"]["staged"]["image"]["imageDigest"].clone();
    assert_eq!(
        (staged(), upgrade("--from-downloaded").as_str()),
        (first.into(), "Staged deployment will now be applied on reboot")
    );
    let said = upgrade("--from-downloaded");
    assert_eq!((said.as_str(), held_back()), ("Staged deployment is already set to apply on reboot", false));
    upgrade("--download-only");
    assert_eq!((staged(), held_back()), (second.into(), true));
    let third = lab.publish_container(Publication::new("gnome", "10.2.3")).unwrap();
    upgrade("");
    assert_eq!((staged(), held_back()), (third.into(), false));
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().image_version.as_deref(), Some("10.2.3"));
    assert!(fails(&lab, "root", &["bootc", "upgrade", "--from-downloaded"]).contains("No staged deployment found"));
}

#[test]
fn bootc_waits_for_the_lock_and_ends_when_asked_to() {
    let lab = bootc_machine(Backend::Bootc);
    let digest = lab.publish_container(Publication::new("gnome", "10.2.1").payload(6 << 20)).unwrap();
    let slow = RemoteBehaviour { bytes_per_second: Some(1_000_000), ..RemoteBehaviour::default() };
    lab.set_remote(slow).unwrap();
    let blobs = || ok(&lab, "root", &["ostree", "refs", "--list", "ostree/container/blob"]).lines().count();
    let before = blobs();
    let mut upgrade = lab.command("root", &["bootc", "upgrade", "--quiet"]).unwrap();
    let mut upgrade = upgrade.stdout(std::process::Stdio::null()).spawn().unwrap();
    until("a layer is there", || blobs() > before);

    let mut status = lab.command("root", &["bootc", "status", "--format=json"]).unwrap();
    let mut status = status.stdout(std::process::Stdio::null()).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(700));
    assert!(
        upgrade.try_wait().unwrap().is_none() && status.try_wait().unwrap().is_none(),
        "status waits for the update"
    );
    for process in lab.processes("bootc").unwrap() {
        // One that has ended meanwhile has none.
        let line = std::fs::read_to_string(format!("/proc/{process}/cmdline")).unwrap_or_default();
        if line.contains("upgrade") {
            assert!(std::process::Command::new("kill").arg(process.to_string()).status().unwrap().success());
        }
    }
    assert_eq!(upgrade.wait().unwrap().code(), Some(143));
    assert!(status.wait().unwrap().success());
    until("nothing is left running", || {
        ["skopeo", "ostree", "bootc"].iter().all(|name| lab.processes(name).unwrap().is_empty())
    });
    assert!(bootc_status(&lab)["status"]["staged"].is_null());

    lab.set_remote(RemoteBehaviour::default()).unwrap();
    let kept = blobs() - before;
    let said = ok(&lab, "root", &["bootc", "upgrade"]);
    let count = |before: &str| -> usize {
        let rest = said.split_once(before).unwrap_or_else(|| panic!("{said}")).1.trim_start();
        rest.split(|c: char| !c.is_ascii_digit()).next().unwrap().parse().unwrap()
    };
    assert!(kept > 0 && count("layers needed:") == count("Added layers:") - kept, "{kept} were kept: {said}");
    assert_eq!(bootc_status(&lab)["status"]["staged"]["image"]["imageDigest"], digest.as_str());
}

#[test]
fn bootc_refuses_as_recorded() {
    let lab = bootc_machine(Backend::Bootc);
    let last_words = |name: &str| {
        let text = recording(name);
        text.lines().next().unwrap().rsplit(": ").next().unwrap().to_owned()
    };
    let said = fails(&lab, "person", &["bootc", "status"]);
    assert_eq!(said.trim(), recording("unprivileged-status.stderr").lines().next().unwrap());

    let missing = lab.container_reference("nope", "latest").unwrap();
    let said = fails(&lab, "root", &["bootc", "switch", &missing]);
    let wanted =
        format!("{}: {}", format_args!("reading manifest latest in {}", missing.trim_end_matches(":latest")), "");
    assert!(said.starts_with("error: Switching: Switching (ostree): Preparing import: Fetching manifest: failed to invoke method OpenImage: "), "{said}");
    assert!(said.contains(wanted.trim_end_matches([' ', ':'])), "{said}");

    let target = lab.container_reference("kde", "stable").unwrap();
    let said = fails(&lab, "root", &["bootc", "switch", "--enforce-container-sigpolicy", &target]);
    assert_eq!(said, recording("switch-enforce.stderr"));
    let nobody = fails(&lab, "root", &["bootc", "switch", "127.0.0.1:1/lab/kde:stable"]);
    assert!(nobody.trim().ends_with(&last_words("switch-refused.stderr")), "{nobody}");

    lab.publish_container(Publication::new("kde", "10.2.1").not_bootable()).unwrap();
    let said = fails(&lab, "root", &["bootc", "switch", &target]);
    assert!(
        said.trim().ends_with("Preparing import: Fetching manifest: Target image does not have ostree.bootable label"),
        "{said}"
    );
    lab.publish_container(Publication::new("kde", "10.2.2").architecture("s390x")).unwrap();
    let said = fails(&lab, "root", &["bootc", "switch", &target]);
    assert!(said.contains("Image has architecture s390x; expected"), "{said}");
    assert_eq!(lab.run("root", &["bootc", "switch"]).unwrap().status.code(), Some(2));

    let origin = lab.sysroot().join(format!("ostree/deploy/lab/deploy/{}.0.origin", checksum(&lab)));
    let mut written = std::fs::read_to_string(&origin).unwrap();
    written.push_str("\n[packages]\nrequested=vim;\n");
    std::fs::write(&origin, written).unwrap();
    let said = fails(&lab, "root", &["bootc", "upgrade"]);
    assert_eq!(said.trim(), recording("upgrade-incompatible.stderr").lines().next().unwrap());
    let recorded: Value = serde_json::from_str(&recording("status-17-layered-incompatible.json")).unwrap();
    let status = bootc_status(&lab);
    assert_eq!(shape(&status["status"]["booted"]), shape(&recorded["status"]["booted"]));
    assert_eq!((&status["spec"], &status["status"]["type"]), (&recorded["spec"], &recorded["status"]["type"]));
}

#[test]
fn bootc_loses_nothing_when_the_connection_is_cut() {
    let lab = bootc_machine(Backend::Bootc);
    let old = checksum(&lab);
    lab.publish_container(Publication::new("gnome", "10.2.1").payload(6 << 20)).unwrap();
    lab.set_remote(RemoteBehaviour { bytes_per_second: Some(1_000_000), ..RemoteBehaviour::default() }).unwrap();
    let mut upgrade = lab.command("root", &["bootc", "upgrade"]).unwrap();
    upgrade.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::piped());
    let upgrade = upgrade.spawn().unwrap();
    std::thread::sleep(Duration::from_millis(1500));
    let cut = isotope_lab::Availability::Unavailable;
    lab.set_remote(RemoteBehaviour { availability: cut, ..RemoteBehaviour::default() }).unwrap();
    let output = upgrade.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("error: Upgrading: Pulling: Importing: Parsing layer blob sha256:"), "{said}");
    println!("{said}");
    lab.set_remote(RemoteBehaviour::default()).unwrap();
    assert!(bootc_status(&lab)["status"]["staged"].is_null());
    ok(&lab, "root", &["bootc", "upgrade"]);
    lab.restart().unwrap();
    assert_ne!(checksum(&lab), old);
}

#[test]
fn bootc_takes_only_signed_images_where_the_policy_says_so() {
    let lab = bootc_machine(Backend::BootcSigned);
    let spec = |lab: &Lab| bootc_status(lab)["spec"]["image"].clone();
    assert_eq!(spec(&lab)["signature"], "containerPolicy");
    for (version, signing) in [("10.2.1", Signing::Untrusted), ("10.2.2", Signing::None)] {
        lab.publish_container(Publication::new("gnome", version).signing(signing)).unwrap();
        let said = fails(&lab, "root", &["bootc", "upgrade"]);
        assert!(said.contains("Source image rejected") || said.contains("ignature"), "{signing:?}: {said}");
        println!("{signing:?}: {said}");
    }
    let digest = lab.publish_container(Publication::new("gnome", "10.2.3")).unwrap();
    ok(&lab, "root", &["bootc", "upgrade"]);
    let staged = &bootc_status(&lab)["status"]["staged"]["image"];
    assert_eq!((&staged["imageDigest"], &staged["image"]["signature"]), (&digest.into(), &"containerPolicy".into()));
    lab.publish_container(Publication::new("kde", "10.2.3")).unwrap();
    let kde = lab.container_reference("kde", "stable").unwrap();
    ok(&lab, "root", &["bootc", "switch", &kde]);
    assert!(spec(&lab)["signature"].is_null(), "without being told to, it forgets that it checks");
    ok(&lab, "root", &["bootc", "switch", "--enforce-container-sigpolicy", &kde]);
    assert_eq!(spec(&lab)["signature"], "containerPolicy");
}

fn until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < Duration::from_secs(20), "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
