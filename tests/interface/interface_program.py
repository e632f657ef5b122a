# SPDX-License-Identifier: GPL-3.0-or-later
"""The program with and without its window, and what it tells where nobody looks at it."""

import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time

import assistive
import stand_in_service
from accessible_tree import Tree
from interface_keyboard import Focus

APPLICATION = "io.github.isotope_desktop.Isotope"


class Program(assistive.Window):
    """The program, started with these arguments; with a window or without one."""

    def __init__(self, program, address, *arguments, shown=True, **environment):
        self.focus = Focus(self.take_in)
        self.below = (None, set())
        self.application, self.tree, self.mirrored = None, None, False
        # What it remembers is nobody else's.
        environment.setdefault("XDG_STATE_HOME", tempfile.mkdtemp(prefix="isotope-state-"))
        self.environment = {**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": address, **environment}
        self.command = [program, *arguments]
        self.process = subprocess.Popen(self.command, env=self.environment)
        assistive.ends_with_this(self.process)
        if shown:
            self.wait_shown()

    def wait_shown(self):
        assistive.wait_for(self.is_shown, 30, "the window is on the screen")
        self.application = assistive.wait_for(self._find_application, 30, "the window can be read")
        self.tree = Tree(self.process.pid)

    def take_in(self):
        if self.application is not None:
            super().take_in()

    def is_shown(self):
        return self._window_number() is not None

    def wait_ended(self, seconds=10):
        assistive.wait_for(lambda: not self.alive(), seconds, "the program has ended")

    def start_again(self, *arguments):
        """Starts it a second time, as from a menu; that one ends at once."""
        subprocess.run([self.command[0], *arguments], env=self.environment, timeout=assistive.PATIENCE, check=True)

    def close_window(self):
        """Presses the keys that close it; again where something lay over it that was still going away."""

        def closed():
            assistive.type_keys("ctrl+w")
            for _ in range(30):
                if not self.is_shown():
                    return True
                time.sleep(0.1)
            return False

        assistive.wait_for(closed, 10, "the window is off the screen")


class Told:
    """What is told by notifications, by something that stands in for what shows them."""

    def __init__(self):
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_in_notifications.py")
        self.process = subprocess.Popen([sys.executable, program], stdout=subprocess.PIPE, text=True)
        assistive.ends_with_this(self.process)
        self.lines = queue.Queue()
        threading.Thread(target=self._read, daemon=True).start()
        self.lines.get(timeout=assistive.PATIENCE)

    def _read(self):
        for line in self.process.stdout:
            self.lines.put(json.loads(line))

    def everything(self):
        """What was told since the last time, without what was withdrawn that had not been sent."""
        told = []
        while not self.lines.empty():
            told.append(self.lines.get())
        return told

    def wait(self, does, matter, seconds=10):
        """Waits for the next one that is sent, or the withdrawal of this one. Returns it."""

        def next_one():
            while not self.lines.empty():
                one = self.lines.get()
                if one["does"] == "add" and (does, matter) != ("add", one["id"]):
                    raise assistive.NotTrue(f"A notification was sent that was not expected: {one}")
                if (one["does"], one["id"]) == (does, matter):
                    return one
            return None

        return assistive.wait_for(next_one, seconds, f"{does} {matter} is told")

    def none_sent(self):
        """Nothing more was sent."""
        sent = [one for one in self.everything() if one["does"] == "add"]
        if sent:
            raise assistive.NotTrue(f"A notification was sent that was not expected: {sent}")

    def close(self):
        self.process.terminate()
        self.process.wait()


def session_call(method, signature=None, *arguments):
    """Calls the program over the session bus, as what shows notifications does."""
    from gi.repository import Gio, GLib

    bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    path = "/" + APPLICATION.replace(".", "/")
    parameters = GLib.Variant(signature, arguments) if signature else None
    interface = "org.freedesktop.Application"
    flags = Gio.DBusCallFlags.NONE
    bus.call_sync(APPLICATION, path, interface, method, parameters, None, flags, 1_000 * assistive.PATIENCE, None)


def service_call(service, method):
    """Has the stand-in service do something, as another program of the person's does."""
    from gi.repository import Gio, GLib

    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    assistive.wait_for(service.rests, 10, "the service has nothing to do")
    bus = Gio.DBusConnection.new_for_address_sync(service.address, flags, None, None)
    name, path = stand_in_service.NAME, stand_in_service.PATH
    bus.call_sync(name, path, name, method, GLib.Variant("(a{sv})", ({},)), None, Gio.DBusCallFlags.NONE, 1_000 * assistive.PATIENCE, None)
    bus.close_sync(None)
