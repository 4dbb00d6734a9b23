"""Trains a model: chooses columns, holds out leads, tunes, calibrates, measures, and exports."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
import numpy as np

from leadline.model.errors import ConfigurationError
from leadline.model.formats import iso
from leadline.operations.training.boosting import Fold, Tuning, fit_trees, tuned
from leadline.operations.training.calibrated import calibration_of, ranks_of
from leadline.operations.training.choosing import ChosenColumns, choose_columns, codes_of
from leadline.operations.training.examples import Example, Examples
from leadline.operations.training.exporting import exported_trees
from leadline.operations.training.logistic import design, logistic, ridge_weights
from leadline.operations.training.measuring import (
    Bools,
    Codes,
    Floats,
    auc,
    auc_error,
    auc_interval,
    quality_of,
)
from leadline.scoring.model_file import (
    FORMAT,
    Calibration,
    Column,
    ColumnGroup,
    HeldOut,
    ModelFile,
    Quality,
    Ranks,
    Tree,
)
from leadline.scoring.trained import TrainedModel

HELD_OUT = 0.2
"""The part of the leads that no model sees before it is measured."""
LEAST, LEAST_OF_EACH = 200, 50


class Wishes(msgspec.Struct, frozen=True):
    """What a model is to be: its name and version, when it is trained (`at`), its time zone, the
    columns that are `allowed` although they look like leaks, and those that tell of `intent`."""

    name: str
    version: int
    at: datetime
    zone: str
    allowed: frozenset[str] = frozenset()
    intent: frozenset[str] = frozenset()


class Trained(msgspec.Struct, frozen=True):
    """A trained model, what was said about its columns, and the confidence interval of 95 % of its
    AUC on the leads that were held out (None if fewer than two of these were won, or lost)."""

    model: ModelFile
    chosen: ChosenColumns
    tuning: Tuning
    auc_interval: tuple[float, float] | None


class _Measures(msgspec.Struct, frozen=True):
    raw: Floats
    probability: Floats
    fit: Floats
    intent: Floats


def train_model(examples: Examples, wishes: Wishes) -> Trained:
    """Train a model. Raises ConfigurationError if there are too few leads or no columns."""
    rows = examples.rows
    _demand_enough(rows)
    held = held_out_of(examples)
    is_new = np.array([is_held_out(row, held) for row in rows])
    known = [row for row, new in zip(rows, is_new, strict=True) if not new]
    _demand_enough(known)
    chosen = choose_columns(known, wishes.allowed, wishes.intent, dated=examples.dated)
    if not chosen.columns:
        raise ConfigurationError("no column is left that a model could use")
    codes, won = codes_of(chosen.columns, rows), np.array([row.won for row in rows])
    tuning, folds = tuned(codes[~is_new], won[~is_new], chosen.columns)
    booster = fit_trees(codes[~is_new], won[~is_new], chosen.columns, tuning)
    model = ModelFile(
        format=FORMAT,
        name=wishes.name,
        version=wishes.version,
        trained_at=iso(wishes.at.replace(microsecond=0)),
        zone=wishes.zone,
        outcome=examples.outcome,
        leads=len(known),
        won=int(won[~is_new].sum()),
        columns=chosen.columns,
        trees=exported_trees(booster, chosen.columns, tuning.rounds),
        calibration=Calibration(),
        ranks=Ranks((0.0,) * 100),
        held_out=held,
        model=Quality(0, 0, 0, 0, 0),
        baseline=_baseline(codes, won, is_new, chosen.columns),
        left_out=chosen.left_out,
    )
    model = _with_ranks(model, folds, tuning, codes[~is_new], won[~is_new])
    found = measures_of(model, codes[is_new])
    interval = _interval(found.probability, won[is_new])
    return Trained(_measured(model, found, won[is_new]), chosen, tuning, interval)


def held_out_of(examples: Examples) -> HeldOut:
    """Which leads are held out: the latest where there is a time, else those of a part of all
    hashes. Leads of one moment stay together."""
    if not examples.timed:
        return HeldOut(share=1 - HELD_OUT)
    orders = [row.order for row in examples.rows]
    return HeldOut(since=orders[int(len(orders) * (1 - HELD_OUT))], dated=examples.dated)


def is_held_out(row: Example, held: HeldOut) -> bool:
    """Whether a model that held out *held* was not fitted to a lead."""
    return row.order >= held.since if held.since is not None else row.place >= held.share


def _demand_enough(rows: Sequence[Example]) -> None:
    won = sum(row.won for row in rows)
    if len(rows) < LEAST or min(won, len(rows) - won) < LEAST_OF_EACH:
        raise ConfigurationError(
            f"there are {len(rows)} leads, {won} of them won; to train a model takes {LEAST}, "
            f"{LEAST_OF_EACH} of them won and {LEAST_OF_EACH} lost, besides those held out"
        )


def _baseline(codes: Codes, won: Bools, is_new: Bools, columns: Sequence[Column]) -> Quality:
    matrix = design(codes, columns)
    weights = ridge_weights(matrix[~is_new], won[~is_new].astype(float))
    return quality_of(logistic(matrix[is_new] @ weights), won[is_new])


def _with_ranks(
    model: ModelFile, folds: Sequence[Fold], tuning: Tuning, codes: Codes, won: Bools
) -> ModelFile:
    """The model with the calibration and the ranks of leads that the model of a fold did not see:
    those of its own leads would be too sure."""
    raw, fit, intent = (np.zeros(len(codes)) for _ in range(3))
    for fold in folds:
        rounds = min(tuning.rounds, fold.booster.current_iteration())
        trees: tuple[Tree, ...] = exported_trees(fold.booster, model.columns, rounds)
        found = measures_of(msgspec.structs.replace(model, trees=trees), codes[fold.rest])
        raw[fold.rest], fit[fold.rest], intent[fold.rest] = found.raw, found.fit, found.intent
    steps = ranks_of(raw)
    tenths = np.bincount(np.minimum(9, np.searchsorted(steps, raw) // 10), minlength=10)
    usual = tuple(round(float(count) / len(raw), 6) for count in tenths)
    ranks = Ranks(
        steps,
        ranks_of(fit) if _has(model, ColumnGroup.FIT) else (),
        ranks_of(intent) if _has(model, ColumnGroup.INTENT) else (),
        usual,
    )
    return msgspec.structs.replace(model, calibration=calibration_of(raw, won), ranks=ranks)


def measures_of(model: ModelFile, codes: Codes) -> _Measures:
    """What a model says of leads."""
    trained = TrainedModel(model)
    found = [trained.measured(row) for row in codes.tolist()]
    return _Measures(*(np.array([getattr(one, name) for one in found]) for name in _NAMES))


_NAMES = ("raw", "probability", "fit", "intent")


def _interval(probability: Floats, won: Bools) -> tuple[float, float] | None:
    error = auc_error(probability, won)
    return None if error is None else auc_interval(auc(probability, won), error)


def _measured(model: ModelFile, found: _Measures, won: Bools) -> ModelFile:
    base = float(np.log(max(1, model.won) / max(1, model.leads - model.won)))
    fit, intent = (quality_of(logistic(base + part), won) for part in (found.fit, found.intent))
    return msgspec.structs.replace(
        model,
        model=quality_of(found.probability, won),
        fit=fit if _has(model, ColumnGroup.FIT) else None,
        intent=intent if _has(model, ColumnGroup.INTENT) else None,
    )


def _has(model: ModelFile, group: ColumnGroup) -> bool:
    return any(column.group is group for column in model.columns)
