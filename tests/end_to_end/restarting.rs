// SPDX-License-Identifier: GPL-3.0-or-later
//! Restarting: now, at a time, or not after all; who and what is in the way is named first.

use std::process::{Output, Stdio};
use std::time::{Duration, SystemTime};

use isotope_client::ClientError;
use isotope_client::login::{self, RestartRefusal};
use isotope_lab::PolkitPreset;
use isotope_tests::Computer;
use serde_json::Value;

const PATIENCE: Duration = Duration::from_secs(30);
/// So far away that no test meets it.
const HALF_A_DAY: Duration = Duration::from_secs(12 * 60 * 60);

fn text(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// What the login manager itself says is scheduled: kind and microseconds.
fn scheduled(computer: &Computer) -> String {
    let command = [
        "busctl",
        "get-property",
        "org.freedesktop.login1",
        "/org/freedesktop/login1",
        "org.freedesktop.login1.Manager",
        "ScheduledShutdown",
    ];
    String::from_utf8(computer.root(&command).stdout).unwrap()
}

#[tokio::test]
async fn a_restart_into_the_update_comes_at_its_time() {
    let computer = Computer::start();
    let (_, new) = computer.publish(|publication| publication);
    computer.update().await.unwrap();
    let boots = computer.lab().machine_state().unwrap().boots;
    let client = computer.client().await;
    let at = SystemTime::now() + HALF_A_DAY;
    login::schedule_restart(client.connection(), at, true).await.unwrap();
    assert!(scheduled(&computer).starts_with("(st) \"reboot\" "), "{}", scheduled(&computer));
    let seen = login::scheduled_restart(client.connection()).await.unwrap().unwrap();
    assert!(at.duration_since(seen).unwrap_or_default() < Duration::from_millis(1), "{at:?} {seen:?}");
    assert_eq!(computer.lab().machine_state().unwrap().boots, boots, "not before");
    let over = SystemTime::now() - Duration::from_secs(1);
    let refused = login::schedule_restart(client.connection(), over, true).await.unwrap_err();
    assert!(matches!(refused, ClientError::Restart(RestartRefusal::TooLate)), "{refused:?}");
    assert!(login::scheduled_restart(client.connection()).await.unwrap().is_some(), "what was scheduled stands");
    let at = SystemTime::now() + Duration::from_secs(2);
    login::schedule_restart(client.connection(), at, true).await.unwrap();
    computer.lab().wait_for_boot(boots + 1, 4 * PATIENCE).unwrap();
    assert!(SystemTime::now() > at);
    assert_eq!(computer.booted_image(), new);
    let client = computer.client().await;
    assert_eq!(login::scheduled_restart(client.connection()).await.unwrap(), None, "once");
}

#[tokio::test]
async fn what_is_scheduled_is_shown_by_command_and_called_off() {
    let computer = Computer::start();
    let person = computer.person();
    let boots = computer.lab().machine_state().unwrap().boots;
    let clock = computer.root(&["date", "-d", "12 hours", "+%H:%M"]);
    let clock = String::from_utf8(clock.stdout).unwrap().trim().to_owned();
    let unasked = person.isotopectl(&["restart", "--at", &clock]);
    assert_eq!(unasked.status.code(), Some(2), "nobody could be asked: {unasked:?}");
    assert!(text(&unasked).contains(&format!("isotopectl restart --at {clock} --yes")), "{unasked:?}");
    let asked = person.isotopectl(&["restart", "--at", &clock, "--yes", "--json"]);
    assert!(asked.status.success(), "{asked:?}");
    let told: Value = serde_json::from_slice(&asked.stdout).unwrap();
    let at = told["restart"].as_u64().unwrap();
    assert!(scheduled(&computer).contains(&format!("{at}000000")), "{told}: {}", scheduled(&computer));

    let status = person.isotopectl(&["status"]);
    assert!(text(&status).contains("isotopectl restart --cancel"), "{status:?}");
    let status: Value = serde_json::from_slice(&person.isotopectl(&["status", "--json"]).stdout).unwrap();
    assert_eq!(status["scheduled-restart"], at);

    for (said, cancelled) in [("called off", true), ("No restart", false)] {
        let output = person.isotopectl(&["restart", "--cancel"]);
        assert!(output.status.success() && text(&output).contains(said), "{cancelled}: {output:?}");
    }
    assert!(scheduled(&computer).contains("\"\""), "{}", scheduled(&computer));
    for wrong in ["25:00", "soon", "3"] {
        assert_eq!(person.isotopectl(&["restart", "--at", wrong]).status.code(), Some(2), "{wrong}");
    }
    assert_eq!(computer.lab().machine_state().unwrap().boots, boots);
}

#[tokio::test]
async fn who_and_what_is_in_the_way_is_named_and_holds_it_back_until_it_is_passed_over() {
    let computer = Computer::start();
    computer.lab().add_session("administrator", None).unwrap();
    let inhibit =
        ["systemd-inhibit", "--what=shutdown:idle", "--who=Backup", "--why=Writing", "--mode=block", "sleep", "120"];
    let mut backup = computer.lab().command("root", &inhibit).unwrap();
    let mut backup = backup.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let client = computer.client().await;
    let began = SystemTime::now();
    let obstacles = loop {
        let obstacles = login::restart_obstacles(client.connection()).await.unwrap();
        if obstacles.block() {
            break obstacles;
        }
        assert!(began.elapsed().unwrap() < PATIENCE, "{obstacles:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!((obstacles.inhibitors[0].who.as_str(), obstacles.inhibitors[0].why.as_str()), ("Backup", "Writing"));
    assert_eq!(
        obstacles.others.last().map(|other| (other.user.as_str(), other.seat.clone())),
        Some(("administrator", None))
    );

    let boots = computer.lab().machine_state().unwrap().boots;
    let held = computer.person().isotopectl(&["restart", "--yes"]);
    assert_eq!(held.status.code(), Some(1), "{held:?}");
    assert!(
        text(&held).contains("Backup does not want") && text(&held).contains("administrator is logged in"),
        "{held:?}"
    );
    assert!(!text(&held).contains("person is logged in"), "that is oneself: {held:?}");
    let scheduling = computer.person().isotopectl(&["restart", "--at", "03:00", "--yes"]);
    assert!(
        scheduling.status.code() == Some(1) && text(&scheduling).contains("no restart was scheduled"),
        "{scheduling:?}"
    );
    let refused = login::schedule_restart(client.connection(), SystemTime::now() + HALF_A_DAY, true).await.unwrap_err();
    assert!(matches!(refused, ClientError::Restart(RestartRefusal::Inhibited(_))), "{refused:?}");
    assert_eq!(computer.lab().machine_state().unwrap().boots, boots);

    login::restart_despite(client.connection(), true).await.unwrap();
    computer.lab().wait_for_boot(boots + 1, PATIENCE).unwrap();
    let _ = backup.kill();
    let _ = backup.wait();
    let now = login::restart_obstacles(computer.client().await.connection()).await.unwrap();
    assert!(!now.block() && now.others.iter().all(|other| other.user == "person"), "{now:?}");
}

#[tokio::test]
async fn a_restart_now_is_one_and_only_for_those_who_may() {
    let computer = Computer::start();
    let boots = computer.lab().machine_state().unwrap().boots;
    computer.lab().set_polkit(PolkitPreset::Deny).unwrap();
    let denied = computer.person().isotopectl(&["restart", "--yes", "--json"]);
    assert_eq!(denied.status.code(), Some(3), "{denied:?}");
    let told: Value = serde_json::from_slice(&denied.stdout).unwrap();
    assert_eq!(told["error"]["code"], "restart-not-authorised");
    assert_eq!(computer.lab().machine_state().unwrap().boots, boots);
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let _ = computer.person().isotopectl(&["restart", "--yes"]);
    computer.lab().wait_for_boot(boots + 1, PATIENCE).unwrap();
}
