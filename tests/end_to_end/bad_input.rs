// SPDX-License-Identifier: GPL-3.0-or-later
//! Whatever is asked for, and whatever is broken: a typed refusal, and nothing changed. One line of the table a case.

mod asking;
mod containers;
mod of_every_computer;
mod spoiling;

use std::io::Write as _;

use isotope_lab::{Availability, Backend, Damage, LabOptions, Signing};
use isotope_model::Outcome;
use isotope_tests::Computer;

use self::asking::{Refusals, deploy, switch, two_writers, update};
use self::spoiling::{damage, remote, repair, signed, spoil_origin};

/// One line of the table.
#[derive(Clone, Copy)]
struct Case {
    name: &'static str,
    /// What the computer follows.
    backend: Backend,
    /// How the computer is made besides.
    options: fn(&mut LabOptions),
    /// What is broken before anything is asked.
    spoil: fn(&Computer),
    /// Asks, and returns the code of each refusal.
    ask: for<'a> fn(&'a Computer) -> Refusals<'a>,
    /// The codes that are expected of all of them, any of these.
    codes: &'static [&'static str],
    /// What is asked for still works once what was broken is mended; nothing where nothing was broken.
    mend: Option<fn(&Computer)>,
}

const PLAIN: Case = Case {
    name: "",
    backend: Backend::Ostree,
    options: |_| {},
    spoil: |_| {},
    ask: |computer| Box::pin(update(computer)),
    codes: &[],
    mend: None,
};

fn cases() -> Vec<Case> {
    vec![
        Case {
            name: "unknown ref",
            ask: |c| switch(c, &["lab:lab/x86_64/nothing"]),
            codes: &["image-not-found"],
            ..PLAIN
        },
        Case {
            name: "unknown remote",
            ask: |c| switch(c, &["nobody:lab/x86_64/kde"]),
            codes: &["unknown-remote"],
            ..PLAIN
        },
        Case {
            name: "malformed reference",
            ask: |c| switch(c, &["", "gnome", "lab:", ":kde", "lab:../../etc", "lab:a//b", "-lab:kde", "lab:kde\0"]),
            codes: &["malformed-reference"],
            ..PLAIN
        },
        Case {
            name: "newline",
            ask: |c| switch(c, &["lab:kde\nlab:gnome", "lab\n:kde"]),
            codes: &["malformed-reference"],
            ..PLAIN
        },
        Case {
            name: "newline in a version",
            ask: |c| deploy(c, &["10.2\n10.3", "\n", ""]),
            codes: &["malformed-argument"],
            ..PLAIN
        },
        Case {
            name: ";",
            ask: |c| switch(c, &["lab:kde;reboot", ";", "lab;:kde"]),
            codes: &["malformed-reference"],
            ..PLAIN
        },
        Case { name: "; as a version", ask: |c| deploy(c, &["10.2;reboot"]), codes: &["version-not-found"], ..PLAIN },
        Case {
            name: "remote down",
            spoil: |c| remote(c, Availability::Refused),
            codes: &["network"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "remote overloaded",
            spoil: |c| remote(c, Availability::Unavailable),
            codes: &["network"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "remote that stalls",
            spoil: |c| remote(c, Availability::Stalled),
            codes: &["network"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "half an object",
            spoil: |c| damage(c, Damage::HalfObject),
            codes: &["network", "corrupted"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "corrupt object",
            spoil: |c| damage(c, Damage::CorruptObject),
            codes: &["corrupted"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "corrupt summary",
            spoil: |c| damage(c, Damage::CorruptSummary),
            codes: &["corrupted", "signature-refused"],
            mend: Some(repair),
            ..PLAIN
        },
        Case {
            name: "expired signature",
            spoil: |c| signed(c, Signing::Expired),
            codes: &["signature-refused"],
            ..PLAIN
        },
        Case {
            name: "wrong signature",
            spoil: |c| signed(c, Signing::Untrusted),
            codes: &["signature-refused"],
            ..PLAIN
        },
        Case { name: "no signature", spoil: |c| signed(c, Signing::None), codes: &["signature-refused"], ..PLAIN },
        Case {
            name: "origin of nonsense",
            spoil: |c| spoil_origin(c, b"[origin]\nrefspec=;\n"),
            codes: &["no-update-source"],
            ..PLAIN
        },
        Case { name: "two writers at once", ask: |c| Box::pin(two_writers(c)), codes: &["waits for ostree"], ..PLAIN },
    ]
}

/// All that is true of every case.
fn run(case: &Case) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let computer = Computer::start_with(|options| {
        options.backend = case.backend;
        (case.options)(options);
    });
    (case.spoil)(&computer);
    let before = computer.fingerprint_from_outside();
    let codes = runtime.block_on((case.ask)(&computer));
    assert!(!codes.is_empty(), "{}: nothing was asked", case.name);
    for code in &codes {
        assert!(case.codes.iter().any(|expected| code.starts_with(expected)), "{}: {codes:?}", case.name);
    }
    computer.assert_unchanged_from_outside(&before, case.name);
    if let Some(mend) = case.mend {
        mend(&computer);
        let outcome = runtime.block_on(async { computer.update().await.unwrap() });
        assert!(matches!(outcome, Outcome::Staged { .. }), "{}: mended, but {outcome:?}", case.name);
    }
    let mut distinct = codes;
    distinct.sort();
    distinct.dedup();
    distinct.join(", ")
}

#[test]
fn bad_input_changes_nothing_and_gets_a_clear_typed_error() {
    run_all(&[cases(), of_every_computer::cases(PLAIN)].concat(), "bad input:");
}

#[test]
fn bad_input_changes_nothing_and_gets_a_clear_typed_error_on_a_bootc_machine() {
    run_all(&[containers::cases(), of_every_computer::cases(containers::CONTAINER)].concat(), "bad input, bootc:");
}

fn run_all(cases: &[Case], title: &str) {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let results = std::sync::Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let seen = std::panic::catch_unwind(|| run(case)).map_err(|panic| {
                        let text = panic.downcast_ref::<String>().cloned();
                        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
                    });
                    results.lock().unwrap().push((case.name, seen));
                }
            });
        }
    });
    let results = results.into_inner().unwrap();
    let mut text = format!("{title}\n");
    for case in cases {
        let seen = results.iter().find(|(name, _)| *name == case.name).map(|(_, seen)| match seen {
            Ok(codes) => format!("{codes}; nothing changed"),
            Err(panic) => format!("FAILED: {panic}"),
        });
        text.push_str(&format!("  {:<30}{}\n", case.name, seen.unwrap_or_default()));
    }
    // Straight to standard error: what is printed by a test that passes is not shown otherwise.
    std::io::stderr().write_all(text.as_bytes()).expect("standard error");
    assert!(results.len() == cases.len() && results.iter().all(|(_, seen)| seen.is_ok()));
}
