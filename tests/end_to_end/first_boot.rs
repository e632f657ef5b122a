// SPDX-License-Identifier: GPL-3.0-or-later
//! What is there for builders of images who want new computers to begin with the wizard.

use std::path::Path;
use std::time::{Duration, Instant};

use isotope_lab::PolkitPreset;
use isotope_model::names::ACTION_PREFIX;
use isotope_tests::Computer;

const RULE: &str = include_str!("../../data/polkit/first-boot.rules.example");

/// Nobody sits at the lab's machine, and nobody there is in the group: polkit is told that somebody is.
fn seen_with(local: bool, active: bool, groups: &[&str]) -> String {
    format!(
        r#"var addRule = polkit.addRule;
polkit.addRule = function(rule) {{
    addRule.call(polkit, function(action, subject) {{
        var groups = {groups:?};
        var seen = {{
            user: subject.user, local: {local}, active: {active},
            isInGroup: function(group) {{ return groups.indexOf(group) >= 0; }}
        }};
        return subject.user == "person" ? rule(action, seen) : polkit.Result.NOT_HANDLED;
    }});
}};
{RULE}
polkit.addRule = addRule;
"#
    )
}

/// Whether polkit lets the person do this without a question.
fn allows(computer: &Computer, action: &str) -> bool {
    let ask = format!("pkcheck --action-id {ACTION_PREFIX}{action} --process $$");
    computer.lab().run("person", &["sh", "-c", &ask]).unwrap().status.success()
}

fn becomes(computer: &Computer, action: &str, allowed: bool) {
    let end = Instant::now() + Duration::from_secs(20);
    while allows(computer, action) != allowed {
        assert!(Instant::now() < end, "{action} does not become {allowed}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn the_rule_for_builders_of_images_lets_who_sits_at_a_new_computer_set_it_up_and_nothing_else() {
    let computer = Computer::start();
    computer.lab().set_polkit(PolkitPreset::Defaults).unwrap();
    let file = computer.lab().folder().join("run/polkit-1/rules.d/40-isotope-first-boot.rules");
    assert!(file.parent().is_some_and(Path::exists));
    let put = |text: &str| std::fs::write(&file, text).unwrap();
    assert!(!allows(&computer, "configure"));
    put(&seen_with(true, true, &["wheel"]));
    becomes(&computer, "configure", true);
    for action in ["check", "update", "switch"] {
        assert!(allows(&computer, action), "{action}");
    }
    for action in ["switch-unverified", "roll-back", "manage-deployments", "cancel"] {
        assert!(!allows(&computer, action), "{action}");
    }
    // From elsewhere, with the screen locked, or without the group it lets nobody do anything.
    for (local, active, groups) in [(false, true, &["wheel"][..]), (true, false, &["wheel"]), (true, true, &["users"])]
    {
        put(&seen_with(local, active, groups));
        becomes(&computer, "configure", false);
        put(&seen_with(true, true, &["wheel"]));
        becomes(&computer, "configure", true);
    }
    // As it stands, where polkit sees that nobody sits at the machine.
    put(RULE);
    becomes(&computer, "configure", false);
}

#[test]
fn what_is_for_builders_of_images_is_installed_where_nothing_reads_it() {
    let installed = isotope_lab::Installation::default().tree;
    let folder = installed.join("usr/share/isotope/first-boot");
    let entry = folder.join("io.github.isotope_desktop.Isotope.FirstBoot.desktop");
    assert!(std::fs::read_to_string(entry).unwrap().contains("\nExec=isotope --first-boot\n"));
    assert_eq!(std::fs::read_to_string(folder.join("first-boot.rules.example")).unwrap(), RULE);
}
