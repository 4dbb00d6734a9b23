"""The part of `resealing` about keys: makes blind what is in the clear, or the other way round."""

from collections.abc import Iterator, Sequence
from contextlib import closing

import apsw

from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.keys import KeyIndex
from leadline.stores.sqlite.encryption.blinding import BLIND_SIZE, KEY_SIZE, Blinding, rules_of
from leadline.stores.sqlite.persons.backfill import DONE_S, Backfill
from leadline.stores.sqlite.persons.candidates import joined, numbers_in
from leadline.stores.sqlite.privacy.blanking import note_space
from leadline.stores.sqlite.privacy.scrubbing import note_erasure, overwriting
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore

_sql = Queries(__name__)
_LEADS, _ROWS = 200, 1_000
PAUSE_S = 0.05
"""The seconds to wait after a piece that was written: capture goes first."""
Row = tuple[bytes, int, int, int]


def likeness_pieces(store: SqliteStore) -> Iterator[float]:
    """Put leads under the candidate keys that are to be; yields the seconds until the next piece.
    Another process may do it, too."""
    with closing(Backfill(store, leads=_LEADS)) as backfill:
        while not _is_current(store):
            pause = backfill.once()
            yield PAUSE_S if pause in (0.0, DONE_S) else pause


def _is_current(store: SqliteStore) -> bool:
    with store.db.writing() as db:  # which notices how keys are to be
        return bool(bulk.query(db, _sql.is_current, rules_of(db))[0][0])


def key_pieces(store: SqliteStore, rows: int = _ROWS) -> Iterator[int]:
    """Keys of events, records and people, names of salespeople, and the log of candidate keys;
    yields how many were written in each piece."""
    index = KeyIndex()
    after: bytes | None = b""
    while after is not None:
        after, count = _keys(store, index, after, rows)
        yield count
    last: tuple[str, bytes] | None = ("", b"")
    while last is not None:
        last, count = _names(store, last, rows)
        yield count
    entered: int | None = 0
    while entered is not None:
        entered, count = _entered(store, entered, rows)
        yield count


def _keys(store: SqliteStore, index: KeyIndex, after: bytes, rows: int) -> tuple[bytes | None, int]:
    """Some keys: first of the log, then of the sorted table after a key. Returns the last one of
    that; None if there are no more."""
    with index.forgetting_on_failure(), store.db.writing() as db, overwriting(db):
        assert db.sealer is not None  # noqa: S101 - the file is encrypted
        blinding, seals = db.sealer.blinding, db.sealer.seals
        size = KEY_SIZE if seals else BLIND_SIZE
        found: Sequence[Row] = bulk.query(db, _sql.logged, size, rows)
        if not found:
            found = bulk.query(db, _sql.sorted, after, size, rows)
            if not found:
                return None, 0
            after = found[-1][0]
        _note(store)
        _convert(db, index, found, blinding, seals=seals)
    return after, len(found)


def _convert(
    db: apsw.Connection, index: KeyIndex, rows: Sequence[Row], blinding: Blinding, *, seals: bool
) -> None:
    form = blinding.blind if seals else blinding.clear
    new = {form(key): (lead, at, lasting) for key, lead, at, lasting in rows}
    there = index.stored_owners(db, new)
    index.add_stored(
        db,
        [(key, *row) for key, row in new.items() if key not in there or there[key].at < row[1]],
    )
    index.remove_stored(db, [key for key, *_ in rows])


def _names(
    store: SqliteStore, after: tuple[str, bytes], rows: int
) -> tuple[tuple[str, bytes] | None, int]:
    with store.db.writing() as db, overwriting(db):
        assert db.sealer is not None  # noqa: S101 - the file is encrypted
        blinding, seals = db.sealer.blinding, db.sealer.seals
        found = bulk.query(db, _sql.names, *after, rows)
        count = 0
        for person, lead in found:
            clear = blinding.clear_name(person)
            if (stored := blinding.name(clear) if seals else clear) != person:
                _note(store)
                db.execute(_sql.add_name, (stored, lead))
                db.execute(_sql.remove_name, (person, lead))
                count += 1
    return (found[-1] if len(found) == rows else None), count


def _entered(store: SqliteStore, after: int, rows: int) -> tuple[int | None, int]:
    """Take keys that leads have left out of the log of candidate keys."""
    with store.db.writing() as db, overwriting(db):
        found = bulk.query(db, _sql.entered, after, rows)
        count = 0
        for n, keys, kept in found:
            left = [key for key in numbers_in(keys) if key in set(numbers_in(kept or b""))]
            if joined(left) != keys:
                _note(store)
                db.execute(_sql.keep_entered, (joined(left), n))
                count += 1
    return (found[-1][0] if len(found) == rows else None), count


def forget_leaving(db: apsw.Connection) -> None:
    """Remove from the log of candidate keys which keys leads left, in the write transaction after
    which all processes read the log anew."""
    db.execute(_sql.forget_leaving)


def _note(store: SqliteStore) -> None:
    note_erasure(store.db.folder)
    note_space(store.db.folder)
