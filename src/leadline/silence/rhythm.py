"""The rhythm of a source: how many leads it sends in each hour of the week, by its history.

The rate of an hour of the week is a shape times a level. The shape is that of a Gamma-Poisson model
(the conjugate pair, as in Gelman et al., Bayesian Data Analysis, chapter 2): what came in this hour
of the week, drawn towards what its day and its hour of the day let expect. The level follows growth
and decline; a campaign does not raise it. Days without work and hours in which nothing could be
heard are no part of the history.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import pairwise
from statistics import median

import msgspec

WEEK_HOURS = 168
HISTORY_HOURS = 8 * WEEK_HOURS
"""How much history counts, in hours before the last lead."""
ENOUGH = 30
"""The least number of leads in this history from which a rhythm is known."""

_PRIOR_LEADS = 8.0
"""How many leads in one hour of the week weigh as much as its day and hour of the day do."""
_LEVEL_LEADS = 120
"""The level is the mean of about so many of the latest leads."""
_BLOCK_LEADS = 5
_MOST_BLOCKS = 40
_LEAST_HALF_LIFE = 3.0
_AROUND = 13
"""How many blocks up to one decide what is usual in it: campaigns are shorter than half of that."""
_NEWEST = 3
_DEVIATIONS = 1.25
"""How many standard deviations above the usual count as a campaign, or as a fall of the level."""
_BUSINESS_DAY = 0.2
"""A day of the week with at least this share of the leads of the busiest is a business day."""

Slot = Callable[[int], int]
"""The hour of the local week (0: Monday, 00:00) of an hour since 1970, or -1 on a day without
work."""


class Heard(msgspec.Struct, frozen=True):
    """How many leads of a source came in each hour since 1970; hours without leads are left out.
    In the hours *unheard*, leads could not come: the server was down, or the source was silent."""

    leads: Mapping[int, int]
    unheard: Set[int] = frozenset()


class Rhythm(msgspec.Struct, frozen=True):
    """How many leads are expected in each hour of the week, and on a business day. `spread` is the
    variance of the rate divided by its square, with what is not known of it (0: a Poisson process
    of known rate). `days` is the number of business days of a week."""

    rates: tuple[float, ...]
    days: int
    spread: float

    @property
    def per_week(self) -> float:
        """The leads of a week without holidays."""
        return math.fsum(self.rates)

    @property
    def per_day(self) -> float:
        """The leads of a business day."""
        return self.per_week / self.days


def rhythm_of(heard: Heard, slot: Slot) -> Rhythm | None:
    """The rhythm of a source; None if its history has too few leads to know one."""
    last = max(heard.leads, default=0)
    first = max(min(heard.leads, default=0), last - HISTORY_HOURS + 1)
    past = [
        (at, heard.leads.get(hour, 0))
        for hour in range(first, last + 1)
        if hour not in heard.unheard and (at := slot(hour)) >= 0
    ]
    total = sum(count for _, count in past)
    if total < ENOUGH:
        return None
    shape, days = _shape(past)
    blocks, mass = _blocks(past, shape, total)
    level, known_by = _level(blocks)
    spread = _spread(blocks) + 1 / known_by
    return Rhythm(tuple(rate * level / mass for rate in shape), days, spread)


def _shape(past: Sequence[tuple[int, int]]) -> tuple[list[float], int]:
    """The leads in each hour of the week before levelling, and the number of business days."""
    counts, hours = [0.0] * WEEK_HOURS, [0] * WEEK_HOURS
    for at, count in _without_peaks(past):
        counts[at] += count
        hours[at] += 1
    by_day = _by_day(counts, hours)
    by_hour = [_rate(counts[h::24], hours[h::24]) for h in range(24)]
    mean = _rate(counts, hours)
    shape = []
    for at in range(WEEK_HOURS):
        prior = by_day[at // 24] * by_hour[at % 24] / mean
        drawn = (counts[at] + _PRIOR_LEADS) / (hours[at] + _PRIOR_LEADS / prior) if prior else 0.0
        shape.append(drawn)
    busiest = max(by_day)
    return shape, sum(1 for rate in by_day if rate >= _BUSINESS_DAY * busiest)


def _by_day(counts: Sequence[float], hours: Sequence[int]) -> list[float]:
    """The leads an hour of each day of the week. A working day that is not known yet is like the
    others; nothing is expected on a Saturday or Sunday that is not known yet."""
    days = [slice(day * 24, day * 24 + 24) for day in range(7)]
    known = [_rate(counts[day], hours[day]) if any(hours[day]) else None for day in days]
    usual = [rate for rate in known[:5] if rate is not None]
    other = math.fsum(usual) / len(usual) if usual else 0.0
    return [(other if d < 5 else 0.0) if rate is None else rate for d, rate in enumerate(known)]


def _rate(counts: Sequence[float], hours: Sequence[int]) -> float:
    return math.fsum(counts) / (sum(hours) or 1)


def _without_peaks(past: Sequence[tuple[int, int]]) -> Iterator[tuple[int, float]]:
    """The history with the days of campaigns scaled down, so that they do not make the shape."""
    days: list[list[tuple[int, int]]] = []
    for at, count in past:
        if not days or days[-1][-1][0] // 24 != at // 24:
            days.append([])
        days[-1].append((at, count))
    totals = [sum(count for _, count in day) for day in days]
    usual = median([total for total in totals if total])
    most = 2 * usual + 2 * math.sqrt(usual)
    for day, total in zip(days, totals, strict=True):
        scale = min(1.0, most / total) if total else 1.0
        yield from ((at, count * scale) for at, count in day)


def _blocks(
    past: Sequence[tuple[int, int]], shape: Sequence[float], total: int
) -> tuple[list[float], float]:
    """The leads in blocks of equal business time, oldest first, peaks cut off; and what the shape
    lets expect in each."""
    number = min(_MOST_BLOCKS, total // _BLOCK_LEADS)
    mass = math.fsum(shape[at] for at, _ in past) / number
    counts = [0.0] * number
    gone = 0.0
    for at, count in past:
        counts[min(int((gone + shape[at] / 2) / mass), number - 1)] += count
        gone += shape[at]
    return [min(c, _usual_most(counts, index)) for index, c in enumerate(counts)], mass


def _usual_most(counts: Sequence[float], index: int) -> float:
    """What the blocks up to this one let expect at most in it."""
    end = max(index + 1, _AROUND)
    usual = max(1.0, median(counts[max(0, end - _AROUND) : end]))
    return usual + _DEVIATIONS * math.sqrt(usual)


def _level(blocks: Sequence[float]) -> tuple[float, float]:
    """The leads of a block now, and how many leads that is known by."""
    mean = math.fsum(blocks) / len(blocks)
    half_life = max(_LEAST_HALF_LIFE, math.log(2) * _LEVEL_LEADS / mean)
    weights = [0.5 ** (age / half_life) for age in reversed(range(len(blocks)))]
    level = math.fsum(w * b for w, b in zip(weights, blocks, strict=True)) / math.fsum(weights)
    newest = math.fsum(blocks[-_NEWEST:]) / _NEWEST
    fallen = newest + _DEVIATIONS * math.sqrt(max(1.0, newest) / _NEWEST)
    level = min(level, fallen)
    squares = math.fsum(w * w for w in weights)
    return level, level * math.fsum(weights) ** 2 / squares


def _spread(blocks: Sequence[float]) -> float:
    """By how much more than that of a Poisson process the counts of blocks vary, relative to their
    mean squared, less the standard error of that. Only neighbours are compared, so that growth and
    seasons do not count."""
    mean = math.fsum(blocks) / len(blocks)
    pairs = list(pairwise(blocks))
    variance = math.fsum((a - b) ** 2 for a, b in pairs) / (2 * len(pairs))
    error = variance * math.sqrt(3 / len(pairs))
    return max(0.0, (variance - error - mean) / mean**2)
