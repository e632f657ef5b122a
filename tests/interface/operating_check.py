#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs, seen through the window and without one: its log, how often it is painted, notifications, restarts.

    operating_check.py PROGRAM [CHECK…]
"""

import argparse
import contextlib
import os
import subprocess
import sys
import tempfile
import time

import assistive
from interface_program import APPLICATION, Program, Told, service_call, session_call

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


# What AT-SPI tells when a label or a bar is painted anew.
PAINTED = (
    "object:text-changed:insert",
    "object:property-change:accessible-name",
    "object:property-change:accessible-value",
)


class Check:
    """Each check has a service, a program and something that shows notifications of its own."""

    def __init__(self, program, screen):
        self.program, self.screen = program, screen

    @contextlib.contextmanager
    def opened(self, situation, *arguments, **more):
        service, told = assistive.StandIn(situation), Told()
        program = Program(self.program, service.address, *arguments, **more)
        program.told, program.service = told, service
        try:
            if program.application:
                program.fill(self.screen)
                program.wait_gone(None, "Loading…", 10)
            yield program
        finally:
            program.close()
            told.close()
            service.close()

    def log(self):
        """What is done can be unfolded as text, while it runs and after it, until something else begins."""
        with self.opened("available") as window:
            window.service.linger()
            window.press("Download Update")
            window.wait("label", "2.0\u00a0MB\u00a0a\u00a0second", 10)
            window.activate("Details")
            window.wait("label", "Updating: started by person", 5)
            window.wait("label", "\u00a0left", 10)
            window.service.hasten()
            window.wait("label", "29.5 MB downloaded", 30)
            text = window.wait("label", "Updating: started by person", 5).get_name()
            if "Downloading" not in text or "Preparing the new version" not in text:
                raise assistive.NotTrue(f"The log does not tell the phases: {text}")
            window.wait("list item", "Last Operation", 30)
            window.wait("label", "10.2 is ready. It starts with the next restart.", 5)
            window.press("Copy Details")
            window.wait(None, "Copied", 5)

    def pace(self):
        """Of two hundred events a second ten are painted, and the last one is seen."""
        from gi.repository import GLib

        heard = []
        listener = assistive.atspi().EventListener.new(lambda event: heard.append((event.type, event.source)))
        with self.opened("flood") as window:
            window.press("Download Update")
            window.wait("label", "\u00a0downloaded", 10)
            for event in PAINTED:
                listener.register(event)
            context, began, before = GLib.MainContext.default(), time.monotonic(), window.service.events()
            while (told := window.service.events() - before) < 600:
                for _ in range(50):
                    context.iteration(False)
                    time.sleep(0.002)
            seconds = time.monotonic() - began
            for event in PAINTED:
                listener.deregister(event)
            counts = {}
            for kind, source in heard:
                with contextlib.suppress(Exception):
                    if source.get_process_id() == window.process.pid:
                        counts[kind, source.get_role_name()] = counts.get((kind, source.get_role_name()), 0) + 1
            print(f"  of {told} events in {seconds:.1f} seconds were painted: {counts}", flush=True)
            most = max(counts.values(), default=0)
            if not 2 <= most <= 12 * seconds:
                raise assistive.NotTrue(f"It is not painted at most ten times a second: {counts} in {seconds:.1f} s")
            window.service.hasten()
            window.wait("label", "Restart to finish updating", 15)
            window.activate("Last Operation")
            # The last event tells of 29 998 500 bytes.
            window.wait("label", "30.0 MB downloaded", 5)

    def closing(self):
        """What runs goes on without the window; its end is told, and the program ends with it."""
        with self.opened("available") as window:
            window.service.linger()
            window.press("Download Update")
            window.wait("label", "\u00a0downloaded", 10)
            window.close_window()
            time.sleep(1)
            if not window.alive():
                raise assistive.NotTrue("The program has ended although something runs.")
            window.start_again()
            window.wait_shown()
            window.fill(self.screen)
            window.wait("label", "\u00a0downloaded", 10)
            window.close_window()
            session_call("Activate", "(a{sv})", {})
            window.wait_shown()
            window.close_window()
            window.service.hasten()
            one = window.told.wait("add", "update-ready", 30)
            if one["title"] != "Restart to Finish Updating" or "10.2" not in one["body"] or not one["buttons"]:
                raise assistive.NotTrue(f"It is not told that the update is ready: {one}")
            window.wait_ended()
            window.told.none_sent()

    def idle(self):
        """Where nothing runs the program ends with its window."""
        with self.opened("up-to-date") as window:
            window.close_window()
            window.wait_ended()

    def failing(self):
        """That something failed is told where nobody looks; and seen where somebody does."""
        with self.opened("bad-signature") as window:
            window.service.linger()
            window.press("Download Update")
            window.wait("label", "\u00a0downloaded", 10)
            window.close_window()
            window.service.hasten()
            one = window.told.wait("add", "failed", 30)
            if one["title"] != "System Update Failed" or one["priority"] != "high":
                raise assistive.NotTrue(f"It is not told that the update failed: {one}")
            window.wait_ended()
        with self.opened("bad-signature") as window:
            window.press("Download Update")
            assistive.wait_for(lambda: window.front() != window.application, 30, "a dialog says so")
            window.told.none_sent()

    def background(self):
        """Without a window it tells what is found, once, and takes that back when it is out of date."""
        with self.opened("fresh", "--background", shown=False) as program:
            time.sleep(3)
            if program.is_shown() or not program.alive():
                raise assistive.NotTrue("It is not true that it stays, without a window.")
            service_call(program.service, "Check")
            one = program.told.wait("add", "update-found")
            if one["application"] != APPLICATION or "10.2" not in one["body"]:
                raise assistive.NotTrue(f"The update that was found is not told: {one}")
            service_call(program.service, "Check")
            assistive.wait_for(program.service.rests, 10, "the check is over")
            time.sleep(2)
            program.told.none_sent()
            service_call(program.service, "Update")
            program.told.wait("remove", "update-found")
            program.told.wait("add", "update-ready", 30)
            # What the button of the notification does.
            session_call("ActivateAction", "(sava{sv})", "restart", [], {})
            program.wait_shown()
            program.fill(self.screen)
            program.wait(None, "At the Next Shutdown", 10)
            program.told.wait("remove", "update-ready")
            assistive.type_keys("Escape")
            program.close_window()
            time.sleep(1)
            if not program.alive():
                raise assistive.NotTrue("It does not stay in the background.")
            program.start_again("--background")
            if program.is_shown():
                raise assistive.NotTrue("A second start in the background shows the window.")
            service_call(program.service, "Discard")
            service_call(program.service, "Update")
            program.told.wait("add", "update-ready", 30)
            service_call(program.service, "Discard")
            program.told.wait("remove", "update-ready")

    def boot(self):
        """That the computer came up with something else is told once for that start."""
        state = {"XDG_STATE_HOME": tempfile.mkdtemp(prefix="isotope-state-")}
        with self.opened("staged-lost", "--background", shown=False, **state) as program:
            one = program.told.wait("add", "boot")
            if "10.2" not in one["body"]:
                raise assistive.NotTrue(f"It is not told what did not start: {one}")
        with self.opened("staged-lost", "--background", shown=False, **state) as program:
            time.sleep(4)
            program.told.none_sent()
            program.start_again()
            program.wait_shown()
            program.fill(self.screen)
            program.told.wait("remove", "boot")

    def unwanted(self):
        """Who wants no notifications gets none."""
        folder = tempfile.mkdtemp(prefix="isotope-settings-")
        schema = os.path.join(SOURCES, "data", f"{APPLICATION}.gschema.xml")
        schemas = os.path.join(folder, "schemas")
        kept = os.path.join(folder, "glib-2.0", "settings")
        os.makedirs(schemas)
        os.makedirs(kept)
        subprocess.run(["cp", schema, schemas], check=True)
        subprocess.run(["glib-compile-schemas", schemas], check=True)
        with open(os.path.join(kept, "keyfile"), "w", encoding="utf-8") as file:
            file.write(f"[{APPLICATION.replace('.', '/')}]\nnotifications=false\n")
        settings = {"GSETTINGS_SCHEMA_DIR": schemas, "GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": folder}
        with self.opened("staged-lost", "--background", shown=False, **settings) as program:
            time.sleep(4)
            program.told.none_sent()

    def wanted_again(self):
        """Who turns notifications on gets them, without the window and before the next login."""
        quiet = assistive.kept_settings(tempfile.mkdtemp(prefix="isotope-settings-"), notifications=False)
        with self.opened("fresh", **quiet) as window:
            self.turn_notifications(window, True)
            window.close_window()
            time.sleep(2)
            if not window.alive():
                raise assistive.NotTrue("The program has ended although notifications were turned on.")
            service_call(window.service, "Check")
            window.told.wait("add", "update-found")
            window.start_again()
            window.wait_shown()
            window.fill(self.screen)
            self.turn_notifications(window, False)
            window.close_window()
            window.wait_ended()

    @staticmethod
    def turn_notifications(window, wanted):
        assistive.type_keys("ctrl+comma")
        window.wait("check box", "Notifications", 10)
        time.sleep(0.5)
        window.go_to("check box", "Notifications")
        assistive.type_keys("space")
        checked = assistive.state_types().CHECKED
        stands = lambda: window.wait("check box", "Notifications", 5).get_state_set().contains(checked)  # noqa: E731
        assistive.wait_for(lambda: stands() == wanted, 10, f"notifications are {'on' if wanted else 'off'}")
        assistive.type_keys("Escape")
        window.wait_gone("dialog", "Preferences", 10)

    def activated(self):
        """The message bus starts the program, which shows its window, and ends with it."""
        from gi.repository import Gio, GLib

        services = os.path.join(os.environ["XDG_RUNTIME_DIR"], "dbus-1", "services")
        os.makedirs(services, exist_ok=True)
        source = os.path.join(SOURCES, "data", "dbus", f"{APPLICATION}.service.in")
        folder = os.path.dirname(self.program)
        with open(source, encoding="utf-8") as template, open(os.path.join(services, f"{APPLICATION}.service"), "w", encoding="utf-8") as file:
            file.write(template.read().replace("@bindir@", folder))
        service = assistive.StandIn("up-to-date")
        bus = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        names = ("DISPLAY", "GSK_RENDERER", "GTK_A11Y", "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "GSETTINGS_BACKEND", "ADW_DISABLE_PORTAL")
        environment = {name: os.environ[name] for name in names} | {"DBUS_SYSTEM_BUS_ADDRESS": service.address}
        driver = ("org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus")
        bus.call_sync(*driver, "ReloadConfig", None, None, 0, 1_000 * assistive.PATIENCE, None)
        bus.call_sync(*driver, "UpdateActivationEnvironment", GLib.Variant("(a{ss})", (environment,)), None, 0, 1_000 * assistive.PATIENCE, None)
        session_call("Activate", "(a{sv})", {})
        number = bus.call_sync(*driver, "GetConnectionUnixProcessID", GLib.Variant("(s)", (APPLICATION,)), None, 0, 1_000 * assistive.PATIENCE, None).unpack()[0]
        seen = lambda: subprocess.run(["xdotool", "search", "--onlyvisible", "--pid", str(number)], capture_output=True, text=True, check=False).stdout.split()  # noqa: E731
        window = assistive.wait_for(seen, 20, "the window is on the screen")[-1]
        subprocess.run(["xdotool", "windowfocus", window], check=True)

        def ended():
            assistive.type_keys("ctrl+w")
            time.sleep(1)
            return not os.path.exists(f"/proc/{number}")

        assistive.wait_for(ended, 10, "the program has ended")
        service.close()

    def obstacles(self):
        """What holds a restart back is named first; it can be passed over, and then the computer restarts."""
        with self.opened("restart-obstacles") as window:
            window.press("Restart…")
            window.wait("list item", "administrator is logged in", 10)
            window.wait("list item", "Packages does not want the computer to restart now", 5)
            window.wait("list item", "Editor needs a moment", 5)
            if window.find("list item", "gdm") or window.find("list item", "NetworkManager"):
                raise assistive.NotTrue("Something is named that no restart disturbs.")
            window.service.linger()
            window.press("Restart Anyway")
            window.wait(None, "Restarting…", 10)
            window.service.hasten()
            window.wait("label", "10.2, built", 20)
            if "restart despite" not in said(window):
                raise assistive.NotTrue("The login manager was not asked to restart in spite of that.")

    def scheduling(self):
        """A restart at a time is seen and can be called off; so is one that somebody else has scheduled."""
        with self.opened("staged") as window:
            window.press("Restart…")
            window.activate("At a Time")
            window.wait(None, "Time", 5, True)
            window.wait(None, "03:", 5)
            window.press("Schedule Restart")
            window.wait("label", "The computer restarts t", 10)
            window.press("Cancel Restart")
            window.wait_gone("label", "The computer restarts t", 10)
        with self.opened("restart-planned") as window:
            window.wait("label", "The computer restarts t", 10)

    def at_shutdown(self):
        """Nothing is asked of the login manager where the person waits for the next shutdown."""
        with self.opened("soft-restart") as window:
            window.press("Restart…")
            window.wait("label", "It takes only moments", 10)
            window.activate("At the Next Shutdown")
            window.press("Done", whole=True)
            window.wait_gone("dialog", "Restart", 5)
            window.wait("label", "Restart to finish updating", 5)

    ALL = (log, pace, closing, idle, failing, background, boot, unwanted, wanted_again, activated, obstacles, scheduling, at_shutdown)


def said(window):
    """What the stand-in service has printed, once it is over."""
    window.service.service.terminate()
    return window.service.service.stdout.read()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", type=os.path.abspath)
    known = {check.__name__: check for check in Check.ALL}
    parser.add_argument("checks", nargs="*", choices=[*known, []])
    wanted = parser.parse_args()
    assistive.enter_session(uid=1000, animated=False)
    screen = assistive.Screen(600, 720)
    check, amiss = Check(wanted.program, screen), 0
    for name in wanted.checks or known:
        try:
            known[name](check)
            print(f"✓ {name}: {known[name].__doc__}", flush=True)
        except assistive.NotTrue as reason:
            amiss += 1
            print(f"✗ {name}: {reason}", flush=True)
    screen.close()
    sys.exit(1 if amiss else 0)


if __name__ == "__main__":
    main()
