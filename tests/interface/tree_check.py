#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the accessible tree of the window in every situation, menu and dialog, and finds what nobody could use.

    tree_check.py PROGRAM [SITUATION…]

Every widget that can take the focus must have a name; every button that shows must be reachable by the Tab key alone;
Escape must close every dialog; the keys must do what they are said to do.
"""

import argparse
import os
import sys
import time

import assistive
from stand_in_situations import SITUATIONS

# A dialog: a situation in which it is there, what opens it (a button by its name, or keys), and what it then shows.
DIALOGS = {
    "the menu": ("up-to-date", ["F10"], "About Isotope"),
    "about": ("up-to-date", ["F10", "Up", "Up", "Return"], "The Isotope contributors"),
    "the shortcuts": ("up-to-date", ["ctrl+question"], "Close Window"),
    "the restart question": ("staged", "Restart…", "Restart Now?"),
    "the rollback question": ("staged", "Roll back to 10.0", "Roll Back to 10.0?"),
    "the details": ("up-to-date", ["Tab", "Return"], "Commit"),
    "a failure": ("no-network", "Check for Updates", "could not be reached"),
}

# What holds other widgets. GTK calls it generic and lets nobody name it.
CONTAINERS = {"scroll pane", "panel", "list", "filler", "frame"}


def nameless(window):
    """What can take the focus and has no name."""
    states = assistive.state_types()
    for accessible in window.everything():
        try:
            state = accessible.get_state_set()
            if not (state.contains(states.FOCUSABLE) and state.contains(states.SHOWING)):
                continue
            role = accessible.get_role_name()
            if role not in CONTAINERS and not (accessible.get_name() or "").strip():
                yield role
        except Exception:  # it went away while it was looked at
            continue


def focused(window):
    """Role and name of what has the focus."""
    states = assistive.state_types()
    for accessible in window.everything():
        try:
            if accessible.get_state_set().contains(states.FOCUSED):
                return accessible.get_role_name(), accessible.get_name() or ""
        except Exception:  # it went away while it was looked at
            continue
    return None


def by_tab(window):
    """The buttons that show and that the Tab key does not come to; what has no name and that it comes to."""
    states = assistive.state_types()
    wanted = set()
    for accessible in window.everything():
        state = accessible.get_state_set()
        usable = all(state.contains(one) for one in (states.SHOWING, states.SENSITIVE, states.FOCUSABLE))
        if accessible.get_role_name() in ("button", "toggle button") and usable:
            wanted.add(accessible.get_name() or "")
    reached, anonymous = set(), set()
    for _ in range(3 * len(wanted) + 6):
        assistive.type_keys("Tab")
        time.sleep(0.05)
        now = focused(window)
        if now:
            reached.add(now[1])
        if now and now[0] not in CONTAINERS and not now[1].strip():
            anonymous.add(now[0])
    return sorted(wanted - reached - {"Minimize", "Maximize", "Close"}), sorted(anonymous)


class Check:
    """Counts what is amiss and says so."""

    def __init__(self, program, screen):
        self.program = program
        self.screen = screen
        self.amiss = 0

    def say(self, place, found, sentence):
        if found:
            self.amiss += 1
            print(f"✗ {place}: {sentence}: {', '.join(found)}", flush=True)

    def opened(self, situation):
        service = assistive.StandIn(situation)
        window = assistive.Window(self.program, service.address)
        window.fill(self.screen)
        window.wait_gone(None, "Loading…", 10)
        time.sleep(0.7)
        return window, service

    def closed(self, window, service):
        window.close()
        service.close()

    def situation(self, name):
        window, service = self.opened(name)
        self.say(name, list(nameless(window)), "can take the focus and has no name")
        unreached, anonymous = by_tab(window)
        self.say(name, unreached, "the Tab key does not come to")
        self.say(name, anonymous, "gets the focus by the Tab key and has no name")
        self.closed(window, service)
        print(f"· {name} looked at", flush=True)

    def keys(self):
        """F5 checks, Enter presses the button that has the focus, Escape cancels what runs."""
        window, service = self.opened("fresh")
        try:
            assistive.type_keys("F5")
            window.wait("label", "10.2 is available", 10)
            assistive.type_keys("Return")
            window.wait("label", " downloaded", 10)
            assistive.type_keys("Escape")
            window.wait("label", "Cancelled. Nothing was changed.", 5)
        except assistive.NotTrue as reason:
            self.say("the keys", [str(reason)], "a key does nothing")
        self.closed(window, service)
        print("· the keys looked at", flush=True)

    def dialog(self, name, situation, way, shows):
        window, service = self.opened(situation)
        if isinstance(way, str):
            window.press(way)
        else:
            for key in way:
                assistive.type_keys(key)
                time.sleep(0.4)
        try:
            window.wait(None, shows, 10)
            time.sleep(0.7)
            self.say(name, list(nameless(window)), "can take the focus and has no name")
            assistive.type_keys("Escape")
            window.wait_gone(None, shows, 5)
        except assistive.NotTrue as reason:
            self.say(name, [str(reason)], "does not open, or Escape does not close it")
        self.closed(window, service)
        print(f"· {name} looked at", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("situations", nargs="*")
    wanted = parser.parse_args()
    assistive.enter_session(uid=1000)
    screen = assistive.Screen(600, 720)
    check = Check(wanted.program, screen)
    for situation in wanted.situations or SITUATIONS:
        check.situation(situation)
    if not wanted.situations:
        check.keys()
        for name, dialog in DIALOGS.items():
            check.dialog(name, *dialog)
    screen.close()
    print("✗ something is amiss" if check.amiss else "✓ everything has a name and can be reached", flush=True)
    sys.exit(1 if check.amiss else 0)


if __name__ == "__main__":
    main()
