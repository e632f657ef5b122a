# SPDX-License-Identifier: GPL-3.0-or-later
"""The part of the walk that is about desktops: another one is looked at, switched to and tried, and then either left again
or kept. The desktop is chosen with the mouse."""

import time

import assistive

CARD = "Lab Atomic Desktop with KDE"


class Switching:
    """The steps, on the window and with the pictures of a walk."""

    def __init__(self, walk, gnome, kde):
        self.walk = walk
        self.window = walk.window
        self.gnome, self.kde = gnome, kde

    def whole_way(self):
        self.own_image()
        self.look()
        self.switch("switch", whole=True)
        self.tried("tried", f"KDE {self.kde} runs, and the app asks whether to keep it")
        self.go_back()
        self.look_again()
        self.switch("switch-again", whole=False)
        self.tried("tried-again", f"KDE {self.kde} runs again")
        self.keep()

    def own_image(self):
        """Any image can be named, and its registry asked."""
        self.window.choose("Switch Image…")
        self.window.wait("dialog", "Switch Image", 5)
        self.window.type("kde")
        self.window.wait("label", "Say which registry it is in", 5)
        self.walk.done("own-image-mistake", "typed half of a name: the dialog says what is missing")
        self.window.type(self.walk.followed.replace("gnome", "kde"))
        self.window.wait("list item", "Signature: Not checked", 10)
        self.window.press("Look up the image", 10)
        self.window.wait("list item", f"Version: {self.kde}", 60)
        size = self.window.wait("list item", "To Download: ", 5).get_name()
        self.walk.done("own-image", f"named an image: the dialog says what checks it, and the registry: {size}")
        self.walk.close_dialog("Switch Image")

    def look(self):
        self.window.turn_to("Desktops")
        self.window.wait("table cell", "Running now", 10)
        self.walk.done("desktops", "looked at the desktops: GNOME runs, KDE is offered")
        self.look_again()
        self.walk.done("variant", f"looked at KDE {self.kde}: size, signature and what there is to know")

    def look_again(self):
        self.window.turn_to("Desktops")
        self.window.wait("table cell", CARD, 20)
        time.sleep(1)
        self.window.click("table cell", CARD)
        self.window.wait("list item", f"Version: {self.kde}", 90)

    def switch(self, name, whole):
        self.window.press("Switch…")
        self.window.wait(None, "Switch to Lab Atomic Desktop with KDE", 10)
        self.window.wait("button", "Switch", 60, whole=True)
        self.walk.done(f"{name}-question", "asked to switch: the dialog says what there is to know")
        self.window.press("Switch", whole=True)
        if whole:
            self.walk.wait_downloaded(0.3)
            self.walk.done(f"{name}-downloading", f"switching: {self.walk.downloaded()}", still=False)
        self.window.wait("label", "Restart to finish switching", 120)
        # What only the content of the image tells is told now, if that is a reason to be careful.
        time.sleep(3)
        told = self.window.find("label", "Be Careful")
        more = ": now that it is here, there is more to know" if told else ""
        self.walk.done(f"{name}-ready", f"switched: KDE {self.kde} is ready{more}")
        if told:
            assistive.type_keys("Escape")
            self.window.wait_gone("label", "Be Careful", 5)
        self.walk.restart(f"{name}-restarted", self.kde, f"restarted: KDE {self.kde} runs")

    def tried(self, name, sentence):
        self.window.wait("button", "Keep It", 20)
        self.window.wait("list item", "kept to go back to", 5)
        self.walk.done(name, sentence)

    def go_back(self):
        self.window.press("Go Back…")
        self.window.wait("label", "Go Back to ", 5)
        self.walk.done("go-back-question", "asked to go back")
        self.window.press("Go Back", whole=True)
        self.window.wait("label", "Restart to go back", 30)
        self.walk.restart("went-back", self.gnome, f"restarted: GNOME {self.gnome} runs as before")
        if self.window.find("button", "Keep It"):
            raise assistive.NotTrue("It is not true that nothing is asked any more.")

    def keep(self):
        self.window.press("Keep It")
        self.window.wait_gone("button", "Keep It", 30)
        self.window.wait("list item", f"{self.gnome} · GNOME", 5)
        self.window.activate(self.walk.row_of(self.gnome))
        self.window.wait("list item", "for 3 more updates", 10)
        self.walk.done("kept", f"kept KDE: GNOME {self.gnome} stays for three more updates")
        self.walk.close_dialog("System Image")
