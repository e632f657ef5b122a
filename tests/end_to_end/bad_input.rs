// SPDX-License-Identifier: GPL-3.0-or-later
//! Whatever is asked for, and whatever is broken: a typed refusal, and nothing changed. One line of the table a case.

use std::future::Future;
use std::io::Write as _;
use std::pin::Pin;

use isotope_client::{Client, ClientError, Operation, SwitchOptions, UpdateOptions};
use isotope_lab::{Availability, Damage, LabOptions, RemoteBehaviour, Signing};
use isotope_model::dictionary::Dictionary;
use isotope_model::names::{BUS_NAME, INTERFACE, OBJECT_PATH};
use isotope_model::{Outcome, Phase, Refusal, StateToken};
use isotope_tests::Computer;
use zbus::zvariant::OwnedValue;

type Refusals<'a> = Pin<Box<dyn Future<Output = Vec<String>> + 'a>>;

/// One line of the table.
struct Case {
    name: &'static str,
    /// How the computer is made.
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
            name: "4 MB arguments",
            ask: |c| Box::pin(huge_arguments(c)),
            codes: &["malformed-reference", "malformed-argument", "malformed-option", "unknown-option"],
            ..PLAIN
        },
        Case {
            name: "unknown option",
            ask: |c| Box::pin(option(c, "colour", OwnedValue::from(1u32))),
            codes: &["unknown-option"],
            ..PLAIN
        },
        Case {
            name: "wrong type of an option",
            ask: |c| Box::pin(option(c, "state-token", OwnedValue::from(1u32))),
            codes: &["malformed-option"],
            ..PLAIN
        },
        Case {
            name: "wrong type of an argument",
            ask: |c| Box::pin(wrong_type(c)),
            codes: &["malformed-argument"],
            ..PLAIN
        },
        Case { name: "stale state token", ask: |c| Box::pin(stale_token(c)), codes: &["state-changed"], ..PLAIN },
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
            name: "full disk",
            options: |options| options.sysroot_bytes = 96 << 20,
            spoil: |c| drop(c.publish(|publication| publication.payload(160 << 20))),
            codes: &["no-space"],
            ..PLAIN
        },
        Case {
            name: "full /boot",
            options: |options| options.boot_bytes = Some(8 << 20),
            spoil: fill_boot,
            codes: &["no-space"],
            mend: Some(|c| drop(std::fs::remove_file(c.lab().sysroot().join("boot/filler")))),
            ..PLAIN
        },
        Case {
            name: "read-only disk",
            spoil: |c| {
                c.publish(|publication| publication);
                c.lab().set_disk_read_only(true).unwrap();
            },
            codes: &["read-only"],
            mend: Some(|c| c.lab().set_disk_read_only(false).unwrap()),
            ..PLAIN
        },
        Case {
            name: "no OSTree at all",
            spoil: |c| drop(c.root(&["mount", "-t", "tmpfs", "none", "/sysroot"])),
            codes: &["not-image-based"],
            mend: Some(|c| {
                c.root(&["umount", "/sysroot"]);
                c.publish(|publication| publication);
            }),
            ..PLAIN
        },
        Case { name: "deployment directory missing", spoil: lose_deployment, codes: &["sysroot-damaged"], ..PLAIN },
        Case {
            name: "unreadable origin",
            spoil: |c| spoil_origin(c, b"[origin\n\xff\xfe"),
            codes: &["sysroot-damaged"],
            ..PLAIN
        },
        Case {
            name: "origin of nonsense",
            spoil: |c| spoil_origin(c, b"[origin]\nrefspec=;\n"),
            codes: &["no-update-source"],
            ..PLAIN
        },
        Case {
            name: "boot entry edited by hand",
            spoil: |c| edit_boot_entry(c, "ostree=/ostree/boot", "ostree=/nowhere"),
            codes: &["sysroot-damaged"],
            mend: Some(|c| {
                edit_boot_entry(c, "ostree=/nowhere", "ostree=/ostree/boot");
                c.publish(|publication| publication);
            }),
            ..PLAIN
        },
        Case { name: "two writers at once", ask: |c| Box::pin(two_writers(c)), codes: &["waits for ostree"], ..PLAIN },
        Case {
            name: "clock in 1970",
            spoil: |c| {
                c.publish(|publication| publication);
                set_clock(c, "@1970-01-01 00:01:00");
            },
            codes: &["clock-wrong"],
            mend: Some(|c| {
                c.root(&["rm", "/etc/ld.so.preload", "/etc/faketimerc"]);
                c.lab().restart().unwrap();
            }),
            ..PLAIN
        },
    ]
}

fn code(error: &ClientError) -> String {
    match error.refusal() {
        Some(refusal) => refusal.code(),
        None => error.to_string(),
    }
}

async fn end(started: Result<Operation, ClientError>) -> String {
    match started {
        Err(error) => code(&error),
        Ok(operation) => match operation.follow(|_| {}).await {
            Ok(Outcome::Failed { refusal: Refusal::Failed { detail } }) => format!("failed: {detail}"),
            Ok(Outcome::Failed { refusal }) => refusal.code(),
            Ok(other) => format!("{other:?}"),
            Err(error) => code(&error),
        },
    }
}

async fn update(computer: &Computer) -> Vec<String> {
    vec![end(computer.client().await.update(UpdateOptions::default()).await).await]
}

fn switch<'a>(computer: &'a Computer, images: &'static [&'static str]) -> Refusals<'a> {
    Box::pin(async move {
        let client = computer.client().await;
        let mut codes = Vec::new();
        for image in images {
            // A bus text has no zero byte; the nearest is to end there.
            let image = image.replace('\0', "\u{1}");
            codes.push(end(client.switch(&image, SwitchOptions::default()).await).await);
        }
        codes
    })
}

fn deploy<'a>(computer: &'a Computer, versions: &'static [&'static str]) -> Refusals<'a> {
    Box::pin(async move {
        let client = computer.client().await;
        let mut codes = Vec::new();
        for version in versions {
            codes.push(end(client.deploy(version, None).await).await);
        }
        codes
    })
}

async fn call<B>(client: &Client, method: &str, body: &B) -> String
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    let called = client.connection().call_method(Some(BUS_NAME), OBJECT_PATH, Some(INTERFACE), method, body).await;
    match called {
        Ok(_) => "taken".into(),
        Err(error) => code(&ClientError::from(error)),
    }
}

fn text(text: &str) -> OwnedValue {
    OwnedValue::from(zbus::zvariant::Str::from(text.to_owned()))
}

async fn huge_arguments(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let huge = "a".repeat(4 << 20);
    let none = Dictionary::new();
    let mut codes = Vec::new();
    for method in ["Switch", "Deploy", "SetDefault", "Pin", "Unpin", "Remove", "GetDetails", "GetConfigurationChanges"]
    {
        codes.push(call(&client, method, &(huge.as_str(), &none)).await);
    }
    for method in ["Check", "Update", "RollBack", "Discard", "CleanUp"] {
        codes.push(call(&client, method, &(Dictionary::from([("state-token".to_owned(), text(&huge))]),)).await);
        codes.push(call(&client, method, &(Dictionary::from([(huge.clone(), text("x"))]),)).await);
    }
    codes
}

async fn option(computer: &Computer, name: &str, value: OwnedValue) -> Vec<String> {
    let client = computer.client().await;
    let id = client.snapshot().await.unwrap().booted().unwrap().id.to_string();
    let options = || Dictionary::from([(name.to_owned(), value.try_clone().unwrap())]);
    let mut codes = Vec::new();
    for method in ["Check", "ListVersions", "Update", "RollBack", "Discard", "CleanUp"] {
        codes.push(call(&client, method, &(options(),)).await);
    }
    for method in ["SetDefault", "Pin", "Unpin", "Remove"] {
        codes.push(call(&client, method, &(id.as_str(), options())).await);
    }
    codes.push(call(&client, "Switch", &("lab:lab/x86_64/kde", options())).await);
    codes.push(call(&client, "Deploy", &("10.2", options())).await);
    codes
}

async fn wrong_type(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let none = Dictionary::new();
    let mut codes = vec![call(&client, "Switch", &(5u32, &none)).await, call(&client, "Pin", &(true, &none)).await];
    codes.push(call(&client, "Remove", &none).await);
    codes.push(call(&client, "Check", &"text").await);
    codes
}

async fn stale_token(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let stale = || Some(StateToken("of another time".into()));
    let id = client.snapshot().await.unwrap().booted().unwrap().id.clone();
    let options = || UpdateOptions { token: stale(), ..UpdateOptions::default() };
    vec![
        end(client.update(options()).await).await,
        end(client.switch("lab:lab/x86_64/kde", options()).await).await,
        end(client.deploy("10.2", stale()).await).await,
        end(client.pin(&id, stale()).await).await,
        end(client.remove(&id, stale()).await).await,
        end(client.set_default(&id, stale()).await).await,
        end(client.clean_up(stale()).await).await,
    ]
}

/// Another program holds the lock: what is asked waits in sight, and can be cancelled.
async fn two_writers(computer: &Computer) -> Vec<String> {
    computer.publish(|publication| publication);
    remote(computer, Availability::Stalled);
    let mut other =
        computer.lab().command("root", &["ostree", "admin", "upgrade", "--stage"]).unwrap().spawn().unwrap();
    let client = computer.client().await;
    let id = client.snapshot().await.unwrap().booted().unwrap().id.clone();
    let mut codes = Vec::new();
    // Until the other one has the lock, what is asked for would simply be done.
    while computer.lock_is_free() {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    for which in ["pin", "clean up", "update"] {
        let started = match which {
            "pin" => client.pin(&id, None).await,
            "clean up" => client.clean_up(None).await,
            _ => client.update(UpdateOptions::default()).await,
        };
        let running = Computer::wait_for_phase(started.unwrap(), Phase::Waiting).await.unwrap();
        codes.push(format!("waits for {}", running.status.progress.waits_for.unwrap_or_default()));
        running.operation.cancel().await.unwrap();
        let outcome = running.operation.follow(|_| {}).await.unwrap();
        assert!(matches!(outcome, Outcome::Cancelled { .. }), "{which}: {outcome:?}");
    }
    other.kill().unwrap();
    other.wait().unwrap();
    codes
}

fn remote(computer: &Computer, availability: Availability) {
    computer.publish(|publication| publication);
    computer.lab().set_remote(RemoteBehaviour { availability, ..RemoteBehaviour::default() }).unwrap();
}

fn damage(computer: &Computer, damage: Damage) {
    let (_, checksum) = computer.publish(|publication| publication);
    computer.lab().damage(&checksum, damage).unwrap();
}

fn repair(computer: &Computer) {
    computer.lab().repair().unwrap();
    computer.lab().set_remote(RemoteBehaviour::default()).unwrap();
}

fn signed(computer: &Computer, signing: Signing) {
    computer.publish(|publication| publication.signing(signing));
}

/// Leaves less room in /boot than another kernel needs.
fn fill_boot(computer: &Computer) {
    computer.publish(|publication| publication.initramfs(4 << 20));
    let boot = computer.lab().sysroot().join("boot");
    let room = nix::sys::statvfs::statvfs(&boot).unwrap();
    let free = room.blocks_available() * room.fragment_size();
    std::fs::write(boot.join("filler"), vec![1; usize::try_from(free.saturating_sub(32 << 10)).unwrap()]).unwrap();
}

/// Takes the directory of the deployment away that a rollback would go to.
fn lose_deployment(computer: &Computer) {
    let old = computer.booted().deployment;
    computer.publish(|publication| publication);
    assert!(computer.person().isotopectl(&["update"]).status.success());
    computer.lab().restart().unwrap();
    computer.publish(|publication| publication);
    let outside = |arguments: &[&str]| {
        let status = std::process::Command::new(arguments[0]).args(&arguments[1..]).arg(&old).status().unwrap();
        assert!(status.success(), "{arguments:?}");
    };
    outside(&["chattr", "-i"]);
    outside(&["rm", "-rf"]);
}

fn spoil_origin(computer: &Computer, bytes: &[u8]) {
    let mut path = computer.booted().deployment.into_os_string();
    path.push(".origin");
    std::fs::write(std::path::PathBuf::from(path), bytes).unwrap();
}

fn edit_boot_entry(computer: &Computer, old: &str, new: &str) {
    let folder = computer.lab().sysroot().join("boot/loader/entries");
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let text = std::fs::read_to_string(entry.path()).unwrap();
        std::fs::write(entry.path(), text.replace(old, new)).unwrap();
    }
}

/// Every program that is started on the machine from now on believes that it is this time.
fn set_clock(computer: &Computer, time: &str) {
    let script = "echo \"$1\" > /etc/faketimerc && ls /usr/lib/*/faketime/libfaketimeMT.so.1 > /etc/ld.so.preload";
    computer.root(&["sh", "-c", script, "sh", time]);
}

/// All that is true of every case.
fn run(case: &Case) -> String {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let computer = Computer::start_with(case.options);
    (case.spoil)(&computer);
    let before = computer.fingerprint_from_outside();
    let codes = runtime.block_on((case.ask)(&computer));
    assert!(!codes.is_empty(), "{}: nothing was asked", case.name);
    for code in &codes {
        assert!(case.codes.iter().any(|expected| code.starts_with(expected)), "{}: {codes:?}", case.name);
    }
    assert_eq!(computer.fingerprint_from_outside(), before, "{}: something was changed", case.name);
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
    let cases = cases();
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
    let mut text = String::from("bad input:\n");
    for case in &cases {
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
