"""A logistic regression with a ridge penalty: the baseline that trees must beat.

A number is its place among the bins (0 to 1) and whether it is missing; a category is one column
for each of its codes.
"""

from collections.abc import Sequence

import numpy as np

from leadline.operations.training.measuring import Codes, Floats
from leadline.scoring.encoding import MISSING
from leadline.scoring.model_file import Column, ColumnKind

_RIDGE, _STEPS, _ENOUGH = 1.0, 30, 1e-8


def design(codes: Codes, columns: Sequence[Column]) -> Floats:
    """The matrix of a logistic regression for codes; its first column is 1."""
    parts = [np.ones(len(codes))]
    for place, column in enumerate(columns):
        own = codes[:, place]
        if column.kind is ColumnKind.CATEGORY:
            parts += [(own == code).astype(float) for code in range(-1, column.codes)]
        else:
            scaled = np.where(own == MISSING, 0.5, own / max(1, column.codes - 1))
            parts += [scaled, (own == MISSING).astype(float)]
    return np.stack(parts, axis=1)


def ridge_weights(matrix: Floats, won: Floats, ridge: float = _RIDGE) -> Floats:
    """The weights of a logistic regression, by Newton's method; the first is not penalised."""
    weights = np.zeros(matrix.shape[1])
    penalty = np.full(matrix.shape[1], ridge)
    penalty[0] = 1e-6
    for _ in range(_STEPS):
        probabilities = logistic(matrix @ weights)
        slope = matrix.T @ (probabilities - won) + penalty * weights
        spread = probabilities * (1 - probabilities)
        curve = (matrix * spread[:, None]).T @ matrix + np.diag(penalty)
        step = np.linalg.solve(curve, slope)
        weights = weights - step
        if float(np.abs(step).max()) < _ENOUGH:
            break
    return weights


def logistic(raw: Floats) -> Floats:
    """1 / (1 + exp(-raw)) of each."""
    result: Floats = 1.0 / (1.0 + np.exp(-np.clip(raw, -500, 500)))
    return result
