"""Keeps the index current: takes in leads that are new or have changed, in short steps.

A step begins its transaction in the index before it reads the data file. So whoever changes the
data file first, and writes the index then, finds no step between that has read what was before.
What has changed is taken off `changed` after the index is on the disk; a kill between repeats it.
"""

import fcntl
import os
from contextlib import closing
from datetime import datetime
from typing import NamedTuple

import apsw

from leadline.ports.reading.questions import Behind
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import open_lock
from leadline.stores.sqlite.index import reading
from leadline.stores.sqlite.index.at_once import begin_anew_if_other
from leadline.stores.sqlite.index.file import (
    dropped_if_damaged,
    empty_index_log,
    is_of_folder,
    named_errors,
    open_to_read,
    open_to_write,
    writing,
)
from leadline.stores.sqlite.index.writing import (
    be_current,
    begin_anew,
    differing,
    faults,
    index_state,
    reach,
    write,
)
from leadline.stores.sqlite.privacy.blanking import note_space
from leadline.stores.sqlite.store import SqliteStore
from leadline.stores.sqlite.values import micros

_LOCK = "index.lock"
_CHANGED, _NEW = 200, 1_000
_CHECKED = 500
_CURRENT_S, _GATHER_S, _WAIT_S = 0.5, 0.6, 30.0
"""The seconds until the next look: when all is in the index; after a step that took in all there
was, since many leads at once cost less than few; and while another process writes the index."""


class _Taken(NamedTuple):
    """How many new and changed leads a step took in, and whether it took as many as it may."""

    leads: int
    is_full: bool

    def __bool__(self) -> bool:
        return self.leads > 0


class IndexMaker:
    """Keeps the index current; one process does it at a time. Without *texts*, and always where the
    data file is encrypted, it holds no words and companies of leads."""

    def __init__(
        self, store: SqliteStore, *, texts: bool = True, changed: int = _CHANGED, new: int = _NEW
    ) -> None:
        self._store, self._texts = store, texts and not store.encrypts
        self._changed, self._new = changed, new
        self._lock = open_lock(store.db.folder, _LOCK)
        self._index: apsw.Connection | None = None
        self._is_log_empty = False

    def once(self) -> float:
        """Do one step; returns the seconds until the next, which is at once (0) if more leads wait
        than a step takes in. Raises StorageFull, StorageFailed."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _WAIT_S
        with dropped_if_damaged(self._store.db.folder), named_errors():
            index = self._opened()
            if taken := self._step(index):
                self._is_log_empty = False
                return 0.0 if taken.is_full else _GATHER_S
            self._is_log_empty = self._is_log_empty or empty_index_log(index)
        return _CURRENT_S

    def all(self) -> None:
        """Do steps until nothing is left."""
        while self.once() in (0.0, _GATHER_S):
            pass

    def rebuild(self) -> int:
        """Empty the index and take in all leads, whoever else does steps meanwhile; returns how
        many events are in it."""
        with named_errors():
            index = self._opened()
            with writing(index):
                self._begin_anew(index)
            while self._step(index):
                pass
            empty_index_log(index)
            return index_state(index).reached

    def _begin_anew(self, index: apsw.Connection) -> None:
        begin_anew(index, self._store.db.path.stat().st_ino, texts=self._texts)

    def _opened(self) -> apsw.Connection:
        """The index: made anew if somebody deleted it meanwhile."""
        if self._index is not None and not is_of_folder(self._index, self._store.db.folder):
            self._index.close()
            self._index = None
        if self._index is None:
            self._index = open_to_write(self._store.db.folder, self._store.rights)
        return self._index

    def _step(self, index: apsw.Connection) -> _Taken:
        """Take in the next leads; true if there were any."""
        db = self._store.db
        with writing(index), db.reading() as data:
            begin_anew_if_other(index, data, db.path)
            if index_state(index).texts != self._texts:
                note_space(db.folder)
                self._begin_anew(index)
            reached = index_state(index).reached
            changed = reading.changes(data, self._changed)
            new = reading.new_after(data, reached, self._new)
            numbers = sorted({*new, *(lead for _, lead in changed if lead <= reached)})
            write(index, reading.entries(data, numbers), numbers)
            if new:
                reach(index, new[-1])
            is_full = len(changed) >= self._changed or len(new) >= self._new
            if not is_full:
                be_current(index, self._store.clock())
        if changed:
            with db.writing() as data:
                reading.take_off(data, changed[-1][0])
        return _Taken(len(changed) + len(new), is_full)

    def close(self) -> None:
        """Let another process do it; may be called again."""
        if self._index is not None:
            self._index.close()
            self._index = None
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


def behind(index: apsw.Connection | None, data: apsw.Connection, now: datetime) -> Behind:
    """How far the index is behind the data file."""
    last, changed = reading.waiting(data)
    if index is None:
        return Behind(last, building=bool(last), events=last)
    _, reached, current_at, _ = index_state(index)
    leads = max(0, last - reached) + changed
    if not leads:
        return Behind(events=last)
    seconds = max(0.0, (micros(now) - current_at) / 1e6) if current_at else 0.0
    return Behind(leads, seconds, building=not current_at, events=last)


def rebuild_index(store: SqliteStore, *, texts: bool = True) -> int:
    """Make the index anew, with texts or without, also beside a running server; returns how many
    events are in it. Raises StorageFull, StorageFailed."""
    with closing(IndexMaker(store, texts=texts)) as maker:
        return maker.rebuild()


def index_faults(db: Database) -> list[str]:
    """How the index differs from the data file as far as it is current, and its figures from a
    count of its leads; empty if all is right."""
    index = open_to_read(db.folder)
    if index is None:
        return ["there is no index"]
    with closing(index), named_errors(), writing(index), db.reading() as data:
        found = list(faults(index))
        reached = index_state(index).reached
        pending = {lead for _, lead in reading.changes(data, 1 << 60)}
        start = 0
        while numbers := reading.new_after(data, start, _CHECKED):
            start = numbers[-1]
            ours = [n for n in numbers if n <= reached and n not in pending]
            found += [f"event {n}" for n in differing(index, reading.entries(data, ours))]
    return found
