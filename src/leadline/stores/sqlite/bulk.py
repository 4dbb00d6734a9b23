"""Statements over many rows at once.

The connection releases the interpreter lock in every step and takes it back after it. Next to a
busy event loop each of these waits may last milliseconds, so sixty rows should be one step.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import apsw

_MOST = 64


def insert(db: apsw.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute *sql* with its `VALUES ()` filled with all *rows*, sealed where the file is
    encrypted."""
    if not rows:
        return
    if (sealer := getattr(db, "sealer", None)) is not None:
        rows = sealer.rows(sql, rows)
    update(db, sql, rows)


def update(db: apsw.Connection, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute *sql* with its `VALUES ()` filled with all *rows* as they are, so that it has to seal
    what it writes itself."""
    for chunk in _chunks(rows):
        text = _filled(sql, len(chunk), len(rows[0]))
        db.execute(text, list(chain.from_iterable(chunk)))


@lru_cache(1024)
def _filled(sql: str, rows: int, columns: int) -> str:
    values = ",".join(["(" + ",".join("?" * columns) + ")"] * rows)
    return sql.replace("VALUES ()", f"VALUES {values}")


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
