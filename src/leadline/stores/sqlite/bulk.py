"""Statements over many rows at once.

The connection releases the interpreter lock in every step and takes it back after it. Next to a
busy event loop each of these waits may last milliseconds, so sixty rows should be one step.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any

import apsw

_MOST = 64


def insert(db: apsw.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute *sql* with its `VALUES ()` filled with all *rows*."""
    if not rows:
        return
    one = "(" + ",".join("?" * len(rows[0])) + ")"
    for chunk in _chunks(rows):
        values = ",".join([one] * len(chunk))
        db.execute(
            sql.replace("VALUES ()", f"VALUES {values}"),
            list(chain.from_iterable(chunk)),
        )


def query(db: apsw.Connection, sql: str, *bindings: Any) -> list[tuple[Any, ...]]:
    """All rows of one query."""
    return db.execute(sql, bindings).fetchall()


def select(
    db: apsw.Connection, sql: str, keys: Iterable[Any], *before: Any
) -> list[tuple[Any, ...]]:
    """All rows of *sql* with its `IN ()` filled with *keys*; *before* are the values of the
    question marks before the `IN ()`."""
    found: list[tuple[Any, ...]] = []
    for chunk in _chunks(list(keys)):
        marks = ",".join("?" * len(chunk))
        found += db.execute(sql.replace("IN ()", f"IN ({marks})"), (*before, *chunk)).fetchall()
    return found


def _chunks(rows: Sequence[Any]) -> Iterable[Sequence[Any]]:
    """Chunks of 64 rows, a multiple of eight, and a rest: few chunks of few different sizes, so
    that their statements stay in the cache of prepared statements."""
    start = 0
    while (left := len(rows) - start) > 0:
        size = _MOST if left >= _MOST else left - left % 8 or left
        yield rows[start : start + size]
        start += size
