#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Takes a picture of every page in every situation and of every dialog, in every look.

    every_picture.py [--look LOOK]… [--at-once N] PROGRAM FOLDER [NAME…]

The pictures go to FOLDER/LOOK/NAME.png, and FOLDER/index.html shows all of them side by side. With names only places
that begin with one of them. Fails where a picture could not be taken, and where a text stands in English that is
translated. A language is left out where there is no translation.
"""

import argparse
import html
import os
import subprocess
import sys
import time

import assistive
import picture
from tour import LOOKS, PERSON, Tour, dialogs, first_boot, pages

PARTS = {"dialogs": dialogs, "pages": pages, "first-boot": first_boot}
INDEX = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>Isotope</title>
<style>body {{ font-family: sans-serif; background: #888 }} table {{ border-spacing: 12px }}
th {{ position: sticky; top: 0; background: #888 }} td {{ vertical-align: top }} img {{ width: 300px }}</style>
<table><tr><th></th>{heads}</tr>
{rows}
</table></html>
"""


def wanted_places(part, names):
    return [one for one in PARTS[part]() if not names or any(one.name.startswith(name) for name in names)]


def take_pictures(program, folder, look, part, names):
    """Takes those of one look, one part of the places after the other; returns how many could not be taken."""
    LOOKS[look].enter()
    tour = Tour(program, LOOKS[look])
    failures, before = 0, None
    for place in wanted_places(part, names):
        try:
            tour.visit(place)
            before = picture.still(before)
            picture.write(before, os.path.join(folder, look, f"{place.name}.png"))
            english = tour.words.untranslated(tour.window.texts())
            failures += bool(english)
            print(f"✗ {look}/{place.name}: in English: {english}" if english else f"✓ {look}/{place.name}", flush=True)
        except assistive.NotTrue as reason:
            failures += 1
            print(f"✗ {look}/{place.name}: {reason}", flush=True)
            tour.leave()
    tour.close()
    return failures


def write_index(folder, looks):
    """A page on which each row is one place and each column a look."""
    names = []
    for look in looks:
        files = sorted(os.listdir(os.path.join(folder, look)))
        found = [file.removesuffix(".png") for file in files if file.endswith(".png")]
        names += [name for name in found if name not in names]
    heads = "".join(f"<th>{html.escape(look)}</th>" for look in looks)
    cell = '<td><a href="{0}"><img loading="lazy" src="{0}" alt="{0}"></a></td>'
    rows = (
        f"<tr><td>{html.escape(name)}</td>" + "".join(cell.format(f"{look}/{name}.png") for look in looks) + "</tr>"
        for name in sorted(names)
    )
    with open(os.path.join(folder, "index.html"), "w", encoding="utf-8") as file:
        file.write(INDEX.format(heads=heads, rows="\n".join(rows)))


def is_translated(language):
    folder = os.environ.get("ISOTOPE_TRANSLATIONS", "")
    return language is None or os.path.exists(os.path.join(folder, f"{language}.mo"))


def share_out(wanted, looks):
    """Has each part of each look taken by another process, so many at once; returns whether all went well."""
    todo = [(look, part) for part in PARTS for look in looks if wanted_places(part, wanted.names)]
    running, well = [], True
    while todo or running:
        while todo and len(running) < wanted.at_once:
            look, part = todo.pop(0)
            options = ["--look", look, "--part", part, wanted.program, wanted.folder, *wanted.names]
            with open(os.path.join(wanted.folder, look, f"{part}.log"), "wb") as said:
                running.append(subprocess.Popen([sys.executable, os.path.abspath(__file__), *options], stderr=said))
        time.sleep(0.2)
        well &= not any(one.poll() for one in running)
        running = [one for one in running if one.poll() is None]
    return well


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--look", action="append", choices=LOOKS, help="only this look; may be given more than once")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="how many windows at once (2)")
    # What one of those does that work at once.
    parser.add_argument("--part", choices=PARTS, help=argparse.SUPPRESS)
    parser.add_argument("program", type=os.path.abspath)
    parser.add_argument("folder", type=os.path.abspath)
    parser.add_argument("names", nargs="*", help="only places whose names begin with one of these")
    wanted = parser.parse_args()
    if wanted.part:
        sys.exit(1 if take_pictures(wanted.program, wanted.folder, wanted.look[0], wanted.part, wanted.names) else 0)
    looks = wanted.look or [look for look in LOOKS if is_translated(LOOKS[look].language)]
    for folder in (wanted.folder, *(os.path.join(wanted.folder, look) for look in looks)):
        os.makedirs(folder, exist_ok=True)
        os.chown(folder, PERSON, PERSON)
    begin = time.monotonic()
    well = share_out(wanted, looks)
    write_index(wanted.folder, looks)
    places = sum(len(wanted_places(part, wanted.names)) for part in PARTS)
    missing = [
        f"{look}/{place.name}"
        for look in looks
        for part in PARTS
        for place in wanted_places(part, wanted.names)
        if not os.path.exists(os.path.join(wanted.folder, look, f"{place.name}.png"))
    ]
    print(f"{places} places in {len(looks)} looks, {(time.monotonic() - begin) / 60:.1f} minutes: {wanted.folder}/index.html")
    if left_out := [look for look in LOOKS if not is_translated(LOOKS[look].language)]:
        print(f"Left out, because there is no translation: {', '.join(left_out)}")
    if missing:
        print(f"✗ no picture of {', '.join(missing)}; what was said meanwhile is in LOOK/*.log")
    sys.exit(0 if well and not missing else 1)


if __name__ == "__main__":
    main()
