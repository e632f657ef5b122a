// SPDX-License-Identifier: GPL-3.0-or-later
//! What runs on the machine runs there as on a real one.

#[path = "fixture/lab.rs"]
mod fixture;

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use fixture::{call, lab, login, ok, options, words};
use isotope_lab::{Lab, LabOptions, PolkitPreset};

const CHECK: &str = "io.github.isotope_desktop.isotope.check";
const ROLL_BACK: &str = "io.github.isotope_desktop.isotope.roll-back";
/// What pkcheck answers.
const YES: i32 = 0;
const NO: i32 = 1;
const PASSWORD: i32 = 2;

fn polkit_says(lab: &Lab, action: &str) -> i32 {
    let question = format!("exec pkcheck --action-id {action} --process $$");
    lab.run("person", &["sh", "-c", &question]).unwrap().status.code().unwrap()
}

#[test]
fn programs_run_as_users_and_their_ends_are_told() {
    let lab = lab();
    lab.boot().unwrap();
    assert_eq!(ok(&lab, "person", &["sh", "-c", "echo $(id -u) $HOME"]).trim(), "1000 /home/person");
    assert!(ok(&lab, "administrator", &["id", "-Gn"]).contains("sudo"));
    for (script, code) in [("exit 7", 7), ("kill -TERM $$", 143)] {
        assert_eq!(lab.run("root", &["sh", "-c", script]).unwrap().status.code(), Some(code), "{script}");
    }
    assert_eq!(lab.run("person", &["/does/not/exist"]).unwrap().status.code(), Some(127));
    assert_eq!(lab.run("nobody-knows", &["true"]).unwrap().status.code(), Some(1));

    // A setuid program asks PAM.
    let mut su = lab.command("person", &["su", "administrator", "-c", "id -un"]).unwrap();
    let mut su = su.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    su.stdin.take().unwrap().write_all(b"lab\n").unwrap();
    assert_eq!(String::from_utf8(su.wait_with_output().unwrap().stdout).unwrap().trim(), "administrator");

    let mut sleeper = lab.command("person", &["sleep", "60"]).unwrap().spawn().unwrap();
    let started = Instant::now();
    while lab.processes("sleep").unwrap().is_empty() && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(lab.processes("sleep").unwrap().len(), 1);
    sleeper.kill().unwrap();
    sleeper.wait().unwrap();
    while !lab.processes("sleep").unwrap().is_empty() {
        assert!(started.elapsed() < Duration::from_secs(10), "the program outlives its stand-in");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn people_reach_the_bus_and_the_helper_runs_as_its_own_user() {
    let lab = lab();
    lab.boot().unwrap();
    let names = call("org.freedesktop.DBus", "/", "org.freedesktop.DBus.ListNames", &[]);
    let names = ok(&lab, "person", &words(&names));
    for name in ["org.freedesktop.login1", "org.freedesktop.PolicyKit1"] {
        assert!(names.contains(name), "{names}");
    }
    let service = "io.github.isotope_desktop.Isotope1";
    let ping = call(service, "/io/github/isotope_desktop/Isotope1", "org.freedesktop.DBus.Peer.Ping", &[]);
    ok(&lab, "person", &words(&ping));
    let helper = lab.processes("isotope-helper").unwrap();
    assert_eq!(helper.len(), 1);
    let user = ok(&lab, "root", &["ps", "-C", "isotope-helper", "-o", "user="]);
    assert_eq!(user.trim(), "isotope");
    let folders = ok(&lab, "root", &["stat", "-c", "%U %a", "/var/lib/isotope", "/run/isotope/engine.sock"]);
    assert_eq!(folders.lines().collect::<Vec<_>>(), ["isotope 750", "isotope 600"]);

    for address in [lab.bus_address(), lab.bus_address_for_person()] {
        let mut outside = Command::new("setpriv");
        outside.args(["--reuid", "1000", "--regid", "1000", "--clear-groups", "dbus-send", "--print-reply"]);
        outside.arg(format!("--bus={address}")).args(["--dest=org.freedesktop.DBus", "/"]);
        let output = outside.arg("org.freedesktop.DBus.GetId").output().unwrap();
        assert!(output.status.success(), "{address}: {output:?}");
    }
}

#[test]
fn polkit_follows_the_chosen_rules() {
    let lab = Lab::create(LabOptions { polkit: PolkitPreset::Active, ..options() }).unwrap();
    lab.boot().unwrap();
    assert_eq!((polkit_says(&lab, CHECK), polkit_says(&lab, ROLL_BACK)), (YES, PASSWORD));
    for (preset, answers) in [
        (PolkitPreset::Deny, (NO, NO)),
        (PolkitPreset::Defaults, (PASSWORD, PASSWORD)),
        (PolkitPreset::Allow, (YES, YES)),
        (PolkitPreset::Allow, (YES, YES)),
    ] {
        lab.set_polkit(preset).unwrap();
        assert_eq!((polkit_says(&lab, CHECK), polkit_says(&lab, ROLL_BACK)), answers, "{preset:?}");
    }
    lab.restart().unwrap();
    assert_eq!(polkit_says(&lab, ROLL_BACK), YES, "the choice outlives the machine");
}

#[test]
fn the_login_manager_restarts_unless_somebody_holds_it_back() {
    let lab = lab();
    lab.boot().unwrap();
    let reboot = login("Reboot", &["true"]);
    assert!(ok(&lab, "person", &words(&login("ListInhibitors", &[]))).contains("[]"));
    let mut inhibitor = lab
        .command("root", &["systemd-inhibit", "--what=shutdown:sleep", "--why=a test", "--mode=block", "sleep", "60"])
        .unwrap();
    let mut inhibitor = inhibitor.stderr(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while lab.processes("sleep").unwrap().is_empty() && started.elapsed() < Duration::from_secs(10) {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(ok(&lab, "person", &words(&login("ListInhibitors", &[]))).contains("'a test', 'block', uint32 0"));
    let refused = lab.run("person", &words(&reboot)).unwrap();
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("org.freedesktop.login1.BlockedByInhibitorLock"), "{message}");
    for process in lab.processes("sleep").unwrap() {
        assert!(Command::new("kill").arg(process.to_string()).status().unwrap().success());
    }
    inhibitor.wait().unwrap();
    ok(&lab, "person", &words(&reboot));
    lab.wait_for_boot(2, Duration::from_secs(20)).unwrap();
}

/// Does nothing unless [`a_lab_ends_with_the_process_that_made_it`] starts this program again.
#[test]
fn makes_a_lab_and_waits() {
    let Some(folder) = std::env::var_os("ISOTOPE_TEST_LAB") else { return };
    let lab = Lab::create(LabOptions { folder: folder.into(), ..options() }).unwrap();
    lab.boot().unwrap();
    std::fs::write(lab.folder().join("booted"), "").unwrap();
    std::thread::sleep(Duration::from_secs(60));
}

#[test]
fn a_lab_ends_with_the_process_that_made_it() {
    let folder = LabOptions::default().folder;
    let mut maker = Command::new(std::env::current_exe().unwrap());
    maker.args(["--exact", "makes_a_lab_and_waits"]).env("ISOTOPE_TEST_LAB", &folder);
    let mut maker = maker.stdout(Stdio::null()).spawn().unwrap();
    let started = Instant::now();
    while !folder.join("booted").exists() {
        assert!(started.elapsed() < Duration::from_secs(60), "the lab was not made");
        std::thread::sleep(Duration::from_millis(20));
    }
    maker.kill().unwrap();
    maker.wait().unwrap();
    let mounted = || std::fs::read_to_string("/proc/self/mountinfo").unwrap().contains(folder.to_str().unwrap());
    while folder.join("control.sock").exists() || mounted() {
        assert!(started.elapsed() < Duration::from_secs(90), "something of the lab is left");
        std::thread::sleep(Duration::from_millis(20));
    }
    std::fs::remove_dir_all(folder).unwrap();
}
