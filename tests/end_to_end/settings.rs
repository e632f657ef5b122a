// SPDX-License-Identifier: GPL-3.0-or-later
//! How the computer is set: by the service, with authority, and by the administrator's file.

use isotope_lab::PolkitPreset;
use isotope_model::names::OBJECT_PATH;
use isotope_model::{AutomaticMode, Settings};
use isotope_tests::{Agent, Answer, Computer};
use serde_json::{Value, json};

fn json_of(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

async fn settings(computer: &Computer) -> Settings {
    computer.client().await.snapshot().await.unwrap().settings
}

#[tokio::test]
async fn what_is_set_is_told_and_kept_when_the_computer_restarts() {
    let computer = Computer::start();
    assert_eq!(settings(&computer).await, Settings::default());
    let shown = computer.person().isotopectl(&["settings"]);
    assert!(String::from_utf8_lossy(&shown.stdout).contains("Look for updates and tell"), "{shown:?}");
    let set = computer.person().isotopectl(&["settings", "--automatic", "download", "--on-metered", "yes", "--json"]);
    let expected =
        json!({ "automatic": "download", "on-metered": true, "on-battery": false, "first-boot-finished": false });
    assert_eq!(json_of(&set), json!({ "settings": expected }), "{set:?}");
    let all = Settings { automatic: AutomaticMode::Download, on_metered: true, ..Settings::default() };
    assert_eq!(settings(&computer).await, all);
    computer.lab().restart().unwrap();
    assert_eq!(settings(&computer).await, all, "what was set is kept");
    computer.person().isotopectl(&["settings", "--on-metered", "no"]);
    assert_eq!(settings(&computer).await, Settings { on_metered: false, ..all }, "the rest stays as it is");
}

#[tokio::test]
async fn an_administrators_file_counts_until_something_else_is_set() {
    let computer = Computer::start();
    let file = "automatic = \"off\"\non_battery = true\n";
    computer.lab().write_file("isotope/settings.toml", file).unwrap();
    computer.lab().restart().unwrap();
    let written = Settings { automatic: AutomaticMode::Off, on_battery: true, ..Settings::default() };
    assert_eq!(settings(&computer).await, written);
    let set = computer.person().isotopectl(&["settings", "--automatic", "check"]);
    assert!(set.status.success(), "{set:?}");
    assert_eq!(settings(&computer).await, Settings { automatic: AutomaticMode::Check, ..written.clone() });
    // One that nobody can read says nothing about what was set.
    computer.lab().write_file("isotope/settings.toml", "on_battery = \"perhaps\"\n").unwrap();
    computer.lab().restart().unwrap();
    assert_eq!(settings(&computer).await, Settings::default());
}

#[tokio::test]
async fn nothing_is_done_as_long_as_nobody_knows_what_the_administrator_wants() {
    let computer = Computer::start();
    computer.lab().write_file("isotope/settings.toml", "automatic = \"of\"\n").unwrap();
    computer.lab().restart().unwrap();
    let off = Settings { automatic: AutomaticMode::Off, ..Settings::default() };
    assert_eq!(settings(&computer).await, off);
    let refused = computer.person().isotopectl(&["settings", "--automatic", "unknown"]);
    assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    let set = computer.person().isotopectl(&["settings", "--automatic", "check"]);
    assert!(set.status.success(), "{set:?}");
    assert_eq!(settings(&computer).await, Settings::default());
}

#[tokio::test]
async fn setting_needs_authority() {
    let computer = Computer::start();
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let denied = computer.person().isotopectl(&["settings", "--automatic", "off"]);
    assert_eq!(denied.status.code(), Some(3), "{denied:?}");
    let shown = computer.person().isotopectl(&["settings", "--json"]);
    assert_eq!(json_of(&shown)["settings"]["automatic"], "check", "reading is free: {shown:?}");

    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    for (answer, expected) in [(Answer::Dismiss, "check"), (Answer::Approve, "off")] {
        let change = r#"{"automatic": "off"}"#;
        let person = computer.person();
        let mut call = person.prepare_with(OBJECT_PATH, "Configure", Some(change), &json!({}), true).unwrap();
        let mut agent = Agent::register(computer.lab(), call.process, answer).unwrap();
        call.make().unwrap();
        agent.asked().unwrap();
        let told = call.answer().unwrap();
        assert_eq!(told.get("error").is_none(), answer == Answer::Approve, "{told}");
        assert_eq!(settings(&computer).await.automatic.name(), expected);
    }
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_and_changes_nothing() {
    let computer = Computer::start();
    for change in [
        json!({ "automatic": "restart" }),
        json!({ "automatic": "unknown" }),
        json!({ "automatic": 1 }),
        json!({ "on-battery": "yes" }),
        json!({ "restart": true }),
        json!({ "on-metered": true, "something": "else" }),
    ] {
        let person = computer.person();
        let text = change.to_string();
        let mut call = person.prepare_with(OBJECT_PATH, "Configure", Some(&text), &json!({}), false).unwrap();
        call.make().unwrap();
        let answer = call.answer().unwrap();
        assert_eq!(answer["error"], "MalformedArgument", "{change}: {answer}");
    }
    assert_eq!(settings(&computer).await, Settings::default());
    for wrong in [["--automatic", "apply"], ["--on-battery", "perhaps"]] {
        let refused = computer.person().isotopectl(&[["settings"].as_slice(), &wrong].concat());
        assert_eq!(refused.status.code(), Some(2), "{refused:?}");
    }
}
