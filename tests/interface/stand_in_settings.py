# SPDX-License-Identifier: GPL-3.0-or-later
"""How the stand-in service is set, and what it answers to who wants to set it otherwise."""

from stand_in_situations import BOOTC, NOW, contained, old, runs_101, situation

INTERFACE = """
  <interface name="io.github.isotope_desktop.Isotope1.Settings">
    <method name="Configure"><arg type="a{sv}" direction="in"/><arg type="a{sv}" direction="in"/></method>
  </interface>
"""
ACTION = "io.github.isotope_desktop.isotope.configure"
DRIVER = {"name": "Zincati", "unit": "zincati.service"}
TIMER = {"name": "bootc", "unit": "bootc-fetch-apply-updates.timer", "does": "apply"}


def of_containers(**rest):
    return situation([contained(runs_101()), contained(old())], host=rest.pop("host", BOOTC), last_checked=NOW - 600, **rest)


# What a situation may say of it: `settings`; `configure`: the refusal; `configure_takes`: milliseconds; `too_old`: there is
# no such interface; `somebody_sets`: what somebody else sets, a while after the service is there.
SITUATIONS = {
    "settings": of_containers(settings={"automatic": "check"}),
    "settings-download": of_containers(settings={"automatic": "download", "on-metered": True}),
    "settings-off": of_containers(settings={"automatic": "off"}),
    "settings-slow": of_containers(configure_takes=15_000),
    "settings-denied": of_containers(configure={"code": "not-authorised", "action": ACTION}, configure_takes=600),
    "settings-dismissed": of_containers(configure={"code": "dismissed", "action": ACTION}, configure_takes=600),
    "settings-failed": of_containers(configure={"code": "failed", "detail": "settings.toml: Read-only file system"}),
    "settings-too-old": of_containers(too_old=True),
    "settings-of-somebody": of_containers(somebody_sets={"automatic": "download", "on-battery": True}),
    "settings-driver": of_containers(host={**BOOTC, "update-driver": DRIVER}),
    "settings-timer-off": of_containers(host={**BOOTC, "looks-by-itself": False}),
    "settings-timer": of_containers(host={**BOOTC, "automatic-updaters": [TIMER]}),
    "settings-policy": of_containers(host={**BOOTC, "backend": "rpm-ostree", "automatic-updates": "stage"}),
}
