# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in service does to its host: each operation yields its progress and returns its outcome.

Each gets the first argument of its method: what it is about, or else the options.
"""

import time

from stand_in_readings import find
from stand_in_situations import (
    DAY,
    NOW,
    classify,
    contained,
    deployment,
    identity,
    make_available,
    staged_from_available,
)


def check(situation, _argument):
    snapshot = situation["snapshot"]
    for _ in range(8):
        yield {"phase": "checking"}
    if situation.get("fails"):
        return {"result": "failed", "refusal": situation["fails"]}
    snapshot["last-checked"] = int(time.time())
    newest = snapshot["deployments"][0]["version"] == "10.2"
    if newest:
        return {"result": "up-to-date"}
    snapshot["available"] = make_available()
    return {"result": "update-available", "update": snapshot["available"]}


def update(situation, options):
    mode = options.get("mode", "stage")
    if mode == "from-downloaded":
        yield from (({"phase": "staging", "overall": 950}),) * 4
        held = situation["snapshot"]["deployments"][0]
        held["finalization-locked"] = False
        return {"result": "staged", "deployment": identity(held)}
    yield from download(situation.get("steps", 60))
    if situation.get("fails"):
        return {"result": "failed", "refusal": situation["fails"]}
    follows = situation["snapshot"]["deployments"][0]["image"]
    found = situation["snapshot"].pop("available", None) or {**make_available(), "image": follows}
    staged = staged_from_available(found)
    if found["image"]["transport"] == "container":
        staged = contained(staged)
    return stage(situation, {**staged, "finalization-locked": mode == "download-only"})


def switch(situation, image):
    yield from download()
    if situation.get("switch_fails"):
        return {"result": "failed", "refusal": situation["switch_fails"]}
    staged = {**deployment("10.2", "8", 1, staged=True), "variant": "KDE Plasma" if "kde" in image else "GNOME"}
    if "/" in image.partition(":")[0]:
        return stage(situation, contained(staged, "kde" if "kde" in image else "gnome"))
    remote, branch = image.split(":")
    return stage(situation, {**staged, "image": {"transport": "ostree", "remote": remote, "branch": branch}})


def list_versions(situation, _argument):
    for _ in range(situation.get("patience", 6)):
        yield {"phase": "checking"}
    if situation.get("fails"):
        return {"result": "failed", "refusal": situation["fails"]}
    if situation["snapshot"]["host"]["backend"] == "bootc":
        return tags(situation)
    known = [("10.3", "3", 0), ("10.2", "2", 1), ("10.1", "1", 12), ("10.0", "0", 40), ("9.9", "5", 71), (None, "4", 90)]
    versions = [
        {"checksum": digit * 64, "version": version, "built": NOW - age * DAY} for version, digit, age in known
    ]
    return {"result": "versions", "versions": [] if situation.get("no_versions") else versions}


def tags(situation):
    number = situation.get("tags", 0)
    newest = [f"10.{4_000 - at}.2026" for at in range(number)]
    known = ["10.2", "10.2-20261118", "10.1", "10.1-20261030", "10", "9.9", "latest", "stable", "testing"]
    return {"result": "tags", "repository": "quay.io/lab/gnome", "tags": newest + known, "truncated": number >= 10_000}


def deploy(situation, checksum):
    yield from download()
    versions = {"5": "9.9", "3": "10.3"}
    digit = checksum[0]
    return stage(situation, deployment(versions.get(digit, checksum[:12]), digit, 71, staged=True))


def roll_back(situation, _argument):
    yield from (({"phase": "changing-boot-order"}),) * 2
    return put_first(situation, written(situation)[1])


def set_default(situation, target):
    yield from (({"phase": "changing-boot-order"}),) * 2
    return put_first(situation, find(situation["snapshot"], target))


def discard(situation, _argument):
    yield {"phase": "changing-boot-order"}
    staged = situation["snapshot"]["deployments"][0]
    situation["snapshot"]["deployments"] = written(situation)
    return {"result": "discarded", "deployment": identity(staged)}


def pin(situation, target):
    yield {"phase": "pinning"}
    find(situation["snapshot"], target)["pinned"] = True
    return {"result": "pinned", "deployment": target}


def unpin(situation, target):
    yield {"phase": "pinning"}
    find(situation["snapshot"], target)["pinned"] = False
    return {"result": "unpinned", "deployment": target}


def keep(situation, _options):
    yield {"phase": "pinning"}
    way_back = next(one for one in situation["snapshot"]["deployments"] if one.get("automatic-pin") == {})
    way_back["automatic-pin"] = {"updates-left": 3}
    return {"result": "kept", "deployment": identity(way_back)}


def remove(situation, target):
    yield from (({"phase": "changing-boot-order"}), ({"phase": "cleaning-up"}))
    snapshot = situation["snapshot"]
    snapshot["deployments"] = [one for one in snapshot["deployments"] if one["id"] != target]
    return {"result": "removed", "deployment": target, "freed-bytes": 551_000_000}


def clean_up(situation, _argument):
    for _ in range(10):
        yield {"phase": "cleaning-up"}
    freed, situation["clean_up"] = situation.get("clean_up", 1_240_000_000), 0
    return {"result": "cleaned-up", "freed-bytes": freed}


# By the name of the method: what it is as an operation, and what it does.
OPERATIONS = {
    "Check": ("check", check),
    "Update": ("update", update),
    "ListVersions": ("list-versions", list_versions),
    "Switch": ("switch", switch),
    "Deploy": ("deploy", deploy),
    "RollBack": ("roll-back", roll_back),
    "SetDefault": ("set-default", set_default),
    "Discard": ("discard", discard),
    "Pin": ("pin", pin),
    "Unpin": ("unpin", unpin),
    "Keep": ("keep", keep),
    "Remove": ("remove", remove),
    "CleanUp": ("clean-up", clean_up),
}


def download(steps=60):
    total, rate = 30_000_000, 2_000_000
    for step in range(steps):
        yield {"phase": "pulling", "bytes": total * step // steps, "total-bytes": total, "bytes-per-second": rate}
    for phase in ("staging", "staging", "staging", "cleaning-up"):
        yield {"phase": phase}


def written(situation):
    return [one for one in situation["snapshot"]["deployments"] if not one.get("staged")]


def stage(situation, staged):
    situation["snapshot"]["deployments"] = [staged, *written(situation)]
    classify(situation["snapshot"]["deployments"])
    return {"result": "staged", "deployment": identity(staged)}


def put_first(situation, target):
    order = [target, *(one for one in written(situation) if one is not target)]
    situation["snapshot"]["deployments"] = order
    classify(order)
    return {"result": "boot-order-changed", "boots-next": identity(target)}
