# SPDX-License-Identifier: GPL-3.0-or-later
"""What a test asks of the stand-in service itself: to be in another situation, and what it was asked for so far."""

import json

from gi.repository import Gio, GLib

from stand_in_desktops import SITUATIONS

NAME = "io.github.isotope_desktop.StandIn"
PATH = "/io/github/isotope_desktop/StandIn"
INTROSPECTION = f"""
<node>
  <interface name="{NAME}">
    <method name="Become"><arg type="s" direction="in"/></method>
    <method name="Delay"><arg type="u" direction="in"/></method>
    <method name="Linger"/>
    <method name="Hasten"/>
    <method name="Asked"><arg type="s" direction="out"/></method>
  </interface>
</node>
"""
PROPERTIES = "org.freedesktop.DBus.Properties"
# What is read changes nothing.
READINGS = ("Get", "Preview", "Preflight", "Watch", "Unwatch")


class Control:
    """Everything that callers ask goes through here: it is written down, and answered late where that is wanted."""

    def __init__(self, service, delay):
        self.service = service
        self.delay = delay
        # What callers still wait for because answers come late.
        self.waiting = 0
        # Downloads and restarts take as long as somebody wants to look at them.
        self.lingering = service.situation.get("lingers", False)
        # What was asked for that changes something: the method and its arguments.
        self.orders = []
        info = Gio.DBusNodeInfo.new_for_xml(INTROSPECTION).interfaces[0]
        service.connection.register_object(PATH, info, self.call, None, None)
        Gio.bus_own_name_on_connection(service.connection, NAME, Gio.BusNameOwnerFlags.NONE, None, None)

    def call(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        if method == "Become":
            self.service.become(SITUATIONS[parameters.unpack()[0]])
            invocation.return_value(None)
        elif method == "Delay":
            self.delay = parameters.unpack()[0]
            invocation.return_value(None)
        elif method == "Linger":
            self.lingering = True
            invocation.return_value(None)
        elif method == "Hasten":
            self.lingering = False
            self.service.hasten()
            invocation.return_value(None)
        else:
            asked = {"orders": self.orders, "waiting": self.waiting, "events": self.service.events}
            asked["running"] = self.service.current != "/"
            invocation.return_value(GLib.Variant("(s)", (json.dumps(asked),)))

    def hear(self, *call):
        """Somebody asks the service for something."""
        method, parameters = call[4:6]
        if call[3] != PROPERTIES and not method.startswith(READINGS):
            self.orders.append([method, *parameters.unpack()])
        if self.delay:
            self.waiting += 1
            GLib.timeout_add(self.delay, self.answer_late, *call)
        else:
            self.answer(*call)

    def answer_late(self, *call):
        self.waiting -= 1
        self.answer(*call)
        return False

    def answer(self, connection, sender, path, interface, method, parameters, invocation):
        if interface != PROPERTIES:
            self.service.call(connection, sender, path, interface, method, parameters, invocation)
        elif method == "Get":
            invocation.return_value(GLib.Variant("(v)", (self.service.property(path, parameters.unpack()[1]),)))
        else:
            names = [one.name for one in self.service.node.lookup_interface(parameters.unpack()[0]).properties]
            every = {name: self.service.property(path, name) for name in names}
            invocation.return_value(GLib.Variant("(a{sv})", (every,)))
