#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the accessible tree of the window in every situation, menu and dialog, and finds what nobody could use.

    tree_check.py [--at-once N] PROGRAM [SITUATION or DIALOG…]

Every widget that can take the focus must have a name; every button that shows must be reachable by the Tab key alone;
Escape must close every dialog; the keys must do what they are said to do. The dialogs that begin in the same situation are
looked at in the same window, one after the other, and so are the first pages of many situations; several windows are looked
at at once, each on a screen of its own.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

import assistive
from interface_dialogs import DESKTOPS, DIALOGS, ON_HISTORY, begins_anew
from interface_ways import Ways, take
from stand_in_desktops import SITUATIONS, WAITING, wants_its_own

PERSON = 1000

# The window manager does these too.
FRAME_BUTTONS = {"Minimize", "Maximize", "Close"}
# Their pages look like others; what differs is in the dialogs.
ONLY_FOR_DIALOGS = {"preflight-warnings", "preflight-blocked", "preflight-fails", "switch-staged"} | {"unchecked", "rule", "unsigned-container", "many-tags", "no-registry-answer"} | {"slow", "unreadable", "no-versions", "unsigned", "health-checks-failed", "soft-restart", "importing"} | {one for one in SITUATIONS if one.startswith("settings")}
# The first pages of so many situations are looked at in one window.
AT_ONE_GO = 10
# In these the Tab key goes round as elsewhere; GTK's own menus are walked by arrows.
NOT_BY_TAB = {"the menu", "about"}

# What holds other widgets. GTK calls it generic and lets nobody name it.
CONTAINERS = {"scroll pane", "panel", "list", "filler", "frame"}


def nameless(window):
    """What can take the focus and has no name."""
    states = assistive.state_types()
    for node in window.nodes():
        if node.has(states.FOCUSABLE, states.SHOWING) and node.role not in CONTAINERS and not node.name.strip():
            yield node.role


def by_tab(window):
    """The buttons that show and that the Tab key does not come to; what has no name and that it comes to."""
    states = assistive.state_types()
    front = window.front_node()
    wanted, stops = set(), 0
    for node in front.below():
        usable = node.has(states.SHOWING, states.SENSITIVE, states.FOCUSABLE)
        stops += usable
        if node.role in ("button", "toggle button") and usable:
            wanted.add(node.name)
    reached, anonymous = set(), set()
    # On a busy computer a key may be taken in late: whoever is not reached in the first round may be in the second.
    for _ in range(2 * (stops + 6)):
        window.focus.type_and_wait("Tab")
        now = window.focused(front)
        if now:
            reached.add(now[1])
        if now and now[0] not in CONTAINERS and not now[1].strip():
            anonymous.add(now[0])
        if wanted <= reached | FRAME_BUTTONS and len(reached) > 2:
            break
    return sorted(wanted - reached - FRAME_BUTTONS), sorted(anonymous)


class Check(Ways):
    """Counts what is amiss and says so."""

    def __init__(self, program, screen):
        self.program = program
        self.screen = screen
        self.amiss = 0

    def say(self, place, found, sentence):
        if found:
            self.amiss += 1
            print(f"✗ {place}: {sentence}: {', '.join(found)}", flush=True)

    def opened(self, situation, **environment):
        service = assistive.StandIn(situation)
        window = assistive.Window(self.program, service.address, **{**service.environment, **environment})
        window.service = service
        window.fill(self.screen)
        if situation not in WAITING:
            window.wait_gone(None, "Loading…", 10)
        time.sleep(0.4)
        return window, service

    def closed(self, window, service):
        window.close()
        service.close()

    def situation(self, name, page, dialogs):
        """A situation, if its page is to be looked at, and the dialogs that are there in it."""
        window, service = self.opened(name)
        if page:
            self.page(window, name)
        for dialog in dialogs:
            _, way, shows = DIALOGS[dialog]
            if not self.at_the_beginning(window, way):
                self.closed(window, service)
                window, service = self.opened(name)
            self.dialog(window, dialog, way, shows)
        self.closed(window, service)

    def pages(self, *names):
        """The first pages of several situations; the host comes from one into the next."""
        window, service = self.opened(names[0])
        for name in names:
            if name != names[0]:
                service.become(name)
                time.sleep(0.4)
                window.take_in()
            self.page(window, name)
        self.closed(window, service)

    def page(self, window, name):
        """The first page, or the one with the desktops where the situation is about them."""
        if name.startswith("desktops"):
            take(window, DESKTOPS)
            if name != "desktops-slow":
                window.wait_gone(None, "Loading…", 10)
            time.sleep(0.5)
        self.usable(window, name)
        print(f"· {name} looked at", flush=True)

    def usable(self, window, name):
        """Everything has a name and can be reached, whatever there is to show."""
        self.say(name, list(nameless(window)), "can take the focus and has no name")
        if name not in NOT_BY_TAB:
            unreached, anonymous = by_tab(window)
            # Something may have come while the Tab key was half way round.
            if unreached or anonymous:
                unreached, anonymous = by_tab(window)
            self.say(name, unreached, "the Tab key does not come to")
            self.say(name, anonymous, "gets the focus by the Tab key and has no name")

    def at_the_beginning(self, window, way):
        """Whether the window could be brought back to where this way begins."""
        if begins_anew(way) or not window.alive():
            return False
        for _ in range(3):
            if not window.front_node().place:
                window.turn_to("System")
                return True
            assistive.type_keys("Escape")
            window.take_in()
            time.sleep(0.4)
        return False

    def dialog(self, window, name, way, shows):
        """A dialog opens, can be used, and is closed by Escape; the page with the history is left for the first one."""
        try:
            for step in way:
                take(window, step)
                time.sleep(0.3)
            window.wait(None, shows, 10)
            time.sleep(0.4)
            self.usable(window, name)
            assistive.type_keys("alt+1" if name in ON_HISTORY else "Escape")
            window.wait_gone(None, shows, 5)
        except assistive.NotTrue as reason:
            self.say(name, [str(reason)], "does not open, or Escape does not close it")
        print(f"· {name} looked at", flush=True)


def jobs(wanted):
    """What there is to do, each in a window of its own, and what takes longest first."""
    looked_at = wanted or [one for one in [*SITUATIONS, *DIALOGS] if one not in ONLY_FOR_DIALOGS]
    if not wanted:
        for way in Ways.ALL:
            yield way, ()
    found, pages = [], []
    for situation in SITUATIONS:
        dialogs = [one for one in DIALOGS if one in looked_at and DIALOGS[one][0] == situation]
        page = situation in looked_at
        if page and not dialogs and not wants_its_own(situation):
            pages.append(situation)
        elif page or dialogs:
            found.append((Check.situation, (situation, page, dialogs)))
    yield from sorted(found, key=lambda job: -len(job[1][2]))
    for first in range(0, len(pages), AT_ONE_GO):
        yield Check.pages, tuple(pages[first : first + AT_ONE_GO])
    if not wanted:
        # It leaves something behind that the next window knows.
        yield Check.notice, ()


def work(program, todo, claims):
    """Does what nobody else has begun, until nothing is left of it."""
    assistive.enter_session(uid=PERSON)
    screen = assistive.Screen(600, 720)
    check = Check(program, screen)
    for number, (way, arguments) in enumerate(todo):
        try:
            os.close(os.open(os.path.join(claims, str(number)), os.O_CREAT | os.O_EXCL))
        except FileExistsError:
            continue
        way(check, *arguments)
    screen.close()
    return 1 if check.amiss else 0


def share_out(number):
    """Starts so many of this script; returns whether all of them found nothing amiss."""
    claims = tempfile.mkdtemp(prefix="isotope-tree-check-")
    os.chmod(claims, 0o777)
    if os.getuid() == 0:
        assistive.introduce(PERSON, claims)
    command = [sys.executable, *sys.argv, "--claims", claims]
    workers = [os.spawnv(os.P_NOWAIT, sys.executable, command) for _ in range(number)]
    ends = [os.waitstatus_to_exitcode(os.waitpid(worker, 0)[1]) for worker in workers]
    shutil.rmtree(claims, ignore_errors=True)
    return not any(ends)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="how many windows to look at at once (2)")
    # Where those that work at the same time write down what they have begun.
    parser.add_argument("--claims", help=argparse.SUPPRESS)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("situations", nargs="*", help="situations, and dialogs by their names; all of them otherwise")
    wanted = parser.parse_args()
    unknown = set(wanted.situations) - {*SITUATIONS, *DIALOGS}
    if unknown:
        parser.error(f"no such situation and no such dialog: {', '.join(sorted(unknown))}")
    todo = list(jobs(wanted.situations))
    if wanted.claims:
        sys.exit(work(wanted.program, todo, wanted.claims))
    fine = share_out(max(1, min(wanted.at_once, len(todo))))
    print("✓ everything has a name and can be reached" if fine else "✗ something is amiss", flush=True)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
