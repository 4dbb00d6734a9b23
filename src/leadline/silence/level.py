"""The level of a source: how many leads it sends now in a block of business time.

A long history knows a steady level best, a short one a level that changed. So the level is the
mean of the longest stretch of newest blocks that no shorter one contradicts (the method of Lepski,
1991). Blocks of campaigns are left out.
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

_AROUND = 13
"""How many blocks up to one decide what is usual in it: campaigns are shorter than half of that."""
_CAMPAIGN = 2.5
"""A block that exceeds the usual by so many standard deviations belongs to a campaign."""
_STRETCHES = (3, 4, 6, 8, 12, 16, 24)
"""The stretches of newest blocks that are compared."""
_ENOUGH_LEADS = 400
"""No longer stretch is taken than has so many leads: growth would make it old."""
_FALLEN = 1.5
_RISEN = 1.25
"""A stretch is contradicted if its mean is by so many standard errors above that of a shorter one
(the level has fallen since), or below it."""


class Level(NamedTuple):
    """The leads of a block now, and the variance of that divided by its square: of the level itself
    and of what is known of it."""

    leads: float
    spread: float


def current_level(counts: Sequence[int]) -> Level:
    """The level by the leads in blocks of equal business time, oldest first."""
    blocks = _without_campaigns(counts)
    spread = _spread(blocks)
    best, number = _mean(blocks, _STRETCHES[0]), _STRETCHES[0]
    low, high = 0.0, math.inf
    for stretch in _STRETCHES:
        mean = _mean(blocks, stretch)
        if not low <= mean <= high:
            break
        best, number = mean, min(stretch, len(blocks))
        if mean * number >= _ENOUGH_LEADS:
            break
        error = math.sqrt(max(1.0, mean) * (1 + spread * mean) / number)
        low, high = max(low, mean - _RISEN * error), min(high, mean + _FALLEN * error)
    best = max(best, 1 / number)
    return Level(best, spread + (1 / best + spread) / number)


def _mean(blocks: Sequence[int], stretch: int) -> float:
    newest = blocks[-stretch:]
    return sum(newest) / len(newest)


def _without_campaigns(counts: Sequence[int]) -> list[int]:
    """The blocks that do not exceed by much what is usual in them; of the newest ones, or what is
    usual now, so that a rise that lasts is no campaign."""
    now = _usual(counts[-_AROUND:])
    kept: list[int] = []
    for index, count in enumerate(counts):
        end = max(index + 1, _AROUND)
        usual = _usual(counts[max(0, end - _AROUND) : end])
        if index >= len(counts) - _AROUND:
            usual = max(usual, now)
        if count <= usual + _CAMPAIGN * math.sqrt(usual):
            kept.append(count)
    return kept


def _usual(counts: Sequence[int]) -> float:
    return max(1.0, median(counts))


def _spread(blocks: Sequence[int]) -> float:
    """By how much more than that of a Poisson process the counts of blocks vary, relative to their
    mean squared, less the standard error of that. Only neighbours are compared, so that growth and
    seasons do not count."""
    mean = max(1.0, sum(blocks) / len(blocks))
    pairs = list(pairwise(blocks))
    if not pairs:
        return 0.0
    variance = math.fsum((a - b) ** 2 for a, b in pairs) / (2 * len(pairs))
    error = variance * math.sqrt(3 / len(pairs))
    return max(0.0, (variance - error - mean) / mean**2)
