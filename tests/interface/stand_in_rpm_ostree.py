# SPDX-License-Identifier: GPL-3.0-or-later
"""The situations of the stand-in service on hosts that rpm-ostree updates."""

from stand_in_situations import NOW, contained, deployment, make_available, old, runs_101, situation

CONTAINERS = {
    "image-based": True,
    "backend": "rpm-ostree",
    "backend-reason": "changed-by-rpm-ostree",
    "libostree-version": "2025.2",
    "automatic-updates": "check",
}
BRANCHES = {**CONTAINERS, "backend-reason": "branch-with-rpm-ostree", "automatic-updates": "none"}
ZINCATI = {"name": "Zincati", "unit": "zincati.service"}
ADDED = {"packages": ["htop", "tmux", "vim-enhanced"]}
CHANGED = {
    **ADDED,
    "local-packages": ["a-tool-of-the-office-1.4-2.x86_64"],
    "removed": ["firefox"],
    "replaced": ["kernel", "kernel-core"],
    "initramfs": True,
}
LAYERS = {"phase": "pulling", "layers": 2, "total-layers": 8, "layer-bytes": 1_800_000}
BASE = "ba5e" * 16
NEEDS_RESET = {"severity": "blocking", "finding": "layered", "effect": "needs-reset", **ADDED}
CARRIED_OVER = {"severity": "warning", "finding": "layered", "effect": "carried-over", **CHANGED}


def layered(of, what):
    return {**of, "layered": what, "base-checksum": BASE}


SITUATIONS = {
    "layered": situation(
        [
            layered(contained(deployment("10.2", "2", 1, staged=True)), ADDED),
            {**layered(contained(runs_101()), CHANGED), "unlocked": "hotfix", "applied-live": True},
            contained(old()),
        ],
        host=CONTAINERS,
        last_checked=NOW - 600,
        arguments_added=["amdgpu.dc=1"],
        arguments_removed=["quiet"],
        findings=[CARRIED_OVER],
    ),
    "driver": situation(
        [runs_101(), old()],
        host={**BRANCHES, "update-driver": ZINCATI},
        last_checked=NOW - 600,
        available=make_available(),
        packages=0,
    ),
    "packages": situation(
        [layered(runs_101(), ADDED), old()],
        host=BRANCHES,
        last_checked=NOW - 600,
        available=make_available(),
        packages=1_500,
        findings=[NEEDS_RESET],
    ),
    "foreign": situation(
        [contained(runs_101()), contained(old())],
        host=CONTAINERS,
        last_checked=NOW - 600,
        cancel_takes=24,
        running={
            "kind": "update",
            "uid": 1000,
            "user": "person",
            "program": "gnome-software",
            "title": "upgrade",
            "progress": LAYERS,
        },
    ),
    "foreign-of-nobody": situation(
        [runs_101(), old()],
        host=BRANCHES,
        running={
            "kind": "other",
            "uid": 4_294_967_295,
            "user": None,
            "title": "install vim-enhanced",
            "progress": {"phase": "staging"},
        },
    ),
}
