# SPDX-License-Identifier: GPL-3.0-or-later
"""Drives the window as assistive technology does, on a screen and a session bus of its own.

A script calls `enter_session()` first, which starts it again inside a fresh session, then uses `Screen`, `Window` and
the functions below. Everything is found by role and name; what cannot be found that way cannot be used by everybody.
"""

import atexit
import json
import os
import pwd
import subprocess
import sys
import tempfile
import time

from accessible_tree import Tree
from interface_keyboard import Focus, atspi, type_keys, type_text  # noqa: F401
from stand_in_desktops import SITUATIONS
from interface_languages import LOCALES, lay_locale, lay_translation

# What GTK draws around a window where nothing composes the screen.
FRAME = 5

# Rows and cards, and the key that goes from one to the next.
ITEMS = {"list item": "Down", "table cell": "Right"}

# By so many pixels GTK is wrong about where something is: it forgets about paddings.
ROUGHLY = 25

MARK = "ISOTOPE_INTERFACE_SESSION"

# However soon something is expected, on a busy computer it may take so many seconds. What waits says nothing of speed.
PATIENCE = 60


class NotTrue(Exception):
    """Something that had to come true did not, within its time."""


def enter_session(uid=None, right_to_left=False, language=None, text=1, animated=True):
    """Starts this script again inside a session bus of its own, as this user: in this language, whose translation is
    that of the folder that `ISOTOPE_TRANSLATIONS` names, and with text so many times as large as usual."""
    if MARK in os.environ:
        return
    if language and os.getuid() == 0:
        lay_translation(language)
    home = tempfile.mkdtemp(prefix="isotope-interface-")
    runtime = os.path.join(home, "runtime")
    settings = os.path.join(home, "config", "gtk-4.0")
    os.makedirs(runtime, mode=0o700)
    os.makedirs(settings)
    with open(os.path.join(settings, "settings.ini"), "w", encoding="utf-8") as file:
        file.write("[Settings]\ngtk-font-name=Cantarell 11\ngtk-xft-antialias=1\ngtk-xft-hinting=0\n")
        file.write("" if animated else "gtk-enable-animations=0\n")
    with open(os.path.join(home, ".Xdefaults"), "w", encoding="utf-8") as file:
        # Without a settings daemon GTK learns from here how large text is to be.
        file.write(f"Xft.dpi: {96 * text}\n")
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
        "GSETTINGS_SCHEMA_DIR": schemas(home),
        # Always there, and not metered, whatever the network of the machine is.
        "GIO_USE_NETWORK_MONITOR": "base",
        "NO_AT_BRIDGE": "0",
        MARK: home,
    }
    locale = "he_IL" if right_to_left else LOCALES.get(language)
    if locale:
        lay_locale(locale, home)
        environment.update({"LOCPATH": home, "LANG": f"{locale}.UTF-8"})
    colours = ("ADW_DEBUG_COLOR_SCHEME", "ADW_DEBUG_HIGH_CONTRAST")
    for name in ("TZ", "RUST_LOG", "GDK_SCALE", "ISOTOPE_TRANSLATIONS", *colours):
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


def schemas(home):
    """The schema of the app's settings, compiled; it need not be installed."""
    data = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data")
    folder = os.path.join(home, "schemas")
    os.makedirs(folder)
    subprocess.run(["glib-compile-schemas", "--strict", f"--targetdir={folder}", data], check=True)
    return folder


def kept_settings(folder, **values):
    """The environment in which the settings of the person are kept in this folder, and are these at first."""
    os.makedirs(folder, exist_ok=True)
    os.symlink(os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0"), os.path.join(folder, "gtk-4.0"))
    path = os.path.join(folder, "glib-2.0", "settings")
    os.makedirs(path, exist_ok=True)
    lines = [f"{name.replace('_', '-')}={str(value).lower()}" for name, value in values.items()]
    with open(os.path.join(path, "keyfile"), "w", encoding="utf-8") as file:
        file.write("\n".join(["[io/github/isotope_desktop/Isotope]", *lines, ""]))
    return {"GSETTINGS_BACKEND": "keyfile", "XDG_CONFIG_HOME": folder}


def for_experts():
    """The environment of a person who wants to see every detail."""
    return kept_settings(tempfile.mkdtemp(prefix="experts-", dir=os.environ["HOME"]), expert_details=True)


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


def ends_with_this(process):
    """Ends a process with this program, however that ends: whoever reads what both say would wait for it."""

    def end():
        if process.poll() is None:
            process.kill()

    atexit.register(end)


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
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        ends_with_this(self.server)
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
        ends_with_this(self.daemon)
        self.address = self.daemon.stdout.readline().strip()

    def close(self):
        self.daemon.terminate()
        self.daemon.wait()


class StandIn:
    """The stand-in service in this situation, on a bus of its own; it answers everything so many milliseconds late."""

    def __init__(self, situation, delay=0):
        self.bus = Bus()
        self.address = self.bus.address
        program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand_in_service.py")
        command = [sys.executable, program, self.address, situation, str(delay)]
        self.service = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        ends_with_this(self.service)
        self.service.stdout.readline()
        # How the window has to be started to see it.
        network = SITUATIONS[situation].get("network")
        self.environment = {"GIO_USE_NETWORK_MONITOR": "networkmanager"} if network else {}
        self.connection = None

    def tell(self, method, signature=None, *arguments):
        """Asks the stand-in for something about itself."""
        from gi.repository import Gio, GLib

        if self.connection is None:
            flags = Gio.DBusConnectionFlags
            kind = flags.AUTHENTICATION_CLIENT | flags.MESSAGE_BUS_CONNECTION
            self.connection = Gio.DBusConnection.new_for_address_sync(self.address, kind, None, None)
        name = "io.github.isotope_desktop.StandIn"
        values = GLib.Variant(signature, arguments) if signature else None
        nothing = Gio.DBusCallFlags.NONE
        path = "/" + name.replace(".", "/")
        answer = self.connection.call_sync(name, path, name, method, values, None, nothing, -1, None)
        return answer.unpack()

    def become(self, situation):
        """Brings the host into another situation, at once."""
        self.tell("Become", "(s)", situation)

    def linger(self):
        """From now on downloads and restarts go on until they are hastened, or for some minutes."""
        self.tell("Linger")

    def hasten(self):
        """What was lingering comes to its end."""
        self.tell("Hasten")

    def asked(self):
        """What it was asked for that changes something, in order, each with its arguments."""
        return self._state("orders")

    def waiting(self):
        """How many answers callers still wait for, because it answers late."""
        return self._state("waiting")

    def events(self):
        """How often it has told how far something is."""
        return self._state("events")

    def rests(self):
        """Whether nothing runs."""
        return not self._state("running")

    def _state(self, name):
        return json.loads(self.tell("Asked")[0])[name]

    def end_service(self):
        """Ends the service; the bus stays."""
        self.service.kill()
        self.service.wait()

    def close(self):
        self.end_service()
        self.bus.close()


class Window:
    """The program, seen through AT-SPI."""

    def __init__(self, program, address, arguments=(), said=None, **environment):
        self.focus = Focus(self.take_in)
        self.mirrored = os.environ["LANG"].startswith("he_")
        # A part of the window, and what is known to be in it.
        self.below = (None, set())
        self.process = subprocess.Popen(
            [program, *arguments], env={**os.environ, "DBUS_SYSTEM_BUS_ADDRESS": address, **environment}, stderr=said
        )
        ends_with_this(self.process)
        self.application = wait_for(self._find_application, 60, "the window has appeared")
        self.tree = Tree(self.process.pid)

    def _find_application(self):
        reading = atspi()
        desktop = reading.get_desktop(0)
        for index in range(desktop.get_child_count()):
            child = desktop.get_child_at_index(index)
            if child is not None and child.get_process_id() == self.process.pid:
                child.set_cache_mask(reading.Cache.NONE)
                if child.get_child_count():
                    return child
        return None

    def take_in(self):
        """Waits until the program has taken in what was typed: it answers only after that."""
        for _ in range(3):
            try:
                self.application.get_child_count()
            except Exception:  # it went away while it was asked
                return

    def everything(self, top=None):
        """Every accessible, from the top of the window or of this one."""
        waiting = [top or self.application]
        while waiting:
            accessible = waiting.pop()
            yield accessible
            try:
                children = [accessible.get_child_at_index(at) for at in range(accessible.get_child_count())]
            except Exception:  # it went away while it was looked at
                continue
            waiting.extend(child for child in reversed(children) if child is not None)

    def nodes(self, top=None):
        """What is on the screen now, from the top of the window or of this node, in its order."""
        return list((top or self.tree.read()).below())

    def accessible(self, node):
        """What AT-SPI can act on, at the place of this node; nothing where the window has changed since it was read."""
        accessible = self.application
        if not node.place:
            return accessible
        try:
            for at in node.place:
                accessible = accessible.get_child_at_index(at)
            if self._is(accessible, node):
                return accessible
        except Exception:  # it went away while it was looked at
            pass
        # GTK counts children in two ways that do not always agree.
        return next((found for found in self.everything() if self._is(found, node)), None)

    @staticmethod
    def _is(accessible, node):
        try:
            if accessible.get_role_name() != node.role or (accessible.get_name() or "") != node.name:
                return False
            return accessible.get_state_set().contains(atspi().StateType.SHOWING)
        except Exception:  # it went away while it was looked at
            return False

    def front(self):
        """The dialog that lies over everything, or the whole window."""
        return self.accessible(self.front_node())

    def front_node(self):
        """The same, and all below it, as it stands now."""
        top = self.tree.read()
        front = top
        for node in top.below():
            if node.role in ("dialog", "alert") and node.has(atspi().StateType.SHOWING):
                front = node
        return front

    def find(self, role, name, sensitive=True, whole=False):
        """The first one on the screen with this role whose name contains this text, or is the whole of it."""
        states = atspi().StateType
        wanted = (states.SHOWING, states.SENSITIVE) if sensitive else (states.SHOWING,)
        for node in self.tree.walk():
            if role not in (None, node.role) or name not in node.name or (whole and node.name != name):
                continue
            accessible = self.accessible(node) if node.has(*wanted) else None
            if accessible is not None:
                return accessible
        return None

    def wait(self, role, name, seconds, whole=False):
        """Waits until such a one is on the screen."""
        return wait_for(lambda: self.find(role, name, True, whole), seconds, f"a {role or 'text'} “{name}” is shown")

    def wait_gone(self, role, name, seconds):
        """Waits until no such one is on the screen any more."""
        wait_for(lambda: not self.find(role, name, False), seconds, f"no {role or 'text'} “{name}” is shown any more")

    def focused(self, top=None):
        """Role and name of what has the focus, in the window or below this node."""
        self.focus.listen()
        try:
            accessible = self._focused_since(self.focus.holder, self.accessible(top) if top else self.application)
            if accessible is not None:
                return accessible.get_role_name(), accessible.get_name() or ""
        except Exception:  # it went away while it was looked at
            pass
        for node in self.nodes(self._again(top)):
            if node.has(atspi().StateType.FOCUSED):
                return node.role, node.name
        return None

    def _again(self, top):
        """The same node as it stands now."""
        return next((node for node in self.nodes() if node.path == top.path), top) if top else None

    def _focused_since(self, holder, top):
        """What has the focus and holds what has got it last, if that has it still and is below this."""
        focused = atspi().StateType.FOCUSED
        if holder is None or not holder.get_state_set().contains(focused) or not self._is_below(holder, top):
            return None
        # An entry and the text in it both have it; the outer one has the name.
        parent = holder.get_parent()
        while parent is not None and parent.get_state_set().contains(focused):
            holder, parent = parent, parent.get_parent()
        return holder

    def _is_below(self, accessible, top):
        """Whether it is in this part of the window. What is known to be is not looked for again."""
        if top == self.application:
            return True
        if self.below[0] != top:
            self.below = (top, {top})
        known, way = self.below[1], []
        while accessible is not None and accessible not in known:
            way.append(accessible)
            accessible = accessible.get_parent()
        if accessible is not None:
            known.update(way)
        return accessible is not None

    def press(self, name, seconds=10, whole=False):
        """Presses the button with this name, as soon as it can be pressed."""
        button = self.wait("button", name, seconds, whole)
        if not button.get_action_iface().do_action(0):
            raise NotTrue(f"the button “{name}” could not be pressed")

    def click(self, role, name, seconds=10):
        """Clicks this one with the mouse. GTK says only roughly where it is: it has to be large."""
        place = self.wait(role, name, seconds).get_component_iface().get_extents(atspi().CoordType.WINDOW)
        if min(place.width, place.height) < 2 * ROUGHLY:
            raise NotTrue(f"the {role} “{name}” is too small to be clicked")
        x, y = place.x + place.width // 2 + ROUGHLY // 2, place.y + place.height // 2 + ROUGHLY // 2
        subprocess.run(["xdotool", "mousemove", str(x), str(y), "click", "1"], check=True)

    def activate(self, name, seconds=10):
        """Activates the row or card whose name begins with this, with the keyboard: they have no action of their own."""
        wait_for(lambda: any(self.find(role, name) for role in ITEMS), seconds, f"an item “{name}” is shown")
        before = None
        for _ in range(120):
            focus = self.focused()
            role, found = focus or ("", "")
            if role in ITEMS and found.startswith(name):
                type_keys("Return")
                return
            # The arrows go from item to item, the Tab key from list to list.
            key = ITEMS.get(role, "Tab") if focus != before else "Tab"
            self.focus.type_and_wait("Left" if key == "Right" and self.mirrored else key)
            before = focus
        raise NotTrue(f"the keyboard does not come to the row “{name}”")

    def turn_to(self, page):
        """Turns to this page of the window with the keyboard."""
        type_keys({"System": "alt+1", "Desktops": "alt+2", "History": "alt+3"}[page])

    def type(self, text):
        """Types this in the place of what stands in the entry that gets the focus, and waits until it is there."""
        texts = ("text", "entry")
        wait_for(lambda: (self.focused() or ("", ""))[0] in texts, 10, "an entry has the focus")
        type_text(text)
        self.take_in()
        wait_for(lambda: self._typed(text), 10, f"“{text}” stands in the entry")

    def _typed(self, text):
        for accessible in self.everything(self.front()):
            try:
                if accessible.get_state_set().contains(atspi().StateType.FOCUSED) and accessible.is_text():
                    # An entry to search in keeps to itself what stands in it.
                    stands = atspi().Text.get_text(accessible, 0, -1)
                    if stands == text or (not stands and accessible.get_name() == "Search"):
                        return True
            except Exception:  # it went away while it was looked at
                continue
        return False

    def go_to(self, role, name):
        """Brings the focus to this one with the Tab key, and with it what is around it into view."""
        for _ in range(80):
            if self.focused() == (role, name):
                return
            self.focus.type_and_wait("Tab")
        raise NotTrue(f"the Tab key does not come to the {role} “{name}”")

    def open_choice(self, name):
        """Opens the list of the row with this name in which one thing is chosen."""
        self.wait("combo box", name, 10)
        self.go_to("combo box", name)
        type_keys("Return")
        self.take_in()

    def pick(self, name):
        """Goes down to this in the list that was opened, and chooses it."""
        for _ in range(30):
            role, found = self.focused() or ("", "")
            if (role, found) == ("list item", name):
                type_keys("Return")
                return
            # What has opened takes the focus only after a moment.
            self.focus.type_and_wait("Down" if role == "list item" else "Home")
        raise NotTrue(f"the keyboard does not come to “{name}” in the list")

    def choose(self, name):
        """Chooses this in the main menu."""
        type_keys("F10")
        item = self.wait("menu item", name, 5)
        if not item.get_action_iface().do_action(0):
            raise NotTrue(f"the menu item “{name}” could not be chosen")

    def texts(self):
        """Everything that can be read on the screen now."""
        showing = atspi().StateType.SHOWING
        return [node.name for node in self.nodes() if node.role == "label" and node.has(showing) and node.name]

    def fill(self, screen):
        """Makes the window as large as the screen: there is no window manager that would."""
        window = wait_for(self._window_number, 10, "the window is on the screen")
        size = (str(screen.width), str(screen.height))
        subprocess.run(["xdotool", "windowmove", window, "0", "0", "windowsize", window, *size], check=True)
        # Where the pointer lies by chance it would choose in a menu.
        subprocess.run(["xdotool", "windowfocus", window, "mousemove", "0", "0"], check=True)

    def _window_number(self):
        search = ["xdotool", "search", "--onlyvisible", "--pid", str(self.process.pid)]
        found = subprocess.run(search, capture_output=True, text=True, check=False).stdout.split()
        return found[-1] if found else None

    def alive(self):
        return self.process.poll() is None

    def close(self):
        self.focus.listener.deregister("object:state-changed:focused")
        if self.tree is not None:
            self.tree.close()
        if self.alive():
            self.process.terminate()
        self.process.wait()


def state_types():
    """The states of AT-SPI."""
    return atspi().StateType


def wait_for(condition, seconds, sentence):
    """Waits until the condition holds; the sentence says what had to come true. What usually takes a few seconds may
    take longer on a busy computer."""
    seconds = max(seconds, PATIENCE)
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
