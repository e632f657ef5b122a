# SPDX-License-Identifier: GPL-3.0-or-later
"""The situations that the stand-in service can be in: each a host as a client would be told of it."""

import time

DAY = 86_400
NOW = int(time.time())
OPEN = "ostree-unverified-registry:quay.io/lab/gnome:stable"
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


def classify(deployments):
    """Marks what is queued and what a rollback goes to, as src/model/src/deployment.rs does."""
    booted = next((at for at, one in enumerate(deployments) if one.get("booted")), None)
    for at, one in enumerate(deployments):
        one["queued"] = booted is not None and at < booted and not one.get("staged")
        one["rollback"] = booted is not None and at == booted + 1


def contained(of, variant="gnome"):
    """The same deployment, made from a container image."""
    return {**of, "image": container(variant), "digest": digest_of(of["id"][4])}


def container(variant="gnome"):
    return {"transport": "container", "reference": f"ostree-image-signed:docker://quay.io/lab/{variant}:stable"}


def unchecked(of):
    """The same deployment, made from a container image that is followed in the form that demands no rule."""
    return {**contained(of), "image": {"transport": "container", "reference": OPEN}}


def in_folder(of):
    """The same deployment, made from a container image that lies in no registry."""
    return {**contained(of), "image": {"transport": "container", "reference": "ostree-unverified-image:oci:/var/lab/gnome"}}


def digest_of(digit):
    return "sha256:" + digit * 64


def capabilities(snapshot, no_update=None):
    """What can be done on this host, as far as the window asks; as src/model/src/capability.rs does."""
    can = usual_capabilities(snapshot, no_update)
    host = snapshot["host"]
    if driver := host.get("update-driver"):
        driven = {"available": False, "reason": {"code": "update-driver", **driver}}
        can = {kind: driven if kind in ("update", "switch", "deploy") else can[kind] for kind in can}
    never = {"code": "not-with-backend", "backend": "bootc", "composefs": host.get("composefs", False)}
    refused = {"available": False, "reason": never}
    followed = snapshot["deployments"][0].get("image") if snapshot["deployments"] else None
    in_registry = "docker:" in str(followed) or "registry:" in str(followed)
    asked = ("check", "list-versions") if in_registry else ()
    if host.get("composefs"):
        return {kind: can[kind] if kind in ("update", "switch", "roll-back", *asked) else refused for kind in can}
    if host["backend"] == "bootc":
        return {**can, **({} if in_registry else {"list-versions": refused}), "deploy": refused}
    return can


def usual_capabilities(snapshot, no_update):
    deployments = snapshot["deployments"]
    yes, can = {"available": True}, {}
    none = {"available": False, "reason": no_update or {"code": "not-booted"}}
    runs = any(one.get("booted") for one in deployments)
    for kind in ("check", "update", "list-versions", "deploy"):
        can[kind] = yes if runs and not no_update else none
    for kind in ("switch", "set-default", "pin", "unpin", "keep", "remove", "clean-up"):
        can[kind] = yes if runs else none
    other = any(not one.get("staged") and not one.get("booted") for one in deployments)
    can["roll-back"] = yes if other else {"available": False, "reason": {"code": "nothing-to-roll-back-to"}}
    staged = any(one.get("staged") for one in deployments)
    can["discard"] = yes if staged else {"available": False, "reason": {"code": "nothing-staged"}}
    return can


def started(verdict, expected="10.2", **more):
    """How the computer was last started: with 10.1, and not as expected."""
    return {
        "time": NOW - 900,
        "boot-id": "0d6f2b1e-5f7a-4f0f-9b9e-2f6a7c1d8e90",
        "deployment": f"lab/{'1' * 64}.0",
        "version": "10.1",
        "name": "Lab Atomic Desktop 10.1",
        "verdict": verdict,
        "expected": expected,
        **more,
    }


def situation(deployments, no_update=None, host=None, **rest):
    host = host or {"image-based": True, "backend": "ostree", "libostree-version": "2025.2"}
    snapshot = {
        # The timer is on by which a computer does something by itself.
        "host": {"looks-by-itself": True, **host},
        "deployments": deployments,
        "token": "0",
        "last-checked": rest.pop("last_checked", None),
        "available": rest.pop("available", None),
        "changing": rest.pop("changing", False),
        "read": rest.pop("read", None),
        "soft-restart": rest.pop("soft_restart", False),
        "last-boot": rest.pop("last_boot", None),
        "settings": rest.pop("settings", None),
    }
    return {"snapshot": snapshot, "capabilities": capabilities(snapshot, no_update), "no_update": no_update, **rest}


def runs_101(**rest):
    return {**deployment("10.1", "1", 12, booted=True), **rest}


def runs_102():
    return deployment("10.2", "2", 1, booted=True)


BOOTC = {"image-based": True, "backend": "bootc", "backend-reason": "container", "libostree-version": "2025.2"}
COMPOSEFS = {"image-based": True, "backend": "bootc", "backend-reason": "composefs", "composefs": True}
PULLING = {"phase": "pulling", "bytes": 12_100_000, "total-bytes": 30_000_000, "bytes-per-second": 170_000}
HELD = {"finalization-locked": True}
# What NetworkManager tells: no connectivity at all; all of it, but metered.
OFFLINE = {"State": 20, "Connectivity": 1, "Metered": 0}
METERED = {"State": 70, "Connectivity": 4, "Metered": 1}
BOOTC_TIMER = {"name": "bootc", "unit": "bootc-fetch-apply-updates.timer", "does": "apply"}
LOOKS_ONLY = {"name": "uupd", "unit": "uupd.timer", "does": "check"}
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
    "fresh": situation([runs_101()]),
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
    "containers": situation(
        [contained(runs_101()), contained(old())],
        host=BOOTC,
        last_checked=NOW - 600,
        available={**make_available(), "image": container(), "checksum": digest_of("2")},
        digest=digest_of("1"),
        signature={"state": "unknown", "required": False},
    ),
    "held-back": situation(
        [contained(deployment("10.2", "2", 1, staged=True, **HELD)), contained(runs_101()), contained(old())],
        host=BOOTC,
        last_checked=NOW - 600,
    ),
    "importing": situation(
        [contained(runs_101()), contained(old())],
        host=BOOTC,
        last_checked=NOW - 600,
        running={
            "kind": "update",
            "uid": 1000,
            "user": "person",
            "progress": {"phase": "importing", "overall": 782, "seconds-in-phase": 14},
        },
    ),
    "soft-restart": situation(
        [contained(deployment("10.2", "2", 1, staged=True)), contained(runs_101()), contained(old())],
        host=BOOTC,
        last_checked=NOW - 600,
        soft_restart=True,
    ),
    "composefs": situation([contained(runs_101()), contained(old())], host=COMPOSEFS, read=NOW - 300),
    "no-registry": situation([in_folder(runs_101()), in_folder(old())], host=COMPOSEFS, read=NOW - 300),
    "unchecked": situation([unchecked(runs_101()), unchecked(old())], host=BOOTC, last_checked=NOW - 600, rules="none"),
    "rule": situation([unchecked(runs_101()), unchecked(old())], host=BOOTC, last_checked=NOW - 600, signed=True),
    "unsigned-container": situation(
        [unchecked(runs_101()), unchecked(old())], host=BOOTC, last_checked=NOW - 600, signed=False
    ),
    "many-tags": situation([contained(runs_101()), contained(old())], host=BOOTC, tags=10_000),
    "no-registry-answer": situation([contained(runs_101()), contained(old())], host=BOOTC, fails=NETWORK),
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
        [{**runs_101(), "image": None}, old()], no_update={"code": "no-update-source", "reference": ""}
    ),
    "several": situation(
        [
            deployment("10.2", "2", 1, staged=True),
            runs_101(),
            old(),
            KDE,
            deployment("9.9", "5", 71),
        ],
        last_checked=NOW - 600,
        digest="sha256:" + "5f" * 32,
    ),
    "staged-lost": situation([runs_101(), old()], last_boot=started("staged-lost")),
    "finalisation-failed": situation(
        [runs_101(), old()],
        last_boot=started(
            "finalisation-failed",
            detail="error: Installing kernel: regfile copy: No space left on device, while writing "
            "/boot/ostree/lab-5f2a/vmlinuz-6.17.7-300.fc43.x86_64",
        ),
    ),
    "another-started": situation(
        [deployment("10.2", "2", 1, queued=True), runs_101()], last_boot=started("another-started")
    ),
    "health-checks-failed": situation(
        [runs_101(), deployment("10.2", "2", 1, rollback=True)], last_boot=started("health-checks-failed")
    ),
    "unsigned": situation(
        [runs_101(), old()], signature={"state": "untrusted-key", "required": True}, unchanged=True, clean_up=0, history=[]
    ),
    "unreadable": situation(
        [runs_101(), old()], unreadable=("GetDetails", "GetDiskUsage", "GetConfigurationChanges", "GetHistory")
    ),
    "passed-over": situation(
        [runs_101(), deployment("10.2", "2", 1, rollback=True), old()], last_checked=NOW - 600
    ),
    "offline": situation([runs_101(), old()], network=OFFLINE),
    "offline-checked": situation(
        [runs_101(), old()], last_checked=NOW - 2 * DAY, available=make_available(), network=OFFLINE
    ),
    "offline-staged": situation(
        [deployment("10.2", "2", 1, staged=True), runs_101(), old()], last_checked=NOW - 600, network=OFFLINE
    ),
    "metered": situation(
        [runs_101(), old()], last_checked=NOW - 600, available=make_available(), network=METERED
    ),
    "managed": situation([contained(runs_101()), contained(old())], host={**BOOTC, "automatic-updaters": [BOOTC_TIMER]}),
    "managed-up-to-date": situation(
        [contained(runs_102()), contained(old())],
        host={**BOOTC, "automatic-updaters": [BOOTC_TIMER, LOOKS_ONLY]},
        last_checked=NOW - 600,
    ),
    # Of another version than the program.
    "too-old": situation([runs_101(), old()], interface_version=0),
    "newer": situation([runs_102(), old()], interface_version=7, last_checked=NOW - 600),
    # Does not get an answer, gets one that nobody understands, is not let in.
    "silent": situation([runs_101(), old()], silent=True),
    "broken": situation([runs_101(), old()], broken=True),
    "forbidden": situation([runs_101(), old()], forbidden=True),
    "slow": situation([runs_101(), old()], pause=60_000, patience=400),
    "no-versions": situation([runs_101(), old()], no_versions=True),
    "changing": situation([runs_101(), old()], changing=True, last_checked=NOW - 600),
    "not-image-based": situation([], host={"image-based": False, "backend": "unknown"}),
    "not-booted": situation([deployment("10.1", "1", 12)]),
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
