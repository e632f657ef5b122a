# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads the accessible tree of a program as a whole.

The library of AT-SPI asks for one thing after the other, and waits for each answer: in a busy machine that takes seconds
for one window. Here everything about a level of the tree is asked for at once.
"""

import time

from interface_keyboard import atspi, glib

ROOT = "/org/a11y/atspi/accessible/root"
ACCESSIBLE = "org.a11y.atspi.Accessible"
# How long a program may take to answer about one widget.
PATIENCE = 20
# So many widgets are asked about at once.
AHEAD = 400


class Node:
    """One widget, as it stood when it was read."""

    def __init__(self, path, place):
        self.path = path
        # The way to it from the top, by the numbers of the children.
        self.place = place
        self.read = False
        self.role, self.name, self.states, self.children = "", "", 0, []

    def has(self, *states):
        """Whether it is in all of these states."""
        return all(self.states >> int(state) & 1 for state in states)

    def below(self):
        """This one and all below it, in their order."""
        yield self
        for child in self.children:
            yield from child.below()


class Tree:
    """The tree of the program with this number."""

    def __init__(self, pid):
        from gi.repository import Gio

        self.gio = Gio
        session = Gio.bus_get_sync(Gio.BusType.SESSION, None)
        where = session.call_sync("org.a11y.Bus", "/org/a11y/bus", "org.a11y.Bus", "GetAddress", None, None, 0, -1, None)
        flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
        self.connection = Gio.DBusConnection.new_for_address_sync(where.unpack()[0], flags, None, None)
        self.name = self._name_of(pid)

    def close(self):
        self.connection.close_sync(None)

    def _name_of(self, pid):
        """What the program is called on the bus of AT-SPI."""
        registry, bus = "org.a11y.atspi.Registry", "org.freedesktop.DBus"
        answer = self.connection.call_sync(registry, ROOT, ACCESSIBLE, "GetChildren", None, None, 0, -1, None)
        for name, _ in answer.unpack()[0]:
            asked = glib().Variant("(s)", (name,))
            method = "GetConnectionUnixProcessID"
            try:
                found = self.connection.call_sync(bus, "/org/freedesktop/DBus", bus, method, asked, None, 0, -1, None)
            except glib().Error:  # it went away meanwhile
                continue
            if found.unpack()[0] == pid:
                return name
        raise RuntimeError(f"the program {pid} is not known to AT-SPI")

    def walk(self):
        """Everything from the top, in its order, read as far ahead as anybody looks. What does not show has nothing below it
        that does, and is not looked into."""
        waiting = [Node(ROOT, ())]
        while waiting:
            if not waiting[-1].read:
                self._read_ahead([node for node in reversed(waiting[-AHEAD:]) if not node.read])
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children if self._may_show(node) else ()))

    def read(self):
        """The whole tree as it stands."""
        walk = self.walk()
        top = next(walk)
        for _ in walk:
            pass
        return top

    def _may_show(self, node):
        return not node.place or node.has(atspi().StateType.SHOWING)

    def _read_ahead(self, level):
        left = AHEAD
        while level and left > 0:
            level = level[:left]
            left -= len(level)
            self._ask_all([(node, what) for node in level for what in ("GetRole", "GetState", "Name", "GetChildren")])
            for node in level:
                node.read = True
            level = [child for node in level if self._may_show(node) for child in node.children]

    def _ask_all(self, questions):
        waiting = set()
        for number, (node, what) in enumerate(questions):
            waiting.add(number)
            interface, method, parameters = ACCESSIBLE, what, None
            if what == "Name":
                interface, method = "org.freedesktop.DBus.Properties", "Get"
                parameters = glib().Variant("(ss)", (ACCESSIBLE, what))
            self.connection.call(
                self.name, node.path, interface, method, parameters, None, 0, PATIENCE * 1_000, None,
                self._answered, (node, what, number, waiting),
            )  # fmt: skip
        end = time.monotonic() + PATIENCE
        while waiting and time.monotonic() < end:
            glib().MainContext.default().iteration(True)

    def _answered(self, connection, result, asked):
        node, what, number, waiting = asked
        waiting.discard(number)
        try:
            answer = connection.call_finish(result).unpack()[0]
        except glib().Error:  # it went away while it was looked at
            return
        if what == "GetRole":
            # GTK has words of its own for some of them.
            node.role = atspi().role_get_name(answer) or ""
        elif what == "Name":
            node.name = answer or ""
        elif what == "GetState":
            node.states = answer[0] | answer[1] << 32
        else:
            children = ((at, path) for at, (name, path) in enumerate(answer) if name == self.name)
            node.children = [Node(path, (*node.place, at)) for at, path in children]
