"""How much silence of a source is told: as much as its history makes unlikely enough.

In a stretch in which *m* leads are expected, none comes with the probability (1 + s m)^(-1/s),
where s is the spread of the rate; for s = 0 that is e^(-m). A quarter with N leads has N gaps, so a
limit of m rings falsely about N (1 + s m)^(-1/s) times in it.
"""

import math
from collections.abc import Callable

from leadline.silence.rhythm import Rhythm

QUARTER_WEEKS = 13
FALSE_A_QUARTER = 0.5
"""How often a source may ring falsely in three months, by its model, if no other limit is set."""
MOST_FALSE = 0.6
"""How often it may ring falsely so that a stop is told within MOST_LEADS or MOST_DAYS; where that
is not enough, it is told later."""
MOST_LEADS = 7.5
"""A stop of a source is told after at most so many leads' worth of business time: at most 8 by its
true rate, which is known to about 6 %..."""
RARE = 3.0
"""...if it sends at least so many leads on a business day."""
MOST_DAYS = 5
"""The stop of a source that sends fewer leads than RARE is told after so many business days."""
_LONGEST = 40.0


def limit_of(rhythm: Rhythm) -> float:
    """How many expected leads must be missing until the silence is told."""
    most = MOST_LEADS if rhythm.per_day >= RARE else MOST_DAYS * rhythm.per_day
    least = expected_within(rhythm, MOST_FALSE)
    return min(_LONGEST, expected_within(rhythm, FALSE_A_QUARTER), max(most, least))


def false_rings(rhythm: Rhythm, limit: float) -> float:
    """How often a quarter has a gap in which this many leads are expected."""
    if rhythm.spread == 0:
        return _gaps(rhythm) * math.exp(-limit)
    return _gaps(rhythm) * float((1 + rhythm.spread * limit) ** (-1 / rhythm.spread))


def expected_within(rhythm: Rhythm, rings: float) -> float:
    """The limit that rings falsely so often in a quarter: the inverse of `false_rings`."""
    times = max(1.0, _gaps(rhythm) / rings)
    if rhythm.spread == 0:
        return math.log(times)
    return float((times**rhythm.spread - 1) / rhythm.spread)


def told_at(rhythm: Rhythm, since: float, slot: Callable[[int], int]) -> float | None:
    """When a silence since this moment is told, both in hours since 1970; None if not within ten
    weeks, as during very long holidays."""
    missing, hour = limit_of(rhythm), int(since)
    part = 1 - (since - hour)
    for one in range(hour, hour + 10 * 168):
        rate = rhythm.rates[at] if (at := slot(one)) >= 0 else 0.0
        if rate and rate * part >= missing:
            return one + 1 - part + missing / rate
        missing -= rate * part
        part = 1.0
    return None


def _gaps(rhythm: Rhythm) -> float:
    return rhythm.per_week * QUARTER_WEEKS
