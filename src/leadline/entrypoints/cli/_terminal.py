"""What senders wrote, cut to a width of terminals."""

from rich.cells import cell_len

from leadline.model.texts.harmless_texts import one_line

_ELLIPSIS = "…"


def fitted(text: str, width: int) -> str:
    """The text on one line, cut with an ellipsis where it is wider than *width* cells."""
    line = one_line(text)
    if cell_len(line) <= width:
        return line
    kept, room = "", width - 1
    for character in line:
        room -= cell_len(character)
        if room < 0:
            break
        kept += character
    return kept.rstrip() + _ELLIPSIS


def padded(text: str, width: int) -> str:
    """`fitted`, filled up with blanks to *width* cells."""
    line = fitted(text, width)
    return line + " " * (width - cell_len(line))
