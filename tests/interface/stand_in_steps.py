# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operation of the stand-in service does, step by step: as fast as it comes, or as long as a test looks at it."""

# While somebody looks, the download goes on with each of its steps only after so many beats, and with so many bytes
# between them.
BEATS, BYTES = 20, 20_000


class Steps:
    """The progress that an operation yields, and in the end its outcome."""

    def __init__(self, steps):
        self.steps = iter(steps or [])
        self.last = {}
        self.beats = 0
        self.ahead = None

    def next(self, lingering):
        """The next progress. StopIteration has the outcome; none where the operation stands still."""
        if self.ahead:
            self.last, self.ahead = self.ahead, None
            return self.last
        self.beats += 1
        if lingering and self.pulls() and self.beats % BEATS:
            self.last = {**self.last, "bytes": self.last["bytes"] + BYTES}
        else:
            self.last = next(self.steps)
        return self.last

    def pulls(self):
        return self.last.get("phase") == "pulling"

    def hasten(self):
        """Passes over what is left of the download. Returns how far that was at its end; nothing where it has none."""
        if not self.pulls():
            return None
        for step in self.steps:
            if step["phase"] != "pulling":
                self.ahead = step
                break
            self.last = step
        return self.last
