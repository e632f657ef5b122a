# SPDX-License-Identifier: GPL-3.0-or-later
"""Whole ways through the window, from a wish to what came of it."""

import contextlib
import time

import assistive
from interface_dialogs import DESKTOPS, KDE
from interface_preferences import PreferenceWays


def take(window, step):
    """Takes one step of the way to a dialog."""
    if isinstance(step, str):
        assistive.type_keys(step)
        if step == "F10":
            window.wait("menu item", "", 10)
        return
    way, value = step
    if way == "type":
        window.type(value)
    else:
        ways = {"press": window.press, "choose": window.choose, "activate": window.activate, "turn": window.turn_to}
        ways |= {"open": window.open_choice, "pick": window.pick}
        ways[way](value)


class Ways(PreferenceWays):
    """Each way is walked in a window of its own. What opens and closes windows, and counts what is amiss, is in Check."""

    @contextlib.contextmanager
    def works(self, situation, what, otherwise, **environment):
        """The window in a situation: what is done with it has to come true."""
        window, service = self.opened(situation, **environment)
        try:
            yield window
        except assistive.NotTrue as reason:
            self.say(what, [str(reason)], otherwise)
        self.closed(window, service)
        print(f"· {what} looked at", flush=True)

    def keys(self):
        """F5 checks, Enter presses the button that has the focus, Escape cancels what runs."""
        with self.works("fresh", "the keys", "a key does nothing") as window:
            assistive.type_keys("F5")
            window.wait("label", "10.2 is available", 10)
            window.service.linger()
            assistive.type_keys("Return")
            window.wait("label", "\u00a0downloaded", 10)
            assistive.type_keys("Escape")
            window.wait("label", "Cancelled. Nothing was changed.", 5)

    def following(self):
        """An open sheet shows what its own buttons change, tells it, and closes with its deployment."""
        with self.works("up-to-date", "an open sheet", "does not follow what is done", **assistive.for_experts()) as window:
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
            window.type("quay.io/lab/kde:stable")
            window.press("Look up the image")
            # The answer about the text before comes, and is not taken.
            window.type("quay.io/elsewhere/kde:stable")
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
            window.type("3999")
            # The first letters find more than one; what is activated must not be replaced meanwhile.
            window.wait_gone("list item", "10.3998.2026", 10)
            window.activate("10.3999.2026")
            window.wait(None, "Switch to quay.io/lab/gnome:10.3999.2026?", 15)
        with self.works("unsigned-container", "what is refused", "is asked for all the same") as window:
            window.choose("Switch Image…")
            window.wait("dialog", "Switch Image", 5)
            window.type("quay.io/lab/kde:stable")
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

    def cancelling(self):
        """What another program does is cancelled as everything is; the window can be used while that takes its time."""
        with self.works("foreign", "cancelling what another program does", "does not work") as window:
            window.wait("label", "Layer\u00a03\u00a0of\u00a08", 5)
            window.wait("label", "Started by gnome-software", 5)
            window.press("Cancel")
            assistive.wait_for(lambda: window.find("button", "Cancelling…", sensitive=False), 5, "it is being cancelled")
            window.activate("Running Now")
            window.wait("list item", "Updated By: rpm-ostree", 5)
            assistive.type_keys("Escape")
            window.wait("button", "Check for Updates", 20)

    def taking_back(self):
        """What would damage another image has to be taken back before it can be switched to."""
        with self.works("packages", "taking packages back", "does not work") as window:
            window.choose("Switch Image…")
            window.wait("dialog", "Switch Image", 5)
            window.type("quay.io/lab/kde:stable")
            window.press("Switch…")
            window.wait("label", "In the Way", 10)
            if window.find("button", "Switch", whole=True):
                raise assistive.NotTrue("It is not true that nothing can be switched to before.")
            window.go_to("check box", "Remove added packages")
            assistive.type_keys("space")
            window.wait_gone("label", "In the Way", 5)
            window.press("Switch", whole=True)
            window.wait("label", "Restart to finish switching", 30)

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

    # What takes longest first; all but the one that leaves something behind.
    ALL = (
        looking_up,
        desktops,
        holding_back,
        following,
        cancelling,
        taking_back,
        keys,
        unavailable,
        *PreferenceWays.PREFERENCES,
    )
