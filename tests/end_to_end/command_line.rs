// SPDX-License-Identifier: GPL-3.0-or-later
//! `isotopectl`, as a person on the machine uses it.

use isotope_lab::{Backend, PolkitPreset};
use isotope_tests::Computer;
use serde_json::Value;

on_every_program! {
    the_whole_path_by_command,
    refusals_have_exit_codes_of_their_own,
    status_as_json_is_the_whole_state,
    on_a_text_terminal_a_password_is_asked_for_by_its_own_agent,
}

fn json(output: &std::process::Output) -> Value {
    let text = String::from_utf8_lossy(&output.stdout);
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

async fn the_whole_path_by_command(backend: Backend) {
    let computer = Computer::start_on(backend);
    let person = computer.person();
    let old = computer.booted_image();
    let (version, new) = computer.publish(|publication| publication);

    let checked = person.isotopectl(&["check", "--exit-code"]);
    assert_eq!(checked.status.code(), Some(77), "{checked:?}");
    assert!(String::from_utf8_lossy(&checked.stdout).contains(&version), "{checked:?}");
    let updated = person.isotopectl(&["update"]);
    assert!(updated.status.success(), "{updated:?}");
    assert!(!updated.stdout.contains(&0x1b), "no control characters where there is no terminal: {updated:?}");
    let status = person.isotopectl(&["status"]);
    assert!(String::from_utf8_lossy(&status.stdout).contains(&version), "{status:?}");
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), new);

    let unasked = person.isotopectl(&["rollback"]);
    assert_eq!(unasked.status.code(), Some(2), "nobody could be asked: {unasked:?}");
    let rolled = person.isotopectl(&["rollback", "--yes", "--json"]);
    assert!(rolled.status.success(), "{rolled:?}");
    assert_eq!(computer.default_image(), old);
    computer.lab().restart().unwrap();
    assert_eq!(computer.booted_image(), old);
}

async fn refusals_have_exit_codes_of_their_own(backend: Backend) {
    let computer = Computer::start_on(backend);
    let person = computer.person();
    let nothing = person.isotopectl(&["rollback", "--yes"]);
    assert_eq!(nothing.status.code(), Some(1), "{nothing:?}");
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let denied = person.isotopectl(&["update"]);
    assert_eq!(denied.status.code(), Some(3), "{denied:?}");
    assert!(denied.stdout.is_empty() && !denied.stderr.is_empty());
    let denied = person.isotopectl(&["update", "--json"]);
    assert_eq!(json(&denied)["error"]["code"], "not-authorised");
    let wrong = person.isotopectl(&["fly"]);
    assert_eq!(wrong.status.code(), Some(2));
}

async fn status_as_json_is_the_whole_state(backend: Backend) {
    let computer = Computer::start_on(backend);
    let state = json(&computer.person().isotopectl(&["status", "--json"]));
    assert_eq!(
        state["snapshot"]["deployments"][0]["id"].as_str().map(|id| id.contains(&computer.booted().checksum)),
        Some(true)
    );
    let name = computer.updating_program();
    assert_eq!(state["snapshot"]["host"]["backend"], name);
    assert_eq!(state["capabilities"]["update"]["available"], true);
    assert_eq!(state["capabilities"]["roll-back"]["reason"]["code"], "nothing-to-roll-back-to");
    assert_eq!(state["operation"], Value::Null);
}

async fn on_a_text_terminal_a_password_is_asked_for_by_its_own_agent(backend: Backend) {
    let computer = Computer::start_on(backend);
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    computer.publish(|publication| publication);
    // script(1) makes the terminal; the administrator's password goes in when it is asked for.
    let conversation = "import os, pty, sys, time\n\
        answered = False\n\
        def read(fd):\n    global answered\n    data = os.read(fd, 4096)\n    \
        if not answered and b'assword' in data:\n        answered = True\n        time.sleep(0.3)\n        os.write(fd, b'lab\\n')\n    return data\n\
        sys.exit(os.waitstatus_to_exitcode(pty.spawn(['isotopectl', 'update'], read, lambda fd: b'')))\n";
    let output = computer.lab().run("person", &["python3", "-c", conversation]).unwrap();
    let shown = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{shown} {output:?}");
    assert!(shown.contains("assword"), "{shown}");
    let snapshot = json(&computer.person().isotopectl(&["status", "--json"]));
    let staged = snapshot["snapshot"]["deployments"][0]["id"].as_str().unwrap_or_default().to_owned();
    assert!(staged.contains(&computer.staged().unwrap().checksum), "{snapshot}");
}
