// SPDX-License-Identifier: GPL-3.0-or-later
//! Every method of the bus interface: allowed, denied, dismissed, in the wrong state, and with a caller that leaves.
//! The table is printed; what the interface has and the table has not is a failure.

mod cancel;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::time::{Duration, Instant};

use isotope_client::{Operation, SwitchOptions};
use isotope_lab::{Backend, PolkitPreset};
use isotope_model::names::{ACTION_PREFIX, INTERFACE, OBJECT_PATH, OPERATION_INTERFACE, SETTINGS_INTERFACE};
use isotope_model::{Outcome, Phase, Snapshot};
use isotope_tests::{Agent, Answer, Call, Computer, FIRST_VERSION, Person};
use serde_json::{Value, json};

const COLUMNS: [&str; 5] = ["allowed", "denied", "dismissed", "wrong state", "caller gone"];
/// What `Configure` is asked for, and what it does not know.
const BATTERY: &str = r#"{"on-battery": true}"#;
const RESTARTING: &str = r#"{"automatic": "restart"}"#;
/// The error of what the computer's backend has not.
const NOT_HERE: &str = "NotWithBackend";

on_every_program! {
    every_method_is_tried_allowed_denied_dismissed_in_the_wrong_state_and_with_a_caller_that_leaves,
}

/// A method and how it is called.
struct Row {
    method: &'static str,
    /// The polkit action; nothing where it is free for everybody.
    action: Option<&'static str>,
    argument: Option<String>,
    /// Argument and options that do not fit the state, and the error for it. Where there is none, the method answers also
    /// while an operation runs, which is as wrong as the state can be for it.
    wrong: Option<(Option<String>, Value, &'static str)>,
    /// What pulls on this computer has no such thing: everybody is told so, and nobody is asked for a password.
    not_here: bool,
    /// It answers by itself, and not with an operation.
    answers: bool,
}

impl Row {
    /// It tells what was asked; or that there is no such thing here.
    fn assert_answered(&self, answer: &Value) {
        let told = answer.get("error").is_none() || (self.not_here && answer["error"] == NOT_HERE);
        assert!(told, "{}: {answer}", self.method);
    }
}

#[derive(Default)]
struct Table(BTreeMap<&'static str, BTreeMap<&'static str, String>>);

impl Table {
    fn put(&mut self, method: &'static str, column: &'static str, seen: impl Into<String>) {
        self.0.entry(method).or_default().insert(column, seen.into());
    }

    fn print(&self, backend: Backend) {
        let mut text = format!("methods of the bus interface, {}:\n", backend.name());
        let _ = write!(text, "  {:<24}", "");
        for column in COLUMNS {
            let _ = write!(text, "{column:<28}");
        }
        for (method, cells) in &self.0 {
            let _ = write!(text, "\n  {method:<24}");
            for column in COLUMNS {
                let _ = write!(text, "{:<28}", cells.get(column).map_or("", String::as_str));
            }
        }
        text.push('\n');
        // Straight to standard error: what is printed by a test that passes is not shown otherwise.
        std::io::stderr().write_all(text.as_bytes()).expect("standard error");
    }

    fn assert_complete(&self, methods: &[String]) {
        for method in methods {
            let cells = self.0.get(method.as_str()).unwrap_or_else(|| panic!("{method} is missing in the table"));
            for column in COLUMNS {
                assert!(cells.get(column).is_some_and(|cell| !cell.is_empty()), "{method} was not tried {column}");
            }
        }
    }
}

/// The rows for a computer with something staged, something pinned, and something to go back to. In the order in which
/// all of them can be done one after the other.
fn rows(computer: &Computer, snapshot: &Snapshot) -> Vec<Row> {
    let booted = snapshot.booted().unwrap().id.to_string();
    let pinned = snapshot.deployments.iter().find(|one| one.pinned).unwrap().id.to_string();
    let other = snapshot.deployments.iter().find(|one| one.rollback).unwrap().id.to_string();
    let staged = snapshot.staged().unwrap().id.to_string();
    let nobody = format!("lab/{}.0", "0".repeat(64));
    let kde = computer.reference("kde");
    // rpm-ostree knows a container's version by its digest only.
    let first = match computer.backend() {
        Backend::RpmOstree => computer.image_of_deployment(&pinned.parse().unwrap()),
        _ => FIRST_VERSION.to_owned(),
    };
    let (switch, no_image) = match computer.backend() {
        Backend::Ostree | Backend::RpmOstreeBranch => ("switch", "UnknownRemote"),
        Backend::RpmOstree => ("switch-unverified", "UnknownRemote"),
        Backend::Bootc => ("switch-unverified", "MalformedReference"),
        Backend::BootcSigned => ("switch", "MalformedReference"),
    };
    let free = |method, argument: Option<String>, wrong| Row {
        method,
        action: None,
        argument,
        wrong,
        not_here: false,
        answers: true,
    };
    let unknown = || Some((Some(nobody.clone()), json!({}), "UnknownDeployment"));
    let needs = |method: &'static str, action, argument: Option<&str>, wrong: (Option<&str>, &'static str)| {
        let argument = argument.map(str::to_owned);
        // What is wrong with it is its argument, or else that the caller saw another state.
        let wrong = match wrong {
            (Some(argument), error) => (Some(argument.to_owned()), json!({}), error),
            (None, error) => (argument.clone(), json!({ "state-token": "another" }), error),
        };
        // bootc has no versions to choose from, and only a registry tells of an image that is not here.
        let not_here = match method {
            "Deploy" => computer.backend().is_bootc(),
            "Preview" => !computer.backend().follows_containers(),
            _ => false,
        };
        Row {
            method,
            action: Some(action),
            argument,
            wrong: Some(wrong),
            not_here,
            answers: matches!(method, "Preview" | "Preflight" | "Configure"),
        }
    };
    vec![
        free("GetSnapshot", None, None),
        free("GetDetails", Some(booted.clone()), unknown()),
        free("GetTrust", Some(String::new()), Some((Some("?".into()), json!({}), "MalformedReference"))),
        free("GetDiskUsage", None, None),
        Row { not_here: !computer.backend().is_rpm_ostree(), ..free("GetPackageChanges", Some(booted.clone()), None) },
        free("GetConfigurationChanges", Some(booted.clone()), unknown()),
        free("GetHistory", None, None),
        free("GetCatalogs", None, None),
        free("GetPicture", Some("nobody".into()), None),
        free("Watch", None, None),
        free("Unwatch", None, None),
        needs("Check", "check", None, (None, "StateChanged")),
        needs("ListVersions", "check", None, (None, "StateChanged")),
        needs("Preview", "check", Some(&kde), (Some("?"), "MalformedReference")),
        needs("Preflight", "check", Some(&kde), (Some("?"), "MalformedReference")),
        needs("Discard", "roll-back", None, (None, "StateChanged")),
        needs("Update", "update", None, (None, "StateChanged")),
        needs("Deploy", "roll-back", Some(&first), (None, "StateChanged")),
        needs("Switch", switch, Some(&kde), (Some("nobody:kde"), no_image)),
        needs("SetDefault", "roll-back", Some(&other), (Some(&staged), "AlreadyDefault")),
        needs("RollBack", "roll-back", None, (None, "StateChanged")),
        needs("Unpin", "manage-deployments", Some(&pinned), (Some(&booted), "NotPinned")),
        needs("Pin", "manage-deployments", Some(&booted), (Some(&staged), "StillStaged")),
        needs("Remove", "manage-deployments", Some(&other), (Some(&booted), "Protected")),
        needs("Configure", "configure", Some(BATTERY), (Some(RESTARTING), "MalformedArgument")),
        needs("CleanUp", "manage-deployments", None, (None, "StateChanged")),
    ]
}

async fn computer(backend: Backend) -> Computer {
    let computer = Computer::start_on(backend);
    let client = computer.client().await;
    let first = client.snapshot().await.unwrap().booted().unwrap().id.clone();
    client.pin(&first, None).await.unwrap().follow(|_| {}).await.unwrap();
    for _ in 0..2 {
        computer.publish(|publication| publication);
        computer.update().await.unwrap();
        computer.lab().restart().unwrap();
    }
    computer.publish_variant("kde");
    computer.publish(|publication| publication);
    computer.update().await.unwrap();
    computer
}

fn prepare(person: &Person<'_>, path: &str, row: &Row, interactive: bool) -> Call {
    person.prepare_with(path, row.method, row.argument.as_deref(), &json!({}), interactive).unwrap()
}

fn ask(person: &Person<'_>, row: &Row, interactive: bool) -> Value {
    let mut call = prepare(person, OBJECT_PATH, row, interactive);
    call.make().unwrap();
    call.answer().unwrap()
}

async fn end_of(computer: &Computer, answer: &Value) -> Outcome {
    let path = answer["answer"].as_str().unwrap_or_else(|| panic!("refused: {answer}"));
    let path = zbus::zvariant::OwnedObjectPath::try_from(path).unwrap();
    let client = computer.client().await;
    Operation::at(client.connection(), path).await.unwrap().follow(|_| {}).await.unwrap()
}

fn result_of(outcome: &Outcome) -> String {
    serde_json::to_value(outcome).unwrap()["result"].as_str().unwrap_or_default().to_owned()
}

async fn is_quiet(computer: &Computer, method: &str) {
    let began = Instant::now();
    while !computer.lab().processes("isotope-engine").unwrap().is_empty() {
        assert!(began.elapsed() < Duration::from_secs(20), "{method}: the engine still works");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn every_method_is_tried_allowed_denied_dismissed_in_the_wrong_state_and_with_a_caller_that_leaves(
    backend: Backend,
) {
    let computer = computer(backend).await;
    let snapshot = computer.client().await.snapshot().await.unwrap();
    let rows = rows(&computer, &snapshot);
    let mut table = Table::default();
    denied(&computer, &rows, &mut table).await;
    wrong_state(&computer, &rows, &mut table).await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    dismissed(&computer, &rows, &mut table).await;
    caller_gone(&computer, &rows, &mut table).await;
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    allowed(&computer, &rows, &mut table).await;
    busy(&computer, &rows, &mut table).await;
    cancel::cancel(&computer, &mut table).await;
    keep(backend, &mut table).await;
    table.print(backend);
    table.assert_complete(&methods(&computer).await);
}

async fn denied(computer: &Computer, rows: &[Row], table: &mut Table) {
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let before = computer.fingerprint();
    for row in rows {
        for interactive in [false, true] {
            let answer = ask(&computer.person(), row, interactive);
            match row.action {
                Some(_) if row.not_here => {
                    assert_eq!(answer["error"], NOT_HERE, "{}: {answer}", row.method);
                    table.put(row.method, "denied", NOT_HERE);
                }
                Some(action) => {
                    assert_eq!(answer["error"], "NotAuthorised", "{}: {answer}", row.method);
                    assert_eq!(answer["parameters"]["action"], format!("{ACTION_PREFIX}{action}"));
                    table.put(row.method, "denied", "NotAuthorised");
                }
                None => {
                    row.assert_answered(&answer);
                    table.put(row.method, "denied", "answered: free for all");
                }
            }
        }
    }
    assert_eq!(computer.fingerprint(), before);
}

async fn wrong_state(computer: &Computer, rows: &[Row], table: &mut Table) {
    // What cannot be done is told before anybody is asked for a password.
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let before = computer.fingerprint();
    for row in rows {
        let Some((argument, options, error)) = &row.wrong else { continue };
        let person = computer.person();
        let mut call = person.prepare_with(OBJECT_PATH, row.method, argument.as_deref(), options, true).unwrap();
        call.make().unwrap();
        let answer = call.answer().unwrap();
        let seen = answer["error"].as_str().unwrap_or_default();
        assert!(seen == *error || (row.not_here && seen == NOT_HERE), "{}: {answer}", row.method);
        table.put(row.method, "wrong state", seen);
    }
    assert_eq!(computer.fingerprint(), before);
}

async fn dismissed(computer: &Computer, rows: &[Row], table: &mut Table) {
    let before = computer.fingerprint();
    for row in rows {
        let mut call = prepare(&computer.person(), OBJECT_PATH, row, true);
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Dismiss).unwrap();
        call.make().unwrap();
        let Some(action) = row.action else {
            let answer = call.answer().unwrap();
            row.assert_answered(&answer);
            table.put(row.method, "dismissed", "answered: nobody is asked");
            continue;
        };
        if row.not_here {
            assert_eq!(call.answer().unwrap()["error"], NOT_HERE, "{}", row.method);
            table.put(row.method, "dismissed", NOT_HERE);
            continue;
        }
        let (asked, _) = agent.asked().unwrap();
        assert_eq!(asked, format!("{ACTION_PREFIX}{action}"));
        assert_eq!(call.answer().unwrap()["error"], "Dismissed", "{}", row.method);
        table.put(row.method, "dismissed", "Dismissed");
    }
    assert_eq!(computer.fingerprint(), before);
}

async fn caller_gone(computer: &Computer, rows: &[Row], table: &mut Table) {
    let before = computer.fingerprint();
    for row in rows {
        let mut call = prepare(&computer.person(), OBJECT_PATH, row, true);
        let mut agent = Agent::register(computer.lab(), call.process, Answer::Wait).unwrap();
        call.make().unwrap();
        if row.action.is_some() && !row.not_here {
            agent.asked().unwrap();
        }
        call.leave().unwrap();
        is_quiet(computer, row.method).await;
        let client = computer.client().await;
        assert!(client.current_operation().await.unwrap().is_none(), "{}", row.method);
        assert!(client.snapshot().await.unwrap().booted().is_some());
        table.put(row.method, "caller gone", if row.action.is_some() { "nothing begun" } else { "others are served" });
    }
    assert_eq!(computer.fingerprint(), before);
}

async fn allowed(computer: &Computer, rows: &[Row], table: &mut Table) {
    for row in rows {
        let answer = ask(&computer.person(), row, false);
        if row.not_here {
            assert_eq!(answer["error"], NOT_HERE, "{}: {answer}", row.method);
            table.put(row.method, "allowed", NOT_HERE);
            continue;
        }
        if row.answers {
            assert!(answer.get("error").is_none(), "{}: {answer}", row.method);
            table.put(row.method, "allowed", "answered");
            continue;
        }
        let outcome = end_of(computer, &answer).await;
        let failed = matches!(outcome, Outcome::Failed { .. } | Outcome::Cancelled { .. } | Outcome::Unknown);
        assert!(!failed, "{}: {outcome:?}", row.method);
        table.put(row.method, "allowed", result_of(&outcome));
    }
}

/// Deciding is possible only after a switch, in a state of its own.
async fn keep(backend: Backend, table: &mut Table) {
    let computer = Computer::start_on(backend);
    computer.publish_variant("kde");
    let switch = computer.client().await.switch(&computer.reference("kde"), SwitchOptions::default()).await;
    switch.unwrap().follow(|_| {}).await.unwrap();
    computer.lab().restart().unwrap();
    let wrong = Some((None, json!({ "state-token": "another" }), "StateChanged"));
    let action = Some("manage-deployments");
    let rows = [Row { method: "Keep", action, argument: None, wrong, not_here: false, answers: false }];
    denied(&computer, &rows, table).await;
    wrong_state(&computer, &rows, table).await;
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    dismissed(&computer, &rows, table).await;
    caller_gone(&computer, &rows, table).await;
    computer.lab().set_polkit(PolkitPreset::Allow).unwrap();
    allowed(&computer, &rows, table).await;
}

/// What only reads answers also while an update runs.
async fn busy(computer: &Computer, rows: &[Row], table: &mut Table) {
    let path = long_update(computer).await;
    for row in rows.iter().filter(|row| row.wrong.is_none()) {
        let answer = ask(&computer.person(), row, false);
        row.assert_answered(&answer);
        table.put(row.method, "wrong state", "answered: also when busy");
    }
    computer.client().await.current_operation().await.unwrap().expect("it still runs").cancel().await.unwrap();
    end_of(computer, &json!({ "answer": path })).await;
}

/// Starts an update that lasts, as the person. Returns its object path.
async fn long_update(computer: &Computer) -> String {
    computer.publish(|publication| publication.payload(24 << 20));
    computer.slow_remote(1 << 20);
    let row = Row { method: "Update", action: None, argument: None, wrong: None, not_here: false, answers: false };
    let answer = ask(&computer.person(), &row, false);
    let path = answer["answer"].as_str().unwrap_or_else(|| panic!("refused: {answer}")).to_owned();
    let operation = computer.client().await.current_operation().await.unwrap().expect("an operation");
    Computer::wait_for_phase(operation, Phase::Pulling).await.unwrap();
    path
}

/// What the interfaces have, as they say themselves.
async fn methods(computer: &Computer) -> Vec<String> {
    let client = computer.client().await;
    let operation = client.check().await.unwrap();
    operation.follow(|_| {}).await.unwrap();
    let mut found = Vec::new();
    for (path, interface) in [
        (OBJECT_PATH.to_owned(), INTERFACE),
        (OBJECT_PATH.to_owned(), SETTINGS_INTERFACE),
        (operation.path().to_string(), OPERATION_INTERFACE),
    ] {
        let proxy = zbus::fdo::IntrospectableProxy::builder(client.connection())
            .destination(isotope_model::names::BUS_NAME)
            .unwrap()
            .path(path)
            .unwrap()
            .build()
            .await
            .unwrap();
        let text = proxy.introspect().await.unwrap();
        let (_, rest) = text.split_once(&format!("<interface name=\"{interface}\"")).expect("the interface");
        let (members, _) = rest.split_once("</interface>").expect("its end");
        found.extend(
            members.split("<method name=\"").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.to_owned())),
        );
    }
    assert!(found.len() > 15, "{found:?}");
    found
}
