"""Overwrites the unused space of the data file, and of the index of leads, with zeros, after
erasures, while others work.

Nothing but a checkpoint writes to the data file itself. So while no other connection may write and
the log is empty, the file is all of the data, and bytes that are not in use can be overwritten in
place: nobody reads them, and a power cut in between harms nothing. A commit after each piece has
all other connections forget the pages that they remember with the former bytes.

A note in the data folder, made with the first erasure, lasts until all of the file has been gone
through since the latest erasure.
"""

import fcntl
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from leadline.model.rights import make_file, sync_folder
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.failed_sync import note_failed_sync
from leadline.stores.sqlite.file.folder import open_lock
from leadline.stores.sqlite.file.mending import is_failed_sync
from leadline.stores.sqlite.file.sharing import held_at_once
from leadline.stores.sqlite.index.clearing import clear_index
from leadline.stores.sqlite.privacy.blank_pieces import blank_all, blank_piece, opened_bytes
from leadline.stores.sqlite.privacy.scrubbing import briefly_waiting, emptied_log, has_erased_data

log = logging.getLogger(__name__)

_NOTE, _BEGUN = "erased.space", "erased.space-begun"
_LOCK = "blanking.lock"
_PIECE = 128
"""So many pages are gone through while nobody else may write."""
_ATTEMPTS = 50
"""So often a piece is tried, each time briefly, while readers need the log."""


def note_space(folder: Path) -> None:
    """Note, durably, that unused space of the data file may hold erased data. Call it in the write
    transaction of the erasure. Raises OSError."""
    if make_file(folder / _NOTE):
        sync_folder(folder)


def has_space(folder: Path) -> bool:
    """Whether unused space of the data file may hold erased data."""
    return (folder / _NOTE).exists() or (folder / _BEGUN).exists()


def blank_unused_space(db: Database, stopped: Callable[[], bool] | None = None) -> bool:
    """Overwrite what erasures left in unused space of the data file and in its log, and what they
    left of the index of leads. Returns False if that has to be tried again: a reader or the disk
    prevents it, or it was *stopped*. Without *stopped* it waits for another process that does the
    same; else that process does it.

    Raises SyncFailed as `Database.checkpoint` does.
    """
    folder = db.folder
    if not has_space(folder) and not has_erased_data(folder):
        return True
    try:
        with _alone(folder, wait=stopped is None) as alone:
            if not alone:
                return False
            _begin(folder)
            is_stopped = stopped or (lambda: False)
            # The index comes second: by now no erasure that was noted before is under way.
            if not (_blank(db, is_stopped) and clear_index(db, is_stopped)):
                return False
            (folder / _BEGUN).unlink(missing_ok=True)
            return not has_space(folder)
    except (apsw.Error, OSError) as error:
        log.warning("blanking.failed", extra={"error": type(error).__name__})
        return False


@contextmanager
def _alone(folder: Path, *, wait: bool) -> Iterator[bool]:
    """Only one process at a time; yields whether it is this one."""
    lock = open_lock(folder, _LOCK)
    try:
        if wait:
            fcntl.flock(lock, fcntl.LOCK_EX)
        with held_at_once(lock) as alone:
            yield alone
    finally:
        os.close(lock)


def _begin(folder: Path) -> None:
    """What is erased from now on is noted anew."""
    if (folder / _NOTE).exists():
        (folder / _NOTE).replace(folder / _BEGUN)
        sync_folder(folder)


def _blank(db: Database, stopped: Callable[[], bool]) -> bool:
    with opened_bytes(db.path) as file:
        return blank_all(db.connection, _PIECE, lambda first: _next_piece(db, file, first), stopped)


def _next_piece(db: Database, file: apsw.VFSFile, first: int) -> int | None:
    """Do the piece from a page on; returns the first page of the next one, 0 after the last, and
    None if readers prevent it."""
    for _ in range(_ATTEMPTS):
        with db.exclusively(), briefly_waiting(db):
            if emptied_log(db):
                pages = range(first, first + _PIECE)
                return blank_piece(db.connection, db.path, file, pages, lambda: _sync(db, file))
    return None


def _sync(db: Database, file: apsw.VFSFile) -> None:
    try:
        file.xSync(apsw.SQLITE_SYNC_NORMAL)
    except apsw.IOError as error:
        if not is_failed_sync(error):
            raise
        raise note_failed_sync(db.folder) from error
