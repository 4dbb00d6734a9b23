"""Business hours: when a team works, by time zone, days of the week and holidays.

The local time of the zone decides whether a moment is within the hours. When clocks go forward,
the skipped hour does not count; when they go back, the repeated hour counts twice, because it is
worked twice.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from leadline.settings.team.hours import HoursConfig

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)
_FARTHEST = 3660 * _DAY
"""How far ahead working time is searched: slightly more than the longest duration of a setting."""

_Span = tuple[datetime, datetime]


def is_working(hours: HoursConfig, at: datetime) -> bool:
    """Whether the moment is within the hours; the opening time is included, the closing time is
    not."""
    local = at.astimezone(zone_of(hours.zone)).replace(tzinfo=None)
    return any(begin <= local < end for begin, end in _shifts(hours, local.date(), local.date()))


def add_working_time(hours: HoursConfig, start: datetime, span: timedelta) -> datetime:
    """The moment at which *span* of working time has passed since *start*. If that is the end of a
    working day, it is the closing time. If ten years have less working time, it is ten years after
    *start*."""
    if span <= timedelta():
        return start
    for begin, end in _open_spans(hours, start, start + _FARTHEST):
        if span <= end - begin:
            return begin + span
        span -= end - begin
    return start + _FARTHEST


def working_time(hours: HoursConfig, begin: datetime, end: datetime) -> timedelta:
    """The working time between two moments; zero if *end* is before *begin*."""
    return sum((b - a for a, b in _open_spans(hours, begin, end)), start=timedelta())


def next_open(hours: HoursConfig, at: datetime) -> datetime:
    """The moment itself if it is within the hours, else the next opening; ten years later if there
    is none."""
    end = at + _FARTHEST
    return next((begin for begin, _ in _open_spans(hours, at, end)), end)


@lru_cache(maxsize=64)
def zone_of(name: str) -> "ZoneInfo":
    """A time zone by its IANA name, by the newer rules (`settings.notation.zones`); "" is UTC."""
    from leadline.settings.notation.zones import (
        zone,  # imported here for cold starts: few have hours
    )

    return zone(name or "UTC")


def _open_spans(hours: HoursConfig, begin: datetime, end: datetime) -> Iterator[_Span]:
    """The open periods between two moments, in UTC and in order."""
    for first, last, offset in _stretches(zone_of(hours.zone), begin, end):
        local_first, local_last = first + offset, last + offset
        for opening, closing in _shifts(hours, local_first.date(), local_last.date()):
            a, b = max(opening, local_first), min(closing, local_last)
            if a < b:
                yield (a - offset).replace(tzinfo=UTC), (b - offset).replace(tzinfo=UTC)


def _shifts(hours: HoursConfig, first: date, last: date) -> Iterator[_Span]:
    """The opening and closing times, in local time, of shifts that overlap these days, in order."""
    shifts = hours.shifts()
    day = first - _DAY  # a shift of the previous day may run past midnight
    while day <= last:
        if day not in hours.holidays:
            midnight = datetime(day.year, day.month, day.day)
            for weekday, begin, lasts in shifts:
                if weekday == day.weekday():
                    opening = midnight + timedelta(minutes=begin)
                    yield opening, opening + timedelta(minutes=lasts)
        day += _DAY


def _stretches(
    zone: "ZoneInfo", begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time between two moments in pieces of at most a day, each with a constant UTC offset:
    begin and end in UTC as naive datetimes, and the offset."""
    at, end = (moment.astimezone(UTC).replace(tzinfo=None) for moment in (begin, end))
    while at < end:
        offset, until = _offset(zone, at), min(at + _DAY, end)
        if _offset(zone, until) != offset:
            until = _next_change(zone, at, until)
        yield at, until, offset
        at = until


def _offset(zone: "ZoneInfo", at: datetime) -> timedelta:
    return at.replace(tzinfo=UTC).astimezone(zone).utcoffset() or timedelta()


def _next_change(zone: "ZoneInfo", before: datetime, after: datetime) -> datetime:
    """When the UTC offset changes between two moments; all zones change at a full second."""
    low, high = before.replace(microsecond=0), after.replace(microsecond=0)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, before):
            low = middle
        else:
            high = middle
    return high
