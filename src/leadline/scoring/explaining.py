"""The strongest reasons for a score, each with the points that it gave or took."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from leadline.model.facts.score import ScoreReason
from leadline.scoring.calibrating import rank
from leadline.scoring.columns import Value, is_flag
from leadline.scoring.encoding import number_of, word_of_value
from leadline.scoring.model_file import Column, ColumnKind

MOST_REASONS = 3
NOT_GIVEN, OTHER, YES, NO = "not given", "other", "yes", "no"


def reasons(
    columns: Sequence[Column],
    sums: Sequence[float],
    raw: float,
    steps: tuple[float, ...],
) -> list[tuple[int, float]]:
    """The places of at most three columns that moved the raw score most, with the points: the
    score, less the score without what the column gave or took."""
    order = sorted(range(len(columns)), key=lambda place: -abs(sums[place]))[:MOST_REASONS]
    value = rank(raw, steps)
    told = [(place, float(value - rank(raw - sums[place], steps))) for place in order]
    return [(place, points) for place, points in told if points]


def reason(
    column: Column, code: int, points: float, found: Mapping[str, Value], at: datetime
) -> ScoreReason:
    """A reason in words: the value of a category only if it is one of the model's."""
    return ScoreReason(column.name, _shown(column, code, found, at), points)


def _shown(column: Column, code: int, found: Mapping[str, Value], at: datetime) -> str:
    value = found.get(column.name)
    if is_flag(column.name) or column.name.startswith("has_"):
        return YES if value == 1.0 else NO
    if value is None or code < 0:
        return NOT_GIVEN
    if column.kind is ColumnKind.CATEGORY:
        return column.words[code] if code < len(column.words) else OTHER
    number = number_of(column, value, at)
    if number is None:
        return NOT_GIVEN
    shown = word_of_value(round(number, 2))
    return f"{shown} days before" if column.kind is ColumnKind.DATE else shown
