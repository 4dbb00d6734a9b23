"""The rhythm of a source: how many leads it sends in each hour of the week, by its history.

The rate of an hour of the week is a shape times a level. The shape is that of a Gamma-Poisson model
(the conjugate pair, as in Gelman et al., Bayesian Data Analysis, chapter 2): what came in this hour
of the week, drawn towards what its day and its hour of the day let expect. The level follows growth
and decline; a campaign does not raise it. Days without work and hours in which nothing could be
heard are no part of the history.
"""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from statistics import median

import msgspec

from leadline.silence.level import current_level

WEEK_HOURS = 168
HISTORY_HOURS = 8 * WEEK_HOURS
"""How much history counts, in hours before the last lead."""
ENOUGH = 30
"""The least number of leads in this history from which a rhythm is known."""

_LEAST_PRIOR = 8.0
_MOST_PRIOR = 100.0
"""The bounds of how many leads in one hour of the week weigh as much as its day and hour of the
day do."""
_GAP_LEADS = 8
"""About how many leads are missing in a gap that is told."""
_BLOCK_LEADS = 5
_MOST_BLOCKS = 40
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
    shape, days, weight = _shape(past)
    blocks, mass = _blocks(past, shape, total)
    level = current_level(blocks)
    rates = tuple(rate * level.leads / mass for rate in shape)
    return Rhythm(rates, days, level.spread + _unknown_of_an_hour(rates, weight))


def _shape(past: Sequence[tuple[int, int]]) -> tuple[list[float], int, float]:
    """The leads in each hour of the week before levelling, the number of business days, and how
    many leads in an hour of the week weigh as much as its day and hour of the day."""
    counts, hours = [0.0] * WEEK_HOURS, [0] * WEEK_HOURS
    for at, count in _without_peaks(past):
        counts[at] += count
        hours[at] += 1
    by_day = _by_day(counts, hours)
    by_hour = [_rate(counts[h::24], hours[h::24]) for h in range(24)]
    mean = _rate(counts, hours)
    priors = [by_day[at // 24] * by_hour[at % 24] / mean for at in range(WEEK_HOURS)]
    weight = _prior_leads(counts, hours, priors)
    shape = [
        (count + weight) / (number + weight / prior) if prior else 0.0
        for count, number, prior in zip(counts, hours, priors, strict=True)
    ]
    busiest = max(by_day)
    return shape, sum(1 for rate in by_day if rate >= _BUSINESS_DAY * busiest), weight


def _prior_leads(counts: Sequence[float], hours: Sequence[int], priors: Sequence[float]) -> float:
    """How many leads in an hour of the week weigh as much as its day and hour of the day do: the
    more, the better these two foretell what came (the empirical Bayes estimate by moments)."""
    expected = [number * prior for number, prior in zip(hours, priors, strict=True)]
    beyond = math.fsum((c - e) ** 2 - e for c, e in zip(counts, expected, strict=True))
    squares = math.fsum(e * e for e in expected)
    return min(_MOST_PRIOR, max(_LEAST_PRIOR, squares / beyond)) if beyond > 0 else _MOST_PRIOR


def _unknown_of_an_hour(rates: Sequence[float], weight: float) -> float:
    """The variance of what is known of the shape in a gap, divided by its square: that of one hour
    if gaps are shorter than an hour, less the more hours they last."""
    usual = math.fsum(rate * rate for rate in rates) / math.fsum(rates)
    known_by = weight + usual * HISTORY_HOURS / WEEK_HOURS
    return min(1.0, usual / _GAP_LEADS) / known_by


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
    """The history with the days of campaigns scaled down to what is usual on that day of the week,
    so that they do not make the shape."""
    days: list[list[tuple[int, int]]] = []
    for at, count in past:
        if not days or days[-1][-1][0] // 24 != at // 24:
            days.append([])
        days[-1].append((at, count))
    totals = [sum(count for _, count in day) for day in days]
    weekdays = [day[0][0] // 24 for day in days]
    usual = [
        max(1.0, median([t for t, w in zip(totals, weekdays, strict=True) if w == weekday] or [0]))
        for weekday in range(7)
    ]
    for day, total, weekday in zip(days, totals, weekdays, strict=True):
        is_peak = total > 2 * usual[weekday] + 2 * math.sqrt(usual[weekday])
        scale = usual[weekday] / total if is_peak else 1.0
        yield from ((at, count * scale) for at, count in day)


def _blocks(
    past: Sequence[tuple[int, int]], shape: Sequence[float], total: int
) -> tuple[list[int], float]:
    """The leads in blocks of equal business time, oldest first; and what the shape lets expect in
    each."""
    number = min(_MOST_BLOCKS, total // _BLOCK_LEADS)
    mass = math.fsum(shape[at] for at, _ in past) / number
    counts = [0] * number
    gone = 0.0
    for at, count in past:
        counts[min(int((gone + shape[at] / 2) / mass), number - 1)] += count
        gone += shape[at]
    return counts, mass
