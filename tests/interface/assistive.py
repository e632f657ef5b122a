# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the window as assistive technology does, on a screen and a session bus of its own.

A script calls `enter_session()` first, which starts it again inside a fresh session, then uses `Screen`, `Window` and
the functions below. Everything is found by role and name; what cannot be found that way cannot be used by everybody.
"""

import os
import pwd
import subprocess
import sys
import tempfile
import time

# What GTK draws around a window where nothing composes the screen.
FRAME = 5

# Rows and cards, and the key that goes from one to the next.
ITEMS = {"list item": "Down", "table cell": "Right"}

# By so many pixels GTK is wrong about where something is: it forgets about paddings.
ROUGHLY = 25

MARK = "ISOTOPE_INTERFACE_SESSION"


class NotTrue(Exception):
    """Something that had to come true did not, within its time."""


def enter_session(uid=None, right_to_left=False):
    """Starts this script again inside a session bus of its own, as this user."""
    if MARK in os.environ:
        return
    home = tempfile.mkdtemp(prefix="isotope-interface-")
    runtime = os.path.join(home, "runtime")
    settings = os.path.join(home, "config", "gtk-4.0")
    os.makedirs(runtime, mode=0o700)
    os.makedirs(settings)
    with open(os.path.join(settings, "settings.ini"), "w", encoding="utf-8") as file:
        file.write("[Settings]\ngtk-font-name=Cantarell 11\ngtk-xft-antialias=1\ngtk-xft-hinting=0\n")
    environment = {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": home,
        "XDG_RUNTIME_DIR": runtime,
        "XDG_CONFIG_HOME": os.path.join(home, "config"),
        "GSK_RENDERER": "cairo",
        "GTK_A11Y": "atspi",
        "ADW_DISABLE_PORTAL": "1",
        "GSETTINGS_BACKEND": "memory",
        "NO_AT_BRIDGE": "0",
        MARK: home,
    }
    if right_to_left:
        # GTK goes by the name of the locale; its contents may be anybody's.
        os.symlink("/usr/lib/locale/C.utf8", os.path.join(home, "he_IL.utf8"))
        environment.update({"LOCPATH": home, "LANG": "he_IL.UTF-8"})
    for name in ("TZ", "RUST_LOG", "ADW_DEBUG_COLOR_SCHEME", "ADW_DEBUG_HIGH_CONTRAST", "GDK_SCALE"):
        if name in os.environ:
            environment[name] = os.environ[name]
    command = ["dbus-run-session", "--", sys.executable, *sys.argv]
    if uid is not None and os.getuid() == 0:
        for folder, _, files in os.walk(home):
            os.chown(folder, uid, uid)
            for file in files:
                os.chown(os.path.join(folder, file), uid, uid)
        introduce(uid, home)
        command = ["setpriv", f"--reuid={uid}", f"--regid={uid}", "--clear-groups", *command]
    os.execvpe(command[0], command, environment)


def introduce(uid, home):
    """Gives the user of this number a name: a message bus runs for nobody unknown."""
    if any(user.pw_uid == uid for user in pwd.getpwall()):
        return
    if "ISOTOPE_IN_DEVROOT" not in os.environ:
        sys.exit(f"There is no user {uid} here. Run this with build-aux/devroot, where one can be added for a moment.")
    users = os.path.join(home, "passwd")
    with open("/etc/passwd", encoding="utf-8") as known, open(users, "w", encoding="utf-8") as file:
        file.write(known.read() + f"person:x:{uid}:{uid}:person:{home}:/bin/sh\n")
    os.chmod(users, 0o644)
    subprocess.run(["mount", "--bind", users, "/etc/passwd"], check=True)


class Screen:
    """An X server without a screen, as large as a window of this size."""

    def __init__(self, width, height):
        scale = int(os.environ.get("GDK_SCALE", "1"))
        width, height = (width + 2 * FRAME) * scale, (height + 2 * FRAME) * scale
        read, write = os.pipe()
        size = f"{width}x{height}x24"
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", size, "-nolisten", "tcp", "-noreset"],
            pass_fds=[write],
            stderr=subprocess.DEVNULL,
        )
        os.close(write)
        with os.fdopen(read) as numbers:
            number = numbers.readline().strip()
        if not number:
            raise NotTrue("Xvfb did not start")
        os.environ["DISPLAY"] = f":{number}"
        self.width, self.height = width, height

    def close(self):
        self.server.terminate()
        self.server.wait()


class Bus:
    """A message bus of its own, for the stand-in."""

    def __init__(self):
        self.daemon = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", "--print-address=1"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.address = self.daemon.stdout.readline().strip()

    def close(self):
        self.daemon.terminate()
        self.daemon.wait()


class StandIn:
    """The stand-in service in this situation, on a bus of its own."""

    def __init__(self, situation):
        self.bus = Bus()
        self.address = self.bus.address
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_in_service.py")
        command = [sys.executable, program, self.address, situation]
        self.service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        self.service.stdout.readline()

    def end_service(self):
        """Ends the service; the bus stays."""
        self.service.terminate()
        self.service.wait()

    def close(self):
        self.end_service()
        self.bus.close()


class Window:
    """The program, seen through AT-SPI."""

    def __init__(self, program, address, **environment):
        self.process = subprocess.Popen(
            [program], env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": address, **environment}
        )
        self.application = wait_for(self._find_application, 30, "the window has appeared")

    def _find_application(self):
        atspi = _atspi()
        desktop = atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid:
                child.set_cache_mask(atspi.Cache.NONE)
                if child.get_child_count():
                    return child
        return None

    def everything(self, top=None):
        """Every accessible, from the top of the window or of this one."""
        waiting = [top or self.application]
        while waiting:
            accessible = waiting.pop(0)
            yield accessible
            try:
                children = [accessible.get_child_at_index(at) for at in range(accessible.get_child_count())]
            except Exception:  # it went away while it was looked at
                continue
            waiting = [child for child in children if child is not None] + waiting

    def front(self):
        """The dialog that lies over everything, or the whole window."""
        showing, front = _atspi().StateType.SHOWING, self.application
        for accessible in self.everything():
            try:
                if accessible.get_role_name() in ("dialog", "alert") and accessible.get_state_set().contains(showing):
                    front = accessible
            except Exception:  # it went away while it was looked at
                continue
        return front

    def find(self, role, name, sensitive=True, whole=False):
        """The first one on the screen with this role whose name contains this text, or is the whole of it."""
        states = _atspi().StateType
        for accessible in self.everything():
            try:
                found = accessible.get_name() or ""
                if role not in (None, accessible.get_role_name()) or name not in found or (whole and found != name):
                    continue
                state = accessible.get_state_set()
                if state.contains(states.SHOWING) and (state.contains(states.SENSITIVE) or not sensitive):
                    return accessible
            except Exception:  # it went away while it was looked at
                continue
        return None

    def wait(self, role, name, seconds, whole=False):
        """Waits until such a one is on the screen."""
        return wait_for(lambda: self.find(role, name, True, whole), seconds, f"a {role or 'text'} “{name}” is shown")

    def wait_gone(self, role, name, seconds):
        """Waits until no such one is on the screen any more."""
        wait_for(lambda: not self.find(role, name, False), seconds, f"no {role or 'text'} “{name}” is shown any more")

    def focused(self, top=None):
        """Role and name of what has the focus, in the window or below this."""
        for accessible in self.everything(top):
            try:
                if accessible.get_state_set().contains(_atspi().StateType.FOCUSED):
                    return accessible.get_role_name(), accessible.get_name() or ""
            except Exception:  # it went away while it was looked at
                continue
        return None

    def press(self, name, seconds=10, whole=False):
        """Presses the button with this name, as soon as it can be pressed."""
        button = self.wait("button", name, seconds, whole)
        if not button.get_action_iface().do_action(0):
            raise NotTrue(f"the button “{name}” could not be pressed")

    def click(self, role, name, seconds=10):
        """Clicks this one with the mouse. GTK says only roughly where it is: it has to be large."""
        place = self.wait(role, name, seconds).get_component_iface().get_extents(_atspi().CoordType.WINDOW)
        if min(place.width, place.height) < 2 * ROUGHLY:
            raise NotTrue(f"the {role} “{name}” is too small to be clicked")
        x, y = place.x + place.width // 2 + ROUGHLY // 2, place.y + place.height // 2 + ROUGHLY // 2
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)

    def activate(self, name, seconds=10):
        """Activates the row or card whose name begins with this, with the keyboard: they have no action of their own."""
        wait_for(lambda: any(self.find(role, name) for role in ITEMS), seconds, f"an item “{name}” is shown")
        before = None
        for _ in range(80):
            focus = self.focused()
            role, found = focus or ("", "")
            if role in ITEMS and found.startswith(name):
                type_keys("Return")
                return
            # The arrows go from item to item, the Tab key from list to list.
            type_keys(ITEMS.get(role, "Tab") if focus != before else "Tab")
            before = focus
            time.sleep(0.1)
        raise NotTrue(f"the keyboard does not come to the row “{name}”")

    def turn_to(self, page):
        """Turns to this page of the window with the keyboard."""
        type_keys({"System": "alt+1", "Desktops": "alt+2"}[page])

    def go_to(self, role, name):
        """Brings the focus to this one with the Tab key, and with it what is around it into view."""
        for _ in range(80):
            if self.focused() == (role, name):
                return
            type_keys("Tab")
            time.sleep(0.1)
        raise NotTrue(f"the Tab key does not come to the {role} “{name}”")

    def choose(self, name):
        """Chooses this in the main menu."""
        type_keys("F10")
        item = self.wait("menu item", name, 5)
        if not item.get_action_iface().do_action(0):
            raise NotTrue(f"the menu item “{name}” could not be chosen")

    def texts(self):
        """Everything that can be read on the screen now."""
        showing = _atspi().StateType.SHOWING
        labels = (accessible for accessible in self.everything() if accessible.get_role_name() == "label")
        return [label.get_name() for label in labels if label.get_state_set().contains(showing) and label.get_name()]

    def fill(self, screen):
        """Makes the window as large as the screen: there is no window manager that would."""
        window = wait_for(self._window_number, 10, "the window is on the screen")
        size = (str(screen.width), str(screen.height))
        subprocess.run(["xdotool", "windowmove", window, "0", "0", "windowsize", window, *size], check=True)
        subprocess.run(["xdotool", "windowfocus", window], check=True)

    def _window_number(self):
        search = ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)]
        found = subprocess.run(search, capture_output=True, text=True, check=False).stdout.split()
        return found[-1] if found else None

    def alive(self):
        return self.process.poll() is None

    def close(self):
        if self.alive():
            self.process.terminate()
        self.process.wait()


def _atspi():
    import gi

    gi.require_version("Atspi", "2.0")
    from gi.repository import Atspi

    return Atspi


def state_types():
    """The states of AT-SPI."""
    return _atspi().StateType


def wait_for(condition, seconds, sentence):
    """Waits until the condition holds; the sentence says what had to come true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.1)
    raise NotTrue(f"It did not come true within {seconds} seconds that {sentence}.")


def screenshot(path, still=True):
    """Takes a picture of the window that fills the screen; a still one, once it has come to rest.

    Without a compositor GTK draws a plain frame; the picture gets the round corners and the shadow instead that the
    window has on a desktop.
    """
    os.makedirs(os.path.dirname(path), exist_ok=True)
    take = ["import", "-window", "root", "png:-"]
    picture = subprocess.run(take, check=True, stdout=subprocess.PIPE).stdout
    for _ in range(8 if still else 0):
        time.sleep(0.2)
        before, picture = picture, subprocess.run(take, check=True, stdout=subprocess.PIPE).stdout
        if picture == before:
            break
    scale = int(os.environ.get("GDK_SCALE", "1"))
    frame, corner, blur = (str(number * scale) for number in (FRAME, 12, 12))
    size = ["identify", "-format", "%[fx:w-1-2*" + frame + "],%[fx:h-1-2*" + frame + "]", "png:-"]
    end = subprocess.run(size, input=picture, check=True, stdout=subprocess.PIPE).stdout.decode()
    mask = ["(", "+clone", "-alpha", "off", "-fill", "black", "-colorize", "100", "-fill", "white"]
    mask += ["-draw", f"roundrectangle 0,0,{end},{corner},{corner}", ")"]
    shadow = ["(", "+clone", "-background", "black", "-shadow", f"35x{blur}+0+{frame}", ")", "+swap"]
    finish = ["convert", "png:-", "-shave", f"{frame}x{frame}", "+repage", *mask]
    finish += ["-alpha", "off", "-compose", "CopyOpacity", "-composite", "-compose", "over", *shadow]
    finish += ["-background", "none", "-layers", "merge", "+repage", path]
    subprocess.run(finish, input=picture, check=True)


def type_text(text):
    """Types this in the place of what stands in the entry that has the focus."""
    type_keys("ctrl+a")
    subprocess.run(["xdotool", "type", "--delay", "15", text], check=True)


def type_keys(*keys):
    """Types on the keyboard, as a person does."""
    subprocess.run(["xdotool", "key", *keys], check=True)
