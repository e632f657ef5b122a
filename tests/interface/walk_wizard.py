# SPDX-License-Identifier: GPL-3.0-or-later
"""The beginning of the walk: the first-boot wizard on a computer that was never used. Another desktop is looked at, with
everything there is to know before a switch, the installed one is kept, and how updates come is set on the real machine."""

import time

import assistive

CHOSEN = "Lab Atomic Desktop with KDE"
INSTALLED = "Lab Atomic Desktop with GNOME"


class Welcome:
    """The steps, on the wizard's window and with the pictures of a walk."""

    def __init__(self, walk):
        self.walk = walk
        self.window = walk.window

    def whole_way(self):
        self.window.wait("label", "Connected to a network", 20)
        self.walk.done("welcome", "welcomed: nothing was chosen yet")
        self.next("Choose Your Desktop")
        self.choose(CHOSEN)
        self.walk.done("welcome-desktop", "chose another desktop")
        self.next("How Updates Come")
        self.walk.done("welcome-updates", "looked at how updates can come")
        self.next("Nothing was changed so far.")
        self.window.wait("list item", f"Switch to {CHOSEN}", 5)
        size = self.window.wait("list item", "To Download: ", 90).get_name()
        self.walk.done("welcome-summary", f"read what a switch would bring: {size}")
        for step in ("How Updates Come", "Choose Your Desktop"):
            self.window.press("Back")
            self.window.wait(None, step, 10)
            time.sleep(0.7)
        self.choose(INSTALLED)
        self.next("How Updates Come")
        self.next("Nothing was changed so far.")
        self.window.wait("list item", f"Stay With {INSTALLED}", 5)
        self.window.press("Start", whole=True)
        self.window.wait("label", "All Done", 30)
        self.walk.done("welcome-done", "stayed with the installed desktop; how updates come is set")
        self.window.press("Finish", whole=True)
        assistive.wait_for(lambda: not self.window.alive(), 20, "the wizard has ended")

    def next(self, step):
        self.window.press("Next", whole=True)
        self.window.wait(None, step, 20)
        time.sleep(0.7)

    def choose(self, name):
        self.window.wait("table cell", name, 30)
        time.sleep(1)
        self.window.click("table cell", name)
        selected = assistive.state_types().SELECTED

        def is_chosen():
            card = self.window.find("table cell", name)
            return card is not None and card.get_state_set().contains(selected)

        assistive.wait_for(is_chosen, 10, f"“{name}” is chosen")
