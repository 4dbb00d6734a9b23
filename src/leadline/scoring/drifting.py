"""Whether leads have become others than those that a model was trained on.

The measure is the population stability index (PSI) of a column: the sum, over its codes, of
(now - then) * ln(now / then). 0.1 is usually called a slight and 0.25 a great change. Few leads
differ by chance: what chance alone makes of the index is added to these bounds.

A model knows the leads that it was fitted to and gives them scores further apart than those of new
leads. So the score is compared on leads that came after those: after the time from which on leads
were held out, else after the training.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise
from math import inf, log

import msgspec

from leadline.model.facts.scored_leads import before_scoring, can_be_scored
from leadline.model.lead import RefinedLead
from leadline.scoring.calibrating import rank
from leadline.scoring.encoding import MISSING
from leadline.scoring.model_file import Column, ColumnKind, ModelFile
from leadline.scoring.trained import TrainedModel

SLIGHT, GREAT = 0.1, 0.25
FEWEST = 100
SCORE = "score"
_MISSING, _OTHER = "not given", "other"


class Drift(msgspec.Struct, frozen=True):
    """How much a column has changed, or the score ("score"): its `index` (PSI), the index above
    which the change is `slight` or `great` for so many leads, and the value whose share changed
    most, with the share `then` and `now` (0 to 1)."""

    column: str
    index: float
    slight: float
    great: float
    value: str
    then: float
    now: float

    @property
    def is_slight(self) -> bool:
        """Whether it has changed more than chance does."""
        return self.index > self.slight

    @property
    def is_great(self) -> bool:
        """Whether the model should be trained anew."""
        return self.index > self.great


def drifts_of(model: TrainedModel, leads: Iterable[RefinedLead]) -> tuple[int, list[Drift]]:
    """How many leads there are, and how each column and the score have changed, the greatest change
    first; none, if there are fewer than 100 leads. The score is left out if fewer than 100 of them
    are new to the model."""
    file, codes, new = model.file, [], []
    new_from = _new_from(file)
    for lead in leads:
        if can_be_scored(lead):
            row = model.codes(before_scoring(lead))
            codes.append(row)
            if lead.captured_at.timestamp() >= new_from:
                new.append(row)
    if len(codes) < FEWEST:
        return len(codes), []
    found = [
        _drift(column.name, _labels(column), column.usual, [row[n] for row in codes], file.leads)
        for n, column in enumerate(file.columns)
        if column.usual
    ]
    if file.ranks.usual and len(new) >= FEWEST:
        tenths = [min(9, rank(model.measured(row).raw, file.ranks.raw) // 10) for row in new]
        labels = [f"{10 * n} to {10 * n + 9}" for n in range(9)] + ["90 to 100"]
        found.append(_drift(SCORE, labels, file.ranks.usual, tenths, file.leads))
    return len(codes), sorted(found, key=lambda one: one.great - one.index)


def _new_from(model: ModelFile) -> float:
    """From when on a model knows no lead, in seconds since 1970: minus infinity if it does not say,
    as a file that somebody wrote by hand may."""
    held = model.held_out
    if held.since is not None and held.dated:
        return held.since
    try:
        return datetime.fromisoformat(model.trained_at).timestamp()
    except ValueError:
        return -inf


def _drift(
    name: str, labels: Sequence[str], then: Sequence[float], codes: Sequence[int], trained: int
) -> Drift:
    """The change of one column; the code -1 counts as the last."""
    counts, total = Counter(codes), len(codes)
    half = 0.5 / total
    last = len(then) - 1
    now = [counts[n] / total for n in range(last)] + [(counts[last] + counts[MISSING]) / total]
    cells = list(zip(then, now, strict=True))
    index = sum((b - a) * log((b + half) / (a + half)) for a, b in cells)
    by_chance = (sum(share > 0 for share in then) - 1) * (1 / total + 1 / max(1, trained))
    place = max(range(len(cells)), key=lambda n: abs(cells[n][1] - cells[n][0]))
    a, b = cells[place]
    return Drift(
        column=name,
        index=round(index, 4),
        slight=round(SLIGHT + by_chance, 4),
        great=round(GREAT + by_chance, 4),
        value=labels[place],
        then=round(a, 4),
        now=round(b, 4),
    )


def _labels(column: Column) -> list[str]:
    """What each code of a column stands for, that of a missing value last."""
    if column.kind is ColumnKind.CATEGORY:
        return [*column.words, _OTHER, _MISSING]
    edges = [f"{edge:g}" for edge in column.edges]
    if not edges:
        return ["given", _MISSING]
    between = [f"{low} to {high}" for low, high in pairwise(edges)]
    return [f"up to {edges[0]}", *between, f"above {edges[-1]}", _MISSING]
