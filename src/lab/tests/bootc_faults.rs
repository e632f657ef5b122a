// SPDX-License-Identifier: GPL-3.0-or-later
//! The stand-in for bootc goes wrong as it is told; what it did is read from the sysroot.

#[path = "fixture/lab.rs"]
mod fixture;

use fixture::{bootc_machine, ok, with_progress};
use isotope_lab::{Backend, BootcFault, BootcMoment, Lab, Publication};

fn staged(lab: &Lab) -> bool {
    ok(lab, "root", &["ostree", "admin", "status"]).contains("(staged)")
}

fn run(lab: &Lab, words: &str) -> (Option<i32>, Vec<u8>, Vec<u8>) {
    let line = with_progress(words);
    let output = lab.run("root", &line.each_ref().map(String::as_str)).unwrap();
    std::thread::sleep(std::time::Duration::from_millis(200));
    (output.status.code(), output.stdout, lab.run("root", &["cat", "/run/progress"]).unwrap().stdout)
}

#[test]
fn what_it_says_can_be_nothing_or_nonsense() {
    let lab = bootc_machine(Backend::Bootc);
    for (number, fault) in [
        BootcFault::Silent,
        BootcFault::HalfLine,
        BootcFault::LongLine,
        BootcFault::InvalidUtf8,
        BootcFault::ClosesProgress,
    ]
    .into_iter()
    .enumerate()
    {
        lab.publish_container(Publication::new("gnome", format!("10.2.{number}"))).unwrap();
        lab.set_bootc_fault(fault, BootcMoment::default(), Some("upgrade")).unwrap();
        let (code, said, progress) = run(&lab, "upgrade");
        assert_eq!(code, Some(0), "{fault:?}");
        assert!(staged(&lab), "{fault:?}");
        let events = progress.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
        match fault {
            BootcFault::Silent => assert!(said.is_empty() && progress.is_empty()),
            BootcFault::HalfLine => assert!(
                serde_json::from_slice::<serde_json::Value>(progress.split(|byte| *byte == b'\n').next().unwrap())
                    .is_err()
            ),
            BootcFault::LongLine => assert!(said.len() > 1 << 20 && progress.len() > 1 << 20),
            BootcFault::InvalidUtf8 => {
                assert!(String::from_utf8(said).is_err() && String::from_utf8(progress).is_err());
            }
            _ => assert_eq!(events, 2),
        }
        lab.clear_bootc_fault().unwrap();
        ok(&lab, "root", &["bootc", "status"]);
    }
    lab.set_bootc_fault(BootcFault::Silent, BootcMoment::default(), None).unwrap();
    assert_eq!(ok(&lab, "root", &["bootc", "status"]), "");
}

#[test]
fn it_can_stage_nothing_or_be_killed_or_never_end() {
    let lab = bootc_machine(Backend::Bootc);
    lab.publish_container(Publication::new("gnome", "10.2.1")).unwrap();
    lab.set_bootc_fault(BootcFault::StagesNothing, BootcMoment::default(), None).unwrap();
    assert_eq!(run(&lab, "upgrade").0, Some(0));
    assert!(!staged(&lab));
    let moments = [BootcMoment::Pulling, BootcMoment::Importing, BootcMoment::Staging, BootcMoment::Staged];
    for (number, moment) in moments.into_iter().enumerate() {
        lab.publish_container(Publication::new("gnome", format!("10.3.{number}"))).unwrap();
        lab.set_bootc_fault(BootcFault::Killed, moment, None).unwrap();
        assert_eq!(lab.run("root", &["bootc", "upgrade"]).unwrap().status.code(), Some(137), "{moment:?}");
        assert_eq!(staged(&lab), moment == BootcMoment::Staged, "{moment:?}");
    }
    lab.publish_container(Publication::new("gnome", "10.4.1")).unwrap();
    lab.set_bootc_fault(BootcFault::NeverEnds, BootcMoment::default(), None).unwrap();
    let said = lab.run("root", &["timeout", "3", "bootc", "upgrade"]).unwrap();
    assert_eq!(said.status.code(), Some(124));
    lab.restart().unwrap();
    assert_eq!(lab.booted().unwrap().unwrap().image_version.as_deref(), Some("10.4.1"));
}
