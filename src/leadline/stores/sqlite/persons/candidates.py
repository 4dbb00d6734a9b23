"""Which leads are under which candidate keys, in an index that is written as that of `keys` is.

A lead that comes is one row of a log, with all its keys. Processes keep in memory what the log
says. When enough has gathered, one slice of the key space at a time is moved to the sorted table.

Of a key only its first 6 bytes are kept, which takes a third of the space. Two keys of a million
leads may then share them, which makes strangers candidates for each other; their traits tell them
apart.
"""

from collections.abc import Collection, Iterable, Sequence

import apsw

from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.capture.remembering import RememberedIndex
from leadline.stores.sqlite.encryption.blinding import key_form
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
KEY_SIZE = 6
SLICES = 64
SLICE_SHIFT = 8 * KEY_SIZE - 6
_KEPT = 1_024
"""So many of the latest rows stay in the log, so that it tells who came since a search."""

Entry = tuple[int, int]
"""A row of the log: its number, and the lead."""


def numbers_in(keys: bytes) -> list[int]:
    """The numbers of keys that are kept one after the other (`likeness.keys`)."""
    return [int.from_bytes(keys[at : at + KEY_SIZE]) for at in range(0, len(keys), KEY_SIZE)]


def joined(numbers: Iterable[int]) -> bytes:
    """The reverse of `numbers_in`."""
    return b"".join([number.to_bytes(KEY_SIZE) for number in numbers])


class CandidateIndex(RememberedIndex):
    """One process's view of the index; it may be used only inside a transaction."""

    def __init__(self, gather: int = 65_536) -> None:
        self._gather = gather
        self._next_slice = 0
        self._form: object = None
        self.forget()

    def forget(self) -> None:
        """Discard what is in memory; must be called when a transaction was rolled back."""
        self._fresh: list[dict[int, tuple[Entry, ...]]] = [{} for _ in range(SLICES)]
        self._full: set[int] = set()
        self._count = 0
        self._seen = 0

    def mark(self, db: apsw.Connection) -> int:
        """The present time of the index, for `newcomers`."""
        self._read_on(db)
        return self._seen

    def leads(self, db: apsw.Connection, keys: Collection[int]) -> dict[int, set[int]]:
        """The leads under these keys; keys without any are left out."""
        self._read_on(db)
        found: dict[int, set[int]] = {}
        for key in keys:
            fresh = self._fresh[key >> SLICE_SHIFT].get(key)
            if fresh is not None:
                found[key] = {lead for _, lead in fresh}
        for key, lead in bulk.select(db, _sql.under, keys):
            found.setdefault(key, set()).add(lead)
        self._full.update(key for key, leads in found.items() if len(leads) >= CAP)
        return found

    def newcomers(self, db: apsw.Connection, keys: Collection[int], since: int) -> set[int] | None:
        """The leads that came under these keys since a mark; None if that is too long ago."""
        self._read_on(db)
        if since < self._seen - _KEPT:
            return None
        return {
            lead
            for key in keys
            for n, lead in self._fresh[key >> SLICE_SHIFT].get(key, ())
            if n > since
        }

    def add(self, db: apsw.Connection, come: Sequence[tuple[int, Sequence[int]]]) -> None:
        """Put leads under keys (lead, keys), in a write transaction. A key that was found to have
        `CAP` leads gets no more."""
        if not come:
            return
        self._read_on(db)
        rows = [(lead, [key for key in keys if key not in self._full]) for lead, keys in come]
        bulk.insert(db, _sql.log, [(lead, joined(keys)) for lead, keys in rows])
        first = db.last_insert_rowid() - len(rows) + 1
        for n, (lead, keys) in enumerate(rows, first):
            self._enter(n, lead, keys)
        if self._count > self._gather:
            self._move_a_slice(db)

    def remove(self, db: apsw.Connection, lead: int, keys: Sequence[int]) -> None:
        """Take a lead from under some of its keys, in a write transaction."""
        self._read_on(db)
        self._log_leaving(db, lead, joined(keys))
        bulk.select(db, _sql.remove, keys, lead)

    def forget_lead(self, db: apsw.Connection, lead: int, keys: Sequence[int]) -> None:
        """Take a lead from under all of its keys, in a write transaction, and the keys from the
        log."""
        self._read_on(db)
        db.execute(_sql.forget, (lead,))
        self._log_leaving(db, lead, b"")
        bulk.select(db, _sql.remove, keys, lead)

    def _log_leaving(self, db: apsw.Connection, lead: int, keys: bytes) -> None:
        bulk.insert(db, _sql.log, [(-lead, keys)])
        self._seen = db.last_insert_rowid()
        self._leave(lead, numbers_in(keys))

    def _read_on(self, db: apsw.Connection) -> None:
        """Read what this and other processes have added to the log since the last call."""
        if self._form != (form := key_form(db)):
            self.forget()
            self._form = form
        if not self._seen:
            self._moved: dict[int, int] = dict(bulk.query(db, _sql.moved))
        for n, lead, keys in bulk.query(db, _sql.logged_since, self._seen):
            if lead > 0:
                self._enter(n, lead, numbers_in(keys))
            else:
                self._leave(-lead, numbers_in(keys))
                self._seen = n

    def _enter(self, n: int, lead: int, keys: Iterable[int]) -> None:
        for key in keys:
            if n > self._moved[key >> SLICE_SHIFT]:
                fresh = self._fresh[key >> SLICE_SHIFT]
                fresh[key] = (*fresh[key], (n, lead)) if key in fresh else ((n, lead),)
                self._count += 1
        self._seen = n

    def _leave(self, lead: int, keys: Collection[int]) -> None:
        """Take a lead from under keys in memory; without keys, from under all."""
        every = keys or [k for some in self._fresh for k, es in some.items() if _has(es, lead)]
        for key in every:
            fresh = self._fresh[key >> SLICE_SHIFT]
            left = tuple(entry for entry in fresh.get(key, ()) if entry[1] != lead)
            self._count -= len(fresh.pop(key, ())) - len(left)
            if left:
                fresh[key] = left
        self._full.difference_update(every)

    def _move_a_slice(self, db: apsw.Connection) -> None:
        number, self._next_slice = self._next_slice, (self._next_slice + 1) % SLICES
        # Another process may have moved some already.
        self._moved = dict(bulk.query(db, _sql.moved))
        after, latest, fresh = self._moved[number], self._seen - _KEPT, self._fresh[number]
        entries = [(k, lead) for k in sorted(fresh) for n, lead in fresh[k] if after < n <= latest]
        bulk.insert(db, _sql.add, entries)
        if latest > after:
            db.execute(_sql.note_moved, (latest, number))
            self._moved[number] = latest
            db.execute(_sql.shorten)
        left = {k: kept for k, some in fresh.items() if (kept := _since(some, max(after, latest)))}
        self._count += sum(map(len, left.values())) - sum(map(len, fresh.values()))
        self._fresh[number] = left


def _has(entries: Iterable[Entry], lead: int) -> bool:
    return any(one == lead for _, one in entries)


def _since(entries: Iterable[Entry], n: int) -> tuple[Entry, ...]:
    return tuple(entry for entry in entries if entry[0] > n)
