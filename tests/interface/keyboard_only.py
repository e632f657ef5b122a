#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Updates, rolls back and switches by pressing keys alone, and compares what the service was asked for.

    keyboard_only.py PROGRAM                 with the stand-in service
    keyboard_only.py --lab PROGRAMS          with the programs from PROGRAMS on a real machine in the lab (needs root)

Only Tab, the arrows, Enter, Escape, F10 and Alt with a digit are pressed, and letters into an entry. What has the focus
is read, as a screen reader does; nothing is pressed in another way.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile

import assistive

PERSON = 1000
OLD, NEW = "10.1.20261030", "10.2.20261118"
CARD = "Lab Atomic Desktop with KDE Plasma"


class Keys:
    """Somebody with nothing but a keyboard."""

    def __init__(self, window, service=None):
        self.window = window
        self.service = service

    def press(self, name):
        """Goes to this button, as soon as it can be pressed, and presses it."""
        self.window.wait("button", name, 20, whole=True)
        self.window.go_to("button", name)
        assistive.type_keys("Return")

    def choose(self, name):
        """Opens the menu and goes down to this in it."""
        assistive.type_keys("F10")
        self.window.wait("menu item", name, 5)
        for _ in range(20):
            if self.window.focused() == ("menu item", name):
                assistive.type_keys("Return")
                return
            self.window.focus.type_and_wait("Down")
        raise assistive.NotTrue(f"the arrows do not come to “{name}” in the menu")


def update(keys, window):
    keys.press("Check for Updates")
    window.wait("label", "10.2 is available", 20)
    keys.press("Download Update")
    window.wait("label", "Restart to finish updating", 60)


def cancel(keys, window):
    keys.press("Check for Updates")
    window.wait("label", "10.2 is available", 20)
    keys.service.linger()
    keys.press("Download Update")
    window.wait("button", "Cancel", 20, whole=True)
    assistive.type_keys("Escape")
    window.wait("label", "Cancelled. Nothing was changed.", 10)


def roll_back(keys, window):
    keys.press("Roll back to 10.1")
    window.wait("label", "Roll Back to 10.1?", 10)
    # Whoever thinks better of it has done nothing.
    assistive.type_keys("Escape")
    window.wait_gone("label", "Roll Back to 10.1?", 10)
    keys.press("Roll back to 10.1")
    window.wait("label", "Roll Back to 10.1?", 10)
    keys.press("Roll Back")
    window.wait("label", "Restart to go back", 30)


def switch_to_desktop(keys, window):
    assistive.type_keys("alt+2")
    window.wait("table cell", CARD, 10)
    window.activate(CARD)
    keys.press("Switch…")
    keys.press("Switch")
    window.wait("label", "Restart to finish switching", 60)


def switch_to_image(keys, window):
    keys.choose("Switch Image…")
    window.wait("dialog", "Switch Image", 10)
    window.type("quay.io/lab/kde:stable")
    keys.press("Switch…")
    keys.press("Switch")
    window.wait("label", "Restart to finish switching", 60)


def other_pages(keys, window):
    for digit, shows in (("2", "Lab Atomic Desktop with GNOME"), ("1", "On This Computer")):
        assistive.type_keys(f"alt+{digit}")
        window.wait(None, shows, 10)
    keys.choose("About Isotope")
    window.wait(None, "The Isotope contributors", 10)
    assistive.type_keys("Escape")
    window.wait_gone(None, "The Isotope contributors", 10)


# What somebody does, in which situation, and what the service is asked for by it: the methods, and what is in their first
# arguments.
DEEDS = (
    (update, "fresh", [("Check", ""), ("Update", "2" * 64)]),
    (cancel, "fresh", [("Check", ""), ("Update", "2" * 64), ("Cancel", "")]),
    (roll_back, "up-to-date", [("RollBack", "")]),
    (switch_to_desktop, "desktops", [("Switch", "quay.io/lab/kde:stable")]),
    (switch_to_image, "containers", [("Switch", "quay.io/lab/kde:stable")]),
    (other_pages, "desktops", []),
)


def wrong(asked, expected):
    """What differs between what the service was asked for and what it had to be asked for."""
    names = [one[0] for one in asked]
    if names != [name for name, _ in expected]:
        return f"the service was asked for {names}"
    for (name, *arguments), (_, has) in zip(asked, expected):
        if has not in str(arguments):
            return f"{name} was asked for with {arguments}"
    return None


def on_the_machine(keys, window):
    """An update, a restart into it, and the way back, on a machine whose versions these are."""
    keys.press("Check for Updates")
    window.wait("label", f"{NEW} is available", 60)
    keys.press("Download Update")
    window.wait("label", "Restart to finish updating", 120)
    keys.press("Restart…")
    window.wait("label", f"The computer will start {NEW}", 20)
    keys.press("Restart")
    window.wait("label", f"{NEW}, built", 120)
    keys.press(f"Roll back to {OLD}")
    window.wait("label", f"Roll Back to {OLD}?", 20)
    keys.press("Roll Back")
    window.wait("label", "Restart to go back", 60)


def walk(program, bus):
    """Does that with the window on this bus; returns what went wrong."""
    assistive.enter_session(PERSON)
    screen = assistive.Screen(600, 720)
    window = assistive.Window(program, bus)
    problem = None
    try:
        window.fill(screen)
        on_the_machine(Keys(window), window)
    except assistive.NotTrue as reason:
        problem = f"{reason} What was shown: {', '.join(window.texts())}"
    window.close()
    screen.close()
    return problem


def on_a_lab(programs):
    """Makes a machine, has somebody update it and roll it back, and looks what it then starts; returns what went wrong."""
    folder = tempfile.mkdtemp(prefix="isotope-keys-", dir="/var/tmp")
    os.chmod(folder, 0o755)
    machine = os.path.join(folder, "machine")

    def order(*arguments):
        command = [os.path.join(programs, "isotope-lab"), *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    def first_versions():
        return re.findall(r"Version: (\S+)", order("run", machine, "--user", "root", "--", "ostree", "admin", "status"))

    try:
        order("create", machine, "--polkit", "allow")
        order("publish", machine, "--variant", "gnome", "--version", NEW)
        order("boot", machine)
        bus = re.search(r"^bus for person, from outside: (\S+)", order("status", machine), re.MULTILINE).group(1)
        before = first_versions()
        program = os.path.join(programs, "isotope")
        done = subprocess.run([sys.executable, os.path.abspath(__file__), "--bus", bus, program], check=False)
        after = first_versions()
        if done.returncode or after[:2] != [OLD, NEW]:
            return f"the machine had {before} and has {after}"
        print(f"✓ on a real machine {OLD} was updated to {NEW} and rolled back: it has {after}", flush=True)
        return None
    finally:
        subprocess.run([os.path.join(programs, "isotope-lab"), "destroy", machine], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lab", action="store_true", help="on a machine in the lab")
    # The window of that machine, in a process of its own.
    parser.add_argument("--bus", help=argparse.SUPPRESS)
    parser.add_argument("program", type=os.path.abspath, help="the app, or the folder with all programs")
    wanted = parser.parse_args()
    if wanted.lab or wanted.bus:
        problem = on_a_lab(wanted.program) if wanted.lab else walk(wanted.program, wanted.bus)
        print(f"✗ {problem}" if problem else "", flush=True)
        sys.exit(1 if problem else 0)
    sys.exit(with_the_stand_in(wanted.program))


def with_the_stand_in(program):
    """Has everything done; returns how much of it was not as it should be."""
    assistive.enter_session(PERSON)
    screen = assistive.Screen(600, 720)
    amiss = 0
    for deed, situation, expected in DEEDS:
        service = assistive.StandIn(situation)
        window = assistive.Window(program, service.address)
        name = deed.__name__.replace("_", " ")
        try:
            window.fill(screen)
            window.wait_gone(None, "Loading…", 10)
            deed(Keys(window, service), window)
            problem = wrong(service.asked(), expected)
        except assistive.NotTrue as reason:
            problem = str(reason)
        amiss += problem is not None
        print(f"✗ {name}: {problem}" if problem else f"✓ {name} by pressing keys: {service.asked()}", flush=True)
        window.close()
        service.close()
    screen.close()
    return amiss


if __name__ == "__main__":
    main()
