"""Parses the time formats of vendors."""

from datetime import UTC, datetime
from typing import Any

_MILLISECONDS_FROM = 1e11
"""Larger numbers are milliseconds: in seconds this is the year 5138, in milliseconds 1973."""
_EARLIEST, _LATEST = 1e8, 1e17
"""Numbers outside these bounds are not times: a year, a count, or a time too far off."""
_DAY_1 = datetime(1970, 1, 1, tzinfo=UTC)


def seconds_of(value: Any) -> float | None:
    """Seconds since 1970 from an ISO text (UTC if it has no zone), or from seconds, milliseconds or
    microseconds, also as text; None for anything else."""
    if isinstance(value, str):
        number = _number(value)
        return _of_iso(value.strip()) if number is None else _of_number(number)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _of_number(float(value))


def _number(text: str) -> float | None:
    return float(text) if len(text) < 20 and text.isascii() and text.strip().isdigit() else None


def _of_number(number: float) -> float | None:
    if not _EARLIEST < number < _LATEST:
        return None
    while number >= _MILLISECONDS_FROM:
        number /= 1000
    return number


def _of_iso(text: str) -> float | None:
    if not 10 <= len(text) <= 40:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((at if at.tzinfo else at.replace(tzinfo=UTC)) - _DAY_1).total_seconds()
