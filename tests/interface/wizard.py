#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks through the first-boot wizard in every way that somebody may go, on the stand-in service.

    wizard.py [--narrow] PROGRAM [WAY…]

Ends with 1 and a sentence where something does not come true.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time

import assistive
from interface_keyboard import type_keys

PERSON = 1000
KDE = "Lab Atomic Desktop with KDE"
GNOME = "Lab Atomic Desktop with GNOME"


class Wizard:
    """The wizard on a new computer in one situation, with the settings of one person."""

    def __init__(self, program, screen, situation, folder):
        self.service = assistive.StandIn(situation)
        self.settings = assistive.kept_settings(folder) if not os.listdir(folder) else kept(folder)
        environment = {**self.settings, **getattr(self.service, "environment", {})}
        self.window = assistive.Window(program, self.service.address, arguments=["--first-boot"], **environment)
        self.window.fill(screen)

    def go(self, *steps):
        """Presses Next until these have been seen, one after the other."""
        for step in steps:
            self.window.press("Next", whole=True)
            self.window.wait(None, step, 10)
            time.sleep(0.5)

    def choose(self, name):
        """Chooses this desktop with the mouse."""
        self.window.wait("table cell", name, 10)
        time.sleep(0.7)
        self.window.click("table cell", name)
        card = lambda: self.window.find("table cell", name)  # noqa: E731
        selected = assistive.state_types().SELECTED
        assistive.wait_for(lambda: card() and card().get_state_set().contains(selected), 5, f"“{name}” is chosen")

    def ended(self, seconds=10):
        """Waits until the program has ended by itself."""
        assistive.wait_for(lambda: not self.window.alive(), seconds, "the wizard has ended")
        if self.window.process.returncode:
            raise assistive.NotTrue(f"the wizard ended with {self.window.process.returncode}")

    def close(self):
        if self.service is not None:
            self.window.close()
            self.service.close()
            self.service = None


def kept(folder):
    """The environment of settings that are kept there already."""
    return {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": folder}


def welcomed(folder):
    """Whether it is written down that this person was welcomed."""
    path = os.path.join(folder, "glib-2.0", "settings", "keyfile")
    with open(path, encoding="utf-8") as file:
        return "first-boot-finished=true" in file.read()


def must(condition, sentence):
    if not condition:
        raise assistive.NotTrue(f"It is not true that {sentence}.")


class Ways:
    """The ways, each on a new computer."""

    def __init__(self, program, screen):
        self.program, self.screen = program, screen
        self.opened = []

    def walk(self, name):
        folder = tempfile.mkdtemp(prefix="isotope-wizard-")
        try:
            getattr(self, name)(folder)
        finally:
            while self.opened:
                self.opened.pop().close()
            shutil.rmtree(folder, ignore_errors=True)

    def on(self, situation, folder):
        wizard = Wizard(self.program, self.screen, situation, folder)
        self.opened.append(wizard)
        return wizard

    def says_nothing(self, situation, folder, **environment):
        """The wizard ends by itself, at once and without a window."""
        service = assistive.StandIn(situation) if situation else assistive.Bus()
        variables = {**os.environ, **kept(folder), "DBUS_SYSTEM_BUS_ADDRESS": service.address, **environment}
        ended = assistive.subprocess.run([self.program, "--first-boot"], env=variables, timeout=assistive.PATIENCE, check=False)
        service.close()
        must(ended.returncode == 0, f"nobody is welcomed where it is {situation or 'without a service'}")

    def stay(self, folder):
        """Every step forward, staying with what is installed; then it does not come back."""
        wizard = self.on("wizard", folder)
        wizard.window.wait("label", "Connected to a network", 10)
        wizard.go("Choose Your Desktop")
        card = wizard.window.wait("table cell", GNOME, 10)
        must(card.get_state_set().contains(assistive.state_types().SELECTED), "the installed desktop is chosen")
        wizard.go("How Updates Come")
        check = wizard.window.wait("radio button", "Download and Tell Me", 5)
        must(check.get_state_set().contains(assistive.state_types().CHECKED), "updates are downloaded unless said otherwise")
        wizard.go("Nothing was changed so far.")
        wizard.window.wait("list item", f"Stay With {GNOME}", 5)
        wizard.window.wait("list item", "Updates: Download and Tell Me", 5)
        wizard.window.press("Start", whole=True)
        wizard.window.wait("label", "All Done", 10)
        wizard.window.press("Finish", whole=True)
        wizard.ended()
        must(welcomed(folder), "the person was welcomed")
        self.says_nothing("wizard", folder)

    def back(self, folder):
        """Back through every step; what was chosen stays chosen."""
        wizard = self.on("wizard", folder)
        wizard.go("Choose Your Desktop")
        wizard.choose(KDE)
        wizard.go("How Updates Come")
        wizard.window.click("list item", "Check and Tell Me")
        wizard.go("Nothing was changed so far.")
        wizard.window.wait("list item", f"Switch to {KDE}", 5)
        wizard.window.wait("list item", "Updates: Check and Tell Me", 5)
        for step in ("How Updates Come", "Choose Your Desktop", "Connected to a network"):
            wizard.window.press("Back")
            wizard.window.wait(None, step, 5)
            time.sleep(0.7)
        wizard.go("Choose Your Desktop")
        card = wizard.window.wait("table cell", KDE, 10)
        must(card.get_state_set().contains(assistive.state_types().SELECTED), "what was chosen stays chosen")

    def skip(self, folder):
        """Every step skipped: nothing is done, and nobody is asked again."""
        wizard = self.on("wizard", folder)
        wizard.go("Choose Your Desktop")
        wizard.window.press("Skip", whole=True)
        wizard.window.wait(None, "How Updates Come", 5)
        time.sleep(0.5)
        wizard.window.press("Skip", whole=True)
        wizard.window.wait("list item", "This stays as it is.", 5)
        wizard.window.press("Finish", whole=True)
        wizard.ended()
        must(welcomed(folder), "skipping everything is an end too")

    def leave_for_now(self, folder):
        """Closing asks; for now is not for good; going on goes on."""
        wizard = self.on("wizard", folder)
        type_keys("Escape")
        wizard.window.wait("label", "Leave the Setup?", 5)
        wizard.window.press("Continue", whole=True)
        wizard.window.wait_gone("label", "Leave the Setup?", 5)
        wizard.go("Choose Your Desktop")
        wizard.window.press("Close")
        wizard.window.press("Ask at Next Login", whole=True)
        wizard.ended()
        must(not welcomed(folder), "somebody who leaves for now is welcomed again")
        again = self.on("wizard", folder)
        again.window.wait("label", "Connected to a network", 10)

    def leave_for_good(self, folder):
        """The whole setup can be skipped, for good."""
        wizard = self.on("wizard", folder)
        wizard.window.press("Skip Setup", whole=True)
        wizard.window.press("Don’t Ask Again", whole=True)
        wizard.ended()
        must(welcomed(folder), "who leaves for good is not welcomed again")
        self.says_nothing("wizard", folder)

    def offline(self, folder):
        """No network has words of its own; everything but another desktop goes on."""
        wizard = self.on("wizard-offline", folder)
        must(not wizard.window.find("label", "Connected to a network"), "the computer is not connected")
        wizard.go("No Network")
        wizard.go("Choose Your Desktop")
        must(not wizard.window.find("table cell", KDE), "no other desktop can be chosen")
        wizard.window.wait("label", "Without a network connection", 5)
        wizard.go("How Updates Come", "Nothing was changed so far.")
        wizard.window.press("Start", whole=True)
        wizard.window.wait("label", "All Done", 10)

    def nothing_to_choose(self, folder):
        """Where nothing else is offered that is said, and the way goes on."""
        wizard = self.on("wizard-alone", folder)
        wizard.go("Nothing Else to Choose", "How Updates Come")
        wizard.close()
        wizard = self.on("wizard-unreadable", folder)
        wizard.go("Could Not Be Read")
        wizard.window.wait("button", "Try Again", 5)
        wizard.go("How Updates Come")

    def to_summary(self, situation, folder):
        wizard = self.on(situation, folder)
        wizard.go("Choose Your Desktop")
        wizard.choose(KDE)
        wizard.go("How Updates Come", "Nothing was changed so far.")
        return wizard

    def switch(self, folder):
        """Another desktop is chosen, looked at, downloaded; then the computer is restarted."""
        wizard = self.to_summary("wizard", folder)
        wizard.window.wait("list item", "To Download: ", 10)
        wizard.service.linger()
        wizard.window.press("Start", whole=True)
        wizard.window.wait("label", f"Getting {KDE}", 10)
        wizard.window.wait("label", "\u00a0downloaded", 10)
        wizard.service.hasten()
        wizard.window.wait("label", "Is Ready", 30)
        wizard.service.linger()
        must(welcomed(folder), "the welcome is over once everything is done")
        wizard.window.press("Restart…", whole=True)
        wizard.window.press("Restart", whole=True)
        wizard.window.wait("label", "Restarting…", 5)
        wizard.service.hasten()
        wizard.ended(20)

    def switch_and_stay(self, folder):
        """What was downloaded can be discarded at the very end, and what there is to mind is told before."""
        wizard = self.to_summary("wizard-careful", folder)
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "Is Ready", 40)
        wizard.window.wait("label", "Be Careful", 10)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.press("Discard", whole=True)
        wizard.window.wait("label", "All Done", 15)

    def ready(self, situation, folder):
        """Another desktop was switched to, and is here."""
        wizard = self.to_summary(situation, folder)
        wizard.window.press("Start", 15, whole=True)
        wizard.service.hasten()
        wizard.window.wait("label", "Is Ready", 40)
        return wizard

    def put_away(self, wizard, heading):
        """The person has read this dialog."""
        time.sleep(0.5)
        type_keys("Escape")
        wizard.window.wait_gone("label", heading, 10)

    def kept(self, folder):
        """What could not be discarded still starts next, and nothing says otherwise."""
        wizard = self.ready("wizard-keeps", folder)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.press("Discard", whole=True)
        wizard.window.wait("label", "Not Finished", 15)
        must(not wizard.window.find("button", "Stay With This One"), "nobody who does not discard stays")
        wizard.window.press("Leave It as It Is", whole=True)
        wizard.window.wait("label", "Is Ready", 10)

    def meanwhile(self, folder):
        """Only what was asked about is discarded, and what is no longer there is not said to be."""
        wizard, changed = self.ready("wizard", folder), "The system was changed meanwhile"
        for other in ("wizard-replaced", "wizard-discarded"):
            wizard.window.press("Stay With This One", whole=True)
            wizard.window.wait("label", f"Stay With {GNOME}?", 5)
            wizard.service.become(other)
            time.sleep(1)
            wizard.window.press("Discard", whole=True)
            if other == "wizard-replaced":
                wizard.window.wait("label", changed, 10)
                self.put_away(wizard, changed)
                wizard.window.wait("label", "Tiles Is Ready", 5)
        wizard.window.wait("label", "All Done", 10)
        orders = [method for method, *_ in wizard.service.asked()]
        must(orders == ["Switch"], f"nothing is discarded that nobody was asked about: {orders}")
        wizard.close()
        shutil.rmtree(os.path.join(folder, "glib-2.0"))
        wizard = self.ready("wizard-overtaken", folder)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.press("Discard", whole=True)
        wizard.window.wait("label", changed, 10)
        self.put_away(wizard, changed)
        wizard.window.wait("label", "Is Ready", 5)
        wizard.service.become("wizard-discarded")
        wizard.window.wait("label", "All Done", 10)

    def cancel(self, folder):
        """The download is cancelled; that is no failure, and it can be left at that."""
        wizard = self.to_summary("wizard", folder)
        wizard.service.linger()
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "\u00a0downloaded", 15)
        wizard.window.press("Cancel", whole=True)
        wizard.window.wait("label", "Not Finished", 15)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.wait("label", "All Done", 5)
        wizard.window.press("Finish", whole=True)
        wizard.ended()

    def fail(self, folder):
        """A download that fails says why, and is tried again or left at that."""
        wizard = self.to_summary("wizard-fails", folder)
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "could not be reached", 40)
        wizard.service.linger()
        wizard.window.press("Try Again", whole=True)
        wizard.window.wait("label", f"Getting {KDE}", 10)
        wizard.service.hasten()
        wizard.window.wait("label", "could not be reached", 40)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.wait("label", "All Done", 5)

    def changed(self, folder):
        """What is published between the summary and its yes is looked at and agreed to once more."""
        wizard = self.to_summary("wizard-image-changed", folder)
        wizard.window.press("Start", 15, whole=True)
        wizard.service.hasten()
        wizard.window.wait("label", "Another image was published meanwhile", 40)
        wizard.service.become("wizard-image-gone")
        for seen in (1, 2):
            self.put_away(wizard, "Another image was published meanwhile")
            wizard.window.wait("label", "How updates come is set; nothing else", 10)
            wizard.window.wait("list item", "To Download: ", 10)
            wizard.window.press("Start", 15, whole=True)
            if seen == 1:
                wizard.window.wait("label", "Another image was published meanwhile", 10)
                wizard.service.become("wizard")
        wizard.service.hasten()
        wizard.window.wait("label", "Is Ready", 40)
        seen = [options["state-token"] for _, _, options in wizard.service.asked()]
        must(len(set(seen)) == 3, f"each yes is to what was seen last: {seen}")

    def denied(self, folder):
        """Without the authority to set the computer that is said, and can be left at that; so it is with a password that
        nobody wants to say."""
        wizard = self.on("wizard-denied", folder)
        wizard.go("Choose Your Desktop", "How Updates Come", "Nothing was changed so far.")
        wizard.window.press("Start", whole=True)
        wizard.window.wait("button", "Leave It as It Is", 10)
        wizard.window.press("Leave It as It Is")
        wizard.window.wait("label", "All Done", 5)
        wizard.close()
        must(welcomed(folder), "the person was welcomed, whatever the computer allows")
        shutil.rmtree(os.path.join(folder, "glib-2.0"))
        wizard = self.to_summary("wizard-refused", folder)
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "Not Finished", 10)

    def blocked(self, folder):
        """What cannot be switched to cannot be started, and there is a way on."""
        wizard = self.to_summary("wizard-blocked", folder)
        wizard.window.wait("label", "In the Way", 10)
        must(not wizard.window.find("button", "Start", whole=True), "what is in the way is in the way")
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.wait("list item", f"Stay With {GNOME}", 5)
        wizard.window.press("Start", whole=True)
        wizard.window.wait("label", "All Done", 10)

    def leave_while_busy(self, folder):
        """The window can be left while something is downloaded; where nothing was set for everybody it comes back."""
        wizard = self.on("wizard", folder)
        wizard.go("Choose Your Desktop")
        wizard.choose(KDE)
        wizard.go("How Updates Come")
        wizard.service.linger()
        wizard.window.press("Skip", whole=True)
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "\u00a0downloaded", 15)
        type_keys("Escape")
        wizard.window.wait("label", "goes on without this window", 5)
        wizard.window.press("Ask at Next Login", whole=True)
        wizard.ended()
        must(not welcomed(folder), "somebody who leaves for now is welcomed again")

    def family(self, folder):
        """Once somebody has set how updates come nobody else is asked, and nobody is promised to be asked again."""
        wizard = self.to_summary("wizard", folder)
        wizard.service.linger()
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "\u00a0downloaded", 15)
        another = tempfile.mkdtemp(prefix="isotope-wizard-")
        self.says_nothing(None, another, DBUS_SYSTEM_BUS_ADDRESS=wizard.service.address)
        shutil.rmtree(another)
        type_keys("Escape")
        wizard.window.wait("label", "goes on without this window", 5)
        must(not wizard.window.find("button", "Ask at Next Login"), "nothing is promised that does not come")
        wizard.window.press("Finish", whole=True)
        wizard.ended()

    def end_while_asked(self, folder):
        """Nobody is asked any more whether to come back once there is nothing to come back for."""
        wizard = self.to_summary("wizard", folder)
        wizard.service.linger()
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "\u00a0downloaded", 15)
        type_keys("Escape")
        wizard.window.wait("label", "Leave the Setup?", 5)
        wizard.service.hasten()
        wizard.window.wait("label", "Is Ready", 30)
        wizard.window.wait_gone("label", "Leave the Setup?", 5)
        must(wizard.window.alive() and welcomed(folder), "the end is shown, and it is one")

    def lost(self, folder):
        """A service that ends while something is done is told as what it is, also to somebody who then leaves."""
        wizard = self.to_summary("wizard", folder)
        wizard.service.linger()
        wizard.window.press("Start", 15, whole=True)
        wizard.window.wait("label", "\u00a0downloaded", 15)
        wizard.service.end_service()
        wizard.window.wait("label", "ended unexpectedly", 15)
        wizard.window.press("Close")
        wizard.window.wait("label", "nobody can tell what became of it", 5)
        wizard.window.press("Continue", whole=True)
        wizard.window.press("Stay With This One", whole=True)
        wizard.window.wait("label", "How It Ended Is Not Known", 5)
        wizard.window.press("Finish", whole=True)
        wizard.ended()
        wizard.close()
        shutil.rmtree(os.path.join(folder, "glib-2.0"))
        wizard = self.on("wizard", folder)
        wizard.go("Choose Your Desktop")
        wizard.service.end_service()
        wizard.go("How Updates Come", "Nothing was changed so far.")
        wizard.window.press("Start", whole=True)
        wizard.window.wait("label", "The Isotope service is not", 10)
        wizard.window.press("Leave It as It Is")
        wizard.window.wait("label", "All Done", 5)

    def keyboard(self, folder):
        """From the first step to the last with the keyboard alone."""
        wizard = self.on("wizard", folder)
        wizard.window.wait("button", "Next", 10)
        time.sleep(1)
        type_keys("Return")
        wizard.window.wait(None, "Choose Your Desktop", 5)
        time.sleep(1)
        wizard.window.activate(GNOME)
        wizard.window.go_to("button", "Next")
        type_keys("Return")
        wizard.window.wait(None, "How Updates Come", 5)
        time.sleep(1)
        wizard.window.go_to("button", "Next")
        type_keys("Return")
        wizard.window.wait("label", "Nothing was changed so far.", 5)
        time.sleep(1)
        type_keys("Return")
        wizard.window.wait("label", "All Done", 10)
        time.sleep(1)
        type_keys("Return")
        wizard.ended()

    def nobody(self, folder):
        """Where there is nothing to welcome to, nobody is welcomed: no window, no word."""
        for situation in ("wizard-finished", "wizard-nowhere", None):
            self.says_nothing(situation, folder)
        self.says_nothing("wizard", folder, DBUS_SYSTEM_BUS_ADDRESS="unix:path=/nowhere")

    def others(self, folder):
        """Another program that updates the computer is named."""
        wizard = self.on("wizard-of-others", folder)
        wizard.go("Choose Your Desktop", "How Updates Come")
        wizard.window.wait("label", "uupd (uupd.timer) downloads updates by itself", 5)
        wizard.go("Nothing was changed so far.")
        wizard.window.wait("list item", "Isotope leaves updates to it", 5)


# What the ways are made of.
PARTS = ("walk", "on", "says_nothing", "to_summary", "ready", "put_away")
WAYS = [name for name in vars(Ways) if not name.startswith("_") and name not in PARTS]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--narrow", action="store_true", help="a screen of 360 pixels, as on a telephone")
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("ways", nargs="*")
    wanted = parser.parse_args()
    # Nobody presses a button of the page that is still going away.
    assistive.enter_session(uid=PERSON, animated=False)
    screen = assistive.Screen(360 if wanted.narrow else 640, 720)
    failures = 0
    ways = Ways(wanted.program, screen)
    for name in wanted.ways or WAYS:
        try:
            ways.walk(name)
            print(f"✓ {name}", flush=True)
        except assistive.NotTrue as reason:
            print(f"✗ {name}: {reason}", flush=True)
            failures += 1
    screen.close()
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
