// SPDX-License-Identifier: GPL-3.0-or-later
//! The remote serves well, badly, or not at all; and the machine believes only the key that it trusts.

#[path = "fixture/lab.rs"]
mod fixture;

use std::time::Instant;

use fixture::{lab, ok};
use isotope_lab::{Availability, Publication, RemoteBehaviour, Signing};

const UPGRADE: [&str; 4] = ["ostree", "admin", "upgrade", "--stage"];

#[test]
fn only_trusted_signatures_are_taken() {
    let lab = lab();
    lab.boot().unwrap();
    for (version, signing) in [("10.2.1", Signing::Untrusted), ("10.2.2", Signing::None)] {
        lab.publish(Publication::new("gnome", version).signing(signing)).unwrap();
        let output = lab.run("root", &UPGRADE).unwrap();
        assert!(!output.status.success(), "{signing:?} was taken");
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains("ignature"), "{said}");
    }
    lab.publish(Publication::new("gnome", "10.2.3")).unwrap();
    ok(&lab, "root", &UPGRADE);
}

#[test]
fn the_remote_can_be_slow_and_down() {
    let lab = lab();
    lab.boot().unwrap();
    lab.publish(Publication::new("gnome", "10.2.1").payload(1 << 20)).unwrap();
    for availability in [Availability::Refused, Availability::Unavailable] {
        lab.set_remote(RemoteBehaviour { availability, ..RemoteBehaviour::default() }).unwrap();
        assert!(!lab.run("root", &UPGRADE).unwrap().status.success(), "{availability:?}");
    }
    lab.set_remote(RemoteBehaviour { availability: Availability::Stalled, ..RemoteBehaviour::default() }).unwrap();
    let mut waiting = lab.command("root", &UPGRADE).unwrap().spawn().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(500));
    assert!(waiting.try_wait().unwrap().is_none(), "a stalled remote ends nothing");

    let before = lab.remote_traffic().unwrap();
    let started = Instant::now();
    let slow = RemoteBehaviour { bytes_per_second: Some(400_000), ..RemoteBehaviour::default() };
    lab.set_remote(slow).unwrap();
    assert!(waiting.wait().unwrap().success());
    let after = lab.remote_traffic().unwrap();
    let seconds = (after.bytes - before.bytes) as f64 / 400_000.0;
    assert!(after.bytes > 200_000, "{after:?}");
    assert!(started.elapsed().as_secs_f64() > seconds * 0.9, "{:?} for {seconds} seconds", started.elapsed());
}
