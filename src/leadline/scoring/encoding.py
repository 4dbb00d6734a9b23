"""Turns the columns of a lead into codes: small integers that the trees of a model ask for."""

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from leadline.scoring.columns import Value, as_number, days_before, is_flag
from leadline.scoring.model_file import Column, ColumnKind

MISSING = -1
"""The code of a value that is not given, or that its column cannot read."""

Encoder = Callable[[Mapping[str, Value], datetime], int]


def encoders(columns: Sequence[Column]) -> list[Encoder]:
    """For each column what gives its code, from the columns of a lead and its time of capture."""
    made: Mapping[ColumnKind, Callable[[Column], Encoder]] = {
        ColumnKind.NUMBER: _of_number,
        ColumnKind.CATEGORY: _of_category,
        ColumnKind.DATE: _of_date,
    }
    return [made[column.kind](column) for column in columns]


def word_of_value(value: Value) -> str:
    """A value as a category: that of the number 2.0 is "2"."""
    if isinstance(value, str):
        return value
    return str(int(value)) if value.is_integer() else repr(value)


def number_of(column: Column, value: Value, at: datetime) -> float | None:
    """The number that a column of numbers or dates compares with its edges; None if it has none."""
    if column.kind is ColumnKind.DATE:
        return days_before(word_of_value(value), column.form, at)
    return as_number(value)


def _of_number(column: Column) -> Encoder:
    name, edges, absent = column.name, column.edges, 0 if is_flag(column.name) else MISSING

    def code(found: Mapping[str, Value], _: datetime) -> int:
        value = found.get(name)
        if value.__class__ is not float:
            value = as_number(value)
        return absent if value is None else bisect_left(edges, value)

    return code


def _of_category(column: Column) -> Encoder:
    name, other = column.name, len(column.words)
    codes = {word: code for code, word in enumerate(column.words)}

    def code(found: Mapping[str, Value], _: datetime) -> int:
        value = found.get(name)
        return MISSING if value is None else codes.get(word_of_value(value), other)

    return code


def _of_date(column: Column) -> Encoder:
    name, edges = column.name, column.edges

    def code(found: Mapping[str, Value], at: datetime) -> int:
        value = found.get(name)
        days = None if value is None else number_of(column, value, at)
        return MISSING if days is None else bisect_left(edges, days)

    return code
