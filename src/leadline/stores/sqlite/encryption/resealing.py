"""Brings all values of a file under the newest data key, or opens them for good, while others work.

It goes through the tables in short pieces, and writes only rows that are not as they are to be, so
that who is killed loses nothing and begins anew. What the rows held before is overwritten
(`blanking`). When all is done, data keys that nothing is under are removed.
"""

import fcntl
import logging
import os
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

import apsw

from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption import keyring
from leadline.stores.sqlite.encryption.resealing_keys import (
    PAUSE_S,
    forget_leaving,
    key_pieces,
    likeness_pieces,
)
from leadline.stores.sqlite.encryption.sealed_columns import SEALED, SealedTable
from leadline.stores.sqlite.encryption.sealing import DAMAGED, Sealer
from leadline.stores.sqlite.encryption.views import SealingConnection, refresh, teach
from leadline.stores.sqlite.file.checksums import is_whole, sum_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import open_lock
from leadline.stores.sqlite.privacy.blanking import note_space
from leadline.stores.sqlite.privacy.scrubbing import note_erasure, overwriting
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore

log = logging.getLogger(__name__)
_sql = Queries(__name__)
_LOCK = "encryption.lock"
_ROWS = 200
DONE_S, WAIT_S = 60.0, 30.0
"""The seconds to wait when all is done, and while another process does it."""


class Resealing:
    """Does the work in short pieces; one process does it at a time."""

    def __init__(self, store: SqliteStore, rows: int = _ROWS) -> None:
        self._store = store
        self._db = db = store.db
        self._rows = rows
        self._pieces: Iterator[float] | None = None
        self._lock = open_lock(db.folder, _LOCK)

    def once(self) -> float:
        """Do one piece; returns the seconds until the next call. Raises StorageFull or
        StorageFailed; the next call begins anew."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return WAIT_S
        pieces, self._pieces = self._pieces or self._all_pieces(), None
        if (pause := next(pieces, None)) is None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            return DONE_S
        self._pieces = pieces
        return pause

    def close(self) -> None:
        """Let another process do it."""
        os.close(self._lock)

    def _all_pieces(self) -> Iterator[float]:
        with self._db.reading() as db:
            state = keyring.encryption_state(db)
        if not state.is_sealed or state.all_under is not None:
            return
        count = 0
        for table in SEALED:
            for written in self._pieces_of(_stored(self._db, table)):
                count += written
                yield PAUSE_S if written else 0.0
        yield from likeness_pieces(self._store)
        for written in key_pieces(self._store):
            count += written
            yield PAUSE_S
        with self._db.writing() as db, overwriting(db):
            if keyring.encryption_state(db) != state:
                return  # another data key was made meanwhile
            forget_leaving(db)
            keyring.note_all_under(db, state.current)
        log.info("encryption.resealed", extra={"count": count, "data_key": state.current})

    def _pieces_of(self, stored: "_Stored") -> Iterator[int]:
        """Go through a table; yields how many rows were written in each piece."""
        after: tuple[Any, ...] = ()
        while True:
            with self._db.reading() as db:
                refresh(db)
                rows = stored.next(db, after, self._rows)
                changed = any(stored.changed(_sealer(db), row) for row in rows)
            written = self._write(stored, after) if changed else 0
            yield written
            if len(rows) < self._rows:
                return
            after = stored.key_of(rows[-1])

    def _write(self, stored: "_Stored", after: tuple[Any, ...]) -> int:
        with self._db.writing() as db, overwriting(db):
            note_erasure(self._db.folder)
            note_space(self._db.folder)
            count = 0
            for row in stored.next(db, after, self._rows):
                if values := stored.changed(_sealer(db), row):
                    stored.keep(db, row, values)
                    count += 1
        return count


def _sealer(db: SealingConnection) -> Sealer:
    assert db.sealer is not None  # noqa: S101 - the file is encrypted
    return db.sealer


class _Stored(NamedTuple):
    """A table as it is stored: its columns in the order in which they are read, of which the first
    are its key."""

    table: SealedTable
    key: tuple[str, ...]
    columns: tuple[str, ...]

    def next(
        self, db: apsw.Connection, after: tuple[Any, ...], limit: int
    ) -> list[tuple[Any, ...]]:
        """The next rows after a key."""
        names = {
            "columns": ", ".join(self.columns),
            "table": self.table.name,
            "key": ", ".join(self.key),
            "marks": ", ".join("?" * len(self.key)),
        }
        sql = _sql.rows if after else _sql.first_rows
        return bulk.query(db, sql.format(**names), *after, limit)

    def key_of(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """The key of a row."""
        return tuple(row[: len(self.key)])

    def changed(self, sealer: Sealer, row: Sequence[Any]) -> dict[str, Any]:
        """What is to be stored in a row, by column, in place of what is there."""
        named = dict(zip(self.columns, row, strict=True))
        found: dict[str, Any] = {}
        for column, kept in self.table.columns.items():
            if sealer.key_of(named[column]) not in (None, sealer.ring.current):
                found |= _anew(sealer, self.table, column, kept, named)
        return found

    def keep(self, db: apsw.Connection, row: Sequence[Any], values: Mapping[str, Any]) -> None:
        """Store values in a row."""
        sql = _sql.keep.format(
            table=self.table.name,
            settings=", ".join(f"{column} = ?" for column in values),
            condition=" AND ".join(f"{column} = ?" for column in self.key),
        )
        bulk.query(db, sql, *values.values(), *self.key_of(row))


def _stored(db: Database, table: SealedTable) -> _Stored:
    with db.reading() as connection:
        about = connection.pragma("table_info", table.name, schema="main")
    key = [name for _, name, *_, place in sorted(about, key=lambda one: int(one[-1])) if place]
    sums = [kept for kept in table.columns.values() if kept]
    others = [name for name in (table.row, *table.columns, *sums) if name not in key]
    return _Stored(table, tuple(key), (*key, *dict.fromkeys(others)))


def _anew(
    sealer: Sealer, table: SealedTable, column: str, kept: str | None, row: Mapping[str, Any]
) -> dict[str, Any]:
    """A value as it is to be stored, with its checksum; one that is damaged stays so."""
    place, bound = f"{table.name}.{column}", row[table.row]
    value: Any = sealer.open(row[column], place, bound)
    if kept is None:
        return {column: sealer.seal(value, place, bound)}
    whole = is_whole(value, sealer.opened_sum(row[kept], row[column], place, bound))
    stored = sealer.seal(value, place, bound)
    if not whole:
        return {column: stored, kept: DAMAGED}
    return {column: stored, kept: sealer.kept_sum(sum_of(value))}


def _no_key(value: object) -> int | None:
    return 0 if value else None


def values_by_key(db: Database) -> dict[int, int]:
    """How many values are under each data key, and under none (0)."""
    found: dict[int, int] = {}
    with db.reading() as connection:
        sealer = connection.sealer
        teach(connection, "key_of", sealer.key_of if sealer else _no_key, 1)
        for table in SEALED:
            for column in table.columns:
                sql = _sql.counted.format(column=column, table=table.name)
                for number, count in bulk.query(connection, sql):
                    if number is not None:
                        found[number] = found.get(number, 0) + count
    return found
