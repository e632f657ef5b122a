# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in service tells of packages."""

NAMES = ("bash", "firefox", "glibc", "gnome-shell", "gtk4", "kernel", "mesa-dri-drivers", "openssl-libs", "vim-minimal")


def package(name, before, after):
    return {"name": name, "architecture": "x86_64", "before": before, "after": after}


def advisory(identity, kind, severity, packages, *pages):
    references = [{"address": address, "title": title} for address, title in pages]
    return {"id": identity, "kind": kind, "severity": severity, "packages": packages, "references": references}


ADVISORIES = [
    advisory(
        "LAB-2026-5d7a1c20be",
        "security",
        "critical",
        ["openssl-libs"],
        ("https://lab.example/CVE-2026-1234", "CVE-2026-1234: openssl reads beyond a buffer"),
        ("https://lab.example/CVE-2026-1235", "CVE-2026-1235"),
    ),
    advisory("LAB-2026-11aa22bb33", "security", "moderate", ["glibc", "bash"], ("file:///etc/passwd", "not a page")),
    advisory("LAB-2026-44cc55dd66", "bugfix", "unknown", ["gtk4"]),
]


def package_changes(situation):
    """As many as the situation has; none where nobody knows."""
    number = situation.get("packages", 9)
    if not number:
        return {"known": False}
    names = [*NAMES, *(f"lib{at:04}" for at in range(number - len(NAMES)))]
    return {
        "known": True,
        "upgraded": [package(name, f"1.{at}-1.fc43", f"1.{at + 1}-1.fc43") for at, name in enumerate(names)],
        "downgraded": [package("bluez", "5.85-2.fc43", "5.84-1.fc43")],
        "added": [package("micro", None, "2.0.14-1.fc43")],
        "removed": [package("nano", "8.3-2.fc43", None)],
        "advisories": ADVISORIES,
    }
