#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looks in a window of 360 pixels at every page in every situation and at every dialog, and finds what does not fit.

    fit_check.py [--at-once N] [--mistake wide|cut] PROGRAM [NAME…]

Nothing may want to be wider than the window, nothing may scroll sideways, and no text may be cut. With names only places
that begin with one of them. --mistake makes a part of the page wider than the window, or text too large for its place:
then this must fail.
"""

import argparse
import os
import sys

import assistive
import sharing
from cut_text import cut
from tour import LOOKS, Tour, dialogs, first_boot, pages

NONSENSE = 100_000
SEEN = {"label", "heading", "button", "toggle button", "entry", "list item", "list", "table", "progress bar", "scroll pane"}
# Too many rows to look at each: those of fifty are the same.
LEFT_OUT = {"desktops-many", "system-desktops-many"}
MISTAKES = {
    "wide": ".system-page { min-width: 500px; }",
    "cut": "headerbar .title { font-size: 57px; }",
}


def misfits(window, width):
    """What cannot be seen whole in what lies in front."""
    states, kind = assistive.atspi().StateType, assistive.atspi().CoordType.WINDOW
    for accessible in window.everything(window.front()):
        try:
            state = accessible.get_state_set()
            if not state.contains(states.SHOWING):
                continue
            role, name = accessible.get_role_name(), accessible.get_name() or ""
            if role == "scroll bar" and state.contains(states.HORIZONTAL):
                yield "it scrolls sideways"
            place = accessible.get_component_iface().get_extents(kind)
            # Where something begins GTK tells too small a number, so this finds not all; the program's warnings do.
            # Of what has no place it tells anything; the frame is larger than what is seen of it.
            if role in SEEN and 1 < place.width < NONSENSE and place.x + place.width > width:
                yield f"the {role} “{name[:60]}” goes beyond the window"
            found = cut(accessible) if role == "label" else None
            if found:
                yield f"the text “{name[:60]}” is {found}"
        except Exception:  # it went away while it was looked at
            continue


def looked_at(tour, place):
    """What does not fit there. Where one does not get there, it is tried once more, in a window of its own."""
    width, last = LOOKS["narrow"].width, ""
    for _ in range(2):
        try:
            tour.visit(place)
            # A text that is being replaced is at rest when it is looked at for the second time.
            return list(misfits(tour.window, width)) and list(misfits(tour.window, width))
        except assistive.NotTrue as reason:
            last = str(reason)
            tour.leave()
    return [last]


def check(program, todo, mistake):
    """Looks at these places; returns how many of them have something in them that does not fit."""
    LOOKS["narrow"].enter()
    if mistake:
        with open(os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0", "gtk.css"), "w", encoding="utf-8") as file:
            file.write(MISTAKES[mistake])
    tour = Tour(program, LOOKS["narrow"])
    amiss = 0
    for place in todo:
        found = looked_at(tour, place)
        # “… exceeds … width: requested 512 px, 360 px available”
        found += [line for line in tour.complaints() if "exceeds" in line]
        for sentence in dict.fromkeys(found):
            print(f"✗ {place.name}: {sentence}", flush=True)
        amiss += bool(found)
        print(f"· {place.name} looked at", flush=True)
    tour.close()
    return amiss


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    sharing.add_options(parser)
    parser.add_argument("--mistake", choices=MISTAKES, help="make a mistake that has to be found")
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("names", nargs="*", help="only places whose names begin with one of these")
    wanted = parser.parse_args()
    places = [place for place in (*pages(), *dialogs(), *first_boot()) if place.name not in LEFT_OUT]
    todo = [one for one in places if not wanted.names or any(one.name.startswith(name) for name in wanted.names)]
    if not todo:
        parser.error("there is no such place")
    if wanted.share is not None:
        sys.exit(1 if check(wanted.program, sharing.mine(wanted, todo), wanted.mistake) else 0)
    fine = sharing.all_well(wanted, len(todo))
    print("✓ everything fits" if fine else "✗ something does not fit", flush=True)
    sys.exit(0 if fine else 1)


if __name__ == "__main__":
    main()
