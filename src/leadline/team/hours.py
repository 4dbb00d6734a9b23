"""Business hours: when a team works, by its time zone, its week and its holidays.

A moment is within the hours when the clock on the wall of the zone says so. Where clocks are set
forward an hour of the night is missing, where they are set back it counts twice, as it is worked.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from leadline.settings.hours import HoursConfig

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

DAY_MINUTES = 24 * 60
_DAY = timedelta(days=1)
_FARTHEST = 3660 * _DAY
"""So far ahead working time is looked for: as long as the longest setting."""

_Span = tuple[datetime, datetime]


def is_working(hours: HoursConfig, at: datetime) -> bool:
    """Whether the moment is within the hours: from the opening on, before the closing."""
    local = at.astimezone(zone_of(hours.zone)).replace(tzinfo=None)
    return any(begin <= local < end for begin, end in _shifts(hours, local.date(), local.date()))


def add_working_time(hours: HoursConfig, start: datetime, span: timedelta) -> datetime:
    """The moment at which so much working time has passed since *start*: a closing time, where a
    day ends just then. Ten years after *start* where there is not so much of it."""
    if span <= timedelta():
        return start
    for begin, end in _open_spans(hours, start, start + _FARTHEST):
        if span <= end - begin:
            return begin + span
        span -= end - begin
    return start + _FARTHEST


def working_time(hours: HoursConfig, begin: datetime, end: datetime) -> timedelta:
    """How much working time lies between two moments; none when they stand the other way round."""
    return sum((b - a for a, b in _open_spans(hours, begin, end)), start=timedelta())


def next_open(hours: HoursConfig, at: datetime) -> datetime:
    """The moment itself when it is within the hours, else the next opening; ten years after it
    where there is none."""
    end = at + _FARTHEST
    return next((begin for begin, _ in _open_spans(hours, at, end)), end)


@lru_cache(maxsize=64)
def zone_of(name: str) -> "ZoneInfo":
    """A time zone by its name, as the system or the package tzdata knows it; "" is UTC."""
    import zoneinfo  # few have hours, and a function's cold start should not pay for them

    return zoneinfo.ZoneInfo(name or "UTC")


def _open_spans(hours: HoursConfig, begin: datetime, end: datetime) -> Iterator[_Span]:
    """The times within the hours between two moments, in UTC and in order."""
    for first, last, offset in _stretches(zone_of(hours.zone), begin, end):
        local_first, local_last = first + offset, last + offset
        for opening, closing in _shifts(hours, local_first.date(), local_last.date()):
            a, b = max(opening, local_first), min(closing, local_last)
            if a < b:
                yield (a - offset).replace(tzinfo=UTC), (b - offset).replace(tzinfo=UTC)


def _shifts(hours: HoursConfig, first: date, last: date) -> Iterator[_Span]:
    """The openings and closings on the wall that touch these days, in order."""
    lasts = (hours.close - hours.open) % DAY_MINUTES or DAY_MINUTES
    day = first - _DAY  # of which the night may reach into the first
    while day <= last:
        if day.weekday() in hours.days and day not in hours.holidays:
            opening = datetime(day.year, day.month, day.day) + timedelta(minutes=hours.open)
            yield opening, opening + timedelta(minutes=lasts)
        day += _DAY


def _stretches(
    zone: "ZoneInfo", begin: datetime, end: datetime
) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The time between two moments in pieces of a day at the most, in which the zone's clocks are
    not set; each as UTC without a zone, with what the clocks are ahead of UTC by."""
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
    """When the clocks were set between two moments; they are set on a full second everywhere."""
    low, high = before.replace(microsecond=0), after.replace(microsecond=0)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) / 2).replace(microsecond=0)
        if _offset(zone, middle) == _offset(zone, before):
            low = middle
        else:
            high = middle
    return high
