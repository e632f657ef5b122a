# SPDX-License-Identifier: GPL-3.0-or-later
"""The situations that the stand-in service can be in: each a host as a client would be told of it."""

import time

DAY = 86_400
NOW = int(time.time())
IMAGE = {"transport": "ostree", "remote": "lab", "branch": "lab/10/x86_64/gnome"}


def deployment(version, digit, age, **marks):
    """A deployment whose checksum is one repeated digit, built so many days ago."""
    return {
        "id": f"lab/{digit * 64}.0",
        "name": f"Lab Atomic Desktop {version}",
        "variant": "GNOME",
        "version": version,
        "built": NOW - age * DAY,
        "image": IMAGE,
        **marks,
    }


def identity(of):
    return of["id"]


def make_available(version="10.2", size=30_000_000):
    found = {"image": IMAGE, "checksum": version[-1] * 64, "version": version, "built": NOW - DAY}
    return {**found, "download-bytes": size} if size else found


def staged_from_available(found):
    return deployment(found["version"], "2", 1, staged=True)


def old():
    return deployment("10.0", "0", 40, rollback=True)


def capabilities(roll_back=True, update=None):
    nothing = {"available": False, "reason": {"code": "nothing-to-roll-back-to"}}
    can_update = {"available": False, "reason": update} if update else {"available": True}
    back = {"available": True} if roll_back else nothing
    return {"check": can_update, "update": can_update, "roll-back": back}


def situation(deployments, roll_back=True, update=None, host=None, **rest):
    snapshot = {
        "host": host or {"image-based": True, "backend": "ostree", "libostree-version": "2025.2"},
        "deployments": deployments,
        "token": "0",
        "last-checked": rest.pop("last_checked", None),
        "available": rest.pop("available", None),
        "changing": rest.pop("changing", False),
    }
    return {"snapshot": snapshot, "capabilities": capabilities(roll_back, update), **rest}


def runs_101(**rest):
    return {**deployment("10.1", "1", 12, booted=True), **rest}


def runs_102():
    return deployment("10.2", "2", 1, booted=True)


PULLING = {"phase": "pulling", "bytes": 12_100_000, "total-bytes": 30_000_000, "bytes-per-second": 170_000}
NETWORK = {
    "code": "network",
    "detail": "While fetching http://updates.example/repo/summary: Could not connect: Connection refused",
}
SIGNATURE = {
    "code": "signature-refused",
    "problem": "untrusted-key",
    "reference": "lab:lab/10/x86_64/gnome",
    "detail": "Can't check signature: public key not found",
}
KDE = {**deployment("10.1", "9", 30, pinned=True), "variant": "KDE Plasma"}

SITUATIONS = {
    "fresh": situation([runs_101()], roll_back=False),
    "up-to-date": situation([runs_102(), deployment("10.1", "1", 12, rollback=True)], last_checked=NOW - 600),
    "available": situation([runs_101(), old()], last_checked=NOW - 600, available=make_available()),
    "available-unknown-size": situation(
        [runs_101(), old()], last_checked=NOW - 600, available=make_available(size=None)
    ),
    "downloading": situation(
        [runs_101(), old()],
        last_checked=NOW - 600,
        available=make_available(),
        running={"kind": "update", "uid": 1000, "user": "person", "progress": PULLING},
    ),
    "downloading-unknown": situation(
        [runs_101(), old()],
        last_checked=NOW - 600,
        running={"kind": "update", "uid": 1000, "user": "person", "progress": {"phase": "pulling", "bytes": 12_100_000}},
    ),
    "somebody-else": situation(
        [runs_101(), old()],
        last_checked=NOW - 600,
        running={"kind": "update", "uid": 1001, "user": "administrator", "progress": PULLING},
    ),
    "waiting": situation(
        [runs_101(), old()],
        running={
            "kind": "update",
            "uid": 1000,
            "user": "person",
            "progress": {"phase": "waiting", "waits-for": "rpm-ostree"},
        },
    ),
    "staged": situation(
        [deployment("10.2", "2", 1, staged=True), runs_101(), old(), KDE], last_checked=NOW - 600
    ),
    "staged-and-newer": situation(
        [deployment("10.2", "2", 1, staged=True), runs_101(), old()],
        last_checked=NOW - 600,
        available=make_available("10.3"),
    ),
    "rolled-back": situation(
        [deployment("10.1", "1", 12, queued=True), runs_102()], last_checked=NOW - 600
    ),
    "older": situation([runs_101(), deployment("10.2", "2", 1, rollback=True)], last_checked=NOW - 600),
    "pinned": situation(
        [runs_102(), deployment("10.1", "1", 12, rollback=True, pinned=True), KDE], last_checked=NOW - 600
    ),
    "no-source": situation(
        [{**runs_101(), "image": None}, old()], update={"code": "no-update-source", "reference": ""}
    ),
    "changing": situation([runs_101(), old()], changing=True, last_checked=NOW - 600),
    "not-image-based": situation([], roll_back=False, host={"image-based": False, "backend": "unknown"}),
    "not-booted": situation([deployment("10.1", "1", 12)], roll_back=False),
    "no-network": situation([runs_101(), old()], fails=NETWORK),
    "bad-signature": situation(
        [runs_101(), old()], last_checked=NOW - 600, available=make_available(), fails=SIGNATURE
    ),
    "hostile": situation(
        [
            runs_101(name="<b>Lab & Desktop</b> %s {version}", variant="_GNOME_ <i>", version="10." + "1" * 300),
            {**deployment("", "0", 40, rollback=True, pinned=True), "image": {"transport": "of-the-future"}, "built": 2**63},
        ],
        last_checked=2**62,
        running={
            "kind": "of-the-future",
            "uid": 4_000_000_000,
            "user": "<b>" + "x" * 200,
            "progress": {"phase": "of-the-future", "bytes": 2**63, "total-bytes": 1, "bytes-per-second": 1},
        },
    ),
    "not-authorised": situation(
        [runs_101(), old()],
        refuses={
            "Check": {"code": "dismissed", "action": "io.github.isotope_desktop.isotope.check"},
            "RollBack": {"code": "not-authorised", "action": "io.github.isotope_desktop.isotope.roll-back"},
        },
    ),
}
