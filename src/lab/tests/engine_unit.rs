// SPDX-License-Identifier: GPL-3.0-or-later
//! The engine's unit lets SELinux give the engine its domain, and leaves bootc what it needs as the engine's child.

use std::collections::BTreeSet;
use std::path::Path;

/// What the unit's [Service] section says. Whoever adds something here makes sure that it neither implies
/// NoNewPrivileges nor keeps a child from writing a deployment: see systemd.exec(5).
const SETTINGS: [(&str, Option<&str>); 9] = [
    ("Slice", Some("system.slice")),
    ("ExecStart", None),
    ("StandardInput", Some("socket")),
    ("StandardOutput", Some("journal")),
    ("StandardError", Some("journal")),
    ("MountFlags", Some("slave")),
    ("ProtectHome", Some("yes")),
    ("CapabilityBoundingSet", None),
    ("TimeoutStopSec", None),
];

/// What the engine and bootc do nothing with. Whoever adds something here makes sure of that.
const WITHOUT: [&str; 11] = [
    "CAP_AUDIT_CONTROL",
    "CAP_AUDIT_READ",
    "CAP_BLOCK_SUSPEND",
    "CAP_LEASE",
    "CAP_SYSLOG",
    "CAP_SYS_BOOT",
    "CAP_SYS_MODULE",
    "CAP_SYS_PACCT",
    "CAP_SYS_TIME",
    "CAP_SYS_TTY_CONFIG",
    "CAP_WAKE_ALARM",
];

/// What must not be set, and has its reason in the unit.
const LEFT_OUT: &str = "NoNewPrivileges DynamicUser LockPersonality MemoryDenyWriteExecute ProtectClock \
    ProtectHostname ProtectKernelLogs ProtectKernelModules ProtectKernelTunables RestrictAddressFamilies \
    RestrictNamespaces RestrictRealtime RestrictSUIDSGID SystemCallArchitectures SystemCallFilter SystemCallLog \
    SELinuxContext ProtectSystem ReadOnlyPaths InaccessiblePaths TemporaryFileSystem RootDirectory RootImage \
    NoExecPaths RestrictFileSystems PrivateDevices DevicePolicy DeviceAllow PrivateTmp ProtectControlGroups ProtectProc \
    ProcSubset UMask SecureBits User PrivateUsers PrivateIPC PrivatePIDs PrivateNetwork IPAddressDeny RuntimeMaxSec \
    MemoryMax";

fn data(name: &str) -> String {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// The assignments of the section [Service].
fn settings(unit: &str) -> Vec<(&str, &str)> {
    let section = unit.split_once("\n[Service]\n").unwrap().1;
    let lines = section.lines().map(str::trim).take_while(|line| !line.starts_with('['));
    lines.filter(|line| !line.starts_with(['#', ';'])).filter_map(|line| line.split_once('=')).collect()
}

#[test]
fn the_engines_unit_sets_nothing_that_keeps_it_from_its_domain() {
    let unit = data("systemd/isotope-engine@.service.in");
    let left_out: BTreeSet<&str> = LEFT_OUT.split_ascii_whitespace().collect();
    for (name, value) in settings(&unit) {
        assert!(!left_out.contains(name), "{name}={value} keeps the engine, or bootc as its child, from its work");
        let known = SETTINGS.iter().find(|(setting, _)| *setting == name);
        let (_, wanted) = known.unwrap_or_else(|| panic!("{name}={value}: is it among what implies NoNewPrivileges?"));
        assert!(wanted.is_none_or(|wanted| wanted == value), "{name}={value}");
    }
    for name in &left_out {
        let reasons = unit.lines().filter(|line| line.starts_with(&format!("#   {name}: "))).count();
        assert_eq!(reasons, 1, "the unit does not say once why {name} is left out");
    }
    let explained = unit.lines().filter_map(|line| line.strip_prefix("#   ")?.split_once(": "));
    for (name, _) in explained {
        assert!(left_out.contains(name), "{name} is explained, and nothing looks whether it is left out");
    }
}

#[test]
fn the_engine_keeps_all_capabilities_but_those_that_nothing_asks_for() {
    let unit = data("systemd/isotope-engine@.service.in");
    let mut taken_away = BTreeSet::new();
    for (_, value) in settings(&unit).into_iter().filter(|(name, _)| *name == "CapabilityBoundingSet") {
        let names = value.strip_prefix('~').unwrap_or_else(|| panic!("{value} is a list of all that it may"));
        taken_away.extend(names.split_ascii_whitespace());
    }
    assert_eq!(taken_away, BTreeSet::from(WITHOUT));
}

#[test]
fn what_is_labelled_is_what_the_unit_starts() {
    let unit = data("systemd/isotope-engine@.service.in");
    let started = settings(&unit).into_iter().find_map(|(name, value)| (name == "ExecStart").then_some(value));
    let labels = data("selinux/isotope.fc.in");
    let mut labelled = labels.lines().filter(|line| !line.starts_with('#')).map(|line| line.split_ascii_whitespace());
    let mut fields = labelled.next().unwrap();
    assert_eq!(fields.next(), started);
    assert_eq!(fields.collect::<Vec<_>>(), ["--", "system_u:object_r:install_exec_t:s0"]);
    assert!(labelled.next().is_none());
    assert!(data("selinux/isotope.te").contains("type install_exec_t;"));
    assert!(data("selinux/README.in").contains("semanage fcontext -a -t install_exec_t '@libexecdir@/isotope-engine'"));
}
