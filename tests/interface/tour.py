# SPDX-License-Identifier: GPL-3.0-or-later
"""A tour of everything there is to see: every page in every situation, every dialog, in one look or another."""

import os
import tempfile
import time
from dataclasses import dataclass

import assistive
from interface_dialogs import DIALOGS, begins_anew
from interface_languages import Words
from interface_ways import take
from stand_in_desktops import SITUATIONS, WAITING

PERSON = 1000

# What differs in these is more than what the service tells by itself: the window must not know anything from before.
OF_ITS_OWN = {"unreadable", "pause", "entries", "problems", "switching"}
OF_ITS_OWN |= {"interface_version", "silent", "broken", "forbidden", "network"}
# Steps to something that is found by what stands on it.
NAMED = ("press", "choose", "activate", "open", "pick", "wait")
# What there is to see without the service.
ABSENCES = ("service-missing", "bus-missing")
ABOUT_ANOTHER_PLACE = ("wizard", "desktops", "preflight")
# The situations in which each page but the first is looked at, besides those that are about it.
ALSO = {"Desktops": ("up-to-date", "composefs", "not-image-based"), "History": ("up-to-date", "staged-lost", "unsigned", "unreadable")}


@dataclass(frozen=True)
class Look:
    """How the window is looked at: so wide, in these colours, with text so large, in this language."""

    width: int = 600
    dark: bool = False
    contrast: bool = False
    text: int = 1
    right_to_left: bool = False
    language: str | None = None

    def enter(self):
        """Starts this script again inside a session that looks like this."""
        if assistive.MARK not in os.environ:
            os.environ["ADW_DEBUG_COLOR_SCHEME"] = "prefer-dark" if self.dark else "default"
            os.environ["ADW_DEBUG_HIGH_CONTRAST"] = "1" if self.contrast else "0"
        assistive.enter_session(PERSON, self.right_to_left, self.language, self.text, animated=False)


LOOKS = {
    "light": Look(),
    "dark": Look(dark=True),
    "narrow": Look(width=360),
    "large-text": Look(text=2),
    "high-contrast": Look(contrast=True),
    "right-to-left": Look(right_to_left=True),
    "german": Look(language="de"),
    "russian": Look(language="ru"),
}


@dataclass(frozen=True)
class Place:
    """Something to see: in which situation, how one comes there, what it shows."""

    name: str
    situation: str
    way: tuple
    shows: str | None = None
    arguments: tuple = ()


def word(name):
    """A name as a file's name."""
    return "".join(letter if letter.isalnum() else "-" for letter in name.lower()).strip("-")


def pages():
    """Every page in every situation."""
    for situation in (*SITUATIONS, *ABSENCES):
        # In some the first page is as in another one.
        if situation.startswith(ABOUT_ANOTHER_PLACE):
            continue
        yield Place(f"system-{situation}", situation, (("turn", "System"),))
    for page, also in ALSO.items():
        tag = page.lower()
        for situation in SITUATIONS:
            if situation.startswith(tag) or situation in also:
                name = situation if situation.startswith(tag) else f"{tag}-{situation}"
                yield Place(name, situation, (("turn", page),))


# The steps of the first-boot wizard: a situation, and what each press of Next brings, or what else is done.
DESKTOP, UPDATES, SUMMARY = "Choose Your Desktop", "How Updates Come", "Nothing was changed so far."
KDE = "Lab Atomic Desktop with KDE Plasma"
ANOTHER = ("activate", KDE)
TO_SWITCH = (DESKTOP, ANOTHER, UPDATES, SUMMARY)
START, READY = ("press", "Start"), ("wait", "Restart…")
FIRST_BOOT = {
    "welcome": ("wizard", ()),
    "desktop": ("wizard", (DESKTOP,)),
    "updates": ("wizard", (DESKTOP, UPDATES)),
    "summary": ("wizard", (DESKTOP, UPDATES, SUMMARY)),
    "no-network": ("wizard-offline", ("No Network",)),
    "nothing-to-choose": ("wizard-alone", ("Nothing Else to Choose",)),
    "unreadable": ("wizard-unreadable", ("Could Not Be Read",)),
    "updates-of-others": ("wizard-of-others", (DESKTOP, UPDATES)),
    "another-desktop": ("wizard", (DESKTOP, ANOTHER)),
    "desktops-of-others": ("wizard", (DESKTOP, ("press", "Desktops From Others"))),
    "desktops-without-a-network": ("wizard-offline", ("No Network", DESKTOP)),
    "loading": ("wizard-loading", ("Loading…",)),
    "leaving": ("wizard", (("press", "Skip Setup"), ("wait", "Leave the Setup?"))),
    "summary-of-a-switch": ("wizard", (*TO_SWITCH, ("wait", "To Download"))),
    "in-the-way": ("wizard-blocked", (*TO_SWITCH, ("wait", "In the Way"))),
    "at-work": ("wizard-at-work", (*TO_SWITCH, START, ("wait", f"Getting {KDE}"))),
    "failed": ("wizard-fails", (*TO_SWITCH, START, ("wait", "The server could not be reached, or is too busy"))),
    "all-done": ("wizard", (DESKTOP, UPDATES, SUMMARY, START, ("wait", "All Done"))),
    "ready": ("wizard", (*TO_SWITCH, START, READY)),
    "ready-but-careful": ("wizard-careful", (*TO_SWITCH, START, READY)),
    "restart": ("wizard", (*TO_SWITCH, START, READY, ("press", "Restart…"), ("wait", "At the Next Shutdown"))),
}


def first_boot():
    """The steps of the wizard, each in a window of its own."""
    for name, (situation, steps) in FIRST_BOOT.items():
        ways = ([step] if isinstance(step, tuple) else [("press", "Next"), ("wait", step)] for step in steps)
        way = tuple(step for steps in ways for step in steps)
        if situation in SITUATIONS:
            yield Place(f"first-boot-{name}", situation, way, arguments=("--first-boot",))


def dialogs():
    """Every dialog and every page that is opened from another; those of one situation one after the other."""
    found = [Place(word(name), one, tuple(way), shows) for name, (one, way, shows) in DIALOGS.items()]
    yield from sorted(found, key=lambda place: place.situation)


class Absence:
    """No service: on a bus, or not even that."""

    def __init__(self, situation):
        self.bus = assistive.Bus()
        self.address = "unix:path=/nowhere" if situation == "bus-missing" else self.bus.address

    def close(self):
        self.bus.close()


class Tour:
    """Goes from place to place, in one window for as long as that can be done."""

    def __init__(self, program, look):
        self.program = program
        self.screen = assistive.Screen(look.width, 720)
        self.words = Words(look.language)
        self.window = self.service = None
        self.situation = None
        # What the program says of what is wrong.
        self.said = tempfile.TemporaryFile("w+b")

    def visit(self, place):
        """Goes there; raises NotTrue where that cannot be done."""
        self._come_into(place)
        for step in place.way:
            if isinstance(step, tuple) and step[0] in NAMED:
                step = (step[0], self.words.translated(step[1]))
            if step[0] == "wait":
                self.window.wait(None, step[1], 20)
            else:
                take(self.window, step)
        if "pause" not in SITUATIONS.get(place.situation, ()):
            self.window.wait_gone(None, self.words.translated("Loading…"), 10)
        if place.shows and self.words.known:
            # Not all that is shown is one text that could be looked up.
            time.sleep(1.5)
        elif place.shows:
            self.window.wait(None, place.shows, 10)

    def complaints(self):
        """What the program has said since this was asked last."""
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").splitlines()
        self.said.seek(0)
        self.said.truncate()
        return [line for line in lines if "WARNING" in line or "CRITICAL" in line]

    def leave(self):
        """Closes the window; the next place is visited in another one."""
        if self.window is not None:
            self.window.close()
            self.service.close()
        self.window = self.service = self.situation = None

    def close(self):
        self.leave()
        self.screen.close()

    def _come_into(self, place):
        if self.window is not None and not self._can_stay(place):
            self.leave()
        if self.window is None:
            self._open(place.situation, place.arguments)
        elif self.situation != place.situation:
            self.service.become(place.situation)
            time.sleep(0.1)
        self.situation = place.situation

    def _can_stay(self, place):
        if place.arguments:
            return False
        if place.situation != self.situation:
            return not any(_wants_its_own(one) for one in (place.situation, self.situation)) and not place.shows
        return not begins_anew(place.way) and self.window.alive() and self._back_to_the_beginning()

    def _back_to_the_beginning(self):
        for _ in range(3):
            if self.window.front() == self.window.application:
                self.window.turn_to("System")
                return True
            assistive.type_keys("Escape")
            self.window.take_in()
            time.sleep(0.1)
        return False

    def _open(self, situation, arguments):
        self.service = assistive.StandIn(situation) if situation in SITUATIONS else Absence(situation)
        environment = getattr(self.service, "environment", {})
        self.window = assistive.Window(self.program, self.service.address, arguments, self.said, **environment)
        self.window.fill(self.screen)
        if situation not in WAITING:
            self.window.wait_gone(None, self.words.translated("Loading…"), 10)


def _wants_its_own(situation):
    return situation in ABSENCES or OF_ITS_OWN & SITUATIONS[situation].keys() != set()
