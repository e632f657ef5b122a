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
from stand_in_situations import SITUATIONS

# A dialog: a situation in which it is there, what opens it (each step a key, or what to press, choose in the menu,
# activate or type), and what it then shows.
DIALOGS = {
    "the menu": ("up-to-date", ["F10"], "About Isotope"),
    "about": ("up-to-date", ["F10", "Up", "Up", "Return"], "The Isotope contributors"),
    "the shortcuts": ("up-to-date", ["ctrl+question"], "Close Window"),
    "the restart question": ("staged", [("press", "Restart…")], "Restart Now?"),
    "the rollback question": ("staged", [("press", "Roll back to 10.0")], "Roll Back to 10.0?"),
    "a failure": ("no-network", [("press", "Check for Updates")], "could not be reached"),
    "the details": ("up-to-date", ["Tab", "Return"], "Changes in /etc: 11 changes"),
    "the details of a pinned one": ("pinned", [("activate", "Before")], "Unpin 10.1"),
    "the details of a staged one": ("several", [("activate", "After Restart")], "Discard 10.2"),
    "the details that wait": ("slow", [("activate", "Before")], "On Disk: not known yet"),
    "the details that cannot be read": ("unreadable", [("activate", "Before")], "Try again"),
    "the question of what starts next": (
        "several",
        [("activate", "Before"), ("press", "Start 10.0 next")],
        "Start 10.0 Next?",
    ),
    "the question before removing": ("up-to-date", [("activate", "Before"), ("press", "Remove 10.1")], "Remove 10.1?"),
    "the question before discarding": (
        "several",
        [("activate", "After Restart"), ("press", "Discard 10.2")],
        "Discard 10.2?",
    ),
    "switching": ("up-to-date", [("choose", "Switch Image…")], "This computer follows that image already"),
    "switching to nonsense": (
        "up-to-date",
        [("choose", "Switch Image…"), ("type", "nonsense")],
        "with a colon between the two",
    ),
    "switching to a container": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable")],
        "Signature: Demanded",
    ),
    "what the registry tells": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable"), ("press", "Look up the image")],
        "To Download: 418.0",
    ),
    "what the registry does not have": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:missing"), ("press", "Look up the image")],
        "does not have the image",
    ),
    "the question before switching": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/elsewhere/kde:stable"), ("press", "Switch…")],
        "after this switch it does not",
    ),
    "the steps to a check": (
        "unchecked",
        [("activate", "Running Now"), ("activate", "Steps to a Checked Image")],
        "What an Administrator Writes",
    ),
    "the last step to a check": (
        "rule",
        [("activate", "Running Now"), ("activate", "Steps to a Checked Image")],
        "Follow the image only checked",
    ),
    "tags": ("containers", [("choose", "Other Versions…")], "This computer follows it"),
    "ten thousand tags": ("many-tags", [("choose", "Other Versions…")], "9909 more are not shown"),
    "the question before switching to a tag": (
        "containers",
        [("choose", "Other Versions…"), ("activate", "10.2-20261118")],
        "Switch to quay.io/lab/gnome:10.2-20261118?",
    ),
    "switching to no container": (
        "containers",
        [("choose", "Switch Image…"), ("type", "lab:lab/kde")],
        "Say which registry it is in",
    ),
    "the details of a container": ("containers", [("activate", "Running Now")], "Digest: sha256:"),
    "the details of what is held back": (
        "held-back",
        [("activate", "Ready, but Held Back")],
        "Discard 10.2",
    ),
    "the question of a short restart": ("soft-restart", [("press", "Restart…")], "It takes only moments"),
    "other versions": ("up-to-date", [("choose", "Other Versions…")], "9.9"),
    "no versions": ("no-versions", [("choose", "Other Versions…")], "No Versions"),
    "versions without a network": ("no-network", [("choose", "Other Versions…")], "Try Again"),
    "the question before downloading": (
        "up-to-date",
        [("choose", "Other Versions…"), ("activate", "9.9")],
        "Download 9.9?",
    ),
    "cleaning up": ("up-to-date", [("choose", "Clean Up…")], "Can Be Freed"),
    "nothing to clean up": ("unsigned", [("choose", "Clean Up…")], "Nothing to Clean Up"),
    "history": ("staged-lost", ["ctrl+h"], "Started With 10.1"),
    "no history": ("unsigned", [("choose", "History")], "Nothing Written Down Yet"),
    "history that cannot be read": ("unreadable", [("choose", "History")], "Could Not Be Read"),
}
# The window manager does these too.
FRAME_BUTTONS = {"Minimize", "Maximize", "Close"}
# Their pages look like others; what differs is in the dialogs.
ONLY_FOR_DIALOGS = {"unchecked", "rule", "unsigned-container", "many-tags", "no-registry-answer"} | {"slow", "unreadable", "no-versions", "unsigned", "health-checks-failed", "soft-restart", "importing"}
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
        {"press": window.press, "choose": window.choose, "activate": window.activate}[way](value)


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
            window.wait("label", "after this switch it does not", 5)
            window.wait("label", "Version: 10.2\nTo Download: 418.0", 1)
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
            window.wait("label", "Switch to quay.io/lab/gnome:10.3999.2026?", 5)
        with self.works("unsigned-container", "what is refused", "is asked for all the same") as window:
            window.choose("Switch Image…")
            window.wait("dialog", "Switch Image", 5)
            time.sleep(0.5)
            assistive.type_text("quay.io/lab/kde:stable")
            window.press("Look up the image")
            window.wait("list item", "Signature: Refused", 5)
            window.press("Switch…")
            window.wait("label", "This Image Is Refused Here", 5)
            if window.find("button", "Switch", whole=True):
                raise assistive.NotTrue("It is not true that it cannot be agreed to.")
        with self.works("rule", "the last step to a check", "does not work") as window:
            window.activate("Running Now")
            window.activate("Steps to a Checked Image")
            window.press("Look again how far it is")
            window.press("Follow the image only checked")
            window.wait("label", "Demand the Check of quay.io/lab/gnome:stable?", 5)

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
        check.situation(situation)
    if not wanted.situations:
        check.keys()
        check.following()
        check.looking_up()
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
