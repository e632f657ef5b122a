// SPDX-License-Identifier: GPL-3.0-or-later
//! The unit of automatic updates runs as root, and may do next to nothing with that.

use std::path::Path;

/// What takes away what root could do. Only the system bus is left.
const TAKEN_AWAY: [(&str, &str); 14] = [
    ("CapabilityBoundingSet", ""),
    ("NoNewPrivileges", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateNetwork", "yes"),
    ("PrivateTmp", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHome", "yes"),
    ("ProtectKernelModules", "yes"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectSystem", "strict"),
    ("MemoryDenyWriteExecute", "yes"),
    ("RestrictAddressFamilies", "AF_UNIX"),
    ("RestrictNamespaces", "yes"),
    ("SystemCallFilter", "~@privileged @resources"),
];

fn data(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/systemd").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The assignments of a section.
fn settings<'a>(unit: &'a str, section: &str) -> Vec<(&'a str, &'a str)> {
    let rest = unit.split_once(&format!("\n[{section}]\n")).unwrap().1;
    let lines = rest.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with(['#', ';'])).filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn root_has_nothing_but_the_bus() {
    let unit = data("isotope-automatic.service.in");
    let service = settings(&unit, "Service");
    for wanted in TAKEN_AWAY {
        assert!(service.contains(&wanted), "{wanted:?}");
    }
    assert!(!service.iter().any(|(name, _)| ["User", "ReadWritePaths", "AmbientCapabilities"].contains(name)));
    assert!(service.contains(&("Type", "oneshot")));
    assert!(service.contains(&("ExecStart", "@bindir@/isotopectl --no-ask automatic")));
}

#[test]
fn it_comes_often_enough_to_make_up_and_not_to_everybody_at_the_same_moment() {
    let unit = data("isotope-automatic.timer");
    let timer = settings(&unit, "Timer");
    let names: Vec<&str> = timer.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, ["OnBootSec", "OnUnitInactiveSec", "RandomizedDelaySec"]);
    assert_eq!(settings(&unit, "Install"), [("WantedBy", "timers.target")]);
}

#[test]
fn computers_without_ostree_are_asked_too_and_no_network_is_waited_for() {
    for name in ["isotope-automatic.timer", "isotope-automatic.service.in"] {
        let unit = data(name);
        let names: Vec<&str> = settings(&unit, "Unit").into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["Description", "Documentation"], "{name}");
    }
}

#[test]
fn a_preset_switches_on_whatever_can_be_switched_on() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data/systemd");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut installable: Vec<String> = names
        .filter(|name| !name.ends_with(".preset") && data(name).contains("\n[Install]\n"))
        .map(|name| format!("enable {}", name.trim_end_matches(".in")))
        .collect();
    let preset = data("90-isotope.preset");
    let mut enabled: Vec<&str> = preset.lines().filter(|line| !line.starts_with('#')).collect();
    installable.sort();
    enabled.sort_unstable();
    assert_eq!(enabled, installable);
}
