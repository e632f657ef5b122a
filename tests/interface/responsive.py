#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""The window stays of use while the service takes five seconds for every answer, and where none comes at all.

    responsive.py [--mistake] PROGRAM

While an answer is waited for the program is asked something through AT-SPI again and again: it answers from its main
loop, so a main loop that waits for the service answers nothing. --mistake stops the program meanwhile: this must fail.
"""

import argparse
import os
import signal
import sys

import assistive

PERSON = 1000
LATE, NEVER = 5_000, 3_600_000
# So many answers during one wait of five seconds. An idle computer gives thousands, a busy one hundreds.
ENOUGH = 50


def answers(window, service, mistake=False):
    """How often the program answers while the service does not."""
    assistive.wait_for(service.waiting, 10, "the service was asked for something")
    if mistake:
        os.kill(window.process.pid, signal.SIGSTOP)
    number = 0
    while service.waiting():
        for _ in range(5):
            try:
                number += window.application.get_child_count() > 0
            except Exception:  # it has not answered in time
                continue
    if mistake:
        os.kill(window.process.pid, signal.SIGCONT)
    return number


def expect(number, sentence):
    if number < ENOUGH:
        raise assistive.NotTrue(f"It is not true that the window goes on {sentence}: it answered {number} times.")
    print(f"✓ the window goes on {sentence}: it answered {number} times", flush=True)


def late(window, service, mistake):
    """Every answer comes after five seconds."""
    expect(answers(window, service), "while it is told how the computer is")
    window.wait("button", "Check for Updates", 60)
    window.go_to("button", "Check for Updates")
    assistive.type_keys("Return")
    expect(answers(window, service, mistake), "while a check is being asked for")
    window.wait("label", "10.2 is available", 60)
    window.turn_to("Desktops")
    expect(answers(window, service), "while catalogs are being read")
    window.wait("table cell", "Lab Atomic Desktop with GNOME", 60)


def never(window, service):
    """No answer comes any more: everything that needs none can be used."""
    window.wait("button", "Check for Updates", 60)
    service.tell("Delay", "(u)", NEVER)
    window.activate("Running Now")
    window.wait("dialog", "System Image", 10)
    assistive.type_keys("Escape")
    window.wait_gone("dialog", "System Image", 10)
    window.choose("About Isotope")
    window.wait(None, "The Isotope contributors", 10)
    assistive.type_keys("Escape")
    window.wait_gone(None, "The Isotope contributors", 10)
    assistive.type_keys("F5")
    assistive.wait_for(service.waiting, 10, "a check was asked for")
    assistive.type_keys("F10")
    window.wait("menu item", "About Isotope", 10)
    assistive.type_keys("Escape")
    window.turn_to("Desktops")
    window.wait("page tab", "Desktops", 10)
    assistive.type_keys("ctrl+w")
    # The program may stay without it: the check that was asked for is still to be answered.
    closed = lambda: not window.alive() or window.find("page tab", "Desktops") is None  # noqa: E731
    assistive.wait_for(closed, 20, "the window can be closed")
    print("✓ without any answer sheets, dialogs, the menu and the pages open, and the window closes", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mistake", action="store_true", help="stop the program for a while, which has to be found")
    parser.add_argument("program", type=os.path.abspath)
    wanted = parser.parse_args()
    assistive.enter_session(PERSON)
    screen = assistive.Screen(600, 720)
    amiss = 0
    for situation, delay in (("fresh", LATE), ("up-to-date", 0)):
        service = assistive.StandIn(situation, delay)
        window = assistive.Window(wanted.program, service.address)
        try:
            window.fill(screen)
            late(window, service, wanted.mistake) if delay else never(window, service)
        except assistive.NotTrue as reason:
            print(f"✗ {reason}", flush=True)
            amiss += 1
        window.close()
        service.close()
    screen.close()
    sys.exit(1 if amiss else 0)


if __name__ == "__main__":
    main()
