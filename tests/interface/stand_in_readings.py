# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in service tells of its host beyond the snapshot: details, disk usage, changes in /etc, history."""

from stand_in_situations import NOW, DAY

FAILED = {"code": "failed", "detail": "error: opening repo: opendir(objects): Input/output error"}
CHANGES = [
    ("/etc/adjtime", "added"),
    ("/etc/fstab", "added"),
    ("/etc/group", "modified"),
    ("/etc/hostname", "added"),
    ("/etc/hosts", "modified"),
    ("/etc/NetworkManager/system-connections/A network with a very long name that goes on.nmconnection", "added"),
    ("/etc/systemd/system/display-manager.service", "modified"),
    ("/etc/xdg/autostart/welcome.desktop", "removed"),
]


def find(snapshot, identity):
    """The deployment of this id, or nothing."""
    return next((one for one in snapshot["deployments"] if one["id"] == identity), None)


def details(situation, identity):
    deployment = find(situation["snapshot"], identity)
    release = f"6.17.{deployment['id'][-3]}-300.fc43.x86_64"
    return {
        "id": identity,
        "deployed": None if deployment.get("staged") else deployment["built"] + 3_600,
        "digest": situation.get("digest"),
        "kernel": release,
        "kernel-arguments": "root=UUID=7d9d8f3a-0c0e-4c0f-8a52-1b1c3e6a2f11 rw rhgb quiet "
        f"ostree=/ostree/boot.1/lab/{deployment['id'][4:68]}/0",
        "kernel-arguments-added": situation.get("arguments_added", []),
        "kernel-arguments-removed": situation.get("arguments_removed", []),
        "signature": situation.get("signature")
        or {
            "state": "verified",
            "required": True,
            "key": "8C7FA9D1E35B42F06A1D9E77C4B20F5A61D3E890",
            "signer": "Lab Release Key",
            "made": deployment["built"] + 60,
        },
    }


def disk_usage(situation):
    deployments = situation["snapshot"]["deployments"]
    sizes = [
        {"id": one["id"], "own-bytes": 180_000_000 + 310_000_000 * at, "boot-bytes": 61_000_000}
        for at, one in enumerate(deployments)
    ]
    return {
        "token": situation["snapshot"]["token"],
        "deployments": sizes,
        "clean-up-bytes": situation.get("clean_up", 1_240_000_000),
        "system": {"free": 42_000_000_000, "total": 256_000_000_000},
        "boot": {"free": 600_000_000, "total": 1_000_000_000},
    }


def configuration_changes(situation):
    if situation.get("unchanged"):
        return {}
    return {"changes": [{"path": path, "change": change} for path, change in CHANGES], "hidden": 3}


def history(situation):
    if "history" in situation:
        return situation["history"]
    return [
        *([{"event": "boot", **situation["snapshot"]["last-boot"]}] if situation["snapshot"].get("last-boot") else []),
        boot(NOW - 1_800, "1", "10.1", "as-expected"),
        done("update", NOW - 4_000, {"result": "staged", "deployment": identity("1")}, "10.1", 84_300, 30_000_000),
        done("check", NOW - 4_200, {"result": "update-available", "update": update()}, "10.1", 2_100),
        done("pin", NOW - DAY, {"result": "pinned", "deployment": identity("0")}, "10.0", 400),
        done(
            "switch",
            NOW - DAY - 600,
            {"result": "failed", "refusal": {"code": "network", "detail": "Connection refused"}},
            None,
            31_000,
            asked="lab:lab/10/x86_64/kde",
        ),
        boot(NOW - 3 * DAY, "0", "10.0", "staged-lost", expected="10.1"),
        done("update", NOW - 3 * DAY - 300, {"result": "cancelled", "left": "nothing-changed"}, None, 12_000, 9_000_000),
        done(
            "remove",
            NOW - 9 * DAY,
            {"result": "removed", "deployment": identity("5"), "freed-bytes": 812_000_000},
            "9.9",
            3_200,
            user="administrator",
        ),
        done("clean-up", NOW - 9 * DAY - 60, {"result": "cleaned-up", "freed-bytes": 0}, None, 900),
        {"event": "of-the-future"},
    ]


def identity(digit):
    return f"lab/{digit * 64}.0"


def update():
    image = {"transport": "ostree", "remote": "lab", "branch": "lab/10/x86_64/gnome"}
    return {"image": image, "checksum": "1" * 64, "version": "10.1"}


def boot(time, digit, version, verdict, **more):
    name = f"Lab Atomic Desktop {version}"
    return {
        "event": "boot",
        "time": time,
        "boot-id": str(time),
        "deployment": identity(digit),
        "version": version,
        "name": name,
        "verdict": verdict,
        **more,
    }


def done(kind, started, outcome, version, milliseconds, size=None, asked=None, user="person"):
    return {
        "event": "operation",
        "kind": kind,
        "starter": {"uid": 1000, "user": user},
        "started": started,
        "milliseconds": milliseconds,
        "bytes": size,
        "asked": asked,
        "version": version,
        "outcome": outcome,
    }
