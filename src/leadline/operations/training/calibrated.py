"""Fits the calibration of raw scores, and their ranks, to leads that a model was not fitted to."""

import numpy as np

from leadline.operations.training.logistic import ridge_weights
from leadline.operations.training.measuring import Bools, Floats
from leadline.scoring.model_file import STEPS, Calibration

ENOUGH_WON = 1000
"""From this many won leads on, the calibration is isotonic; below, Platt's sigmoid."""
_SMALLEST_BLOCK = 10


def calibration_of(raw: Floats, won: Bools) -> Calibration:
    """The calibration by raw scores and outcomes."""
    if int(won.sum()) < ENOUGH_WON:
        return _sigmoid(raw, won)
    return Calibration(knots=_knots(raw, won))


def ranks_of(numbers: Floats) -> tuple[float, ...]:
    """The thresholds of `Ranks`: whoever exceeds the n-th has n percent of these below."""
    ordered = np.sort(numbers)
    places = np.ceil(len(ordered) * np.arange(1, STEPS + 1) / STEPS).astype(int) - 1
    return tuple(round(float(one), 6) for one in ordered[places])


def _sigmoid(raw: Floats, won: Bools) -> Calibration:
    """Platt's sigmoid, fitted to his smoothed targets, so that no probability is certain."""
    wins = int(won.sum())
    high, low = (wins + 1) / (wins + 2), 1 / (len(won) - wins + 2)
    matrix = np.stack([np.ones(len(raw)), raw], axis=1)
    offset, slope = ridge_weights(matrix, np.where(won, high, low), ridge=1e-6)
    return Calibration(slope=round(max(float(slope), 1e-3), 6), offset=round(float(offset), 6))


def _knots(raw: Floats, won: Bools) -> tuple[tuple[float, float], ...]:
    """Pools neighbours until their win rates ascend (pool adjacent violators): each block becomes a
    knot at its mean raw score. Rates are clipped, so that no probability is certain."""
    order = np.argsort(raw, kind="stable")
    blocks: list[list[float]] = []  # leads, won, sum of raw scores
    for score, is_won in zip(raw[order].tolist(), won[order].tolist(), strict=True):
        blocks.append([1.0, float(is_won), score])
        while len(blocks) > 1 and _must_join(blocks[-2], blocks[-1]):
            last = blocks.pop()
            blocks[-1] = [a + b for a, b in zip(blocks[-1], last, strict=True)]
    joined = _joined(blocks)
    least, most = 1 / (len(raw) + 2), 1 - 1 / (len(raw) + 2)
    knots: dict[float, float] = {}
    for leads, wins, total in joined:
        knots[round(total / leads, 6)] = round(min(most, max(least, wins / leads)), 6)
    return tuple(sorted(knots.items()))


def _must_join(one: list[float], other: list[float]) -> bool:
    return one[1] * other[0] >= other[1] * one[0]


def _joined(blocks: list[list[float]]) -> list[list[float]]:
    """The blocks, those of fewer than 10 leads joined with their neighbour."""
    joined: list[list[float]] = []
    for block in blocks:
        if joined and min(joined[-1][0], block[0]) < _SMALLEST_BLOCK:
            joined[-1] = [a + b for a, b in zip(joined[-1], block, strict=True)]
        else:
            joined.append(block)
    return joined
