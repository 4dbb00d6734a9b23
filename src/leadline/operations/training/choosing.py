"""Chooses the columns of a model from those of its training leads, and says what it leaves out."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from math import ceil

import msgspec
import numpy as np

from leadline.operations.training import leaks
from leadline.operations.training.dates import form_of_dates
from leadline.operations.training.examples import Example
from leadline.operations.training.measuring import Bools, Codes, auc, cross_fitted_auc
from leadline.scoring.columns import (
    CUSTOM,
    TITLE_WORD,
    Value,
    as_number,
    column_group,
    column_of_field,
    days_before,
    is_flag,
)
from leadline.scoring.encoding import encoders, word_of_value
from leadline.scoring.model_file import Column, ColumnGroup, ColumnKind

MOST_COLUMNS, MOST_TITLE_WORDS = 150, 30
_MOST_BINS, _MOST_WORDS = 48, 48
_NEARLY_ALL, _SOME = 0.95, 0.3
_FEW = 50
_MOST_TRIED = 1000
"""Columns that are looked at: those that say nothing must not take the places of others."""


class ChosenColumns(msgspec.Struct, frozen=True):
    """The columns of a model; those that were left out, with the reason, which may be personal
    (`people`); how many there are that few leads have, or that are beyond the number of columns of
    a model (`rare`); and what is doubtful."""

    columns: tuple[Column, ...]
    left_out: dict[str, str]
    doubtful: dict[str, str]
    rare: int


def choose_columns(
    rows: Sequence[Example],
    allowed: frozenset[str] = frozenset(),
    intent: frozenset[str] = frozenset(),
    *,
    dated: bool = True,
) -> ChosenColumns:
    """The columns of these leads that a model may have. *allowed* are let in although they look as
    if they were known only after the outcome; *intent* are columns that tell what somebody did.
    Both are names of columns, with or without "custom.". *dated* is whether it is known when the
    leads were captured: else dates say nothing."""
    won = np.array([row.won for row in rows])
    counts = Counter(name for row in rows for name in row.found)
    names = _not_too_many(counts)
    columns: list[Column] = []
    left_out: dict[str, str] = {}
    doubtful: dict[str, str] = {}
    for place, name in enumerate(names):
        if len(columns) == MOST_COLUMNS:
            names = names[:place]
            break
        values = [row.found.get(name) for row in rows]
        column, reason = _column_of(name, values, rows)
        if column is not None and column.kind is ColumnKind.DATE and not dated:
            column, reason = None, "a date, which says nothing without the time of each lead"
        codes = codes_of([column] if column else [], rows)
        if column is not None and not (reason := _constant(codes)):
            reason, doubt = _after(column, values, codes[:, 0], won, rows)
            reason = "" if _is_in(name, allowed) else reason
            if doubt:
                doubtful[name] = doubt
        if reason or column is None:
            left_out[name] = reason
        else:
            columns.append(_finished(column, codes[:, 0], intent))
    return ChosenColumns(tuple(columns), left_out, doubtful, len(counts) - len(names))


def codes_of(columns: Sequence[Column], rows: Sequence[Example]) -> Codes:
    """The codes of leads: one row for each, one column for each of *columns*."""
    made = encoders(columns)
    codes = [[code(row.found, row.at) for code in made] for row in rows]
    return np.array(codes, dtype=np.int64).reshape(len(rows), len(columns))


def plain_name(name: str) -> str:
    """The name of a column, however it is written: without "custom.", spaces for underscores."""
    return column_of_field(name.removeprefix(CUSTOM)).removeprefix(CUSTOM)


def _is_in(name: str, named: frozenset[str]) -> bool:
    return plain_name(name) in {plain_name(one) for one in named}


def _not_too_many(counts: Counter[str]) -> list[str]:
    common = sorted(
        (name for name, count in counts.items() if count >= leaks.SHARED_BY),
        key=lambda name: (-counts[name], name),
    )
    words = [name for name in common if name.startswith(TITLE_WORD)][MOST_TITLE_WORDS:]
    return [name for name in common if name not in set(words)][:_MOST_TRIED]


def _column_of(
    name: str, values: Sequence[Value | None], rows: Sequence[Example]
) -> tuple[Column | None, str]:
    """The column for these values, or why there is none."""
    given = [value for value in values if value is not None]
    if leaks.is_about_people(name, given):
        return None, "about single people"
    column = Column(name, ColumnKind.NUMBER, column_group(name))
    if is_flag(name):
        return msgspec.structs.replace(column, edges=(0.5,)), ""
    numbers = [number for value in given if (number := as_number(value)) is not None]
    if len(numbers) >= _NEARLY_ALL * len(given):
        return _of_numbers(column, numbers)
    form = form_of_dates([value for value in given if isinstance(value, str)])
    if form is not None:
        days = [
            number
            for row, value in zip(rows, values, strict=True)
            if value is not None and (number := days_before(value, form, row.at)) is not None
        ]
        edges = edges_between(days)
        dated = msgspec.structs.replace(column, kind=ColumnKind.DATE, edges=edges, form=form)
        return dated, ""
    return _of_words(column, [word_of_value(value) for value in given])


def _of_numbers(column: Column, numbers: Sequence[float]) -> tuple[Column | None, str]:
    distinct = set(numbers)
    whole = all(number.is_integer() for number in distinct)
    if whole and len(numbers) > _FEW and len(distinct) > _NEARLY_ALL * len(numbers):
        return None, "a number of its own for each lead: an id"
    return msgspec.structs.replace(column, edges=edges_between(numbers)), ""


def _of_words(column: Column, words: Sequence[str]) -> tuple[Column | None, str]:
    counts = Counter(word for word in words if not leaks.looks_personal(word))
    common = [(word, count) for word, count in counts.items() if count >= leaks.SHARED_BY]
    if sum(count for _, count in common) < _SOME * len(words):
        return None, "ids or free text: few leads share a value"
    common.sort(key=lambda one: (-one[1], one[0]))
    chosen = tuple(word for word, _ in common[:_MOST_WORDS])
    return msgspec.structs.replace(column, kind=ColumnKind.CATEGORY, words=chosen), ""


def edges_between(numbers: Sequence[float]) -> tuple[float, ...]:
    """Edges of bins that hold at least 10 numbers each, and of about equal size. Each is the
    shortest number between two neighbours, and none of theirs."""
    counts = sorted(Counter(numbers).items())
    least = max(leaks.SHARED_BY, ceil(len(numbers) / _MOST_BINS))
    edges: list[float] = []
    held = 0
    left = len(numbers)
    for (low, count), (high, _) in pairwise(counts):
        held, left = held + count, left - count
        edge = shortest(low, high)
        if held >= least and left >= leaks.SHARED_BY and low < edge < high:
            edges.append(edge)
            held = 0
    return tuple(edges)


def shortest(low: float, high: float) -> float:
    """The number with the fewest digits between two numbers, near their middle."""
    middle = (low + high) / 2
    for digits in range(1, 17):
        if low < (short := float(f"{middle:.{digits}g}")) < high:
            return short
    return middle


def _constant(codes: Codes) -> str:
    _, counts = np.unique(codes, return_counts=True)
    common = int((counts >= leaks.SHARED_BY).sum())
    return "" if common > 1 else "nearly the same for all leads"


def _after(
    column: Column,
    values: Sequence[Value | None],
    codes: Codes,
    won: Bools,
    rows: Sequence[Example],
) -> tuple[str, str]:
    """Why a column is known only after the outcome, and what else is doubtful about it."""
    if word := leaks.word_of_afterwards(column.name):
        return f'"{word}" in its name says that it is filled in later', ""
    if (
        column.kind is ColumnKind.DATE
        and (part := _later(column, values, rows)) > leaks.LATER_DATES
    ):
        return f"{part:.0%} of its dates are after the capture of their leads", ""
    if (alone := cross_fitted_auc(codes, won)) > leaks.SUSPICIOUS_AUC:
        return f"it alone tells who was won (AUC {alone:.2f})", ""
    missing = codes < 0
    if missing.any() and not missing.all():
        there = auc((~missing).astype(float), won)
        strength = max(there, 1 - there)
        told = f"whether it is given tells who was won (AUC {strength:.2f})"
        if strength >= leaks.GIVEN_AUC:
            return told, ""
        if strength >= leaks.GIVEN_DOUBT:
            return "", told
    return "", ""


def _later(column: Column, values: Sequence[Value | None], rows: Sequence[Example]) -> float:
    days = [
        number
        for row, value in zip(rows, values, strict=True)
        if value is not None and (number := days_before(value, column.form, row.at)) is not None
    ]
    return sum(number < -1 for number in days) / max(1, len(days))


def _finished(column: Column, codes: Codes, intent: frozenset[str]) -> Column:
    counts = np.bincount(np.where(codes < 0, column.codes, codes), minlength=column.codes + 1)
    usual = tuple(round(float(count) / len(codes), 6) for count in counts)
    told = ColumnGroup.INTENT if _is_in(column.name, intent) else column.group
    return msgspec.structs.replace(column, usual=usual, group=told)
