"""Compares two models on leads that neither was fitted to."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np

from leadline.model.errors import ConfigurationError
from leadline.operations.training.choosing import codes_of
from leadline.operations.training.examples import Example, Examples
from leadline.operations.training.measuring import (
    Bools,
    Codes,
    Floats,
    auc,
    brier,
    lift,
    quality_of,
)
from leadline.operations.training.training import is_held_out, measures_of
from leadline.scoring.model_file import HeldOut, ModelFile, Quality

DRAWS, SURE = 1000, 0.95
_LEAST_OF_EACH = 20


class FigureDifference(msgspec.Struct, frozen=True):
    """How much greater a figure of the second model is, with the interval that holds 95 % of the
    differences of 1000 draws of the leads. `better` is "first", "second", or "" if undecided."""

    figure: str
    by: float
    low: float
    high: float
    better: str


class ModelComparison(msgspec.Struct, frozen=True):
    """The figures of two models on the same leads, and their differences."""

    first: Quality
    second: Quality
    differences: tuple[FigureDifference, ...]


def new_to_both(examples: Examples, first: ModelFile, second: ModelFile) -> list[Example]:
    """The leads that neither model was fitted to, if they come from the same leads as these.

    Raises ConfigurationError if these leads can't say which that are, or if there are too few of
    them to compare anything.
    """
    held = (first.held_out, second.held_out)
    for model in (first, second):
        if problem := _unknown(examples, model.held_out):
            raise ConfigurationError(
                f"these leads don't say which of them are new to {model.name} {model.version}: "
                f"{problem}; --all compares on all of them, if neither model was fitted to any"
            )
    new = [row for row in examples.rows if all(is_held_out(row, one) for one in held)]
    won = sum(row.won for row in new)
    if min(won, len(new) - won) < _LEAST_OF_EACH:
        raise ConfigurationError(
            f"{len(new)} leads are new to both models, {won} of them won: to compare takes "
            f"{_LEAST_OF_EACH} won and {_LEAST_OF_EACH} lost"
        )
    return new


def _unknown(examples: Examples, held: HeldOut) -> str:
    """Why these leads don't say whether a model was fitted to them; "" if they do. Another order or
    hash than that of the training would call leads new that are not."""
    if held.since is None:
        return "it held out rows of a CSV file" if examples.own else ""
    if not examples.timed:
        return "it held out the latest, so name the same column with --time"
    if held.dated is None or held.dated is examples.dated:
        return ""
    return f"it held out the latest by {'a time' if held.dated else 'a number that grows'}"


def comparison_of(first: ModelFile, second: ModelFile, rows: Sequence[Example]) -> ModelComparison:
    """Compare two models on these leads: both score each of them, and each draw has both scores of
    a lead or neither (paired bootstrap)."""
    won = np.array([row.won for row in rows])
    a, b = (
        measures_of(model, codes_of(model.columns, rows)).probability for model in (first, second)
    )
    figures: tuple[tuple[str, Callable[[Floats, Bools], float], bool], ...] = (
        ("AUC", auc, True),
        ("Brier", brier, False),
        ("lift", lift, True),
    )
    chance = np.random.default_rng(1)
    draws = [chance.integers(0, len(rows), len(rows)) for _ in range(DRAWS)]
    return ModelComparison(
        quality_of(a, won),
        quality_of(b, won),
        tuple(
            _difference(name, figure, (a, b), won, draws, is_greater_better=greater)
            for name, figure, greater in figures
        ),
    )


def _difference(
    name: str,
    figure: Callable[[Floats, Bools], float],
    scores: tuple[Floats, Floats],
    won: Bools,
    draws: Sequence[Codes],
    *,
    is_greater_better: bool,
) -> FigureDifference:
    a, b = scores
    found = [figure(b[draw], won[draw]) - figure(a[draw], won[draw]) for draw in draws]
    low, high = np.quantile(found, [(1 - SURE) / 2, (1 + SURE) / 2])
    better = ""
    if low > 0 or high < 0:
        better = "second" if bool(low > 0) is is_greater_better else "first"
    by = figure(b, won) - figure(a, won)
    return FigureDifference(name, round(by, 4), round(float(low), 4), round(float(high), 4), better)
