"""How many companies and people an experiment takes."""

import math
from collections.abc import Sequence

from leadline.experiments.sequences import ALPHA, FEWEST, half_width

POWER = 0.8
"""The share of experiments with a difference as large as wanted that find it by the planned end."""
_BEYOND = 0.8416212335729143
"""The normal deviate below which `POWER` of all lies."""
_MOST = 1 << 40


def units_needed(baseline: float, detect: float, shares: Sequence[float]) -> int:
    """How many units it takes in all arms together until a difference of *detect* (or more) from a
    share of *baseline* in the first of *shares* is found with a probability of `POWER`.

    The interval of `sequences.difference` at that number alone is looked at: looking earlier, too,
    finds it more often.
    """
    alpha = ALPHA / (len(shares) - 1)
    low, high = 1, _MOST
    while low < high:
        middle = (low + high) // 2
        if _finds(middle, baseline, detect, shares, alpha):
            high = middle
        else:
            low = middle + 1
    return max(low, math.ceil(FEWEST / min(shares)))


def _finds(
    units: int, baseline: float, detect: float, shares: Sequence[float], alpha: float
) -> bool:
    """Whether the arm with the smallest share would be found among so many units."""
    other = baseline + detect if baseline + detect < 1 else baseline - detect
    control, arm = units * shares[0], units * min(shares[1:])
    variance = _spread(baseline) / control + _spread(other) / arm
    return half_width(variance, detect, alpha) + _BEYOND * math.sqrt(variance) <= detect


def _spread(share: float) -> float:
    """The variance of one unit; that of a share near 0 or 1 is not taken for nothing."""
    share = min(max(share, 0.001), 0.999)
    return share * (1 - share)
