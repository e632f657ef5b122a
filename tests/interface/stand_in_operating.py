# SPDX-License-Identifier: GPL-3.0-or-later
"""Situations about what runs, and about what is in the way of a restart."""

from stand_in_situations import NOW, deployment, make_available, old, runs_101, situation


def staged(**rest):
    return situation([deployment("10.2", "2", 1, staged=True), runs_101(), old()], last_checked=NOW - 600, **rest)


INHIBITORS = [
    ("shutdown:sleep", "Packages", "Installing what was downloaded", "block"),
    ("shutdown", "Editor", "Letters are not saved", "delay"),
    ("sleep", "NetworkManager", "NetworkManager needs to turn off networks", "delay"),
]
# User id, name, seat, class.
SESSIONS = [
    (1000, "person", "seat0", "user"),
    (1001, "administrator", "", "user"),
    (42, "gdm", "seat0", "greeter"),
]

OF_OPERATING = {
    "restart-obstacles": staged(inhibitors=INHIBITORS, sessions=SESSIONS),
    "restart-others": staged(sessions=SESSIONS),
    "restart-planned": staged(scheduled=("reboot", (NOW + 6 * 3_600) * 1_000_000)),
    "restart-planned-unheard": staged(old_login=True),
    # Two hundred times a second.
    "flood": situation([runs_101(), old()], last_checked=NOW - 600, available=make_available(), beat=5, steps=20_000),
}
