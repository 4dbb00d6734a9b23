"""The file of a trained model: one JSON document, which is checked before it is used.

The trees split codes, not values: a number becomes the place of its bin between `edges`, a word
the place in `words`, so that the file has no value that only a few leads share.
"""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from itertools import pairwise
from math import isfinite
from typing import Any

import msgspec

from leadline.scoring.model_texts import is_form, problem_of_name, problem_of_texts

FORMAT = 1
MOST_BYTES = 8 << 20
MOST_COLUMNS, MOST_EDGES, MOST_WORDS, MOST_CODES = 200, 255, 500, 10_000
MOST_TREES, MOST_LEAVES = 1000, 16
MOST_VERSION = 1_000_000
_MOST = 1000.0
"""The greatest score of a leaf. Log-odds are far below."""
STEPS = 100
"""The parts of the training leads that ranks tell apart: a score is the percentage of them below.
"""


class ModelRefused(ValueError):
    """A file is no model that this version can use; the text says why."""


class ColumnKind(StrEnum):
    """What values of a column are: a NUMBER, a CATEGORY (a word of a list), or a DATE, as the days
    from it to the capture of the lead."""

    NUMBER = "number"
    CATEGORY = "category"
    DATE = "date"


class ColumnGroup(StrEnum):
    """What a column tells: FIT says who the person or company is, INTENT what they did."""

    FIT = "fit"
    INTENT = "intent"


class Column(msgspec.Struct, frozen=True, omit_defaults=True):
    """A column of a model. `edges` divide numbers and days into bins, ascending: the code of a
    value is the number of edges below it. `words` are the categories; the code of another one is
    the next after them. `form` is how the sender writes dates (`strptime`), "" for ISO 8601.
    `usual` is the share of the training leads at each code, then that of those without a value.
    """

    name: str
    kind: ColumnKind
    group: ColumnGroup
    edges: tuple[float, ...] = ()
    words: tuple[str, ...] = ()
    form: str = ""
    usual: tuple[float, ...] = ()

    @property
    def codes(self) -> int:
        """How many codes there are, without that of a missing value."""
        return len(self.words if self.kind is ColumnKind.CATEGORY else self.edges) + 1


class Split(msgspec.Struct, frozen=True, array_like=True, omit_defaults=True, gc=False):
    """A question of a tree: lead goes left if its code of `column` is at most `at`, or one of
    `codes` where these are given. A missing value goes left if `missing_left`, and is never one of
    `codes`. `left` and `right` are the places of the next split, which comes later in the tree, or
    -1 - the place of a leaf. `mean` is the mean raw score of the training leads that came here."""

    column: int
    left: int
    right: int
    mean: float
    at: int = -1
    missing_left: bool = False
    codes: tuple[int, ...] = ()


class Tree(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A decision tree: the first split is its root; without one it is a single leaf."""

    splits: tuple[Split, ...]
    leaves: tuple[float, ...]


class Calibration(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a raw score becomes a probability: by Platt's sigmoid 1 / (1 + exp(-(slope * raw +
    offset))), or where `knots` are given, by lines between these (raw score, probability)."""

    slope: float = 1.0
    offset: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()


class Ranks(msgspec.Struct, frozen=True):
    """What the training leads scored: 100 ascending thresholds each. A lead's score is the number
    of thresholds of `raw` that it exceeds; `fit` and `intent` are the same for sums of reasons.
    `usual` is the share of the training leads with a score of 0 to 9, 10 to 19, …, 90 to 100."""

    raw: tuple[float, ...]
    fit: tuple[float, ...] = ()
    intent: tuple[float, ...] = ()
    usual: tuple[float, ...] = ()


class Quality(msgspec.Struct, frozen=True, omit_defaults=True):
    """How well a way to score did on leads that it was not fitted to.

    `auc` is the probability that a won lead scores above a lost one, `brier` the mean squared error
    of the probability, `lift` the win rate of the best tenth over that of all. `mean_ratio` is the
    mean probability over the real rate, `best_ratio` the same of the best 2 %; None if none of
    them was won. `deciles` are the mean probability and the real rate of each tenth, best first.
    """

    leads: int
    won: int
    auc: float
    brier: float
    lift: float
    mean_ratio: float | None = None
    best_ratio: float | None = None
    deciles: tuple[tuple[float, float], ...] = ()


class HeldOut(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which leads the model was not fitted to: those from `since` on (seconds since 1970 of their
    capture, or another number that orders them), else those whose hash, as a part of all hashes, is
    `share` (0 to 1) or more. `dated` is whether `since` is a time; None if it is not known."""

    since: float | None = None
    share: float = 1.0
    dated: bool | None = None


class ModelFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A trained model as it stands in its file. `zone` is that of hours and weekdays, `leads` and
    `won` count those that it was fitted to, `outcome` says what counted as won. `model` and
    `baseline` (a logistic regression of the same columns), `fit` and `intent` alone are measured on
    the leads that were `held_out`. `left_out` are the columns that were dropped, with the reason.
    """

    format: int
    name: str
    version: int
    trained_at: str
    zone: str
    outcome: str
    leads: int
    won: int
    columns: tuple[Column, ...]
    trees: tuple[Tree, ...]
    calibration: Calibration
    ranks: Ranks
    held_out: HeldOut
    model: Quality
    baseline: Quality
    fit: Quality | None = None
    intent: Quality | None = None
    left_out: dict[str, str] = {}


def model_in(data: bytes) -> ModelFile:
    """The model in a file. Raises ModelRefused if it is none, of another format, or beyond the
    bounds of this module."""
    if len(data) > MOST_BYTES:
        raise ModelRefused(f"the file has {len(data)} bytes; a model has at most {MOST_BYTES}")
    try:
        model = msgspec.json.decode(data, type=ModelFile)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise ModelRefused(f"it is no model of Leadline: {error}") from error
    if problem := next(_problems(model), None):
        raise ModelRefused(problem)
    return model


def model_bytes(model: ModelFile) -> bytes:
    """A model as JSON, which `model_in` reads. Raises ModelRefused if that would refuse it."""
    data = msgspec.json.encode(model) + b"\n"
    model_in(data)
    return data


def _problems(model: ModelFile) -> Iterator[str]:
    if model.format != FORMAT:
        yield f"it is of format {model.format}; this version reads {FORMAT}"
    yield from _problems_of_texts(model)
    if len(model.columns) > MOST_COLUMNS:
        yield f"it has {len(model.columns)} columns; at most {MOST_COLUMNS} are read"
    if not 1 <= len(model.trees) <= MOST_TREES:
        yield f"it has {len(model.trees)} trees; 1 to {MOST_TREES} are read"
    if (codes := sum(column.codes for column in model.columns)) > MOST_CODES:
        yield f"its columns have {codes} codes; at most {MOST_CODES} are read"
    if len({column.name for column in model.columns}) != len(model.columns):
        yield "it has a column twice"
    for column in model.columns:
        yield from _problems_of_column(column)
    counts = [-one.codes if one.kind is ColumnKind.CATEGORY else one.codes for one in model.columns]
    for number, tree in enumerate(model.trees):
        yield from _problems_of_tree(tree, number, counts)
    yield from _problems_of_ranks(model.ranks)
    yield from _problems_of_calibration(model.calibration)


def _problems_of_texts(model: ModelFile) -> Iterator[str]:
    """What is wrong with the words and counts of a model, which people read and leads keep."""
    if problem := problem_of_name(model.name):
        yield problem
    if not 0 <= model.version <= MOST_VERSION or min(model.leads, model.won) < 0:
        yield "its version or its numbers of leads are none"
    texts = [model.trained_at, model.zone, model.outcome]
    for column in model.columns[: MOST_COLUMNS + 1]:
        texts += (column.name, *column.words)
    if problem := problem_of_texts(texts):
        yield problem


def _problems_of_column(column: Column) -> Iterator[str]:
    if len(column.edges) > MOST_EDGES or len(column.words) > MOST_WORDS:
        yield f"the column {column.name!r} has more than {MOST_EDGES} edges or {MOST_WORDS} words"
    if not all(map(isfinite, column.edges)) or not _ascending(column.edges):
        yield f"the edges of the column {column.name!r} do not ascend"
    if len(set(column.words)) != len(column.words):
        yield f"the column {column.name!r} has a word twice"
    if len(column.usual) not in (0, column.codes + 1) or not _shares(column.usual):
        yield f"the usual shares of the column {column.name!r} do not fit its codes"
    if not is_form(column.form):
        yield f"the column {column.name!r} is dated in no form that is known"


def _problems_of_tree(tree: Tree, number: int, codes: Sequence[int]) -> Iterator[str]:
    """What is wrong with a tree; *codes* are for each column how many codes it has, negative for
    categories. Written to be fast: it reads each split of a model at every cold start."""
    name = f"tree {number + 1}"
    if not 1 <= len(tree.leaves) <= MOST_LEAVES or len(tree.splits) != len(tree.leaves) - 1:
        yield f"{name} has {len(tree.leaves)} leaves and {len(tree.splits)} splits"
        return
    if not all(-_MOST <= leaf <= _MOST for leaf in tree.leaves):
        yield f"{name} has a leaf that is no number of at most {_MOST}"
    after: list[int] = []
    for place, split in enumerate(tree.splits):
        left, right = split.left, split.right
        after += (left, right)
        if 0 <= left <= place or 0 <= right <= place:
            yield f"{name} goes back at split {place + 1}"
        if not 0 <= split.column < len(codes) or not -_MOST <= split.mean <= _MOST:
            yield f"{name} asks for a column that is not there, or has no mean of at most {_MOST}"
        elif not _fits(split, codes[split.column]):
            yield f"{name} asks for a code that the column does not have"
    after.sort()
    if after != [*range(-len(tree.leaves), 0), *range(1, len(tree.splits))] and tree.splits:
        yield f"{name} does not reach each leaf and each split once"


def _fits(split: Split, codes: int) -> bool:
    """Whether a split asks for codes that its column has."""
    if codes > 0:
        return 0 <= split.at < codes and not split.codes
    asked = split.codes
    return split.at == -1 and (not asked or 0 <= min(asked) <= max(asked) < -codes)


def _problems_of_ranks(ranks: Ranks) -> Iterator[str]:
    for name, steps in (("raw", ranks.raw), ("fit", ranks.fit), ("intent", ranks.intent)):
        if steps or name == "raw":
            if len(steps) != STEPS or not all(map(isfinite, steps)):
                yield f"the ranks {name!r} are not {STEPS} finite numbers"
            if any(a > b for a, b in pairwise(steps)):
                yield f"the ranks {name!r} descend"
    if len(ranks.usual) not in (0, 10) or not _shares(ranks.usual):
        yield "the usual shares of its scores are not 10 numbers of 0 to 1"


def _problems_of_calibration(found: Calibration) -> Iterator[str]:
    numbers: list[Any] = [found.slope, found.offset, *(one for knot in found.knots for one in knot)]
    if not all(map(isfinite, numbers)) or found.slope <= 0:
        yield "its calibration has no finite numbers, or does not ascend"
    if found.knots and not _ascending(tuple(knot[0] for knot in found.knots)):
        yield "the knots of its calibration do not ascend"
    if any(not 0 <= probability <= 1 for _, probability in found.knots):
        yield "its calibration gives a probability outside 0 to 1"
    if any(low > high for (_, low), (_, high) in pairwise(found.knots)):
        yield "its calibration gives a lower probability for a higher score"


def _ascending(numbers: tuple[float, ...]) -> bool:
    return all(a < b for a, b in pairwise(numbers))


def _shares(numbers: Sequence[float]) -> bool:
    return all(0 <= one <= 1 for one in numbers)
