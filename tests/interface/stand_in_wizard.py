# SPDX-License-Identifier: GPL-3.0-or-later
"""Computers on which the first-boot wizard is started: new ones, and some on which nothing is to be said."""

from stand_in_situations import BOOTC, NETWORK, contained, deployment, digest_of, old, runs_101, situation

# What NetworkManager tells: no connectivity at all.
UNCONNECTED = {"Connectivity": 1, "Metered": 0}
NOTES = [{"severity": "note", "finding": "other-desktop", "from": "gnome", "to": "kde"}]
TOO_OLD = [{"severity": "blocking", "finding": "processor", "needs": "x86-64-v3", "has": "x86-64-v2"}]
# What was looked at is not what the registry has any more.
CHANGED = {"code": "image-changed", "expected": digest_of("2"), "found": digest_of("3")}
SOMETHING = {**deployment("10.2", "7", 1, staged=True), "variant": "Tiles"}
ACTION = "io.github.isotope_desktop.isotope."


def new(**rest):
    """A computer that follows the GNOME of the Lab and was never used."""
    findings = rest.pop("findings", NOTES)
    return situation([contained(runs_101()), contained(old())], host=rest.pop("host", BOOTC), findings=findings, **rest)


SITUATIONS = {
    "wizard": new(),
    "wizard-denied": new(configure={"code": "not-authorised", "action": f"{ACTION}configure"}),
    "wizard-offline": new(network=UNCONNECTED),
    "wizard-alone": new(entries=[], here=None),
    "wizard-unreadable": new(unreadable=("GetCatalogs",)),
    "wizard-loading": new(pause=60_000),
    "wizard-blocked": new(findings=TOO_OLD),
    "wizard-at-work": new(lingers=True),
    "wizard-fails": new(switch_fails=NETWORK),
    "wizard-refused": new(refuses={"Switch": {"code": "dismissed", "action": f"{ACTION}switch"}}),
    "wizard-image-changed": new(switch_fails=CHANGED),
    "wizard-image-gone": new(refuses={"Switch": CHANGED}),
    # What somebody else has done while the wizard was open.
    "wizard-replaced": situation([contained(SOMETHING, "sway"), contained(runs_101()), contained(old())], host=BOOTC),
    "wizard-discarded": new(),
    "wizard-overtaken": new(refuses={"Discard": {"code": "state-changed"}}),
    "wizard-keeps": new(refuses={"Discard": {"code": "dismissed", "action": f"{ACTION}roll-back"}}),
    "wizard-of-others": new(host={**BOOTC, "automatic-updaters": [{"name": "uupd", "unit": "uupd.timer", "does": "stage"}]}),
    "wizard-careful": new(
        staged_findings=[{"severity": "warning", "finding": "missing-user", "user": "sddm", "unit": "sddm.service"}]
    ),
    "wizard-finished": new(settings={"automatic": "check", "first-boot-finished": True}),
    "wizard-nowhere": situation([], no_update={"code": "not-image-based"}, host={"image-based": False, "backend": "none"}),
}
