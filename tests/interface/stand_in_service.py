#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for the Isotope service and for logind on a private bus, so that the window can be seen in every state.

    stand_in_service.py ADDRESS SITUATION [MILLISECONDS]

ADDRESS is the address of a message bus that is nobody's system bus. SITUATION is one of those that `--list` names. With
a number it answers everything only after so many milliseconds. What a test asks of it itself is in stand_in_control.py.
What it answers has the shapes of src/model/src/dictionary.rs; what it does is a picture of the real service, not the
service: tests of behaviour use the lab.
"""

import copy
import os
import signal
import sys
import time

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

from stand_in_catalogs import catalogs, picture  # noqa: E402
from stand_in_control import Control  # noqa: E402
from stand_in_desktops import SITUATIONS  # noqa: E402
from stand_in_login import LoginManager  # noqa: E402
from stand_in_operations import OPERATIONS  # noqa: E402
from stand_in_packages import package_changes  # noqa: E402
from stand_in_readings import FAILED, configuration_changes, details, disk_usage, find, history  # noqa: E402
from stand_in_registry import cannot_look_up, preflight, preview, trust  # noqa: E402
from stand_in_settings import INTERFACE as SETTINGS  # noqa: E402
from stand_in_situations import capabilities, classify  # noqa: E402
from stand_in_steps import Steps  # noqa: E402

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
    <method name="GetPackageChanges">
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
%SETTINGS%
</node>
"""
NETWORK_MANAGER = """
<node>
  <interface name="org.freedesktop.NetworkManager">
    <property name="NetworkingEnabled" type="b" access="read"/>
    <property name="Version" type="s" access="read"/>
    <property name="State" type="u" access="read"/>
    <property name="Connectivity" type="u" access="read"/>
    <property name="Metered" type="u" access="read"/>
  </interface>
</node>
"""
# What is told of a deployment.
OF_A_DEPLOYMENT = ("GetDetails", "GetConfigurationChanges", "GetPackageChanges")
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
    return INTROSPECTION.replace("%OPERATIONS%", "\n".join(methods)).replace("%SETTINGS%", SETTINGS)


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

    def __init__(self, connection, situation, delay=0):
        self.connection = connection
        self.situation = copy.deepcopy(situation)
        self.snapshot = self.situation["snapshot"]
        self.control = Control(self, delay)
        self.operations = 0
        # How often it has told how far an operation is.
        self.events = 0
        self.steps = None
        self.current = "/"
        self.statuses = {}
        # Operations that are to be cancelled, and how many steps that still takes.
        self.cancelling = {}
        self.watchers = []
        self.node = Gio.DBusNodeInfo.new_for_xml(introspection())
        self.service_info, self.operation_info, self.settings_info = self.node.interfaces
        connection.register_object(PATH, self.service_info, self.control.hear, None, None)
        if not self.situation.get("too_old"):
            connection.register_object(PATH, self.settings_info, self.configure, None, None)
        self.login = LoginManager(connection, situation, self.go_down)
        self.names = []
        self.own_names()
        if self.situation.get("somebody_sets"):
            GLib.timeout_add(6_000, self.set_to, self.situation["somebody_sets"])
        if self.situation.get("network"):
            self.show_network(self.situation["network"])
        if self.situation.get("running"):
            self.start(**self.situation["running"])

    def become(self, situation):
        """The host is in another situation from now on, as if much had happened at once."""
        if self.current != "/":
            self.end(self.current, {"result": "unknown"})
        self.situation = copy.deepcopy(situation)
        self.snapshot = self.situation["snapshot"]
        self.login.become(self.situation)
        self.tell()
        if self.situation.get("running"):
            self.start(**self.situation["running"])

    def own_names(self):
        flags = Gio.BusNameOwnerFlags.NONE
        wanted = (NAME, "org.freedesktop.login1")
        self.names = [Gio.bus_own_name_on_connection(self.connection, name, flags, None, None) for name in wanted]

    def show_network(self, network):
        """What GLib's way of asking NetworkManager needs."""
        node = Gio.DBusNodeInfo.new_for_xml(NETWORK_MANAGER).interfaces[0]
        told = {"NetworkingEnabled": GLib.Variant("b", True), "Version": GLib.Variant("s", "1.50.0")}
        told.update({name: GLib.Variant("u", value) for name, value in network.items()})
        # Nothing for what this NetworkManager does not tell.
        answer = lambda _connection, _sender, _path, _interface, name: told.get(name)  # noqa: E731
        self.connection.register_object("/org/freedesktop/NetworkManager", node, None, answer, None)
        name, flags = "org.freedesktop.NetworkManager", Gio.BusNameOwnerFlags.NONE
        Gio.bus_own_name_on_connection(self.connection, name, flags, None, None)

    # What callers see

    def property(self, path, name):
        if name == "Status":
            return GLib.Variant("a{sv}", entries(self.statuses[path]))
        return {
            "InterfaceVersion": lambda: GLib.Variant("u", self.situation.get("interface_version", 1)),
            "Snapshot": lambda: GLib.Variant("a{sv}", entries(self.snapshot)),
            "Capabilities": lambda: GLib.Variant("a{sv}", entries(self.situation["capabilities"])),
            "CurrentOperation": lambda: GLib.Variant("o", self.current),
        }[name]()

    def call(self, _connection, _sender, path, _interface, method, parameters, invocation):
        if method == "GetSnapshot" and self.situation.get("broken"):
            invocation.return_value(GLib.Variant("(a{sv})", ({"host": GLib.Variant("s", "nonsense")},)))
        elif method == "Watch" and self.situation.get("forbidden"):
            invocation.return_dbus_error("org.freedesktop.DBus.Error.AccessDenied", "Sender is not authorized")
        elif method == "GetSnapshot":
            invocation.return_value(GLib.Variant("(a{sv})", (entries(self.snapshot),)))
        elif method in ("Watch", "Unwatch"):
            invocation.return_value(None)
        elif method == "Cancel":
            self.cancelling[path] = self.situation.get("cancel_takes", 0)
            invocation.return_value(None)
        elif method.startswith("Get") or method in ("Preview", "Preflight"):
            # Adding up takes a moment, as on a real host, and so does a registry.
            usual = {"GetDiskUsage": 700, "Preview": 900, "Preflight": 1_200, "GetPackageChanges": 900}.get(method, 50)
            pause = self.situation.get("pause", usual)
            GLib.timeout_add(pause, self.read, method, parameters.unpack()[0], invocation)
        else:
            self.begin(method, parameters.unpack()[0], invocation)

    def read(self, method, argument, invocation):
        if method in self.situation.get("unreadable", ()):
            self.refuse(FAILED, invocation)
        elif method in OF_A_DEPLOYMENT and argument and not find(self.snapshot, argument):
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
                "GetPackageChanges": lambda: package_changes(self.situation),
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

    def configure(self, _connection, _sender, _path, _interface, _method, parameters, invocation):
        GLib.timeout_add(self.situation.get("configure_takes", 50), self.configured, parameters.unpack()[0], invocation)

    def configured(self, changes, invocation):
        if refusal := self.situation.get("configure"):
            self.refuse(refusal, invocation)
        else:
            self.set_to(changes)
            invocation.return_value(None)
        return False

    def set_to(self, changes):
        self.snapshot["settings"] = {**(self.snapshot["settings"] or {}), **changes}
        self.changed(PATH, NAME, {"Snapshot": GLib.Variant("a{sv}", entries(self.snapshot))})
        return False

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

    def go_down(self):
        for name in self.names:
            Gio.bus_unown_name(name)
        GLib.timeout_add(2500, self.come_up)

    def come_up(self):
        if self.control.lingering:
            return True
        deployments = self.snapshot["deployments"]
        order = sorted(deployments, key=lambda deployment: not deployment.get("staged", False))
        for index, deployment in enumerate(order):
            deployment.update({"staged": False, "booted": index == 0, "finalization-locked": False})
        classify(order)
        self.snapshot["deployments"] = order
        self.snapshot["last-boot"] = None
        self.snapshot["token"] = str(time.monotonic_ns())
        self.own_names()
        return False

    # What happens

    def start(self, kind, uid, user, progress=None, steps=None, program=None, title=None):
        self.operations += 1
        path = f"{PATH}/operation/{self.operations}"
        self.statuses[path] = {
            "kind": kind,
            "starter": {key: value for key, value in (("uid", uid), ("user", user), ("program", program)) if value is not None},
            "started": int(time.time()),
            "title": title,
            "progress": progress or {"phase": "starting"},
        }
        self.connection.register_object(path, self.operation_info, self.control.hear, None, None)
        self.current = path
        self.changed(PATH, NAME, {"CurrentOperation": GLib.Variant("o", path)})
        # Without steps it stands still, to be looked at.
        self.steps = Steps(steps)
        GLib.timeout_add(self.situation.get("beat", 150), self.step, path, self.steps)
        return path

    def hasten(self):
        """What is left of a download comes at once."""
        progress = self.steps.hasten() if self.current != "/" else None
        if progress:
            self.tell_progress(self.current, progress)

    def step(self, path, steps):
        status = self.statuses[path]
        if "outcome" in status:
            return False
        if path in self.cancelling:
            self.cancelling[path] -= 1
            if self.cancelling[path] >= 0:
                return True
            self.end(path, {"result": "cancelled", "left": "nothing-changed"})
            return False
        try:
            progress = steps.next(self.control.lingering)
        except StopIteration as end:
            if end.value is None:
                return True
            self.end(path, end.value)
            return False
        self.tell_progress(path, progress)
        return True

    def tell_progress(self, path, progress):
        self.events += 1
        self.statuses[path]["progress"] = progress
        status = GLib.Variant("a{sv}", entries(self.statuses[path]))
        self.changed(path, NAME + ".Operation", {"Status": status})

    def end(self, path, outcome):
        self.statuses[path]["outcome"] = outcome
        self.situation["capabilities"] = capabilities(self.snapshot, self.situation.get("no_update"))
        self.tell()
        status = GLib.Variant("a{sv}", entries(self.statuses[path]))
        self.changed(path, NAME + ".Operation", {"Status": status})
        self.current = "/"
        self.changed(PATH, NAME, {"CurrentOperation": GLib.Variant("o", "/")})

    def tell(self):
        """Tells how the host stands now."""
        self.snapshot["token"] = str(time.monotonic_ns())
        changed = {"Snapshot": self.snapshot, "Capabilities": self.situation["capabilities"]}
        self.changed(PATH, NAME, {name: GLib.Variant("a{sv}", entries(value)) for name, value in changed.items()})

    def changed(self, path, interface, properties):
        body = GLib.Variant("(sa{sv}as)", (interface, properties, []))
        self.connection.emit_signal(None, path, "org.freedesktop.DBus.Properties", "PropertiesChanged", body)


def wait_for_names(connection, situation):
    """Whoever is told that this is ready finds the names on the bus."""
    wanted = [NAME, "org.freedesktop.NetworkManager"] if SITUATIONS[situation].get("network") else [NAME]
    bus = "org.freedesktop.DBus"
    for name in wanted:
        asked, owned = GLib.Variant("(s)", (name,)), False
        while not owned:
            GLib.MainContext.default().iteration(False)
            answer = connection.call_sync(bus, "/org/freedesktop/DBus", bus, "NameHasOwner", asked, None, 0, -1, None)
            owned = answer.unpack()[0]


def main():
    if sys.argv[1:] == ["--list"]:
        print("\n".join(SITUATIONS))
        return
    address, situation, *delay = sys.argv[1:]
    flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
    connection = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
    Service(connection, SITUATIONS[situation], *map(int, delay))
    wait_for_names(connection, situation)
    print("ready", flush=True)
    if SITUATIONS[situation].get("silent"):
        # Whoever asks waits.
        os.kill(os.getpid(), signal.SIGSTOP)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
