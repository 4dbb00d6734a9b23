"""What senders wrote, made harmless for terminals, spreadsheets and people who read JSON."""

import re

# Control characters, and those that change the direction of text: terminals obey them.
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
# In JSON and in texts of several lines, line ends and tabs are harmless.
_OBEYED_IN_TEXTS = re.compile(_OBEYED.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))
# A spreadsheet takes a cell that begins so for a formula (OWASP, "CSV Injection").
_FORMULA = re.compile("[=+\\-@\uff1d\uff0b\uff0d\uff20]")
# Where `;` separates the cells (as in a German Excel), a cell can also begin within a text.
_FORMULA_AFTER = re.compile(f"(;[\\s\"']*)(?={_FORMULA.pattern})")


def one_line(text: str) -> str:
    """The text on one line, without characters that terminals obey."""
    return _OBEYED.sub(" ", text)


def in_lines(text: str) -> str:
    """A text of several lines without characters that terminals obey."""
    return _OBEYED_IN_TEXTS.sub(" ", text)


def escaped_json(text: str) -> str:
    """JSON with characters that terminals obey written as escapes, which mean the same."""
    return _OBEYED_IN_TEXTS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def in_spreadsheet(text: str) -> str:
    """The text on one line; what a spreadsheet would take for a formula begins with `'`."""
    line = _FORMULA_AFTER.sub(r"\1'", one_line(text).strip())
    return f"'{line}" if _FORMULA.match(line) else line
