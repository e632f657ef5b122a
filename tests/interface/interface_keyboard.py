# SPDX-License-Identifier: GPL-3.0-or-later
"""The keyboard, and where the focus goes by it."""

import subprocess
import time


def atspi():
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi

    return Atspi


def glib():
    from gi.repository import GLib

    return GLib


def type_text(text):
    """Types this in the place of what stands in the entry that has the focus."""
    type_keys("ctrl+a")
    subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)


def type_keys(*keys):
    """Types on the keyboard, as a person does."""
    subprocess.run(["xdotool", "key", *keys], check=True)


class Focus:
    """What got the focus last, as AT-SPI tells by itself: nobody has to look through a whole window for it."""

    def __init__(self, take_in):
        """`take_in` waits until the program has taken in what was typed."""
        self.take_in = take_in
        self.holder = None
        self.times = 0
        # Kept here: it hears only as long as it is there.
        self.listener = atspi().EventListener.new(self._heard)
        self.listener.register("object:state-changed:focused")

    def _heard(self, event):
        if event.detail1:
            self.holder = event.source
            self.times += 1

    def listen(self):
        """Takes in what was told meanwhile; returns how often the focus went elsewhere so far."""
        context = glib().MainContext.default()
        while context.iteration(False):
            pass
        return self.times

    def type_and_wait(self, key, seconds=0.25):
        """Presses a key that takes the focus elsewhere, and waits until it is there; not for long where the program has
        taken the key in and has nowhere to go with it."""
        before = self.listen()
        type_keys(key)
        end = time.monotonic() + seconds
        while self.listen() == before and time.monotonic() < end:
            time.sleep(0.01)
        if self.listen() == before:
            self.take_in()
