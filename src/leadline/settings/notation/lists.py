"""The notations of lists: lines of text, spans of days, and what costs no turn."""

from datetime import date

from leadline.settings.notation.notations import SECRETS, Notation


def _lines(value: object) -> tuple[str, ...]:
    lines = value if isinstance(value, list) else str(value).splitlines()
    if not all(isinstance(line, str) for line in lines):
        raise ValueError
    return tuple(line.strip() for line in lines if line.strip())


def _date_spans(value: object) -> tuple[tuple[date, date], ...]:
    spans = []
    for word in SECRETS.read(value):
        first, _, last = word.partition("/")
        begin = date.fromisoformat(first)
        end = date.fromisoformat(last) if last else begin
        if end < begin:
            raise ValueError
        spans.append((begin, end))
    return tuple(sorted(spans))


def _credits(value: object) -> tuple[str, ...]:
    found = [_CREDITS.get(word.casefold(), "") for word in SECRETS.read(value)]
    if not all(found):
        raise ValueError
    return tuple(dict.fromkeys(found))


def _kinds(value: object) -> tuple[str, ...]:
    found = [word.casefold() for word in SECRETS.read(value)]
    if not set(found) <= set(KIND_FIELDS):
        raise ValueError
    return tuple(one for one in KIND_FIELDS if one in found)


KIND_FIELDS = ("score", "country", "source")
"""By what a team that learns may tell leads apart: never by who the person is."""
_CREDITS = {"junk": "junk", "duplicates": "duplicates", "duplicate": "duplicates"}

LINES = Notation("a list of lines of text", _lines)
DATE_SPANS = Notation("dates or spans of dates such as 2026-12-24/2027-01-02", _date_spans)
CREDITS = Notation("junk, duplicates or both", _credits)
KINDS = Notation("one or several of score, country, source", _kinds)
