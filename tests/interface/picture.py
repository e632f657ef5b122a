# SPDX-License-Identifier: GPL-3.0-or-later
"""Plain pictures of the window that fills the screen, taken quickly."""

import struct
import subprocess
import time
import zlib

from assistive import FRAME


def take():
    """What is on the screen now: width, height and pixels, without the frame that GTK draws."""
    shot = subprocess.run(["import", "-depth", "8", "-window", "root", "ppm:-"], check=True, stdout=subprocess.PIPE).stdout
    _, size, _, pixels = shot.split(b"\n", 3)
    width, height = map(int, size.split())
    rows = (pixels[3 * width * row :][3 * FRAME : 3 * (width - FRAME)] for row in range(FRAME, height - FRAME))
    return width - 2 * FRAME, height - 2 * FRAME, b"".join(bytes(1) + row for row in rows)


def still(before=None, patience=1.5):
    """The picture once it differs from the one before, for which is not waited long, and has come to rest."""
    end = time.monotonic() + patience
    shot = take()
    while shot == before and time.monotonic() < end:
        time.sleep(0.1)
        shot = take()
    # What turns for as long as something is waited for never rests.
    for _ in range(6):
        time.sleep(0.2)
        last, shot = shot, take()
        if shot == last:
            break
    return shot


def write(shot, path):
    """Writes it as PNG."""
    width, height, rows = shot

    def chunk(kind, content):
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 6)) + chunk(b"IEND", b""))
