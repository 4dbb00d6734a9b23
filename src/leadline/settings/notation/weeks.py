"""The notation of a working week: several shifts a day, and days that differ."""

import re

from leadline.model.texts.patterns import late
from leadline.settings.notation.notations import DAYS, TIME_OF_DAY, NotationError
from leadline.settings.team.hours import Shift

_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_WORD = late(r"[a-z]+(?:-[a-z]+)?", re.IGNORECASE)
_SPAN = late(r"([0-9:]+)-([0-9:]+)")


def read_week(value: object) -> tuple[Shift, ...]:
    """Read `mon-thu 09:00-12:30 13:30-18:00, fri 09:00-15:00`, or a list of its parts.

    Raises NotationError if shifts overlap or have no length, ValueError for anything else.
    """
    parts = value if isinstance(value, list) else str(value).split(",")
    shifts = sorted(shift for part in parts for shift in _of_part(str(part).split()))
    _refuse_overlaps(shifts)
    return tuple(shifts)


def _of_part(words: list[str]) -> list[Shift]:
    named = [word for word in words if _DAY_WORD.fullmatch(word)]
    spans = [_SPAN.fullmatch(word) for word in words[len(named) :]]
    if not named or not spans:
        raise ValueError
    found: list[Shift] = []
    for span in spans:
        if span is None:
            raise ValueError
        begin, end = TIME_OF_DAY.read(span[1]), TIME_OF_DAY.read(span[2])
        if begin == end:
            raise NotationError(f"{span[0]} has no length; a whole day is 00:00-24:00")
        lasts = (end - begin) % _DAY_MINUTES or _DAY_MINUTES
        found += [(day, begin, lasts) for day in DAYS.read(" ".join(named))]
    return found


def _refuse_overlaps(shifts: list[Shift]) -> None:
    """Raise NotationError if a shift begins before the one before it ends."""
    begins = [day * _DAY_MINUTES + begin for day, begin, _ in shifts]
    for i, (shift, begin) in enumerate(zip(shifts, begins, strict=True)):
        last = i + 1 == len(shifts)
        following = begins[0] + _WEEK_MINUTES if last else begins[i + 1]
        if begin + shift[2] > following:
            other = shifts[0] if last else shifts[i + 1]
            raise NotationError(f"{_shown(shift)} and {_shown(other)} overlap")


def _shown(shift: Shift) -> str:
    day, begin, lasts = shift
    end = (begin + lasts) % _DAY_MINUTES or _DAY_MINUTES
    return f"{_NAMES[day]} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"
