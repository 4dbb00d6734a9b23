"""Fits gradient-boosted trees by LightGBM: one thread, fixed seeds, the same result every time."""

from collections.abc import Sequence
from typing import Any

import lightgbm
import msgspec
import numpy as np

from leadline.operations.training.exporting import matrix_of
from leadline.operations.training.measuring import Bools, Codes
from leadline.scoring.model_file import Column, ColumnKind

FOLDS, MOST_ROUNDS = 4, 200
_PATIENCE, _FEW_COLUMNS = 30, 8
_TRIED = ((4, 20), (8, 20), (16, 20), (16, 80))
"""The tunings: how many leaves a tree has at most, and a leaf leads at least."""
_FIXED = {
    "objective": "binary", "learning_rate": 0.06, "bagging_fraction": 0.8,
    "bagging_freq": 1, "lambda_l2": 1.0, "min_data_in_bin": 1, "min_data_per_group": 20,
    "cat_smooth": 10.0, "cat_l2": 10.0, "feature_pre_filter": False, "deterministic": True,
    "force_row_wise": True, "num_threads": 1, "seed": 1, "verbosity": -1,
}  # fmt: skip


class Tuning(msgspec.Struct, frozen=True):
    """How trees are grown: `leaves` of each at most, `least` leads in a leaf, `rounds` trees."""

    leaves: int
    least: int
    rounds: int


class Fold(msgspec.Struct, frozen=True):
    """A model of some of the leads, and the places of those that it was not fitted to."""

    booster: Any
    rest: Codes


def fit_trees(codes: Codes, won: Bools, columns: Sequence[Column], tuning: Tuning) -> Any:
    """A LightGBM model of these leads."""
    data = _data(codes, won, columns)
    return lightgbm.train(_parameters(tuning, len(columns)), data, tuning.rounds)


def tuned(codes: Codes, won: Bools, columns: Sequence[Column]) -> tuple[Tuning, list[Fold]]:
    """The tuning with the smallest mean log loss of folds that a model was not fitted to, and the
    models of these folds. Only the leads that are given are used."""
    parts = _folds(won)
    found: list[tuple[float, Tuning, list[Fold]]] = []
    for leaves, least in _TRIED:
        tuning = Tuning(leaves, least, MOST_ROUNDS)
        tried = [_tried(codes, won, columns, tuning, part) for part in parts]
        length = min(len(losses) for _, losses in tried)
        mean = np.mean([losses[:length] for _, losses in tried], axis=0)
        best = int(mean.argmin())
        folds = [
            Fold(one, np.flatnonzero(part)) for (one, _), part in zip(tried, parts, strict=True)
        ]
        found.append((float(mean[best]), Tuning(leaves, least, best + 1), folds))
    _, tuning, folds = min(found, key=lambda one: one[0])
    return tuning, folds


def _tried(
    codes: Codes, won: Bools, columns: Sequence[Column], tuning: Tuning, rest: Bools
) -> tuple[Any, list[float]]:
    """A model of all but *rest*, and its log loss of these after each round."""
    losses: dict[str, dict[str, list[float]]] = {}
    data = _data(codes[~rest], won[~rest], columns)
    booster = lightgbm.train(
        _parameters(tuning, len(columns)) | {"metric": "binary_logloss"},
        data,
        tuning.rounds,
        valid_sets=[_data(codes[rest], won[rest], columns, data)],
        valid_names=["rest"],
        callbacks=[
            lightgbm.early_stopping(_PATIENCE, verbose=False),
            lightgbm.record_evaluation(losses),
        ],
    )
    return booster, losses["rest"]["binary_logloss"]


def _folds(won: Bools) -> list[Bools]:
    """Parts of the leads with equally many won ones each."""
    number = np.zeros(len(won), dtype=int)
    chance = np.random.default_rng(1)
    for kind in (won, ~won):
        places = chance.permutation(np.flatnonzero(kind))
        number[places] = np.arange(len(places)) % FOLDS
    return [number == one for one in range(FOLDS)]


def _parameters(tuning: Tuning, columns: int) -> dict[str, Any]:
    part = 1.0 if columns <= _FEW_COLUMNS else 0.6  # of a few columns, each tree needs them all
    return _FIXED | {
        "num_leaves": tuning.leaves, "min_data_in_leaf": tuning.least, "feature_fraction": part
    }  # fmt: skip


def _data(codes: Codes, won: Bools, columns: Sequence[Column], like: Any = None) -> Any:
    categories = [n for n, one in enumerate(columns) if one.kind is ColumnKind.CATEGORY]
    return lightgbm.Dataset(
        matrix_of(codes),
        won.astype(float),
        reference=like,
        categorical_feature=categories,
        params={"verbosity": -1, "min_data_in_bin": 1, "feature_pre_filter": False},
        free_raw_data=False,
    )
