// SPDX-License-Identifier: GPL-3.0-or-later
//! Nobody but the helper's user and root gets to the engine.

use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::process::{Command, Stdio};

use isotope_lab::Installation;
use isotope_model::engine_protocol::{Reply, Request, Task};
use isotope_tests::Computer;

const SOCKET: &str = "/run/isotope/engine.sock";

#[test]
fn nothing_but_the_helpers_user_reaches_the_engines_socket() {
    let computer = Computer::start();
    let connect = ["python3", "-c", "import socket; socket.socket(socket.AF_UNIX).connect('/run/isotope/engine.sock')"];
    for user in ["person", "administrator", "messagebus", "polkitd", "nobody"] {
        let output = computer.lab().run(user, &connect).unwrap();
        assert!(!output.status.success(), "{user} got in");
        assert!(String::from_utf8_lossy(&output.stderr).contains("PermissionError"), "{user}: {output:?}");
    }
    for user in ["isotope", "root"] {
        assert!(computer.lab().run(user, &connect).unwrap().status.success(), "{user} did not get in");
    }
    let listed = computer.root(&["stat", "-c", "%a %U", SOCKET]);
    assert_eq!(String::from_utf8_lossy(&listed.stdout), "600 isotope\n");
}

#[test]
fn the_helper_runs_without_privilege() {
    let computer = Computer::start();
    assert!(computer.person().isotopectl(&["status"]).status.success());
    let helper = computer.lab().processes("isotope-helper").unwrap();
    assert_eq!(helper.len(), 1);
    let status = std::fs::read_to_string(format!("/proc/{}/status", helper[0])).unwrap();
    let field = |name: &str| status.lines().find_map(|line| line.strip_prefix(name)).unwrap().trim().to_owned();
    let uid = computer.root(&["id", "-u", "isotope"]);
    let uid = String::from_utf8_lossy(&uid.stdout).trim().to_owned();
    assert!(field("Uid:").split_whitespace().all(|id| id == uid), "{}", field("Uid:"));
    assert_eq!(field("CapEff:"), "0000000000000000");
    assert_eq!(field("CapPrm:"), "0000000000000000");
}

/// An engine on this machine, which is no image-based one, asked over a socket as the service manager would.
fn engine_here(line: &[u8]) -> (String, String) {
    let (ours, theirs) = UnixStream::pair().unwrap();
    let child = Command::new(Installation::default().libexecdir().join("isotope-engine"))
        .stdin(Stdio::from(std::os::fd::OwnedFd::from(theirs)))
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stream = ours;
    stream.write_all(line).unwrap();
    stream.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    let output = child.wait_with_output().unwrap();
    let _ = stream.read_to_string(&mut answer);
    (answer, String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn a_computer_without_ostree_is_told_so() {
    let request = Request { task: Task::Status, caller: None, token: None };
    let (answer, said) = engine_here(format!("{}\n", serde_json::to_string(&request).unwrap()).as_bytes());
    let reply: Reply = serde_json::from_str(answer.trim()).unwrap_or_else(|error| panic!("{error}: {answer} {said}"));
    let Reply::Snapshot(snapshot) = reply else { panic!("{reply:?}") };
    assert!(!snapshot.host.image_based && snapshot.deployments.is_empty());
}

#[test]
fn what_is_no_request_is_not_answered() {
    let long = format!("{{\"task\":{{\"do\":\"status\"}},\"token\":\"{}\"}}\n", "a".repeat(100_000));
    for line in [&b"\n"[..], b"status\n", b"{\"task\":{\"do\":\"shell\"}}\n", b"\xff\xfe\n", b"", long.as_bytes()] {
        let (answer, said) = engine_here(line);
        assert_eq!(answer, "", "{line:?}");
        assert!(said.contains("request"), "{said}");
        assert!(!said.contains("panicked"), "{said}");
    }
}

#[test]
fn what_needs_authority_is_refused_without_a_caller() {
    let computer = Computer::start();
    let script = "import socket; s = socket.socket(socket.AF_UNIX); s.connect('/run/isotope/engine.sock'); \
                  s.sendall(b'{\"task\":{\"do\":\"roll-back\"}}\\n'); print(s.recv(4096).decode())";
    let before = computer.fingerprint();
    let output = computer.lab().run("isotope", &["python3", "-c", script]).unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).starts_with("{\"refused\""), "{output:?}");
    assert_eq!(computer.fingerprint(), before);
}
