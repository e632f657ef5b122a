# SPDX-License-Identifier: GPL-3.0-or-later
"""All situations of the stand-in service: those of its host, and those of what it can be switched to."""

from stand_in_catalogs import PROBLEMS
from stand_in_operating import OF_OPERATING
from stand_in_rpm_ostree import SITUATIONS as OF_RPM_OSTREE
from stand_in_settings import SITUATIONS as OF_SETTINGS
from stand_in_situations import BOOTC, NETWORK, NOW, contained, deployment, old, runs_101, situation
from stand_in_situations import SITUATIONS as OF_THE_HOST
from stand_in_wizard import SITUATIONS as OF_THE_WIZARD

AUTOMATIC = {"pinned": True, "automatic-pin": {}}
NEXT = "quay.io/lab/kde:stable"


def of_containers(**rest):
    """A host that follows the GNOME of the Lab from a registry."""
    return situation([contained(runs_101()), contained(old())], host=BOOTC, last_checked=NOW - 600, **rest)


def kde(version, digit, **marks):
    return contained({**deployment(version, digit, 1, **marks), "variant": "KDE Plasma"}, "kde")


def trial(**rest):
    """A host that runs KDE since a switch; GNOME is the way back."""
    way_back = contained({**deployment("10.1", "1", 12, rollback=True), **rest})
    return situation([kde("10.2", "2", booted=True), way_back], host=BOOTC, here="lab-kde")


def finding(severity, name, **parameters):
    return {"severity": severity, "finding": name, **parameters}


LOGIN_SCREEN = finding("warning", "other-display-manager", **{"from": "gdm.service", "to": "sddm.service"})
MISSING_USER = finding("warning", "missing-user", user="sddm", unit="sddm.service")
KEPT = finding("note", "configuration-kept", paths=["/etc/group", "/etc/hosts", "/etc/xdg/menus/applications.menu"], more=4)
NOTES = [
    finding("note", "other-desktop", **{"from": "gnome", "to": "kde"}),
    finding("note", "content-unknown"),
]
WARNINGS = [
    finding("warning", "older", built=NOW - 30 * 86_400, here=NOW - 12 * 86_400),
    finding("warning", "little-space", place="/boot", needed=120_000_000, free=90_000_000),
    finding("warning", "pin-fills-boot", needed=61_000_000, free=40_000_000),
    LOGIN_SCREEN,
    finding("warning", "replaces-staged", deployment=f"lab/{'2' * 64}.0", version="10.2"),
]
BLOCKING = [
    finding("blocking", "processor", needs="x86-64-v3", has="x86-64-v2"),
    finding("blocking", "layered", packages=["htop", "vim"], replaced=["kernel"], effect="blocks"),
    finding("blocking", "refused", refusal={"code": "not-bootable", "reference": NEXT, "detail": ""}),
]

# There is nothing to see in these but that it waits.
WAITING = ("silent",)


def wants_its_own(name):
    """Whether a window and a service of its own are needed to see this situation, and nothing else can come after it."""
    of_its_service = ("interface_version", "silent", "broken", "forbidden", "network")
    return name.startswith("desktops") or any(what in SITUATIONS[name] for what in of_its_service)


SITUATIONS = {
    **OF_THE_HOST,
    **OF_RPM_OSTREE,
    **OF_OPERATING,
    **OF_SETTINGS,
    **OF_THE_WIZARD,
    "desktops": of_containers(findings=NOTES),
    "desktops-of-branches": situation([runs_101(), old()], last_checked=NOW - 600, findings=NOTES),
    "desktops-many": of_containers(entries=1_000),
    "desktops-fifty": of_containers(entries=50),
    "desktops-unknown-host": of_containers(here=None),
    "desktops-listed": of_containers(switching={"allow": "listed", "images": ["quay.io/lab/gnome", "quay.io/elsewhere/*"]}),
    "desktops-turned-off": of_containers(switching={"allow": "none"}),
    "desktops-none": of_containers(entries=[], here=None),
    "desktops-unreadable": of_containers(unreadable=("GetCatalogs",)),
    "desktops-slow": of_containers(pause=60_000),
    "desktops-broken": of_containers(problems=PROBLEMS),
    "desktops-outdated": situation(
        [contained(runs_101(), "mate"), contained(old(), "mate")], host=BOOTC, here="lab-mate"
    ),
    "preflight-warnings": of_containers(findings=[*WARNINGS, *NOTES]),
    "preflight-blocked": of_containers(findings=[*BLOCKING, *WARNINGS[:2], *NOTES]),
    "preflight-fails": of_containers(fails=NETWORK),
    "switch-staged": of_containers(findings=NOTES, staged_findings=[LOGIN_SCREEN, MISSING_USER, KEPT]),
    "trial": trial(**AUTOMATIC),
    "trial-kept": trial(**{**AUTOMATIC, "automatic-pin": {"updates-left": 2}}),
    "trial-with-update": situation(
        [
            kde("10.3", "3", staged=True),
            kde("10.2", "2", booted=True),
            contained(deployment("10.1", "1", 12, rollback=True, **AUTOMATIC)),
        ],
        host=BOOTC,
        here="lab-kde",
    ),
}
