"""Takes the trees out of a LightGBM model, and checks that they score alike.

The text of a model (`Booster.model_to_string`) is a block of `key=value` lines for each tree. Bit 0
of a `decision_type` says that a split is one of categories, bit 1 where missing values go by
default, and bits 2 and 3 what counts as missing: nothing (then NaN is read as 0), zero, or NaN
(LightGBM 4.7, include/LightGBM/tree.h and src/io/tree.cpp).
"""

from collections.abc import Iterator, Mapping, Sequence
from math import floor
from typing import Any

import numpy as np

from leadline.operations.training.measuring import Codes, Floats
from leadline.scoring.encoding import MISSING
from leadline.scoring.model_file import Column, Split, Tree
from leadline.scoring.trees import Forest

CHECKED = 1000
CLOSE = 1e-12
_CATEGORICAL, _DEFAULT_LEFT = 1, 2
_NOTHING, _ZERO = 0, 1


class NotExported(ValueError):
    """A model has something that trees of a model file can't say; or it scores otherwise."""


def exported_trees(booster: Any, columns: Sequence[Column], rounds: int) -> tuple[Tree, ...]:
    """The first *rounds* trees of a LightGBM model of these columns. Raises NotExported if it is
    not a binary one of plain trees, or if 1000 rows of chance do not score alike."""
    head, *blocks = booster.model_to_string(num_iteration=rounds).split("\nTree=")
    _check_head(head)
    blocks[-1] = blocks[-1].partition("\nend of trees")[0]
    trees = tuple(_tree(_lines(block), columns) for block in blocks)
    _check_scores(booster, columns, trees, rounds)
    return trees


def matrix_of(codes: Codes) -> Floats:
    """Codes as LightGBM gets them: what is missing is NaN."""
    return np.where(codes == MISSING, np.nan, codes.astype(float))


def _check_head(head: str) -> None:
    said = _lines(head)
    if not said.get("objective", "").startswith("binary"):
        raise NotExported(f"the objective {said.get('objective')!r} is not binary")
    if said["objective"] != "binary sigmoid:1":
        raise NotExported(f"{said['objective']!r} has another sigmoid than 1")
    if "average_output" in head.split("\n"):
        raise NotExported("its trees are averaged (a random forest)")
    if said.get("num_class") != "1" or said.get("num_tree_per_iteration") != "1":
        raise NotExported("it has several classes")


def _lines(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.split("\n") if "=" in line)


def _tree(said: Mapping[str, str], columns: Sequence[Column]) -> Tree:
    if said.get("is_linear", "0") != "0":
        raise NotExported("it has linear trees")
    leaves = tuple(map(float, said["leaf_value"].split()))
    return Tree(tuple(_splits(said, columns)) if len(leaves) > 1 else (), leaves)


def _splits(said: Mapping[str, str], of: Sequence[Column]) -> Iterator[Split]:
    columns, kinds, left, right = (
        [int(one) for one in said[name].split()]
        for name in ("split_feature", "decision_type", "left_child", "right_child")
    )
    thresholds = [float(one) for one in said["threshold"].split()]
    means = [float(one) for one in said["internal_value"].split()]
    for place, (column, kind) in enumerate(zip(columns, kinds, strict=True)):
        mean = round(means[place], 6)
        if kind & _CATEGORICAL:
            codes = tuple(_codes(said, int(thresholds[place])))
            yield Split(column, left[place], right[place], mean, codes=codes)
        else:
            # Infinity parts what is given from what is missing.
            at = floor(min(thresholds[place], of[column].codes - 1))
            missing = _missing_left(kind, thresholds[place])
            yield Split(column, left[place], right[place], mean, at, missing)


def _missing_left(kind: int, threshold: float) -> bool:
    counts_as_missing = (kind >> 2) & 3
    if counts_as_missing == _ZERO:
        raise NotExported("it takes zeros for missing values")
    if counts_as_missing == _NOTHING:
        return threshold >= 0
    return bool(kind & _DEFAULT_LEFT)


def _codes(said: Mapping[str, str], number: int) -> Iterator[int]:
    begins = [int(one) for one in said["cat_boundaries"].split()]
    words = [int(one) for one in said["cat_threshold"].split()]
    for place, bits in enumerate(words[begins[number] : begins[number + 1]]):
        yield from (32 * place + bit for bit in range(32) if bits >> bit & 1)


def _check_scores(
    booster: Any, columns: Sequence[Column], trees: Sequence[Tree], rounds: int
) -> None:
    """Compare scores of rows of chance, with missing values and categories that were never seen."""
    chance = np.random.default_rng(1)
    drawn = [chance.integers(MISSING, column.codes, CHECKED) for column in columns]
    codes = np.stack(drawn, axis=1)
    wanted = booster.predict(matrix_of(codes), raw_score=True, num_iteration=rounds)
    forest = Forest(columns, trees)
    for row, raw in zip(codes.tolist(), wanted.tolist(), strict=True):
        if abs(forest.raw(forest.leaves(row)) - raw) >= CLOSE:
            raise NotExported("the exported trees score otherwise than LightGBM does")
