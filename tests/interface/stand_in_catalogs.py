# SPDX-License-Identifier: GPL-3.0-or-later
"""What the stand-in service tells of catalogs: what a vendor and others publish, and their pictures."""

import struct
import zlib

LAB = {"id": "lab", "name": "Lab", "homepage": "https://lab.example/"}
ELSEWHERE = {"id": "elsewhere", "name": "Elsewhere"}
SOMEBODY = {"id": "somebody", "name": "Somebody & Others"}


def entry(vendor, name, desktop, summary, **more):
    """A variant: a container image in two streams, and a branch."""
    word = more.pop("word", desktop)
    streams = more.pop("streams", ("stable", "testing"))
    return {
        "id": f"{vendor['id']}-{word}",
        "vendor": vendor,
        "name": {"english": name},
        "summary": {"english": summary} if summary else None,
        "desktop": desktop,
        "container": {"image": f"quay.io/{vendor['id']}/{word}"},
        "ostree": {"remote": vendor["id"]},
        "streams": [stream(vendor, word, one) for one in streams],
        "status": "active",
        "reversible": True,
        "recognised-by": {},
        **more,
    }


def stream(vendor, word, name):
    number = "10" if name == "stable" else "11"
    branch = f"{vendor['id']}/{number}/{{architecture}}/{word}"
    return {"id": name, "tag": name, "stability": name, "branch": branch}


ENTRIES = [
    entry(LAB, "Lab Atomic Desktop with GNOME", "gnome", "The Lab’s system with the GNOME desktop."),
    entry(
        LAB,
        "Lab Atomic Desktop with KDE Plasma",
        "kde",
        "The Lab’s system with the KDE Plasma desktop.",
        architectures=["amd64", "arm64"],
        homepage="https://lab.example/kde",
        **{"cpu-baseline": "x86-64-v3", "support-end": "2031-05-31"},
    ),
    entry(LAB, "Lab Cosmos", "cosmic", "What is to come.", status="experimental", streams=("testing",)),
    entry(LAB, "Lab Tiles", "sway", "Windows side by side.", screenshot="tiles.png"),
    entry(LAB, "Lab Classic", "mate", "", status="deprecated", **{"replaced-by": "lab-gnome"}),
    entry(ELSEWHERE, "Elsewhere GNOME", "gnome", "For whoever likes it plain.", architectures=["amd64"]),
    entry(ELSEWHERE, "Elsewhere for Old Computers", "xfce", "Small and quick."),
    entry(ELSEWHERE, "Elsewhere on ARM", "kde", "", word="arm", architectures=["arm64"]),
    entry(
        SOMEBODY, "An <b>unusual</b> desktop with a name that goes on and on %s {name}", "of-the-future", "A " + "long " * 60
    ),
    entry(SOMEBODY, "Somebody’s Server", "none", "Without a desktop.", word="server", status="experimental"),
]
PROBLEMS = [
    {"file": "broken.toml", "line": 7, "fault": {"code": "not-understood", "detail": "unknown field `desktp`"}},
    {"file": "other.toml", "fault": {"code": "not-owned-by-root"}},
    {"file": "other.toml", "entry": "x", "fault": {"code": "of-the-future"}},
]


def many(number):
    """So many desktops of two vendors, of which the first is the family."""
    kin = [entry(LAB, f"Lab Desktop {at}", "kde", "One of many.", word=f"kin-{at}") for at in range(40)]
    return [ENTRIES[0], *kin] + [
        entry(ELSEWHERE, f"Desktop Number {at}", "xfce", "One of very many.", word=f"many-{at}")
        for at in range(number - 41)
    ]


def catalogs(situation):
    here = situation.get("here", "lab-gnome")
    known = situation.get("entries", ENTRIES)
    return {
        "entries": many(known) if isinstance(known, int) else known,
        "problems": situation.get("problems", []),
        "here": {"entry": here, "stream": situation.get("stream", "stable"), "from": "image"} if here else None,
        "architecture": "amd64",
        "switching": situation.get("switching", {"allow": "all"}),
    }


def picture():
    """A picture of stripes, as PNG."""
    width, height = 320, 200
    colours = [(38, 70, 83), (42, 157, 143), (233, 196, 106), (231, 111, 81)]
    row = b"\0" + b"".join(bytes(colours[at * len(colours) // width]) for at in range(width))

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(row * height)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + data
