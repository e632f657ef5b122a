#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the window on a real machine in the lab, as assistive technology would: an update, a rollback, a switch
to another desktop and back, and everything that can be done with a deployment.

    walk.py PROGRAMS FOLDER            make a lab with the programs from PROGRAMS, walk, delete the lab (needs root)
    walk.py --bus ADDRESS PROGRAMS FOLDER    walk on a machine that runs already

A picture of every step is put into FOLDER. Ends with 1 and a sentence where a step does not come true in time.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import assistive

PERSON = 1000
OLD, NEW, KDE = "10.1.20261030", "10.2.20261118", "10.2.20261120"
# 18 November 2026, as the version says.
BUILT = "1794992400"
BUILT_KDE = "1795165200"
PAYLOAD, RATE = 24_000_000, 2_000_000


class Walk:
    """The steps, one after the other."""

    def __init__(self, window, folder):
        self.window = window
        # What the machine follows at first, as its details say.
        self.followed = ""
        self.folder = folder
        self.step = 0

    def done(self, name, sentence, still=True):
        """A step has come true: take its picture and say so."""
        if not self.window.alive():
            raise assistive.NotTrue("The window has closed.")
        self.step += 1
        picture = f"{self.step:02}-{name}.png"
        time.sleep(0.6 if still else 0.3)
        assistive.screenshot(os.path.join(self.folder, picture), still)
        print(f"✓ {sentence} (screenshot {picture})", flush=True)

    def whole_way(self):
        self.window.wait("button", "Check for Updates", 20)
        self.window.wait("label", f"{OLD}, built", 5)
        self.done("first-look", f"looked: {OLD} runs, nothing was checked yet")
        self.update()
        self.restart("new-version", NEW, f"restarted: {NEW} runs, {OLD} is kept")
        self.roll_back()
        self.restart("old-version", OLD, f"restarted: {OLD} runs again, the window was open all the time")
        self.pin()
        self.switch()
        self.restart("other-desktop", KDE, f"restarted: KDE {KDE} runs, GNOME {OLD} is kept")
        self.start_next()
        self.restart("first-desktop", OLD, f"restarted: GNOME {OLD} runs again")
        self.other_versions()
        self.unpin_and_remove()
        self.clean_up()
        self.history()

    def pin(self):
        self.window.activate("Running Now")
        self.window.wait("list item", "Signature: Verified", 20)
        self.window.wait("list item", "Changes in /etc", 20)
        self.window.wait_gone("list item", "On Disk: not known yet", 60)
        self.followed = self.window.wait("list item", "Follows: ", 5).get_name().removeprefix("Follows: ")
        self.done("details", f"looked at the details of {OLD}: verified by libostree, sizes added up")
        self.window.press(f"Pin {OLD}", whole=True)
        self.window.wait(None, f"Version {OLD} is kept until it is unpinned.", 20)
        self.window.wait("button", f"Unpin {OLD}", 10)
        self.done("pinned", f"pinned {OLD}: the dialog follows")
        self.close_dialog("System Image")

    def switch(self):
        self.window.choose("Switch Image…")
        self.window.wait("dialog", "Switch Image", 5)
        time.sleep(0.5)
        assistive.type_text(self.followed)
        self.window.wait("label", "follows that image already", 5)
        assistive.type_text(self.followed.replace("gnome", "kde"))
        self.window.wait_gone("label", "follows that image already", 5)
        self.done("switch", "named the image of the other desktop: the dialog says what switching does")
        self.window.press("Switch", whole=True)
        self.wait_downloaded(0.3)
        self.done("switching", f"switching: {self.downloaded()}", still=False)
        self.window.wait("label", "Restart to finish switching", 120)
        self.done("switched", f"switched: KDE {KDE} is ready")

    def start_next(self):
        self.window.activate("Before")
        self.window.press(f"Start {OLD} next")
        self.window.wait(None, "The next restart will start", 5)
        self.done("start-next-question", f"asked to start GNOME {OLD} next: the question says what that means")
        self.window.press("Start Next", whole=True)
        self.window.wait(None, f"The next restart starts version {OLD}.", 30)
        self.done("starts-next", f"GNOME {OLD} starts next, and the dialog says so")
        self.close_dialog("System Image")

    def other_versions(self):
        self.window.choose("Other Versions…")
        self.window.wait("list item", f"{NEW}: built", 30)
        self.window.wait("list item", f"{OLD}: built", 5)
        self.done("other-versions", "asked for other versions: what runs is marked")
        self.close_dialog("Other Versions")

    def unpin_and_remove(self):
        self.window.activate("Running Now")
        self.window.press(f"Unpin {OLD}")
        self.window.wait("button", f"Pin {OLD}", 20, whole=True)
        self.done("unpinned", f"unpinned {OLD}")
        self.close_dialog("System Image")
        self.window.activate(self.row_of(KDE))
        self.window.wait_gone("list item", "On Disk: not known yet", 60)
        self.window.press(f"Remove {KDE}")
        self.window.wait("label", f"Remove {KDE}", 5)
        self.done("remove-question", f"asked to remove KDE {KDE}: the question says what that frees")
        self.window.press("Remove", whole=True)
        self.window.wait_gone("dialog", "System Image", 30)
        self.window.wait(None, "The version was removed.", 10)
        self.done("removed", f"removed KDE {KDE}: its dialog has closed")

    def clean_up(self):
        self.window.choose("Switch Image…")
        self.window.wait("dialog", "Switch Image", 5)
        time.sleep(0.5)
        assistive.type_text(self.followed.replace("gnome", "kde"))
        self.window.press("Switch", whole=True)
        self.wait_downloaded(0.3)
        self.window.press("Cancel")
        self.window.wait("label", "Cancelled. Nothing was changed.", 20)
        self.window.choose("Clean Up…")
        self.window.wait(None, "Can Be Freed", 60)
        self.done("clean-up", "asked what an interrupted download has left behind")
        self.window.press("Clean Up", whole=True)
        freed = self.window.wait(None, "Cleaning up freed", 60).get_name()
        self.done("cleaned-up", f"cleaned up: {freed}")

    def history(self):
        self.window.choose("History")
        for entry in ("Clean-up", "Removal of a version", "Unpinning", "Switch to another image"):
            self.window.wait("list item", entry, 20)
        self.window.wait("list item", f"Started With {OLD}", 10)
        self.done("history", "looked at the history: everything is written down")
        self.close_dialog("History")

    def close_dialog(self, title):
        # Where something is told in passing, Escape first puts that away.
        for _ in range(2):
            if self.window.find("dialog", title):
                assistive.type_keys("Escape")
                time.sleep(1)
        self.window.wait_gone("dialog", title, 5)

    def row_of(self, version):
        """The name of the row that shows this version, to where the version stands in it."""
        rows = (accessible.get_name() or "" for accessible in self.window.everything())
        return next(name for name in rows if f": {version} · " in name)

    def update(self):
        self.window.press("Check for Updates")
        self.window.wait("label", f"{NEW} is available", 30)
        self.done("update-available", f"checked: update {NEW} found")
        self.window.press("Download Update")
        self.wait_downloaded(0.05)
        self.window.press("Cancel")
        self.window.wait("label", "Cancelled. Nothing was changed.", 20)
        self.done("cancelled", "cancelled: nothing was changed")
        self.window.press("Download Update")
        self.wait_downloaded(0.3)
        self.done("downloading", f"updating: {self.downloaded()}", still=False)
        self.window.wait("label", "Restart to finish updating", 120)
        self.done("staged", f"updated: {NEW} is ready, a restart is asked for")

    def downloaded(self):
        label = self.window.find("label", " downloaded")
        return label.get_name() if label else ""

    def wait_downloaded(self, part):
        def reached():
            found = re.match(r"([\d.]+) (\w+) of ([\d.]+) (\w+) downloaded", self.downloaded())
            units = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
            if not found:
                return False
            done, unit, total, total_unit = found.groups()
            return float(done) * units.get(unit, 1) >= part * float(total) * units.get(total_unit, 1)

        assistive.wait_for(reached, 60, f"{part:.0%} of the update are downloaded")

    def roll_back(self):
        self.window.press(f"Roll back to {OLD}")
        self.window.wait("label", f"Roll Back to {OLD}?", 5)
        body = self.window.wait("label", "personal files", 5).get_name()
        if OLD not in body or NEW not in body:
            raise assistive.NotTrue(f"The question does not name both versions: {body}")
        self.done("roll-back-question", f"asked to roll back: the question names {OLD} and {NEW}")
        self.window.press("Roll Back", whole=True)
        self.window.wait("label", "Restart to go back", 30)
        self.done("rolled-back", f"rolled back: the next restart starts {OLD}")

    def restart(self, name, version, sentence):
        self.window.press("Restart…")
        self.window.wait("label", f"The computer will start {version}", 5)
        self.done("restart-question", f"asked to restart: the question names {version}")
        self.window.press("Restart", whole=True)
        self.window.wait(None, "Restarting…", 20)
        self.done("restarting", "restarting: the window waits", still=False)
        self.window.wait("label", f"{version}, built", 90)
        self.window.wait_gone("label", "Restart to", 10)
        self.done(name, sentence)


def walk(programs, folder, bus):
    assistive.enter_session(PERSON)
    screen = assistive.Screen(600, 720)
    window = assistive.Window(os.path.join(programs, "isotope"), bus)
    try:
        window.fill(screen)
        Walk(window, folder).whole_way()
    except assistive.NotTrue as reason:
        assistive.screenshot(os.path.join(folder, "failed.png"))
        print(f"✗ {reason}\n  What was shown: {', '.join(window.texts())}", flush=True)
        return 1
    finally:
        window.close()
        screen.close()
    return 0


def on_a_lab(programs, folder):
    """Makes a lab whose machine runs the old version and whose remote has the new one, and walks on it."""
    lab = tempfile.mkdtemp(prefix="isotope-walk-", dir="/var/tmp")
    os.chmod(lab, 0o755)
    program = os.path.join(programs, "isotope-lab")
    machine = os.path.join(lab, "machine")

    def order(*arguments):
        done = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    try:
        order("create", machine, "--polkit", "allow")
        order("publish", machine, "--variant", "gnome", "--version", NEW, "--built", BUILT, "--payload", str(PAYLOAD))
        order("publish", machine, "--variant", "kde", "--version", KDE, "--built", BUILT_KDE, "--payload", str(PAYLOAD))
        order("remote", machine, "--rate", str(RATE))
        order("boot", machine)
        bus = re.search(r"^bus for person, from outside: (\S+)", order("status", machine), re.MULTILINE).group(1)
        command = [sys.executable, os.path.abspath(__file__), "--bus", bus, programs, folder]
        return subprocess.run(command, check=False).returncode
    except subprocess.CalledProcessError as error:
        print(f"✗ The lab could not be made ready: {error}", flush=True)
        return 1
    finally:
        subprocess.run([program, "destroy", machine], check=False)
        shutil.rmtree(lab, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bus", help="the system bus of a machine that runs already")
    parser.add_argument("programs", type=os.path.abspath, help="the folder with Isotope's programs")
    parser.add_argument("folder", type=os.path.abspath, help="where the pictures go")
    wanted = parser.parse_args()
    if wanted.bus:
        sys.exit(walk(wanted.programs, wanted.folder, wanted.bus))
    os.makedirs(wanted.folder, exist_ok=True)
    os.chown(wanted.folder, PERSON, PERSON)
    sys.exit(on_a_lab(wanted.programs, wanted.folder))


if __name__ == "__main__":
    main()
