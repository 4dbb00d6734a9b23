"""Makes the likenesses of leads that an earlier version refined, and puts them under their keys.

First the likenesses are made in the order of the leads; where this has come to is in the file. Then
the keys are sorted in temporary files and written in their order, so that neighbours share a page;
this starts again if the process ends meanwhile. All steps are short, and write little at once, so
that captures and workers are not kept waiting.
"""

import errno
import fcntl
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryFile

import msgspec

from leadline.model.errors import StorageFailed, StorageFull
from leadline.ports.store_parts.duplicates import CAP
from leadline.stores.likeness import likeness_of
from leadline.stores.refined import decoded
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption.blinding import numbers_to_keep, plain_number, rules_of
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import open_lock
from leadline.stores.sqlite.persons.candidates import KEY_SIZE, SLICES
from leadline.stores.sqlite.persons.duplicates import keep_likenesses, succeed
from leadline.stores.sqlite.persons.rekeying import rekeyed
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.store import SqliteStore

log = logging.getLogger(__name__)
_sql = Queries(__name__)
_LOCK = "likeness.lock"
_LEADS = 1_000
_READ = 2_000
_WRITTEN = 4_096
_LEAD_SIZE = 5
_FIRST_RULES = 1
DONE_S, WAIT_S = 3_600.0, 30.0
"""The seconds to wait when all is done, and while another process does it."""


def has_earlier_leads(folder: Path) -> bool:
    """Whether there are leads that are not under the keys of today's rules: an earlier version
    refined them, or put them under those of its own."""
    db = Database(folder, read_only=True)
    try:
        with db.reading() as connection:
            return not bulk.query(connection, _sql.is_current, rules_of(connection))[0][0]
    finally:
        db.close()


class Backfill:
    """Does the work in short pieces; one process does it at a time."""

    def __init__(self, store: SqliteStore, *, leads: int = _LEADS, written: int = _WRITTEN) -> None:
        self._store = store
        self._db = store.db
        self._leads, self._written = leads, written
        self._pieces: Iterator[None] | None = None
        self._made = 0
        self._lock = open_lock(store.db.folder, _LOCK)

    def once(self) -> float:
        """Do one piece; returns the seconds until the next call. Raises StorageFull or
        StorageFailed; then the next call begins where the file says."""
        if not self._alone():
            return WAIT_S
        pieces, self._pieces = self._pieces or self._all_pieces(), None
        if next(pieces, "end") is not None:
            fcntl.flock(self._lock, fcntl.LOCK_UN)  # what is to be done may change
            return DONE_S
        self._pieces = pieces
        return 0.0

    def _alone(self) -> bool:
        """Whether no other process does it; then none can begin until this one ends."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let another process do it."""
        os.close(self._lock)

    def _all_pieces(self) -> Iterator[None]:
        ((n, last, keyed),) = self._db.rows(_sql.progress)
        if keyed == 0:
            # What another process had begun may have been made by earlier rules.
            with self._db.writing() as db:
                rules = rules_of(db) if n == 0 else _FIRST_RULES
            while n < last:
                n = self._make_some(n, last)
                yield
            yield from self._put_under_keys(last, rules)
        yield from rekeyed(self._store, self._leads)

    def _make_some(self, n: int, last: int) -> int:
        """Make the likenesses of the next leads; returns the last of them."""
        rows = self._db.rows(_sql.next, n, last, self._leads)
        heads = {lead: head for lead, head in rows if head is not None}
        made = {}
        for lead, refined in decoded(heads.items()).items():
            alike = likeness_of(refined)
            if alike is not None:
                made[lead] = alike
        reached = int(rows[-1][0]) if len(rows) == self._leads else last
        with self._db.writing() as db:
            # Some may have been refined again, or erased, since they were read.
            now = dict(bulk.select(db, _sql.heads, [int(lead) for lead in made]))
            same = [
                (
                    int(lead),
                    numbers_to_keep(db, one.keys),
                    msgspec.json.encode(one.traits),
                )
                for lead, one in made.items()
                if now.get(lead) == heads[lead]
            ]
            keep_likenesses(db, same)
            self._made += len(same)
            db.execute(_sql.go_on, (reached, n))
        return reached

    def _put_under_keys(self, last: int, rules: int) -> Iterator[None]:
        sorting = _Sorting(self._db.folder)
        try:
            n = 0
            while rows := self._db.rows(_sql.kept, n, last, _READ):
                sorting.take(rows)
                n = rows[-1][0]
                yield
            for number in range(SLICES):
                entries = sorting.slice(number)
                for start in range(0, len(entries), self._written):
                    with self._db.writing() as db:
                        bulk.insert(db, _sql.add, entries[start : start + self._written])
                    yield
        finally:
            sorting.close()
        with self._db.writing() as db:
            for (first,) in bulk.query(db, _sql.without_first):
                succeed(db, first)
            db.execute(_sql.end, (rules,))
        log.info("likenesses.made", extra={"count": self._made})


class _Sorting:
    """Entries of the index in temporary files of the data folder, one for each slice of the key
    space. An entry is the key and the lead, 6 and 5 bytes, so that bytes sort as entries do."""

    def __init__(self, folder: Path) -> None:
        self._files = ExitStack()
        with _named_errors():
            self._slices = [
                self._files.enter_context(TemporaryFile(dir=folder))  # noqa: SIM115
                for _ in range(SLICES)
            ]

    def take(self, rows: Sequence[tuple[int, bytes]]) -> None:
        """Add leads with their keys."""
        slices: list[list[bytes]] = [[] for _ in range(SLICES)]
        for lead, keys in rows:
            own = lead.to_bytes(_LEAD_SIZE)
            for at in range(0, len(keys), KEY_SIZE):
                slices[keys[at] >> 2].append(keys[at : at + KEY_SIZE] + own)
        with _named_errors():
            for file, entries in zip(self._slices, slices, strict=True):
                file.write(b"".join(entries))

    def slice(self, number: int) -> list[tuple[int, int]]:
        """The entries of a slice in order; of each key the first `CAP`."""
        size = KEY_SIZE + _LEAD_SIZE
        with _named_errors(), self._slices[number] as file:
            file.seek(0)
            content = file.read()
        entries: list[tuple[int, int]] = []
        for entry in sorted(content[at : at + size] for at in range(0, len(content), size)):
            key = plain_number(entry)
            if len(entries) < CAP or entries[-CAP][0] != key:
                entries.append((key, int.from_bytes(entry[KEY_SIZE:])))
        return entries

    def close(self) -> None:
        """Delete the files."""
        self._files.close()


@contextmanager
def _named_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise StorageFull from error
        raise StorageFailed("the disk reports an error") from error
