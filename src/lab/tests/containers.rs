// SPDX-License-Identifier: GPL-3.0-or-later
//! Container images are published in a real registry and served as well as the remote is told to serve.

#[path = "fixture/lab.rs"]
mod fixture;

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::process::{Command, Output};
use std::time::Instant;

use fixture::lab;
use isotope_lab::{Availability, Lab, Publication, RemoteBehaviour};
use serde_json::Value;

fn skopeo(lab: &Lab, words: &[&str], variant: &str, tag: &str) -> Output {
    let reference = format!("docker://{}", lab.container_reference(variant, tag).unwrap());
    let mut command = Command::new("skopeo");
    command.args(["--insecure-policy"]).args(words).args(["--tls-verify=false"]).arg(reference);
    command.output().unwrap()
}

fn inspect(lab: &Lab, variant: &str, tag: &str) -> Value {
    let output = skopeo(lab, &["inspect", "--no-tags"], variant, tag);
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What the machine would be answered, head and body.
fn answer(lab: &Lab, path: &str) -> String {
    let reference = lab.container_reference("gnome", "stable").unwrap();
    let mut stream = TcpStream::connect(reference.split_once('/').unwrap().0).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: lab\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn layers(image: &Value) -> BTreeSet<&str> {
    image["Layers"].as_array().unwrap().iter().map(|layer| layer.as_str().unwrap()).collect()
}

#[test]
fn images_have_labels_and_share_layers() {
    let lab = lab();
    let first = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    let old = inspect(&lab, "gnome", "stable");
    assert_eq!(old["Digest"], first.as_str());
    let labels = &old["Labels"];
    assert_eq!(
        (&labels["containers.bootc"], &labels["org.opencontainers.image.version"]),
        (&"1".into(), &"10.2.1".into())
    );
    assert!(
        labels["ostree.bootable"].is_string() && labels["org.opencontainers.image.created"].is_string(),
        "{labels}"
    );
    assert!(layers(&old).len() >= 10, "{old}");

    let second = lab.publish_container(Publication::new("gnome", "10.2.2")).unwrap();
    let kde = lab.publish_container(Publication::new("kde", "10.2.2").tag("testing").not_bootable()).unwrap();
    let (new, other) = (inspect(&lab, "gnome", "stable"), inspect(&lab, "kde", "testing"));
    assert_eq!((&new["Digest"], &other["Digest"]), (&Value::from(second), &Value::from(kde)));
    assert_eq!(inspect(&lab, "gnome", "10.2.1")["Digest"], first.as_str(), "the old one keeps its version's tag");
    for newer in [&new, &other] {
        let shared = layers(&old).intersection(&layers(newer)).count();
        assert!(shared >= 5 && shared < layers(&old).len() - 3, "{shared} layers are shared");
    }
    assert!(other["Labels"]["containers.bootc"].is_null());
    let foreign = lab.publish_container(Publication::new("gnome", "10.2.3").architecture("s390x").tag("foreign"));
    foreign.unwrap();
}

#[test]
fn the_registry_is_as_slow_and_as_absent_as_the_remote() {
    let lab = lab();
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    for availability in [Availability::Refused, Availability::Unavailable] {
        lab.set_remote(RemoteBehaviour { availability, ..RemoteBehaviour::default() }).unwrap();
        assert!(!skopeo(&lab, &["inspect"], "gnome", "stable").status.success(), "{availability:?}");
    }
    // Publishing goes past it.
    lab.publish_container(Publication::new("gnome", "10.2.2")).unwrap();
    lab.set_remote(RemoteBehaviour { availability: Availability::TooManyRequests, ..RemoteBehaviour::default() })
        .unwrap();
    let answer = answer(&lab, "/v2/lab/gnome/manifests/stable");
    assert!(answer.starts_with("HTTP/1.1 429 ") && answer.contains("TOOMANYREQUESTS"), "{answer}");

    let slow = RemoteBehaviour { bytes_per_second: Some(400_000), ..RemoteBehaviour::default() };
    lab.set_remote(slow).unwrap();
    let (before, started) = (lab.remote_traffic().unwrap(), Instant::now());
    let place = lab.folder().join("tmp/pulled");
    let reference = format!("docker://{}", lab.container_reference("gnome", "stable").unwrap());
    let mut pull = Command::new("skopeo");
    pull.args(["--insecure-policy", "copy", "--src-tls-verify=false", &reference]);
    let pulled = pull.arg(format!("dir:{}", place.display())).output().unwrap();
    assert!(pulled.status.success(), "{pulled:?}");
    let after = lab.remote_traffic().unwrap();
    let bytes = after.bytes - before.bytes;
    assert!(bytes > 800_000 && after.requests > before.requests + 10, "{after:?}");
    let seconds = bytes as f64 / 400_000.0;
    assert!(started.elapsed().as_secs_f64() > seconds * 0.9, "{:?} for {seconds} seconds", started.elapsed());
}

#[test]
fn the_registry_ends_with_the_lab_and_comes_back_with_it() {
    let mut lab = lab();
    let digest = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    let (folder, address) = (lab.folder().to_owned(), lab.registry_address().unwrap());
    let supervisor = parent_of_registry(&folder);
    assert!(Command::new("kill").args(["-KILL", &supervisor.to_string()]).status().unwrap().success());
    let started = Instant::now();
    while TcpStream::connect(&address).is_ok() {
        assert!(started.elapsed().as_secs() < 10, "the registry outlives its supervisor");
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    lab.keep();
    drop(lab);
    let lab = Lab::open(&folder).unwrap();
    assert_eq!(inspect(&lab, "gnome", "stable")["Digest"], digest.as_str());
    lab.destroy().unwrap();
    assert!(!folder.exists());
}

/// The process that started the registry of the lab in `folder`.
fn parent_of_registry(folder: &std::path::Path) -> i32 {
    let configuration = folder.join("tmp/registry.json");
    for entry in std::fs::read_dir("/proc").unwrap().flatten() {
        let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
        if String::from_utf8_lossy(&line).contains(configuration.to_str().unwrap()) {
            let status = std::fs::read_to_string(entry.path().join("status")).unwrap();
            return status.lines().find_map(|line| line.strip_prefix("PPid:")).unwrap().trim().parse().unwrap();
        }
    }
    panic!("no registry runs");
}
