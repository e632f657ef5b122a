#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the windows on a real machine in the lab that follows a container image, as assistive technology would: the
first-boot wizard, then an update, a rollback, an update that is held back for a while, everything that can be done with a version, and at the end
a switch to another desktop, back, and once more to stay.

    walk.py [--narrow] [--desktops] PROGRAMS FOLDER    make a lab with the programs from PROGRAMS, walk, delete the lab (needs root)
    walk.py [--narrow] [--desktops] --bus ADDRESS PROGRAMS FOLDER    walk on a machine that runs already

With --desktops only the last part is walked. A picture of every step is put into FOLDER. Ends with 1 and a sentence where a step does not come true in time. Once on
the way a newer version has to be published: the walk says so, and goes on when it gets a line on its standard input.
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
from walk_switching import Switching
from walk_wizard import Welcome

PERSON = 1000
OLD, NEW, NEWEST, KDE = "10.1.20261030", "10.2.20261118", "10.2.20261119", "10.2.20261120"
# When each was built, as the version says.
BUILT = {NEW: 1794992400, NEWEST: 1795078800, KDE: 1795165200}
PAYLOAD, RATE = 24_000_000, 2_000_000
WANTED = "Now the vendor publishes "


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
        self.details_and_pin()
        self.steps_to_a_check()
        self.tags()
        self.download_only()
        self.restart("newest-version", NEWEST, f"restarted: {NEWEST} runs, {OLD} is pinned and kept")
        self.unpin_and_remove()
        self.clean_up()
        self.history()
        Switching(self, NEWEST, KDE).whole_way()

    def only_desktops(self):
        self.window.activate("Running Now")
        self.followed = self.window.wait("list item", "Follows: ", 20).get_name().removeprefix("Follows: ")
        self.close_dialog("System Image")
        Switching(self, OLD, KDE).whole_way()

    def details_and_pin(self):
        self.window.activate("Running Now")
        self.window.wait("list item", "Signature: ", 20)
        self.window.wait("list item", "Digest: sha256:", 5)
        self.window.wait("list item", "Changes in /etc", 20)
        self.window.wait_gone("list item", "On Disk: not known yet", 60)
        self.followed = self.window.wait("list item", "Follows: ", 5).get_name().removeprefix("Follows: ")
        self.done("details", f"looked at the details of {OLD}: it follows {self.followed}")
        self.window.go_to("button", "Copy: Commit")
        self.done("digest", "looked further down: the whole reference and the digest of the image")
        self.window.press(f"Pin {OLD}", whole=True)
        self.window.wait(None, f"Version {OLD} is kept until it is unpinned.", 20)
        self.window.wait("button", f"Unpin {OLD}", 10)
        self.done("pinned", f"pinned {OLD}: the dialog follows")
        self.close_dialog("System Image")

    def steps_to_a_check(self):
        """How the followed image comes to be checked is shown step by step; the registry says whether it is signed."""
        self.window.activate("Running Now")
        self.window.activate("Steps to a Checked Image", 20)
        self.window.wait("list item", "2. This Computer Demands a Signature: ", 20)
        self.window.press("Look in the registry")
        answers = [f"1. The Vendor Signs It: {answer}\n" for answer in ("Done", "To do")]
        assistive.wait_for(
            lambda: any(self.window.find("list item", answer) for answer in answers),
            60,
            "the first step says whether the registry has a signature",
        )
        self.done("steps", "looked at the steps to a checked image, and asked the registry for a signature")
        self.close_dialog("Steps to a Checked Image")

    def tags(self):
        """What else the registry has of the image is listed, and what is followed is marked."""
        self.window.choose("Other Versions…")
        self.window.wait("list item", "stable: This computer follows it", 60)
        self.done("tags", "asked which tags the registry has: the followed one is marked")
        self.close_dialog("Other Versions")

    def download_only(self):
        print(f"· {WANTED}{NEWEST}", flush=True)
        sys.stdin.readline()
        assistive.type_keys("F5")
        self.window.wait("label", f"{NEWEST} is available", 30)
        self.window.choose("Download Only")
        self.wait_downloaded(0.5)
        self.done("downloading-only", f"only downloading: {self.downloaded()}", still=False)
        self.window.wait("label", f"{NEWEST} is downloaded and held back", 120)
        self.done("held-back", f"downloaded {NEWEST}: it is held back, no restart is asked for")
        self.window.press(f"Install {NEWEST} with the next restart")
        self.window.wait("label", "Restart to finish updating", 60)
        self.done("released", f"{NEWEST} is installed with the next restart")

    def unpin_and_remove(self):
        self.window.activate(self.row_of(OLD))
        self.window.press(f"Unpin {OLD}")
        self.window.wait("button", f"Pin {OLD}", 20, whole=True)
        self.window.wait_gone("list item", "On Disk: not known yet", 60)
        self.done("unpinned", f"unpinned {OLD}")
        self.window.press(f"Remove {OLD}")
        self.window.wait("label", f"Remove {OLD}", 5)
        self.done("remove-question", f"asked to remove {OLD}: the question says what that frees")
        self.window.press("Remove", whole=True)
        self.window.wait_gone("dialog", "System Image", 30)
        self.window.wait(None, "The version was removed.", 10)
        self.done("removed", f"removed {OLD}: its dialog has closed")

    def clean_up(self):
        self.window.choose("Clean Up…")
        self.window.wait(None, "Can Be Freed", 60)
        self.done("clean-up", "asked what the versions of the past have left behind")
        self.window.press("Clean Up", whole=True)
        freed = self.window.wait(None, "Cleaning up freed", 60).get_name()
        self.done("cleaned-up", f"cleaned up: {freed}")

    def history(self):
        self.window.turn_to("History")
        for entry in ("Clean-up", "Removal of a version", "Unpinning", "Update", "Rollback"):
            self.window.wait("list item", entry, 20)
        self.window.wait("list item", f"Started With {NEWEST}", 10)
        self.done("history", "looked at the history: everything is written down")
        self.window.turn_to("System")

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
        # Numbers and their units are kept on one line.
        label = self.window.find("label", "\u00a0downloaded")
        return label.get_name().replace("\u00a0", " ") if label else ""

    def wait_downloaded(self, part):
        def reached():
            found = re.match(r"([\d.]+) (\w+) of ([\d.]+) (\w+) downloaded", self.downloaded())
            units = {"bytes": 1, "kB": 1e3, "MB": 1e6, "GB": 1e9}
            if not found:
                # On a busy computer it can be over before anybody has looked.
                ends = ("Restart to finish", "is downloaded and held back")
                return any(self.window.find("label", end) for end in ends)
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
        # On a busy computer the machine can be up again before anybody has looked.
        waits = assistive.wait_for(
            lambda: (self.window.find(None, "Restarting…") and "the window waits")
            or (self.window.find("label", f"{version}, built") and "over before it was looked at"),
            20,
            "the window waits for the restart",
        )
        self.done("restarting", f"restarting: {waits}", still=False)
        self.window.wait("label", f"{version}, built", 90)
        self.window.wait_gone("label", "Restart to", 10)
        self.done(name, sentence)


def walk(programs, folder, bus, narrow, desktops):
    assistive.enter_session(PERSON)
    screen = assistive.Screen(360 if narrow else 600, 720)
    program = os.path.join(programs, "isotope")
    pictures = 0 if desktops else welcome(program, folder, bus, screen)
    if pictures is None:
        screen.close()
        return 1
    window = assistive.Window(program, bus, **assistive.for_experts())
    try:
        window.fill(screen)
        steps = Walk(window, folder)
        steps.step = pictures
        steps.only_desktops() if desktops else steps.whole_way()
    except assistive.NotTrue as reason:
        assistive.screenshot(os.path.join(folder, "failed.png"))
        print(f"✗ {reason}\n  What was shown: {', '.join(window.texts())}", flush=True)
        return 1
    finally:
        window.close()
        screen.close()
    return 0


def welcome(program, folder, bus, screen):
    """Walks through the wizard, which then does not come back; returns how many pictures were taken, or nothing."""
    window = assistive.Window(program, bus, arguments=["--first-boot"])
    try:
        window.fill(screen)
        steps = Walk(window, folder)
        Welcome(steps).whole_way()
        command, environment = [program, "--first-boot"], {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": bus}
        subprocess.run(command, env=environment, timeout=30, check=True)
        print("· started the wizard once more: it has nothing to say and ends", flush=True)
        return steps.step
    except (assistive.NotTrue, subprocess.SubprocessError) as reason:
        assistive.screenshot(os.path.join(folder, "failed.png"))
        print(f"✗ {reason}\n  What was shown: {', '.join(window.texts())}", flush=True)
        return None
    finally:
        window.close()


def on_a_lab(programs, folder, options):
    """Makes a lab whose machine runs the old version and whose registry has the new one, and walks on it."""
    lab = tempfile.mkdtemp(prefix="isotope-walk-", dir="/var/tmp")
    os.chmod(lab, 0o755)
    program = os.path.join(programs, "isotope-lab")
    machine = os.path.join(lab, "machine")

    def order(*arguments):
        done = subprocess.run([program, *arguments], check=True, stdout=subprocess.PIPE, text=True)
        return done.stdout

    def publish(variant, version):
        image = ["--variant", variant, "--version", version, "--built", str(BUILT[version])]
        order("publish", machine, "--container", "stable", *image, "--payload", str(PAYLOAD))

    try:
        order("create", machine, "--backend", "bootc", "--polkit", "allow", "--catalog")
        order("timer", machine, "isotope-automatic.timer")
        publish("gnome", NEW)
        publish("kde", KDE)
        order("remote", machine, "--rate", str(RATE))
        order("boot", machine)
        bus = re.search(r"^bus for person, from outside: (\S+)", order("status", machine), re.MULTILINE).group(1)
        command = [sys.executable, os.path.abspath(__file__), *options, "--bus", bus, programs, folder]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as walking:
            for line in walking.stdout:
                print(line, end="", flush=True)
                if WANTED in line:
                    publish("gnome", NEWEST)
                    print(file=walking.stdin, flush=True)
        return walking.returncode
    except subprocess.CalledProcessError as error:
        print(f"✗ The lab could not be made ready: {error}", flush=True)
        return 1
    finally:
        subprocess.run([program, "destroy", machine], check=False)
        shutil.rmtree(lab, ignore_errors=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bus", help="the system bus of a machine that runs already")
    parser.add_argument("--narrow", action="store_true", help="a screen of 360 pixels, as on a telephone")
    parser.add_argument("--desktops", action="store_true", help="only the part about desktops")
    parser.add_argument("programs", type=os.path.abspath, help="the folder with Isotope's programs")
    parser.add_argument("folder", type=os.path.abspath, help="where the pictures go")
    wanted = parser.parse_args()
    if wanted.bus:
        sys.exit(walk(wanted.programs, wanted.folder, wanted.bus, wanted.narrow, wanted.desktops))
    os.makedirs(wanted.folder, exist_ok=True)
    os.chown(wanted.folder, PERSON, PERSON)
    options = [option for option in ("--narrow", "--desktops") if getattr(wanted, option.removeprefix("--"))]
    sys.exit(on_a_lab(wanted.programs, wanted.folder, options))


if __name__ == "__main__":
    main()
