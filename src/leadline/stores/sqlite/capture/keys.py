"""The owners of keys: an index that is written sequentially and read at random.

Event, record and match keys are digests, so each new one belongs on a different page of a sorted
table. If it was written there at once, a lead would cost several pages of write-ahead log, and more
as the table grows. So new keys are appended to `key_log` (and kept in memory here); when enough
have gathered, one slice of the key space at a time is moved to the sorted table, where many of its
keys share a page.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import apsw

from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.remembering import RememberedIndex
from leadline.stores.sqlite.encryption.blinding import blind_rows, stored_keys
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
_SLICES = 32
_WIDTH = 256 // _SLICES
COMPARED = 2
"""The value of a lasting key whose later events are compared with the first one; with 1, as earlier
versions wrote it, the key alone decides."""
_NOBODY, _START_AGAIN = 0, bytes(16)
"""The lead and the key of the row that tells processes that keys were removed."""


class Owned(NamedTuple):
    """The lead that owns a key (row number), since when, and whether permanently."""

    lead: int
    at: int
    lasting: int


class KeyIndex(RememberedIndex):
    """One process's view of the keys; it may be used only inside a transaction."""

    def __init__(self, gather: int = 32_768) -> None:
        self._gather = gather
        self._next_slice = 0
        self._started_again = 0
        self.forget()

    def forget(self) -> None:
        """Discard what is in memory; must be called when a transaction was rolled back."""
        self._fresh: list[dict[bytes, tuple[int, int, int, int]]] = [{} for _ in range(_SLICES)]
        self._seen = 0

    def owners(self, db: apsw.Connection, keys: Collection[bytes]) -> Mapping[bytes, Owned]:
        """The owners of these keys; keys without an owner are left out."""
        if getattr(db, "sealer", None) is None:
            return self.stored_owners(db, keys)
        stored = stored_keys(db, keys)
        found: dict[bytes, Owned] = {}
        for name, owned in self.stored_owners(db, stored).items():
            key = stored[name]
            if key not in found or found[key].at < owned.at:
                found[key] = owned
        return found

    def stored_owners(self, db: apsw.Connection, stored: Collection[bytes]) -> dict[bytes, Owned]:
        """The owners of keys in the form in which they are stored."""
        self._read_on(db)
        found: dict[bytes, Owned] = {}
        elsewhere: list[bytes] = []
        for key in stored:
            fresh = self._fresh[key[0] // _WIDTH].get(key)
            if fresh is None:
                elsewhere.append(key)
            else:
                found[key] = Owned(*fresh[1:])
        for key, *row in bulk.select(db, _sql.known, elsewhere):
            found[key] = Owned(*row)
        return found

    def add(self, db: apsw.Connection, rows: Sequence[tuple[bytes, int, int, int]]) -> None:
        """Add owners (key, lead, at, lasting) in a write transaction; the last of a key counts."""
        self.add_stored(db, blind_rows(db, rows))

    def add_stored(self, db: apsw.Connection, rows: Sequence[tuple[bytes, int, int, int]]) -> None:
        """As `add`, with keys in the form in which they are stored."""
        bulk.insert(db, _sql.log, rows)
        self._note_added(db, rows)
        if sum(map(len, self._fresh)) > self._gather:
            self._move_a_slice(db)

    def _note_added(self, db: apsw.Connection, rows: Sequence[tuple[bytes, int, int, int]]) -> None:
        """Remember what was just added without reading it, if nothing else was added since this
        process read on: the rows then have the numbers that follow."""
        last = self._seen + len(rows)
        if rows and db.last_insert_rowid() == last:
            for n, (key, lead, at, lasting) in enumerate(rows, self._seen + 1):
                self._fresh[key[0] // _WIDTH][key] = (n, lead, at, lasting)
            self._seen = last

    def remove(self, db: apsw.Connection, keys: Sequence[bytes]) -> None:
        """Delete these keys for good, in a write transaction; all processes then reload their keys
        from the file."""
        self.remove_stored(db, list(stored_keys(db, keys)))

    def remove_stored(self, db: apsw.Connection, keys: Sequence[bytes]) -> None:
        """As `remove`, with keys in the form in which they are stored."""
        if keys:
            bulk.select(db, _sql.remove_known, keys)
            bulk.select(db, _sql.remove_logged, keys)
            bulk.insert(db, _sql.log, [(_START_AGAIN, _NOBODY, 0, 1)])

    def _read_on(self, db: apsw.Connection) -> None:
        """Read what this and other processes have added to the log since the last call."""
        for n, key, lead, at, lasting in bulk.query(db, _sql.logged_since, self._seen):
            if lead == _NOBODY:
                self._seen = n
                if n > self._started_again:
                    self._started_again = n
                    self.forget()
                    self._read_on(db)
                    return
                continue
            self._fresh[key[0] // _WIDTH][key] = (n, lead, at, lasting)
            self._seen = n

    def _move_a_slice(self, db: apsw.Connection) -> None:
        self._read_on(db)
        number, self._next_slice = self._next_slice, (self._next_slice + 1) % _SLICES
        moved = self._fresh[number]
        # Sorted, so that neighbours share a page; another process may have moved some already.
        bulk.insert(db, _sql.move_to_known, [(key, *moved[key][1:]) for key in sorted(moved)])
        bulk.select(db, _sql.remove_from_log, [n for n, *_ in moved.values()])
        self._fresh[number] = {}
