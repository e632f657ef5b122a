# SPDX-License-Identifier: GPL-3.0-or-later
"""Several of one script at a time, each in a session of its own with a part of what there is to do."""

import argparse
import subprocess
import sys


def add_options(parser):
    """The options with which a script is told how to share."""
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="how many windows to look at at once (2)")
    # Which part of it is to be done by this process.
    parser.add_argument("--share", type=int, help=argparse.SUPPRESS)


def mine(wanted, todo):
    """What of it is to be done by this process. What is near to each other can often be seen in the same window."""
    size = -(-len(todo) // wanted.at_once)
    return todo[wanted.share * size : (wanted.share + 1) * size]


def all_well(wanted, number):
    """Starts as many of this script as are to work at once; returns whether all of them end well."""
    several = max(1, min(wanted.at_once, number))
    command = [sys.executable, *sys.argv, "--at-once", str(several), "--share"]
    workers = [subprocess.Popen([*command, str(share)]) for share in range(several)]
    return not any([worker.wait() for worker in workers])
