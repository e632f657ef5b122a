// SPDX-License-Identifier: GPL-3.0-or-later
//! What the program does with its connection.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use isotope_model::Refusal;
use isotope_model::lookup_protocol::{LONGEST_REQUEST, LookupRequest};

use crate::host::{Host, describe};
use crate::proxy::{Deed, Proxy};

#[test]
fn what_is_no_request_is_not_answered() {
    let long = format!("\"{}\"\n", "x".repeat(LONGEST_REQUEST as usize - 10));
    for text in
        ["\n", "{}\n", "{\"ask\":\"delete\",\"image\":\"ostree-image-signed:docker://q.io/o\"}\n", "\0\n", &long]
    {
        let mut running = Host::new().start();
        running.say(text);
        assert_eq!(running.reply(), None, "{text:.40}");
        assert!(!running.wait().success());
    }
}

#[test]
fn a_request_that_never_ends_is_not_waited_for() {
    let started = Instant::now();
    let mut running = Host::new().start();
    running.say("{\"ask\":");
    assert_eq!(running.reply(), None);
    assert!(!running.wait().success());
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn it_ends_with_the_one_who_asked() {
    let proxy = Proxy::start(|_| Deed::Stall);
    let host = Host::trusting(&[&proxy.authority]);
    let mut running = host.start();
    running.say(&format!("{}\n", serde_json::to_string(&describe(&proxy.name("o/s:1"))).unwrap()));
    let deadline = Instant::now() + Duration::from_secs(20);
    while proxy.seen().is_empty() {
        assert!(Instant::now() < deadline, "nothing is asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    let memory = running.peak_memory().expect("a running program");
    assert!(memory < 64 * 1024 * 1024, "{memory}");
    running.hang_up();
    assert!(!running.wait().success());
}

#[test]
fn only_registries_are_asked() {
    let image = isotope_model::ContainerReference::from_origin("ostree-unverified-image:oci:/var/oci").unwrap();
    let refusal = Host::new().refusal(&LookupRequest::Describe { image, anonymous: false });
    assert!(matches!(refusal, Refusal::Failed { .. }), "{refusal:?}");
}

#[test]
fn without_a_socket_it_says_why_it_ends() {
    for arguments in [&[][..], &["--help"], &["--root"]] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_isotope-lookup"));
        let output = command.args(arguments).stdin(Stdio::null()).output().unwrap();
        assert!(!output.status.success() && !output.stderr.is_empty());
    }
}
