"""How good scores are: AUC, Brier score, lift, calibration. Arrays are of one length."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadline.scoring.model_file import Quality

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Codes = NDArray[np.int64]

BEST, TENTHS = 0.02, 10
NORMAL_95 = 1.96
"""Standard errors on each side of a mean that hold 95 % of a normal distribution."""


def auc(scores: Floats, won: Bools) -> float:
    """The probability that a won lead scores above a lost one; equal scores count half. 0.5 if all
    were won or none."""
    wins = int(won.sum())
    losses = len(won) - wins
    if not wins or not losses:
        return 0.5
    ranks = mid_ranks(scores)
    return float((ranks[won].sum() - wins * (wins + 1) / 2) / (wins * losses))


def auc_error(scores: Floats, won: Bools) -> float | None:
    """The standard error of `auc`, by DeLong, DeLong and Clarke-Pearson (1988): how much the AUC
    differs between draws of as many won and lost leads. None if there are fewer than two of one."""
    wins = int(won.sum())
    losses = len(won) - wins
    if min(wins, losses) < 2:
        return None
    ranks = mid_ranks(scores)
    above_lost = (ranks[won] - mid_ranks(scores[won])) / losses
    below_won = 1 - (ranks[~won] - mid_ranks(scores[~won])) / wins
    return float(np.sqrt(above_lost.var(ddof=1) / wins + below_won.var(ddof=1) / losses))


def auc_interval(value: float, error: float) -> tuple[float, float]:
    """The confidence interval of 95 % of an AUC with this standard error."""
    return max(0.0, value - NORMAL_95 * error), min(1.0, value + NORMAL_95 * error)


def mid_ranks(scores: Floats) -> Floats:
    """The rank of each score from 1 on; equal ones share the mean of theirs."""
    _, place, count = np.unique(scores, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    middle: Floats = last - (count - 1) / 2
    return middle[place]


def brier(probabilities: Floats, won: Bools) -> float:
    """The mean squared error of the probabilities."""
    return float(np.mean((probabilities - won) ** 2))


def lift(scores: Floats, won: Bools) -> float:
    """The win rate of the best tenth over that of all; of equal scores at its end, a share."""
    rate = float(won.mean())
    return rate_of_best(scores, won.astype(float), 1 / TENTHS) / rate if rate else 0.0


def rate_of_best(scores: Floats, values: Floats, part: float) -> float:
    """The mean of *values* of the leads with the best scores; of equal ones at the end, a share."""
    size = max(1.0, part * len(scores))
    order = np.argsort(-scores, kind="stable")
    edge = scores[order][min(len(scores) - 1, int(np.ceil(size)) - 1)]
    above, level = scores > edge, scores == edge
    rest = size - float(above.sum())
    return float((values[above].sum() + rest * values[level].mean()) / size)


def quality_of(probabilities: Floats, won: Bools) -> Quality:
    """All figures of probabilities, rounded."""
    rate = float(won.mean())
    best = rate_of_best(probabilities, won.astype(float), BEST)
    told = rate_of_best(probabilities, probabilities, BEST)
    return Quality(
        leads=len(won),
        won=int(won.sum()),
        auc=round(auc(probabilities, won), 4),
        brier=round(brier(probabilities, won), 4),
        lift=round(lift(probabilities, won), 2),
        mean_ratio=round(float(probabilities.mean()) / rate, 3) if rate else None,
        best_ratio=round(told / best, 3) if best else None,
        deciles=tuple(_deciles(probabilities, won)),
    )


def _deciles(probabilities: Floats, won: Bools) -> list[tuple[float, float]]:
    order = np.argsort(-probabilities, kind="stable")
    parts: list[Any] = np.array_split(order, TENTHS)
    return [
        (round(float(probabilities[part].mean()), 4), round(float(won[part].mean()), 4))
        for part in parts
        if len(part)
    ]


def cross_fitted_auc(codes: Codes, won: Bools) -> float:
    """The AUC of one column alone: each half of the leads is scored by the win rates that the codes
    have in the other half."""
    rate, scores = float(won.mean()), np.zeros(len(won))
    half = np.arange(len(won)) % 2 == 0
    for part in (half, ~half):
        size = int(codes.max()) + 2
        count = np.bincount(codes[part] + 1, minlength=size)
        wins = np.bincount(codes[part] + 1, weights=won[part].astype(float), minlength=size)
        scores[~part] = ((wins + 10 * rate) / (count + 10))[codes[~part] + 1]
    return auc(scores, won)
