"""Statements over many rows at once.

SQLite gives the interpreter lock up and takes it back at every step. Next to a busy event loop
each taking-back can wait milliseconds, so sixty rows must be one step, not sixty.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import apsw

_MOST = 64


def insert(db: apsw.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Carry out *sql*, whose `VALUES ()` is filled with all rows."""
    if not rows:
        return
    one = "(" + ",".join("?" * len(rows[0])) + ")"
    for chunk in _chunks(rows):
        values = ",".join([one] * len(chunk))
        db.execute(
            sql.replace("VALUES ()", f"VALUES {values}"),
            [value for row in chunk for value in row],
        )


def query(db: apsw.Connection, sql: str, *bindings: Any) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    return db.execute(sql, bindings).fetchall()


def select(
    db: apsw.Connection, sql: str, keys: Iterable[Any], *before: Any
) -> list[tuple[Any, ...]]:
    """All rows of *sql*, whose `IN ()` is filled with the keys; *before* are the values of the
    question marks that stand before it."""
    found: list[tuple[Any, ...]] = []
    for chunk in _chunks(list(keys)):
        marks = ",".join("?" * len(chunk))
        found += db.execute(sql.replace("IN ()", f"IN ({marks})"), (*before, *chunk)).fetchall()
    return found


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Cut into sixty-fours, a multiple of eight and a rest: few pieces, and few different sizes,
    so that the statements for them stay prepared."""
    start = 0
    while (left := len(rows) - start) > 0:
        size = _MOST if left >= _MOST else left - left % 8 or left
        yield rows[start : start + size]
        start += size
