#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the accessible tree of the window in every situation, menu and dialog, and finds what nobody could use.

    tree_check.py PROGRAM [SITUATION or DIALOG…]

Every widget that can take the focus must have a name; every button that shows must be reachable by the Tab key alone;
Escape must close every dialog; the keys must do what they are said to do.
"""

import argparse
import contextlib
import os
import sys
import time

import assistive
from interface_dialogs import DESKTOPS, DIALOGS, KDE
from stand_in_desktops import SITUATIONS

# The window manager does these too.
FRAME_BUTTONS = {"Minimize", "Maximize", "Close"}
# Their pages look like others; what differs is in the dialogs.
ONLY_FOR_DIALOGS = {"preflight-warnings", "preflight-blocked", "preflight-fails", "switch-staged"} | {"unchecked", "rule", "unsigned-container", "many-tags", "no-registry-answer"} | {"slow", "unreadable", "no-versions", "unsigned", "health-checks-failed", "soft-restart", "importing"}
# In these the Tab key goes round as elsewhere; GTK's own window of shortcuts and its menus are walked by arrows.
NOT_BY_TAB = {"the menu", "about", "the shortcuts"}

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


def by_tab(window):
    """The buttons that show and that the Tab key does not come to; what has no name and that it comes to."""
    states = assistive.state_types()
    front = window.front()
    wanted, stops = set(), 0
    for accessible in window.everything(front):
        state = accessible.get_state_set()
        usable = all(state.contains(one) for one in (states.SHOWING, states.SENSITIVE, states.FOCUSABLE))
        stops += usable
        if accessible.get_role_name() in ("button", "toggle button") and usable:
            wanted.add(accessible.get_name() or "")
    reached, anonymous = set(), set()
    for _ in range(stops + 6):
        assistive.type_keys("Tab")
        time.sleep(0.05)
        now = window.focused(front)
        if now:
            reached.add(now[1])
        if now and now[0] not in CONTAINERS and not now[1].strip():
            anonymous.add(now[0])
        if wanted <= reached | FRAME_BUTTONS and len(reached) > 2:
            break
    return sorted(wanted - reached - FRAME_BUTTONS), sorted(anonymous)


def take(window, step):
    """Takes one step of the way to a dialog."""
    if isinstance(step, str):
        assistive.type_keys(step)
        return
    way, value = step
    if way == "type":
        assistive.type_text(value)
    else:
        ways = {"press": window.press, "choose": window.choose, "activate": window.activate, "turn": window.turn_to}
        ways[way](value)


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

    @contextlib.contextmanager
    def works(self, situation, what, otherwise):
        """The window in a situation: what is done with it has to come true."""
        window, service = self.opened(situation)
        try:
            yield window
        except assistive.NotTrue as reason:
            self.say(what, [str(reason)], otherwise)
        self.closed(window, service)
        print(f"· {what} looked at", flush=True)

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
        with self.works("fresh", "the keys", "a key does nothing") as window:
            assistive.type_keys("F5")
            window.wait("label", "10.2 is available", 10)
            assistive.type_keys("Return")
            window.wait("label", "\u00a0downloaded", 10)
            assistive.type_keys("Escape")
            window.wait("label", "Cancelled. Nothing was changed.", 5)

    def following(self):
        """An open sheet shows what its own buttons change, tells it, and closes with its deployment."""
        with self.works("up-to-date", "an open sheet", "does not follow what is done") as window:
            window.activate("Before")
            window.press("Pin 10.1")
            window.wait(None, "Version 10.1 is kept until it is unpinned.", 10)
            window.press("Unpin 10.1")
            window.wait("button", "Pin 10.1", 10)
            window.press("Copy: Commit")
            window.wait(None, "Copied", 5)
            window.press("Remove 10.1")
            window.wait(None, "no other version", 5)
            window.press("Remove", whole=True)
            window.wait_gone("dialog", "System Image", 10)
            window.wait(None, "That freed 551.0 MB", 5)

    def looking_up(self):
        """What is said of an image is of the one that is named; a tag is found; what is seen is switched to."""
        with self.works("containers", "looking an image up", "does not work") as window:
            window.choose("Switch Image…")
            window.wait("dialog", "Switch Image", 5)
            time.sleep(0.5)
            assistive.type_text("quay.io/lab/kde:stable")
            window.press("Look up the image")
            # The answer about the text before comes, and is not taken.
            assistive.type_text("quay.io/elsewhere/kde:stable")
            window.wait("list item", "Signature: Not checked", 5)
            time.sleep(1.5)
            window.wait_gone("list item", "To Download", 1)
            window.press("Look up the image")
            window.wait("list item", "To Download", 5)
            window.press("Switch…")
            window.wait("label", "Be Careful", 10)
            window.wait(None, "Switch to quay.io/elsewhere/kde:stable?", 5)
            window.press("Switch", whole=True)
            window.wait_gone("dialog", "Switch Image", 5)
            window.wait("label", "Restart to finish switching", 30)
        with self.works("many-tags", "looking for a tag", "does not work") as window:
            window.choose("Other Versions…")
            window.wait("list item", "10.4000.2026", 10)
            # What is looked for can be typed at once: the entry gets the focus by itself.
            assistive.wait_for(lambda: (window.focused() or ("", ""))[1] == "Search", 5, "the entry has the focus")
            assistive.type_text("3999")
            # The first letters find more than one; what is activated must not be replaced meanwhile.
            window.wait_gone("list item", "10.3998.2026", 10)
            window.activate("10.3999.2026")
            window.wait(None, "Switch to quay.io/lab/gnome:10.3999.2026?", 15)
        with self.works("unsigned-container", "what is refused", "is asked for all the same") as window:
            window.choose("Switch Image…")
            window.wait("dialog", "Switch Image", 5)
            time.sleep(0.5)
            assistive.type_text("quay.io/lab/kde:stable")
            window.press("Look up the image")
            window.wait("list item", "Signature: Refused", 5)
            window.press("Switch…")
            window.wait("label", "In the Way", 15)
            if window.find("button", "Switch", whole=True):
                raise assistive.NotTrue("It is not true that it cannot be agreed to.")
        with self.works("rule", "the last step to a check", "does not work") as window:
            window.activate("Running Now")
            window.activate("Steps to a Checked Image")
            window.press("Look again how far it is")
            window.press("Follow the image only checked")
            window.wait(None, "Demand the Check of quay.io/lab/gnome:stable?", 15)

    def desktops(self):
        """A desktop is found, looked at, switched to; what was not known before the download is told after it."""
        with self.works("desktops-many", "looking for a desktop", "does not work") as window:
            take(window, DESKTOPS)
            window.wait("table cell", "Lab Atomic Desktop with GNOME", 10)
            # Typing anywhere on the page looks for something.
            assistive.type_keys("8", "5", "7")
            window.wait_gone("table cell", "Lab Atomic", 15)
            assistive.wait_for(lambda: (window.focused() or ("", ""))[1] == "Search", 5, "the entry has the focus")
            window.activate("Desktop Number 857")
            window.wait("button", "Switch…", 5)
            assistive.type_keys("Escape")
            window.wait("list item", "Desktop Number 857", 5)
        with self.works("switch-staged", "switching", "does not work") as window:
            take(window, DESKTOPS)
            window.activate(KDE)
            window.wait("list item", "Before You Switch: 3 notes", 10)
            window.activate("Testing")
            # What stands there still is about the other stream.
            time.sleep(1)
            window.wait("list item", "Before You Switch: 3 notes", 10)
            window.press("Switch…")
            window.wait(None, "(Testing)?", 10)
            window.wait("list item", "Image: quay.io/lab/kde:testing", 5)
            window.press("Switch", whole=True)
            window.wait("page tab", "System", 5)
            window.wait("label", "Restart to finish switching", 30)
            window.wait("label", "Be Careful", 10)
            assistive.type_keys("Escape")
            window.wait_gone("label", "Be Careful", 5)
        with self.works("trial", "keeping", "does not work") as window:
            window.press("Keep It")
            window.wait_gone("button", "Keep It", 10)
        with self.works("trial", "going back", "does not work") as window:
            window.press("Go Back…")
            window.press("Go Back", whole=True)
            window.wait("label", "Restart to go back", 10)
            window.wait_gone("button", "Keep It", 5)

    def page(self, name):
        """The page with the desktops: it has names and can be reached, whatever there is to show."""
        window, service = self.opened(name)
        take(window, DESKTOPS)
        time.sleep(1.5)
        self.say(name, list(nameless(window)), "can take the focus and has no name")
        unreached, anonymous = by_tab(window)
        self.say(name, unreached, "the Tab key does not come to")
        self.say(name, anonymous, "gets the focus by the Tab key and has no name")
        self.closed(window, service)
        print(f"· the desktops of {name} looked at", flush=True)

    def holding_back(self):
        """An update can be downloaded only, is held back then, and is installed on request."""
        with self.works("containers", "holding back", "does not work") as window:
            window.choose("Download Only")
            window.wait("label", "10.2 is downloaded and held back", 20)
            window.press("Install 10.2 with the next restart")
            window.wait("label", "10.2 is ready and starts after a restart", 10)

    def unavailable(self):
        """What cannot be done on a host is in the menu, cannot be chosen, and says why."""
        window, service = self.opened("no-registry")
        assistive.type_keys("F10")
        sensitive = assistive.state_types().SENSITIVE
        for name in ("Check for Updates", "Other Versions…", "Clean Up…"):
            item = assistive.wait_for(lambda: window.find("menu item", name, sensitive=False, whole=True), 5, "a menu opens")
            if item.get_state_set().contains(sensitive) or "composefs" not in item.get_description():
                self.say(name, [item.get_description()], "can be chosen, or does not say why it cannot")
        self.closed(window, service)
        print("· what cannot be done looked at", flush=True)

    def notice(self):
        """A notice that was closed stays closed for that start of the computer, in the next window too."""
        for sentence in ("closes", "stays closed"):
            window, service = self.opened("staged-lost")
            try:
                if sentence == "closes":
                    window.press("Understood")
                window.wait_gone(None, "Version 10.2 was not installed", 5)
            except assistive.NotTrue as reason:
                self.say("the notice", [str(reason)], f"it is not true that it {sentence}")
            self.closed(window, service)
        print("· the notice looked at", flush=True)

    def dialog(self, name, situation, way, shows):
        window, service = self.opened(situation)
        try:
            for step in way:
                take(window, step)
                time.sleep(0.4)
            window.wait(None, shows, 10)
            time.sleep(0.7)
            self.say(name, list(nameless(window)), "can take the focus and has no name")
            if name not in NOT_BY_TAB:
                unreached, anonymous = by_tab(window)
                self.say(name, unreached, "the Tab key does not come to")
                self.say(name, anonymous, "gets the focus by the Tab key and has no name")
            assistive.type_keys("Escape")
            window.wait_gone(None, shows, 5)
        except assistive.NotTrue as reason:
            self.say(name, [str(reason)], "does not open, or Escape does not close it")
        self.closed(window, service)
        print(f"· {name} looked at", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("situations", nargs="*", help="situations, and dialogs by their names; all of them otherwise")
    wanted = parser.parse_args()
    unknown = set(wanted.situations) - {*SITUATIONS, *DIALOGS}
    if unknown:
        parser.error(f"no such situation and no such dialog: {', '.join(sorted(unknown))}")
    assistive.enter_session(uid=1000)
    screen = assistive.Screen(600, 720)
    check = Check(wanted.program, screen)
    usual = [one for one in [*SITUATIONS, *DIALOGS] if one not in ONLY_FOR_DIALOGS]
    looked_at = wanted.situations or usual
    for situation in [one for one in SITUATIONS if one in looked_at]:
        (check.page if situation.startswith("desktops") else check.situation)(situation)
    if not wanted.situations:
        check.keys()
        check.following()
        check.looking_up()
        check.desktops()
        check.holding_back()
        check.unavailable()
    for name in [one for one in DIALOGS if one in looked_at]:
        check.dialog(name, *DIALOGS[name])
    if not wanted.situations:
        check.notice()
    screen.close()
    print("✗ something is amiss" if check.amiss else "✓ everything has a name and can be reached", flush=True)
    sys.exit(1 if check.amiss else 0)


if __name__ == "__main__":
    main()
