#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Stands in for what shows notifications, on the session bus, and prints what becomes of each: a line of JSON."""

import json

import gi

gi.require_version("Gio", "2.0")
from gi.repository import Gio, GLib  # noqa: E402

INTROSPECTION = """
<node>
  <interface name="org.gtk.Notifications">
    <method name="AddNotification">
      <arg type="s" direction="in"/><arg type="s" direction="in"/><arg type="a{sv}" direction="in"/>
    </method>
    <method name="RemoveNotification"><arg type="s" direction="in"/><arg type="s" direction="in"/></method>
  </interface>
</node>
"""


def call(_connection, _sender, _path, _interface, method, parameters, invocation):
    application, name, *rest = parameters.unpack()
    told = {"does": "add" if method == "AddNotification" else "remove", "application": application, "id": name}
    if rest:
        told.update({key: rest[0].get(key) for key in ("title", "body", "priority", "buttons")})
    print(json.dumps(told, default=str), flush=True)
    invocation.return_value(None)


def main():
    connection = Gio.bus_get_sync(Gio.BusType.SESSION, None)
    interface = Gio.DBusNodeInfo.new_for_xml(INTROSPECTION).interfaces[0]
    connection.register_object("/org/gtk/Notifications", interface, call, None, None)
    owned = lambda *_: print(json.dumps({"does": "ready"}), flush=True)  # noqa: E731
    Gio.bus_own_name_on_connection(connection, "org.gtk.Notifications", Gio.BusNameOwnerFlags.NONE, owned, None)
    GLib.MainLoop().run()


if __name__ == "__main__":
    main()
