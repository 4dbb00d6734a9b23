"""Turns a raw score into a probability, and into its rank among the leads of the training."""

from bisect import bisect_left
from math import exp

from leadline.scoring.model_file import Calibration


def sigmoid(raw: float) -> float:
    """1 / (1 + exp(-raw)), also where the exponential is beyond all numbers."""
    return 1.0 / (1.0 + exp(-raw)) if raw > -700.0 else 0.0


def win_probability(raw: float, found: Calibration) -> float:
    """The probability of a win by a calibration."""
    knots = found.knots
    if not knots:
        return sigmoid(found.slope * raw + found.offset)
    place = bisect_left(knots, raw, key=lambda knot: knot[0])
    if place == 0:
        return knots[0][1]
    if place == len(knots):
        return knots[-1][1]
    (a, low), (b, high) = knots[place - 1], knots[place]
    return low + (high - low) * (raw - a) / (b - a)


def rank(number: float, steps: tuple[float, ...]) -> int:
    """The percentage of the training leads below, 0 to 100: how many *steps* the number exceeds."""
    return bisect_left(steps, number)
