"""Simulated years of businesses: when their leads come, and how often their silence is told.

Three kinds: a shop that sells at all hours, grows by 80 % a year and has a Christmas season; an
office that works on weekdays, has nine holidays, a quiet summer and shrinks by 40 % a year; and
campaigns, which bring four times as many leads for two to four days every two to five weeks.
"""

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from leadline.silence.limit import QUARTER_WEEKS, told_at
from leadline.silence.rhythm import HISTORY_HOURS, WEEK_HOURS, Heard, Slot, rhythm_of

YEAR_HOURS = 52 * WEEK_HOURS
_STOPS = 0.05
"""The share of leads after which the simulation looks how long a stop would stay untold."""
_SHOP = (3, 2, 1, 1, 1, 2, 4, 8, 10, 11, 12, 12, 12, 12, 12, 12, 12, 13, 14, 16, 18, 17, 12, 7)
_OFFICE = (0, 0, 0, 0, 0, 0, 0, 0, 7, 12, 13, 12, 6, 9, 12, 11, 8, 3, 0.5, 0.5, 0.5, 0, 0, 0)
_SHOP_WEEK = (1.15, 1.05, 1, 1, 0.9, 0.85, 1.05)
HOLIDAYS = frozenset({1, 89, 92, 121, 130, 141, 275, 359, 360})
"""Days of the year, of which the first is a Monday."""


class Year(NamedTuple):
    """What a year shows: the leads, how often the source rang falsely, in how many quarters it was
    watched, and for each stop after how many leads' worth of business time it would be told, and
    after how many business days. What a campaign brings is not part of that worth."""

    leads: int
    false: int
    quarters: float
    worths: list[float]
    days: list[float]


class _Hour(NamedTuple):
    """The part of a business day that an hour is, the leads that usually come in it, and those
    expected in it with campaigns and holidays."""

    part: float
    usual: float
    rate: float


def year_of(kind: str, per_day: float, seed: int, *, named: bool = True) -> Year:
    """A year of a business that begins with about *per_day* leads on a business day; *named* says
    whether its holidays are known."""
    chance = random.Random(f"{kind} {per_day} {seed}")
    hours = list(_hours(kind, per_day, chance))
    arrivals = list(_arrivals(hours, chance))
    return _watched(arrivals, hours, _slot(kind, named=named), chance)


def _slot(kind: str, *, named: bool) -> Slot:
    holidays = HOLIDAYS if kind == "office" and named else frozenset()
    return lambda hour: -1 if hour // 24 in holidays else hour % WEEK_HOURS


def _hours(kind: str, per_day: float, chance: random.Random) -> Iterator[_Hour]:
    campaigns = _campaigns(chance)
    for hour in range(YEAR_HOURS):
        day, weekday, at = hour // 24, hour // 24 % 7, hour % 24
        gone = day / 364
        if kind == "office":
            level = (1 - 0.4 * gone) * (0.7 if 180 <= day < 240 else 1.0)
            part = _OFFICE[at] / sum(_OFFICE) * (1 if weekday < 5 else 0.02)
            times = 0 if day in HOLIDAYS else 1
        elif kind == "shop":
            level = (1 + 0.8 * gone) * (1.8 if 320 <= day < 358 else 1.0)
            part = _SHOP[at] / sum(_SHOP) * _SHOP_WEEK[weekday]
            times = 1
        else:
            level = 1
            part = _SHOP[at] / sum(_SHOP) * (1 if weekday < 5 else 0.4)
            times = 4 if day in campaigns else 1
        usual = per_day * level * part
        yield _Hour(part, usual, usual * times)


def _campaigns(chance: random.Random) -> set[int]:
    """The days of the year with a campaign."""
    days: set[int] = set()
    day = chance.randint(14, 35)
    while day < 364:
        days.update(range(day, day + chance.randint(2, 4)))
        day += chance.randint(14, 35)
    return days


def _arrivals(hours: Sequence[_Hour], chance: random.Random) -> Iterator[float]:
    """When leads come, in hours: a Poisson process."""
    for hour, one in enumerate(hours):
        count, left = 0, chance.random()
        while left > math.exp(-one.rate):
            count, left = count + 1, left * chance.random()
        yield from sorted(hour + chance.random() for _ in range(count))


def _watched(
    arrivals: Sequence[float], hours: Sequence[_Hour], slot: Slot, chance: random.Random
) -> Year:
    counts: Counter[int] = Counter()
    rhythm, fitted, begin, false = None, 0.0, math.inf, 0
    stops: list[tuple[float, float]] = []
    for at, after in pairwise(arrivals):
        counts[int(at)] += 1
        if rhythm is None or at - fitted >= 24:
            recent = {hour: n for hour, n in counts.items() if hour > at - HISTORY_HOURS}
            rhythm, fitted = rhythm_of(Heard(recent), slot), at
        if rhythm is None:
            continue
        begin = min(begin, at)
        told = told_at(rhythm, at, slot)
        false += told is not None and told < after
        if told is not None and told < YEAR_HOURS and chance.random() < _STOPS:
            stops.append(_lasting(at, told, hours, slot))
    quarters = max(0.0, YEAR_HOURS - begin) / (QUARTER_WEEKS * WEEK_HOURS)
    return Year(len(arrivals), false, quarters, [w for w, _ in stops], [d for _, d in stops])


def _lasting(begin: float, end: float, hours: Sequence[_Hour], slot: Slot) -> tuple[float, float]:
    """How many leads usually come between two moments, and how many business days that is."""
    spans = [
        (hours[hour], min(end, hour + 1) - max(begin, hour))
        for hour in range(int(begin), math.ceil(end))
        if slot(hour) >= 0
    ]
    worth = math.fsum(one.usual * span for one, span in spans)
    return worth, math.fsum(one.part * span for one, span in spans)
