# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds labels of which not everything shows, by what AT-SPI tells of the places of their letters."""

from assistive import atspi

# How many letters of a text are looked at all; of a longer one every third and those at its end.
FEW = 60
# Somebody else wrote it, it is longer than what it stands in, and it stands in full where one goes from there.
MAY_BE_CUT = ("A long long long",)


def pango():
    import gi

    gi.require_version("Pango", "1.0")
    gi.require_version("PangoCairo", "1.0")
    from gi.repository import Pango, PangoCairo

    return Pango, PangoCairo.FontMap.get_default().create_context()


def letters(text):
    """The letters whose places are told, each with the number by which it is asked about.

    GTK takes the number of a letter for one of a byte, and the other way about. So it does not tell of the last letters
    of a text that is not plain ASCII.
    """
    starts, byte = {}, 0
    for at, letter in enumerate(text):
        starts[byte] = at
        byte += len(letter.encode())
    numbers = list(starts)
    return [(numbers[byte], text[at]) for byte, at in starts.items() if byte < len(text)]


def cut(label):
    """How this label is cut, if it is."""
    kind = atspi().CoordType.WINDOW
    text, name = label.get_text_iface(), label.get_name() or ""
    if text is None or name.startswith(MAY_BE_CUT):
        return None
    place = label.get_component_iface().get_extents(kind)
    told = letters(name)
    few, widths = len(told) <= FEW, []
    for at, (number, letter) in enumerate(told):
        seen = letter.isprintable() and not letter.isspace()
        if not seen or not (few or at % 3 == 0 or at >= len(told) - 12):
            widths.append(None)
            continue
        box = text.get_character_extents(number, kind)
        if box.width <= 0 and box.height <= 0:
            return "left out in part"
        below = box.y + box.height - place.y - place.height
        beside = box.x + box.width - place.x - place.width
        if max(below, beside, place.y - box.y, place.x - box.x) > 2:
            return "larger than its place"
        widths.append(box.width)
    return "cut at its end" if ends_in_dots([letter for _, letter in told], widths, text) else None


def ends_in_dots(told, widths, text):
    """Whether the last letters share the place of three dots: then each is as wide as the other, and not as it should be."""
    seen = [at for at, width in enumerate(widths) if width]
    if len(seen) < 4:
        return False
    should = natural_widths([told[at] for at in seen], text)
    are = [widths[at] for at in seen]
    half = len(seen) // 2
    # Sizes are told without their fractions.
    scale = min(max(sum(are[:half]) / sum(should[:half]), 1), 1.1)
    for tail in (2, 3, 4):
        expected, told_width = scale * sum(should[-tail:]), sum(are[-tail:])
        if told_width < 0.88 * expected - 1 or told_width > 1.15 * expected + tail:
            return True
    return False


def natural_widths(told, text):
    """How wide these letters are in the font of this text."""
    library, context = pango()
    attributes = text.get_default_attributes()
    font = library.FontDescription.from_string(attributes["family-name"])
    font.set_weight(library.Weight(int(attributes["weight"])))
    font.set_absolute_size(int(attributes["size"]) * library.SCALE)
    layout = library.Layout.new(context)
    layout.set_font_description(font)
    widths = []
    for letter in told:
        layout.set_text(letter, -1)
        widths.append(layout.get_size()[0] / library.SCALE)
    return widths
