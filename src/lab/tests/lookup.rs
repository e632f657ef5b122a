// SPDX-License-Identifier: GPL-3.0-or-later
//! The lookup is started on the machine as a service manager starts it, and asks the lab's registry.

#[path = "fixture/lab.rs"]
mod fixture;

use std::process::Stdio;
use std::time::{Duration, Instant};

use fixture::{bootc_machine, fails, lab, ok};
use isotope_lab::{Availability, Backend, Lab, Login, Publication, RemoteBehaviour, Signing};
use serde_json::{Value, json};

const SOCKET: &str = "/run/isotope/lookup.sock";
const LOOKUP: &str = "isotope-lookup";
/// Sends one line and prints what comes back.
const ASK: &str = "import socket, sys
connection = socket.socket(socket.AF_UNIX)
connection.connect(sys.argv[1])
connection.sendall(sys.argv[2].encode() + b'\\n')
print(connection.makefile().read())";
const PATIENCE: Duration = Duration::from_secs(10);

fn request(image: &str) -> String {
    json!({ "ask": "describe", "image": format!("ostree-unverified-registry:{image}") }).to_string()
}

fn described(lab: &Lab, variant: &str) -> Value {
    let request = request(&lab.container_reference(variant, "stable").unwrap());
    serde_json::from_str(&ok(lab, "isotope", &["python3", "-c", ASK, SOCKET, &request])).unwrap()
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let started = Instant::now();
    while !condition() {
        assert!(started.elapsed() < PATIENCE, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

fn credentials(lab: &Lab) -> String {
    ok(lab, "root", &["find", "/run/credentials", "-mindepth", "1"])
}

#[test]
fn the_helpers_user_is_told_of_images_and_nobody_else() {
    let lab = bootc_machine(Backend::BootcSigned);
    let digest = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    lab.publish_container(Publication::new("wrongly", "1").signing(Signing::Untrusted)).unwrap();
    lab.publish_container(Publication::new("unsigned", "1").signing(Signing::None)).unwrap();
    let told = described(&lab, "gnome");
    assert_eq!((&told["reply"], &told["digest"]), (&"described".into(), &digest.into()), "{told}");
    assert_eq!((&told["version"], &told["bootable"]), (&"10.2.1".into(), &true.into()), "{told}");
    // Whose signature it is the lookup does not ask.
    for (variant, signed) in [("gnome", true), ("wrongly", true), ("unsigned", false)] {
        let told = described(&lab, variant);
        assert_eq!(told["signed"], signed, "{variant}: {told}");
    }
    let sockets = ["/run/isotope", SOCKET, "/run/isotope/engine.sock"];
    let stat = ["stat", "-c", "%U %a"].into_iter().chain(sockets).collect::<Vec<_>>();
    assert_eq!(ok(&lab, "root", &stat), "root 755\nisotope 600\nisotope 600\n");
    let request = request(&lab.container_reference("gnome", "stable").unwrap());
    for user in ["person", "isotope-lookup"] {
        let said = fails(&lab, user, &["python3", "-c", ASK, SOCKET, &request]);
        assert!(said.contains("Permission denied"), "{user}: {said}");
    }
}

#[test]
fn the_lookup_holds_nothing_but_credentials_for_as_long_as_it_runs() {
    let lab = bootc_machine(Backend::Bootc);
    lab.set_credentials(Some(&Login::new("lab", "secret"))).unwrap();
    let stalled = RemoteBehaviour { availability: Availability::Stalled, ..RemoteBehaviour::default() };
    lab.set_remote(stalled).unwrap();
    let request = request(&lab.container_reference("gnome", "stable").unwrap());
    let mut ask = lab.command("isotope", &["python3", "-c", ASK, SOCKET, &request]).unwrap();
    let mut asking = ask.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    wait_until("the lookup runs", || lab.processes(LOOKUP).unwrap().len() == 1);
    let process = lab.processes(LOOKUP).unwrap()[0];
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let field = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(&format!("{name}:"))).unwrap();
        line.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" ")
    };
    for capabilities in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
        assert_eq!(field(capabilities), "0000000000000000", "{capabilities}");
    }
    assert_eq!((field("NoNewPrivs"), field("Groups")), ("1".to_owned(), String::new()));
    let user = ok(&lab, "root", &["id", "-u", "isotope-lookup"]);
    assert_eq!(field("Uid"), [user.trim(); 4].join(" "));

    let found = credentials(&lab);
    let mut lines: Vec<&str> = found.lines().collect();
    lines.sort_unstable();
    let [folder, etc, run, usr] = lines.as_slice() else { panic!("{found}") };
    assert_eq!([etc, run, usr].map(|path| path.rsplit_once('/').unwrap().0), [*folder; 3]);
    assert_eq!(ok(&lab, "isotope-lookup", &["cat", run, usr]), "absentabsent");
    assert!(ok(&lab, "isotope-lookup", &["cat", etc]).contains("127.0.0.1:"));
    for user in ["isotope", "person"] {
        assert!(fails(&lab, user, &["ls", folder]).contains("Permission denied"));
    }
    let environment = std::fs::read(format!("/proc/{process}/environ")).unwrap();
    assert!(String::from_utf8_lossy(&environment).contains(&format!("CREDENTIALS_DIRECTORY={folder}\0")));

    // Who asked is gone, and so is everything that was for it.
    asking.kill().unwrap();
    asking.wait().unwrap();
    wait_until("the lookup is gone", || lab.processes(LOOKUP).unwrap().is_empty() && credentials(&lab).is_empty());
}

#[test]
fn a_login_is_needed_where_the_registry_wants_one() {
    let lab = bootc_machine(Backend::BootcSigned);
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    let (right, wrong) = (Login::new("lab", "secret"), Login::new("lab", "wrong"));
    let check = ["bootc", "upgrade", "--check"];
    lab.require_login(Some(&right)).unwrap();
    for login in [None, Some(&wrong)] {
        lab.set_credentials(login).unwrap();
        let told = described(&lab, "gnome");
        assert_eq!((&told["reply"], &told["code"]), (&"refused".into(), &"access-denied".into()), "{told}");
        let said = fails(&lab, "root", &check);
        assert!(said.contains("unauthorized"), "{said}");
    }
    lab.set_credentials(Some(&right)).unwrap();
    let file = ok(&lab, "root", &["stat", "-c", "%U %a", "/etc/ostree/auth.json"]);
    assert_eq!(file.trim(), "root 600");
    assert_eq!(described(&lab, "gnome")["signed"], true);
    assert!(ok(&lab, "root", &check).starts_with("Update available"));
    ok(&lab, "root", &["bootc", "upgrade", "--quiet"]);

    // The first file counts, and it alone.
    let empty = "mkdir -p /run/ostree && echo '{\"auths\":{}}' >/run/ostree/auth.json";
    ok(&lab, "root", &["sh", "-c", empty]);
    assert_eq!(described(&lab, "gnome")["code"], "access-denied");
    fails(&lab, "root", &check);
    ok(&lab, "root", &["rm", "/run/ostree/auth.json"]);
    assert_eq!(described(&lab, "gnome")["reply"], "described");

    lab.require_login(None).unwrap();
    lab.set_credentials(None).unwrap();
    fails(&lab, "root", &["ls", "/etc/ostree/auth.json"]);
    assert_eq!(described(&lab, "gnome")["reply"], "described");
}

#[test]
fn what_the_registry_was_asked_is_told_once() {
    let lab = bootc_machine(Backend::Bootc);
    let digest = lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    lab.take_registry_requests().unwrap();
    let image = lab.container_reference("gnome", "stable").unwrap();
    let image = format!("ostree-unverified-registry:{image}");
    let request = json!({ "ask": "newer", "image": image, "here": digest }).to_string();
    let told = ok(&lab, "isotope", &["python3", "-c", ASK, SOCKET, &request]);
    assert!(told.contains("up-to-date"), "{told}");
    let asked = lab.take_registry_requests().unwrap();
    let asked: Vec<_> =
        asked.iter().map(|one| (one.method.as_str(), one.path.as_str(), one.status, one.bytes)).collect();
    assert_eq!(asked, [("HEAD", "/v2/lab/gnome/manifests/stable", Some(200), 0)]);
    assert!(lab.take_registry_requests().unwrap().is_empty());

    let before = lab.remote_traffic().unwrap().bytes;
    ok(&lab, "root", &["bootc", "upgrade", "--quiet"]);
    let asked = lab.take_registry_requests().unwrap();
    let bytes: u64 = asked.iter().map(|one| one.bytes).sum();
    assert!(bytes > 500_000 && bytes == lab.remote_traffic().unwrap().bytes - before, "{bytes}: {asked:?}");
    assert!(asked.iter().any(|one| one.path.starts_with("/v2/lab/gnome/blobs/sha256:")), "{asked:?}");

    lab.set_remote(RemoteBehaviour { availability: Availability::TooManyRequests, ..RemoteBehaviour::default() })
        .unwrap();
    fails(&lab, "root", &["bootc", "upgrade", "--check"]);
    let asked = lab.take_registry_requests().unwrap();
    assert!(!asked.is_empty() && asked.iter().all(|one| one.status == Some(429) && one.bytes > 0), "{asked:?}");
}

#[test]
fn a_machine_without_images_has_the_lookup_too() {
    let lab = lab();
    lab.boot().unwrap();
    let digest = lab.publish_container(Publication::new("gnome", "1")).unwrap();
    assert!(digest.starts_with("sha256:"));
    let told = described(&lab, "gnome");
    assert_eq!(told["reply"], "refused", "nobody told this machine that the registry has no certificate: {told}");
    wait_until("its credentials are gone", || credentials(&lab).is_empty());
}
