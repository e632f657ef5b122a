#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sets a real machine of the lab in the preferences, with the keyboard, and reads over its bus that it is set; needs root.

    kept_by_a_machine.py PROGRAMS FOLDER

The machine is restarted, and is set the same afterwards. A picture is put into FOLDER. Ends with 1 and a sentence where
something does not come true in time.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

import assistive
from interface_preferences import close_preferences, open_preferences, turn, wait_mode, wait_switch

PERSON = 1000
NAME, PATH = "io.github.isotope_desktop.Isotope1", "/io/github/isotope_desktop/Isotope1"


def settings(address):
    """How the machine is set, as its service tells everybody."""
    from gi.repository import Gio, GLib

    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    nothing = GLib.Variant("(a{sv})", ({},))
    answer = bus.call_sync(NAME, PATH, NAME, "GetSnapshot", nothing, None, Gio.DBusCallFlags.NONE, 30_000, None)
    bus.close_sync(None)
    return answer.unpack()[0]["settings"]


def must_be(address, automatic, on_battery):
    found = settings(address)
    wanted = {"automatic": automatic, "on-battery": on_battery}
    if any(found.get(name) != value for name, value in wanted.items()):
        raise assistive.NotTrue(f"The machine is set otherwise: {json.dumps(found)}")


def on_the_screen(program, address, folder, again):
    """Sets it the first time; looks how it is set the second time."""
    assistive.enter_session(PERSON)
    screen = assistive.Screen(600, 720)
    window = assistive.Window(program, address)
    try:
        window.fill(screen)
        window.wait("button", "Check for Updates", 30)
        if not again:
            must_be(address, "check", False)
            open_preferences(window)
            window.activate("Download and Tell Me")
            wait_mode(window, "Download and Tell Me", 60)
            turn(window, "Also on Battery")
            wait_switch(window, "Also on Battery", True, 60)
            assistive.screenshot(os.path.join(folder, "set.png"))
            close_preferences(window)
        window.wait("list item", "Automatic Updates: Download and Tell Me", 10)
        must_be(address, "download", True)
        print(f"✓ the machine is set{' as before the restart' if again else ''}", flush=True)
    except assistive.NotTrue as reason:
        assistive.screenshot(os.path.join(folder, "failed.png"))
        print(f"✗ {reason}", flush=True)
        return 1
    finally:
        window.close()
        screen.close()
    return 0


def on_a_lab(programs, folder):
    """Makes a machine, sets it, restarts it and looks again."""
    lab = tempfile.mkdtemp(prefix="isotope-settings-", dir="/var/tmp")
    os.chmod(lab, 0o755)
    machine = os.path.join(lab, "machine")

    def order(*arguments):
        command = [os.path.join(programs, "isotope-lab"), *arguments]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout

    try:
        order("create", machine, "--polkit", "allow")
        order("timer", machine, "isotope-automatic.timer")
        for again in (False, True):
            order("boot", machine)
            address = re.search(r"^bus for person, from outside: (\S+)", order("status", machine), re.MULTILINE).group(1)
            more = ["--bus", address, *(["--again"] if again else [])]
            if subprocess.run([sys.executable, os.path.abspath(__file__), programs, folder, *more], check=False).returncode:
                return 1
            order("shut-down", machine)
        return 0
    except subprocess.CalledProcessError as error:
        print(f"✗ The lab could not be made ready: {error}", flush=True)
        return 1
    finally:
        subprocess.run([os.path.join(programs, "isotope-lab"), "destroy", machine], check=False)
        shutil.rmtree(lab, ignore_errors=True)


def main():
    programs, folder, *more = sys.argv[1:]
    if "--bus" in more:
        program = os.path.join(os.path.abspath(programs), "isotope")
        sys.exit(on_the_screen(program, more[more.index("--bus") + 1], folder, "--again" in more))
    os.makedirs(folder, exist_ok=True)
    os.chown(folder, PERSON, PERSON)
    sys.exit(on_a_lab(os.path.abspath(programs), os.path.abspath(folder)))


if __name__ == "__main__":
    main()
