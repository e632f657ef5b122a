# SPDX-License-Identifier: GPL-3.0-or-later
"""The dialogs and further pages of the window, and how one comes to them."""

DESKTOPS = ("turn", "Desktops")
HISTORY = ("turn", "History")
KDE = "Lab Atomic Desktop with KDE"

# A dialog: a situation in which it is there, what opens it (each step a key, or what to press, choose in the menu,
# activate, turn to or type), and what it then shows.
DIALOGS = {
    "the menu": ("up-to-date", ["F10"], "About Isotope"),
    "about": ("up-to-date", ["F10", "Up", "Up", "Return"], "The Isotope contributors"),
    "the shortcuts": ("up-to-date", ["ctrl+question"], "Close Window"),
    "the restart question": ("staged", [("press", "Restart…")], "At the Next Shutdown"),
    "what a restart would disturb": ("restart-obstacles", [("press", "Restart…")], "administrator is logged in"),
    "the rollback question": ("staged", [("press", "Roll back to 10.0")], "Roll Back to 10.0?"),
    "a failure": ("no-network", [("press", "Check for Updates")], "could not be reached"),
    "the details": ("up-to-date", ["Tab", "Return"], "Changes in /etc: 11 changes"),
    "the details of a pinned one": ("pinned", [("activate", "Before")], "Unpin 10.1"),
    "the details of a staged one": ("several", [("activate", "After Restart")], "Discard 10.2"),
    "the details that wait": ("slow", [("activate", "Before")], "On Disk: not known yet"),
    "the details that cannot be read": ("unreadable", [("activate", "Before")], "Try again"),
    "the question of what starts next": (
        "several",
        [("activate", "Before"), ("press", "Start 10.0 next")],
        "Start 10.0 Next?",
    ),
    "the question before removing": ("up-to-date", [("activate", "Before"), ("press", "Remove 10.1")], "Remove 10.1?"),
    "the question before discarding": (
        "several",
        [("activate", "After Restart"), ("press", "Discard 10.2")],
        "Discard 10.2?",
    ),
    "switching": ("up-to-date", [("choose", "Switch Image…")], "This computer follows that image already"),
    "switching to nonsense": (
        "up-to-date",
        [("choose", "Switch Image…"), ("type", "nonsense")],
        "with a colon between the two",
    ),
    "switching to a container": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable")],
        "Signature: Demanded",
    ),
    "what the registry tells": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable"), ("press", "Look up the image")],
        "To Download: 418.0",
    ),
    "what the registry does not have": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:missing"), ("press", "Look up the image")],
        "does not have the image",
    ),
    "the question before switching": (
        "containers",
        [("choose", "Switch Image…"), ("type", "quay.io/elsewhere/kde:stable"), ("press", "Switch…")],
        "after this switch it does not",
    ),
    "the steps to a check": (
        "unchecked",
        [("activate", "Running Now"), ("activate", "Steps to a Checked Image")],
        "What an Administrator Writes",
    ),
    "the last step to a check": (
        "rule",
        [("activate", "Running Now"), ("activate", "Steps to a Checked Image")],
        "Follow the image only checked",
    ),
    "tags": ("containers", [("choose", "Other Versions…")], "This computer follows it"),
    "ten thousand tags": ("many-tags", [("choose", "Other Versions…")], "9909 more are not shown"),
    "the question before switching to a tag": (
        "containers",
        [("choose", "Other Versions…"), ("activate", "10.2-20261118")],
        "Switch to quay.io/lab/gnome:10.2-20261118?",
    ),
    "switching to no container": (
        "containers",
        [("choose", "Switch Image…"), ("type", "lab:lab/kde")],
        "Say which registry it is in",
    ),
    "the details of a container": ("containers", [("activate", "Running Now")], "Follows: quay.io/lab/gnome:stable"),
    "the preferences": ("settings", ["ctrl+comma"], "Also on Metered Networks"),
    "the preferences where the timer is off": ("settings-timer-off", ["ctrl+comma"], "Nothing Happens by Itself"),
    "the preferences where something else updates": (
        "settings-timer",
        [("choose", "Preferences")],
        "Something Else Updates This Computer",
    ),
    "the details of what is held back": (
        "held-back",
        [("activate", "Ready, but Held Back")],
        "Discard 10.2",
    ),
    "the question of a short restart": ("soft-restart", [("press", "Restart…")], "It takes only moments"),
    "other versions": ("up-to-date", [("choose", "Other Versions…")], "9.9"),
    "no versions": ("no-versions", [("choose", "Other Versions…")], "No Versions"),
    "versions without a network": ("no-network", [("choose", "Other Versions…")], "Try Again"),
    "the question before downloading": (
        "up-to-date",
        [("choose", "Other Versions…"), ("activate", "9.9")],
        "Download 9.9?",
    ),
    "cleaning up": ("up-to-date", [("choose", "Clean Up…")], "Can Be Freed"),
    "nothing to clean up": ("unsigned", [("choose", "Clean Up…")], "Nothing to Clean Up"),
    "history": ("staged-lost", ["ctrl+h"], "Started With 10.1"),
    "the details of what history tells of": ("staged-lost", [HISTORY, ("activate", "Started With 10.1")], "System Image"),
    # Afterwards the choice stays as it is: nothing else of this situation comes later.
    "a part of history": ("staged-lost", [HISTORY, ("open", "Show"), ("pick", "Problems")], "Problems"),
    "no history": ("unsigned", [HISTORY], "No History Yet"),
    "history that cannot be read": ("unreadable", [HISTORY], "Could Not Be Read"),
    "a variant": ("desktops", [DESKTOPS, ("activate", KDE)], "Before You Switch: 3 notes"),
    "the variant that runs": ("desktops", [DESKTOPS, ("activate", "Lab Atomic Desktop with GNOME")], "You Run This"),
    "a variant of which nothing is known": ("preflight-fails", [DESKTOPS, ("activate", KDE)], "could not be reached"),
    "the variant that takes the place of what runs": (
        "desktops-outdated",
        [DESKTOPS, ("press", "Show It")],
        "Before You Switch",
    ),
    "what is wrong with the catalogs": (
        "desktops-broken",
        [DESKTOPS, ("activate", "Something is wrong with 2 catalogs")],
        "other.toml: x",
    ),
    "naming an image": ("desktops", [DESKTOPS, ("activate", "Your Own Image…")], "Switch Image"),
    "what there is to know before a switch": (
        "preflight-warnings",
        [DESKTOPS, ("activate", KDE), ("press", "Switch…")],
        "Be Careful",
    ),
    "what is in the way of a switch": (
        "preflight-blocked",
        [DESKTOPS, ("activate", KDE), ("press", "Switch…")],
        "In the Way",
    ),
    "what cannot be known before a switch": (
        "preflight-fails",
        [DESKTOPS, ("activate", KDE), ("press", "Switch…")],
        "Cancel",
    ),
    "the details of what rpm-ostree has changed": (
        "layered",
        [("activate", "Running Now")],
        "Packages Added: htop, tmux, vim-enhanced",
    ),
    "the packages of what is staged": (
        "layered",
        [("activate", "After Restart"), ("activate", "Package Changes")],
        "9 packages newer",
    ),
    "the packages of an update": ("packages", [("activate", "Package Changes")], "1408 more are not shown"),
    "packages that nobody knows": ("driver", [("activate", "Package Changes")], "Not Known"),
    "what may be taken back with a switch": (
        "layered",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable"), ("press", "Switch…")],
        "Take back what was changed with rpm-ostree",
    ),
    "what has to be taken back with a switch": (
        "packages",
        [("choose", "Switch Image…"), ("type", "quay.io/lab/kde:stable"), ("press", "Switch…")],
        "Remove added packages",
    ),
    "the question before going back": ("trial", [("press", "Go Back…")], "Go Back to 10.1 GNOME?"),
    "the details of the way back": ("trial-kept", [("activate", "Before")], "for 2 more updates"),
}


def begins_anew(way):
    """Whether this way is gone in a new window: what the Tab key reaches is counted from the beginning, and the row with a
    list has the focus where its page is turned to for the first time."""
    return way[0] == "Tab" or any(step[0] == "open" for step in way)


# What is on the page with the history: Escape does not leave that.
ON_HISTORY = {name for name, (_, way, _) in DIALOGS.items() if way[-1] in (HISTORY, "ctrl+h")} | {"a part of history"}
