# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways through the preferences: what the computer does by itself, and how the person wants the app to be."""

import os
import tempfile
import time

import assistive

MODES = ("Off", "Check and Tell Me", "Download and Tell Me")


def marks(window):
    """The states of everything that can be marked, looked at in one go: that takes its time."""
    found, states = {}, assistive.state_types()
    for accessible in window.everything():
        try:
            role, state = accessible.get_role_name(), accessible.get_state_set()
            if role in ("check box", "radio button") and state.contains(states.SHOWING):
                found.setdefault((role, accessible.get_name()), state)
        except Exception:  # it went away while it was looked at
            continue
    return found


def mark(window, role, name, state, seen=None):
    """Whether what has this name is in this state, now or when it was looked at."""
    found = (seen or marks(window)).get((role, name))
    return found is not None and found.contains(getattr(assistive.state_types(), state))


def mode(window, seen=None):
    """What the computer is said to do by itself."""
    seen = seen or marks(window)
    chosen = [one for one in MODES if mark(window, "radio button", f"Automatic Updates: {one}", "CHECKED", seen)]
    return chosen[0] if len(chosen) == 1 else None


def busy(window, role, name):
    """What was seen while the service was being asked for this."""
    seen = {}

    def asked():
        seen.update(marks(window))
        return mark(window, role, name, "BUSY", seen)

    assistive.wait_for(asked, 14, f"the {role} “{name}” is busy")
    return seen


def wait_mode(window, name, seconds=10):
    assistive.wait_for(lambda: mode(window) == name, seconds, f"“{name}” is chosen")


def wait_switch(window, name, on, seconds=10):
    wanted = f"“{name}” is {'on' if on else 'off'}"
    assistive.wait_for(lambda: mark(window, "check box", name, "CHECKED") == on, seconds, wanted)


def open_preferences(window):
    assistive.type_keys("ctrl+comma")
    window.wait("dialog", "Preferences", 5)
    window.wait("check box", "Notifications", 5)
    time.sleep(0.4)


def close_preferences(window):
    # Where something is told in passing, Escape first puts that away.
    for _ in range(2):
        if window.find("dialog", "Preferences"):
            assistive.type_keys("Escape")
            time.sleep(0.8)
    window.wait_gone("dialog", "Preferences", 5)


def turn(window, name):
    """Turns a switch, with the keyboard."""
    window.go_to("check box", name)
    assistive.type_keys("space")


def must(condition, sentence):
    if not condition:
        raise assistive.NotTrue(f"It is not true that {sentence}.")


class PreferenceWays:
    """What can be set, and what comes of it."""

    def setting(self):
        """What is asked for is not shown as if it were so, and is shown once it is; the focus stays."""
        with self.works("settings-slow", "setting the computer", "does not work") as window:
            open_preferences(window)
            wait_mode(window, "Check and Tell Me")
            window.activate("Download and Tell Me")
            seen = busy(window, "radio button", "Automatic Updates: Download and Tell Me")
            must(mode(window, seen) == "Check and Tell Me", "the row shows what really is while it is being asked for")
            usable = mark(window, "check box", "Also on Battery", "SENSITIVE", seen)
            must(not usable, "nothing else can be asked for meanwhile")
            wait_mode(window, "Download and Tell Me", 30)
            must("Download and Tell Me" in window.focused()[1], "the focus stays where it was")
            turn(window, "Also on Battery")
            seen = busy(window, "check box", "Also on Battery")
            must(not mark(window, "check box", "Also on Battery", "CHECKED", seen), "the switch waits for the answer")
            wait_switch(window, "Also on Battery", True, 30)
            must(window.focused() == ("check box", "Also on Battery"), "the focus stays on the switch")
            close_preferences(window)
            window.wait("list item", "Automatic Updates: Download and Tell Me", 5)
            window.activate("Automatic Updates")
            window.wait("dialog", "Preferences", 5)

    def not_allowed(self):
        """What is denied or not confirmed goes back, with words; so does what fails."""
        for situation, words in (
            ("settings-denied", "You are not allowed to do this"),
            ("settings-dismissed", "The password was not entered"),
        ):
            with self.works(situation, situation.replace("-", " that are "), "does not work") as window:
                open_preferences(window)
                turn(window, "Also on Metered Networks")
                window.wait("label", words, 5)
                wait_switch(window, "Also on Metered Networks", False)
                window.activate("Off")
                time.sleep(1.5)
                wait_mode(window, "Check and Tell Me")
                must(window.alive() and window.find("dialog", "Preferences"), "the dialog stays open")
        with self.works("settings-failed", "settings that cannot be written", "does not work") as window:
            open_preferences(window)
            turn(window, "Also on Battery")
            window.wait(None, "It did not work", 10)
            assistive.type_keys("Escape")
            wait_switch(window, "Also on Battery", False)

    def not_there(self):
        """Without a service that can be set nothing can be chosen, and why is said."""
        with self.works("settings-too-old", "a service that is too old", "does not work") as window:
            open_preferences(window)
            turn(window, "Also on Battery")
            window.wait("label", "too old to be set", 5)
            must(not mark(window, "check box", "Also on Battery", "SENSITIVE"), "nothing can be set any more")
            must(mark(window, "check box", "Notifications", "SENSITIVE"), "one’s own settings can be set all the same")
        window, service = self.opened("settings")
        try:
            open_preferences(window)
            service.end_service()
            window.wait("label", "is being waited for", 10)
            must(not mark(window, "check box", "Also on Battery", "SENSITIVE"), "nothing can be set without the service")
            turn(window, "Notifications")
            wait_switch(window, "Notifications", False)
        except assistive.NotTrue as reason:
            self.say("preferences without the service", [str(reason)], "does not work")
        self.closed(window, service)

    def others(self):
        """What somebody else sets is shown by itself; who else updates the computer is named."""
        with self.works("settings-of-somebody", "what somebody else sets", "is not shown") as window:
            open_preferences(window)
            wait_mode(window, "Download and Tell Me", 20)
            wait_switch(window, "Also on Battery", True)
        for situation, words in (
            ("settings-driver", "Updates are driven by Zincati (zincati.service)."),
            ("settings-timer", "bootc (bootc-fetch-apply-updates.timer) installs updates by itself"),
        ):
            with self.works(situation, situation, "does not say who else updates the computer") as window:
                window.wait("list item", f"Automatic Updates: {words}", 5)
                open_preferences(window)
                note = window.wait("list item", "Something Else Updates This Computer", 5).get_name()
                must(words in note and "does nothing by itself" in note, "the note says who, and what follows from that")

        # What nothing starts does nothing, whatever it is set to.
        situation = "settings-policy"
        with self.works(situation, situation, "says that somebody else updates the computer") as window:
            window.wait("list item", "Automatic Updates: Check and Tell Me", 5)

    def hiding(self):
        """The desktops of a vendor that was switched off are not shown, and the page says so; one's own cannot be hidden."""
        with self.works("desktops", "hiding a vendor", "does not work") as window:
            window.turn_to("Desktops")
            window.wait("list item", "Elsewhere", 10)
            open_preferences(window)
            window.wait("check box", "Elsewhere", 10)
            must(not mark(window, "check box", "Lab", "SENSITIVE"), "one’s own vendor cannot be hidden")
            turn(window, "Elsewhere")
            wait_switch(window, "Elsewhere", False)
            close_preferences(window)
            window.wait("list item", "1 vendor is hidden: Elsewhere", 5)
            must(not window.find("list item", "Elsewhere GNOME"), "its desktops are not shown")
            window.press("Choose in the preferences which vendors are shown")
            window.wait("check box", "Elsewhere", 10)
            turn(window, "Elsewhere")
            close_preferences(window)
            window.wait_gone("list item", "1 vendor is hidden", 5)

    def expert(self):
        """What only programs need is shown to who wants it."""
        with self.works("containers", "expert details", "does not work") as window:
            window.activate("Running Now")
            window.wait("list item", "Changes in /etc: 11 changes", 10)
            must(not window.find("list item", "Digest: "), "a digest is not shown to everybody")
            assistive.type_keys("Escape")
            window.wait_gone("dialog", "System Image", 5)
            open_preferences(window)
            turn(window, "Expert Details")
            close_preferences(window)
            window.activate("Running Now")
            window.wait("list item", "Digest: sha256:", 10)
            window.wait("list item", "Reference: ", 5)

    def keeping(self):
        """What the person sets is kept for the next window, and what is set elsewhere is shown by itself."""
        folder = tempfile.mkdtemp(prefix="kept-", dir=os.environ["HOME"])
        environment = assistive.kept_settings(folder)
        with self.works("settings", "keeping what is set", "does not work", **environment) as window:
            open_preferences(window)
            wait_switch(window, "Notifications", True)
            turn(window, "Notifications")
            wait_switch(window, "Notifications", False)
            time.sleep(1)
        keyfile = os.path.join(folder, "glib-2.0", "settings", "keyfile")
        with self.works("settings", "what was kept", "is not there", **environment) as window:
            open_preferences(window)
            wait_switch(window, "Notifications", False)
            with open(keyfile, encoding="utf-8") as file:
                changed = file.read().replace("notifications=false", "notifications=true")
            with open(keyfile, "w", encoding="utf-8") as file:
                file.write(changed)
            wait_switch(window, "Notifications", True)

    PREFERENCES = (setting, not_allowed, not_there, others, hiding, expert, keeping)
