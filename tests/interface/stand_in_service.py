#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the Isotope service and for logind on a private bus, so that the window can be seen in every state.

    stand_in_service.py ADDRESS SITUATION

ADDRESS is the address of a message bus that is nobody's system bus. SITUATION is one of those that `--list` names.
What it answers has the shapes of src/model/src/dictionary.rs; what it does is a picture of the real service, not the
service: tests of behaviour use the lab.
"""

import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from stand_in_catalogs import catalogs, picture  # noqa: E402
from stand_in_desktops import SITUATIONS  # noqa: E402
from stand_in_operations import OPERATIONS  # noqa: E402
from stand_in_readings import FAILED, configuration_changes, details, disk_usage, find, history  # noqa: E402
from stand_in_registry import cannot_look_up, preflight, preview, trust  # noqa: E402
from stand_in_situations import capabilities, classify  # noqa: E402

NAME = "io.github.isotope_desktop.Isotope1"
PATH = "/io/github/isotope_desktop/Isotope1"
INTROSPECTION = """
<node>
  <interface name="io.github.isotope_desktop.Isotope1">
    <method name="GetSnapshot"><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/></method>
    <method name="GetDetails">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/>
    </method>
    <method name="GetConfigurationChanges">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/>
    </method>
    <method name="GetDiskUsage"><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/></method>
    <method name="GetTrust">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/>
    </method>
    <method name="Preview">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/>
    </method>
    <method name="Preflight">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/>
    </method>
    <method name="GetCatalogs"><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="out"/></method>
    <method name="GetPicture">
      <arg type="s" direction="in"/><arg type="a{sv}" direction="in"/><arg type="ay" direction="out"/>
    </method>
    <method name="GetHistory"><arg type="a{sv}" direction="in"/><arg type="aa{sv}" direction="out"/></method>
    <method name="Watch"><arg type="a{sv}" direction="in"/></method>
    <method name="Unwatch"><arg type="a{sv}" direction="in"/></method>
%OPERATIONS%
    <property name="InterfaceVersion" type="u" access="read"/>
    <property name="Snapshot" type="a{sv}" access="read"/>
    <property name="Capabilities" type="a{sv}" access="read"/>
    <property name="CurrentOperation" type="o" access="read"/>
  </interface>
  <interface name="io.github.isotope_desktop.Isotope1.Operation">
    <method name="Cancel"><arg type="a{sv}" direction="in"/></method>
    <property name="Status" type="a{sv}" access="read"/>
  </interface>
  <interface name="org.freedesktop.login1.Manager">
    <method name="Reboot"><arg type="b" direction="in"/></method>
  </interface>
</node>
"""
# What takes something to be done with: an image, a version, a deployment.
WITH_ARGUMENT = {"Switch", "Deploy", "SetDefault", "Pin", "Unpin", "Remove"}


def introspection():
    """The interface, with a method for each operation."""
    argument = '<arg type="s" direction="in"/>'
    methods = (
        f'<method name="{name}">{argument if name in WITH_ARGUMENT else ""}'
        '<arg type="a{sv}" direction="in"/><arg type="o" direction="out"/></method>'
        for name in OPERATIONS
    )
    return INTROSPECTION.replace("%OPERATIONS%", "\n".join(methods))


def variant(value):
    """A value as src/model/src/dictionary.rs sends it."""
    if isinstance(value, bool):
        return GLib.Variant("b", value)
    if isinstance(value, int):
        return GLib.Variant("t", value)
    if isinstance(value, str):
        return GLib.Variant("s", value)
    if isinstance(value, dict):
        return GLib.Variant("a{sv}", entries(value))
    if all(isinstance(item, dict) for item in value):
        return GLib.Variant("aa{sv}", [entries(item) for item in value])
    return GLib.Variant("av", [variant(item) for item in value])


def entries(value):
    return {key: variant(item) for key, item in value.items() if item is not None and item != []}


class Service:
    """One host whose state changes as a person would see it change."""

    def __init__(self, connection, situation):
        self.connection = connection
        self.situation = situation
        self.snapshot = situation["snapshot"]
        self.operations = 0
        self.current = "/"
        self.statuses = {}
        self.watchers = []
        node = Gio.DBusNodeInfo.new_for_xml(introspection())
        self.service_info, self.operation_info, self.login_info = node.interfaces
        connection.register_object(PATH, self.service_info, self.call, self.property, None)
        connection.register_object("/org/freedesktop/login1", self.login_info, self.reboot, None, None)
        self.names = []
        self.own_names()
        if situation.get("running"):
            self.start(**situation["running"])

    def own_names(self):
        flags = Gio.BusNameOwnerFlags.NONE
        wanted = (NAME, "org.freedesktop.login1")
        self.names = [Gio.bus_own_name_on_connection(self.connection, name, flags, None, None) for name in wanted]

    # What callers see

    def property(self, _connection, _sender, path, _interface, name):
        if name == "Status":
            return GLib.Variant("a{sv}", entries(self.statuses[path]))
        return {
            "InterfaceVersion": lambda: GLib.Variant("u", 1),
            "Snapshot": lambda: GLib.Variant("a{sv}", entries(self.snapshot)),
            "Capabilities": lambda: GLib.Variant("a{sv}", entries(self.situation["capabilities"])),
            "CurrentOperation": lambda: GLib.Variant("o", self.current),
        }[name]()

    def call(self, _connection, _sender, path, _interface, method, parameters, invocation):
        if method == "GetSnapshot":
            invocation.return_value(GLib.Variant("(a{sv})", (entries(self.snapshot),)))
        elif method in ("Watch", "Unwatch"):
            invocation.return_value(None)
        elif method == "Cancel":
            self.statuses[path]["cancelled"] = True
            invocation.return_value(None)
        elif method.startswith("Get") or method in ("Preview", "Preflight"):
            # Adding up takes a moment, as on a real host, and so does a registry.
            usual = {"GetDiskUsage": 700, "Preview": 900, "Preflight": 1_200}.get(method, 50)
            pause = self.situation.get("pause", usual)
            GLib.timeout_add(pause, self.read, method, parameters.unpack()[0], invocation)
        else:
            self.begin(method, parameters.unpack()[0], invocation)

    def read(self, method, argument, invocation):
        if method in self.situation.get("unreadable", ()):
            self.refuse(FAILED, invocation)
        elif method in ("GetDetails", "GetConfigurationChanges") and not find(self.snapshot, argument):
            self.refuse({"code": "unknown-deployment", "deployment": argument}, invocation)
        elif method in ("Preview", "Preflight") and (refusal := cannot_look_up(self.situation, argument)):
            self.refuse(refusal, invocation)
        elif method == "GetPicture":
            invocation.return_value(GLib.Variant("(ay)", (picture(),)))
        elif method == "GetHistory":
            invocation.return_value(GLib.Variant("(aa{sv})", ([entries(one) for one in history(self.situation)],)))
        else:
            answer = {
                "GetDetails": lambda: details(self.situation, argument),
                "GetConfigurationChanges": lambda: configuration_changes(self.situation),
                "GetTrust": lambda: trust(self.situation, argument),
                "Preview": lambda: preview(self.situation, argument),
                "Preflight": lambda: preflight(self.situation, argument),
                "GetCatalogs": lambda: catalogs(self.situation),
                "GetDiskUsage": lambda: disk_usage(self.situation),
            }[method]()
            invocation.return_value(GLib.Variant("(a{sv})", (entries(answer),)))
        return False

    def refuse(self, refusal, invocation):
        name = "".join(word.capitalize() for word in refusal["code"].split("-"))
        message = invocation.get_message()
        error = message.new_method_error_literal(f"{NAME}.Error.{name}", refusal["code"])
        error.set_body(GLib.Variant("(sa{sv})", (refusal["code"], entries(refusal))))
        self.connection.send_message(error, Gio.DBusSendMessageFlags.NONE)

    def begin(self, method, argument, invocation):
        refusal = self.situation.get("refuses", {}).get(method)
        if self.current != "/":
            refusal = {"code": "busy"}
        if refusal:
            self.refuse(refusal, invocation)
            return
        kind, steps = OPERATIONS[method]
        steps = steps(self.situation, argument)
        path = self.start(kind=kind, uid=1000, user="person", steps=steps)
        invocation.return_value(GLib.Variant("(o)", (path,)))

    def reboot(self, _connection, _sender, _path, _interface, _method, _parameters, invocation):
        invocation.return_value(None)
        GLib.timeout_add(300, self.go_down)

    def go_down(self):
        for name in self.names:
            Gio.bus_unown_name(name)
        GLib.timeout_add(2500, self.come_up)

    def come_up(self):
        deployments = self.snapshot["deployments"]
        order = sorted(deployments, key=lambda deployment: not deployment.get("staged", False))
        for index, deployment in enumerate(order):
            deployment.update({"staged": False, "booted": index == 0, "finalization-locked": False})
        classify(order)
        self.snapshot["deployments"] = order
        self.snapshot["last-boot"] = None
        self.snapshot["token"] = str(time.monotonic_ns())
        self.own_names()

    # What happens

    def start(self, kind, uid, user, progress=None, steps=None):
        self.operations += 1
        path = f"{PATH}/operation/{self.operations}"
        self.statuses[path] = {
            "kind": kind,
            "starter": {"uid": uid, "user": user},
            "started": int(time.time()),
            "progress": progress or {"phase": "starting"},
        }
        self.connection.register_object(path, self.operation_info, self.call, self.property, None)
        self.current = path
        self.changed(PATH, NAME, {"CurrentOperation": GLib.Variant("o", path)})
        # Without steps it stands still, to be looked at.
        steps = steps or iter([])
        GLib.timeout_add(150, self.step, path, steps)
        return path

    def step(self, path, steps):
        status = self.statuses[path]
        if status.pop("cancelled", False):
            self.end(path, {"result": "cancelled", "left": "nothing-changed"})
            return False
        try:
            progress = next(steps)
        except StopIteration as end:
            if end.value is None:
                return True
            self.end(path, end.value)
            return False
        status["progress"] = progress
        self.changed(path, NAME + ".Operation", {"Status": GLib.Variant("a{sv}", entries(status))})
        return True

    def end(self, path, outcome):
        self.statuses[path]["outcome"] = outcome
        self.snapshot["token"] = str(time.monotonic_ns())
        can = capabilities(self.snapshot, self.situation.get("no_update"))
        self.situation["capabilities"] = can
        changed = {"Snapshot": self.snapshot, "Capabilities": can}
        self.changed(PATH, NAME, {name: GLib.Variant("a{sv}", entries(value)) for name, value in changed.items()})
        status = GLib.Variant("a{sv}", entries(self.statuses[path]))
        self.changed(path, NAME + ".Operation", {"Status": status})
        self.current = "/"
        self.changed(PATH, NAME, {"CurrentOperation": GLib.Variant("o", "/")})

    def changed(self, path, interface, properties):
        body = GLib.Variant("(sa{sv}as)", (interface, properties, []))
        self.connection.emit_signal(None, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", body)


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(SITUATIONS))
        return
    address, situation = sys.argv[1:]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    Service(connection, SITUATIONS[situation])
    print("ready", flush=True)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
