#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a picture of the window in each situation of the stand-in service.

    gallery.py [--narrow|--wide] [--dark] [--right-to-left] [--scale N] [--press NAME] [--choose NAME]
               [--page PAGE] [--activate ROW] [--reach BUTTON] [--type TEXT] [--key KEY] [--interrupt] [--suffix WORD] PROGRAM FOLDER [SITUATION…]

--page, --press, --choose, --activate, --reach, --type and --key are done in the order in which they are given.
"""

import argparse
import os
import sys
import time

import assistive
from stand_in_desktops import SITUATIONS


# What there is to see without the service.
ABSENCES = ["service-missing", "bus-missing"]
# There is nothing to see but that it waits.
WAITING = ["silent"]


class Step(argparse.Action):
    """Something that is done before the picture is taken; the order counts."""

    def __call__(self, _parser, wanted, value, option=None):
        wanted.steps = [*(wanted.steps or []), (self.dest, value)]


class Absence:
    """No service: on a bus, or not even that."""

    def __init__(self, situation):
        self.environment = {}
        self.bus = assistive.Bus()
        self.address = "unix:path=/nowhere" if situation == "bus-missing" else self.bus.address

    def close(self):
        self.bus.close()


def do(window, way, value):
    """Does one of the steps."""
    if way == "press":
        window.press(value)
    elif way == "choose":
        window.choose(value)
    elif way == "activate":
        window.activate(value)
    elif way == "page":
        window.turn_to(value)
    elif way == "reach":
        window.go_to("button", value)
    elif way == "type":
        window.type(value)
    else:
        assistive.type_keys(value)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--narrow", action="store_true", help="a screen of 360 pixels, as on a telephone")
    parser.add_argument("--wide", action="store_true", help="a screen of 900 pixels")
    parser.add_argument("--dark", action="store_true", help="the dark style")
    parser.add_argument("--right-to-left", action="store_true", help="mirrored, as for Hebrew")
    parser.add_argument("--scale", default="1", help="pixels for one, for sharp pictures")
    parser.set_defaults(steps=[])
    parser.add_argument("--press", action=Step, help="press this button first")
    parser.add_argument("--choose", action=Step, help="choose this in the main menu")
    parser.add_argument("--activate", action=Step, help="activate the row that begins with this")
    parser.add_argument("--page", action=Step, help="turn to this page: System, Desktops or History")
    parser.add_argument("--reach", action=Step, help="go to this button with the Tab key, which brings it into view")
    parser.add_argument("--type", action=Step, help="type this in the place of what stands there")
    parser.add_argument("--key", action=Step, help="press this key")
    parser.add_argument("--suffix", default="", help="put this behind the names of the pictures")
    parser.add_argument("--interrupt", action="store_true", help="end the service before the picture is taken")
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("situations", nargs="*")
    wanted = parser.parse_args()
    unknown = set(wanted.situations) - {*SITUATIONS, *ABSENCES}
    if unknown:
        parser.error(f"no such situation: {', '.join(sorted(unknown))}")
    if wanted.dark:
        os.environ["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark"
    os.environ["GDK_SCALE"] = wanted.scale
    assistive.enter_session(uid=1000, right_to_left=wanted.right_to_left)
    screen = assistive.Screen(360 if wanted.narrow else 900 if wanted.wide else 600, 720)
    failures = 0
    for situation in wanted.situations or [*SITUATIONS, *ABSENCES]:
        service = assistive.StandIn(situation) if situation in SITUATIONS else Absence(situation)
        window = assistive.Window(wanted.program, service.address, **service.environment)
        try:
            window.fill(screen)
            if situation not in WAITING:
                window.wait_gone(None, "Loading…", 10)
            for way, value in wanted.steps:
                time.sleep(0.6)
                do(window, way, value)
            if wanted.interrupt:
                service.end_service()
            time.sleep(1.5)
            path = os.path.join(wanted.folder, f"{situation}{'-' if wanted.suffix else ''}{wanted.suffix}.png")
            assistive.screenshot(path)
            print(f"✓ {situation} (screenshot {path})", flush=True)
        except assistive.NotTrue as reason:
            print(f"✗ {situation}: {reason}", flush=True)
            failures += 1
        window.close()
        service.close()
    screen.close()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
