# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the login manager on the bus of the stand-in service: restarts, what holds them back, who is logged in.

What it answers has the shapes of org.freedesktop.login1(5). Whatever it is asked to do is printed, a line each.
"""

from gi.repository import Gio, GLib

NAME = "org.freedesktop.login1"
PATH = "/org/freedesktop/login1"
SKIP_INHIBITORS = 1 << 4
NOTHING = ("", 2**64 - 1)
INTROSPECTION = """
<node>
  <interface name="org.freedesktop.login1.Manager">
    <method name="Reboot"><arg type="b" direction="in"/></method>
    <method name="RebootWithFlags"><arg type="t" direction="in"/></method>
    <method name="ScheduleShutdown"><arg type="s" direction="in"/><arg type="t" direction="in"/></method>
    <method name="CancelScheduledShutdown"><arg type="b" direction="out"/></method>
    <method name="ListInhibitors"><arg type="a(ssssuu)" direction="out"/></method>
    <method name="ListSessions"><arg type="a(susso)" direction="out"/></method>
    <property name="ScheduledShutdown" type="(st)" access="read"/>
  </interface>
  <interface name="org.freedesktop.login1.Session">
    <property name="Class" type="s" access="read"/>
  </interface>
</node>
"""


class LoginManager:
    """One that asks nobody for a password. A situation says what is in the way of a restart, and what is planned."""

    def __init__(self, connection, situation, go_down):
        self.connection = connection
        self.go_down = go_down
        self.seen = 0
        self.scheduled = NOTHING
        manager, self.session_info = Gio.DBusNodeInfo.new_for_xml(INTROSPECTION).interfaces
        connection.register_object(PATH, manager, self.call, self.property, None)
        self.become(situation)

    def become(self, situation):
        """What the situation says stands from now on."""
        self.inhibitors = situation.get("inhibitors", [])
        self.sessions = situation.get("sessions", [])
        # An old one does not tell by itself that something is scheduled.
        self.quiet = situation.get("old_login", False)
        for number in range(self.seen, len(self.sessions)):
            self.connection.register_object(self.path(number), self.session_info, None, self.session_class, None)
        self.seen = max(self.seen, len(self.sessions))
        self.schedule(situation.get("scheduled") or NOTHING)

    def path(self, number):
        return f"{PATH}/session/_3{number}"

    def property(self, *_):
        return GLib.Variant("(st)", self.scheduled)

    def session_class(self, _connection, _sender, path, *_):
        return GLib.Variant("s", self.sessions[int(path[-1])][3])

    def call(self, _connection, _sender, _path, _interface, method, parameters, invocation):
        arguments = parameters.unpack()
        answer = None
        if method in ("Reboot", "RebootWithFlags"):
            despite = method == "Reboot" or arguments[0] & SKIP_INHIBITORS
            if self.blocked() and not despite:
                self.refuse(invocation)
                return
            print(f"restart{' despite' if self.blocked() else ''}", flush=True)
            GLib.timeout_add(300, self.go_down)
        elif method == "ScheduleShutdown":
            if self.blocked():
                self.refuse(invocation)
                return
            self.schedule(arguments)
            print(f"scheduled {arguments[0]} {arguments[1] // 1_000_000}", flush=True)
        elif method == "CancelScheduledShutdown":
            answer = GLib.Variant("(b)", (self.scheduled != NOTHING,))
            self.schedule(NOTHING)
            print("called off", flush=True)
        elif method == "ListInhibitors":
            answer = GLib.Variant("(a(ssssuu))", ([(*one, 1000, 1) for one in self.inhibitors],))
        elif method == "ListSessions":
            sessions = [
                (str(number), uid, user, seat, self.path(number))
                for number, (uid, user, seat, _) in enumerate(self.sessions)
            ]
            answer = GLib.Variant("(a(susso))", (sessions,))
        invocation.return_value(answer)

    def blocked(self):
        return any(mode == "block" for *_, mode in self.inhibitors)

    def refuse(self, invocation):
        invocation.return_dbus_error("org.freedesktop.login1.BlockedByInhibitorLock", "Operation inhibited by Packages")

    def schedule(self, scheduled):
        self.scheduled = scheduled
        if self.quiet:
            return
        changed = {"ScheduledShutdown": GLib.Variant("(st)", scheduled)}
        body = GLib.Variant("(sa{sv}as)", ("org.freedesktop.login1.Manager", changed, []))
        self.connection.emit_signal(None, PATH, "org.freedesktop.DBus.Properties", "PropertiesChanged", body)
