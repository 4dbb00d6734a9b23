"""Confidence sequences: an interval for the difference of two shares that holds at every look.

It is that of the mixture sequential probability ratio test: the likelihood ratio of the difference,
averaged over a normal distribution of differences with the scale tau, exceeds 1/alpha at any time
with a probability of at most alpha (Robbins 1970; Johari, Koomen, Pekelis and Walsh, "Always valid
inference", 2022; in the form for estimates with a variance: Waudby-Smith, Arbour, Sinha, Kennedy
and Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences", 2024). tau is
fixed before the first look. `make bench-experiments` shows how often it errs.
"""

import math

import msgspec

ALPHA = 0.05
"""The share of experiments without any difference that may ever cry winner or harm."""
FEWEST = 30
"""From how many units in each arm on anything is said: below, a share is not about normal."""


class Count(msgspec.Struct, frozen=True):
    """How many `units` of an arm are counted, and how many of them reached the metric (`hits`)."""

    units: int = 0
    hits: int = 0

    @property
    def share(self) -> float | None:
        """The share of hits; None without any unit."""
        return self.hits / self.units if self.units else None


class Interval(msgspec.Struct, frozen=True):
    """An estimate, and the bounds between which the truth is at all looks together with a
    probability of 1 - alpha."""

    low: float
    estimate: float
    high: float


NOTHING = Interval(-1.0, 0.0, 1.0)
"""What is known of a difference before there are enough units."""


def share_difference(arm: Count, control: Count, tau: float, alpha: float = ALPHA) -> Interval:
    """The share of *arm* less that of *control*."""
    if min(arm.units, control.units) < FEWEST:
        return NOTHING
    estimate = arm.hits / arm.units - control.hits / control.units
    half = half_width(_variance_of_difference(arm, control), tau, alpha)
    return Interval(max(-1.0, estimate - half), estimate, min(1.0, estimate + half))


def half_width(variance: float, tau: float, alpha: float) -> float:
    """Half the width of the interval of an estimate with this variance."""
    known = tau * tau / variance
    return math.sqrt(variance * (1 + known) / known * (2 * math.log(1 / alpha) + math.log1p(known)))


def _variance_of_difference(arm: Count, control: Count) -> float:
    """The variance of the difference: by the shares themselves or by that of both together,
    whichever is larger. A small arm that has few hits by chance seems to vary little; by its own
    share alone, one of a tenth of the units cried harm in 6 % of runs with equal arms."""
    one, other = _spread(arm), _spread(control)
    both = _spread(Count(arm.units + control.units, arm.hits + control.hits))
    both = min(both, max(one, other))  # the share of all and nothing together is neither
    return max(one / arm.units + other / control.units, both * (1 / arm.units + 1 / control.units))


def _spread(of: Count) -> float:
    """The variance of one unit. One hit and one miss are added (Laplace), so that an arm without a
    hit yet is not taken for one that never has any."""
    share = (of.hits + 1) / (of.units + 2)
    return share * (1 - share)
