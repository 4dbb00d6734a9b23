"""Removes erased data from what a write frees, and from the write-ahead log. What earlier writes
left in unused space is for `blanking`.

An UPDATE leaves the former content in free space of the file, and in the log until the log is
emptied. A note in the data folder says that the log must be emptied; it is made before the erasure
commits, so that a kill between the two loses nothing.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from leadline.model.rights import make_file, sync_folder
from leadline.stores.sqlite.file.database import Database

log = logging.getLogger(__name__)

_NOTE = "erased.pending"
_PATIENCE_MS = 20


@contextmanager
def overwriting(db: apsw.Connection) -> Iterator[None]:
    """Statements in the block overwrite what they replace or delete with zeros, also pages that
    become free (sqlite.org, "PRAGMA secure_delete")."""
    db.pragma("secure_delete", "on")
    try:
        yield
    finally:
        db.pragma("secure_delete", "fast")


def note_erasure(folder: Path) -> None:
    """Note, durably, that the log will hold erased data until it is emptied. Raises OSError."""
    if make_file(folder / _NOTE):
        sync_folder(folder)


def has_erased_data(folder: Path) -> bool:
    """Whether the log may hold erased data."""
    return (folder / _NOTE).exists()


@contextmanager
def briefly_waiting(db: Database) -> Iterator[None]:
    """In the block the connection waits for readers only briefly, because writers wait for it."""
    usual = int(db.connection.pragma("busy_timeout"))
    db.connection.set_busy_timeout(_PATIENCE_MS)
    try:
        yield
    finally:
        db.connection.set_busy_timeout(usual)


def emptied_log(db: Database) -> bool:
    """Copy the log into the file and truncate it, and remove the note, for a caller that keeps
    other writers out. Returns False if a reader or another checkpoint prevents it."""
    try:
        emptied = db.checkpoint(whole=True)
    except apsw.BusyError:  # a reader still needs the log
        return False
    if emptied:  # no erasure can begin meanwhile: it needs the lock for writing
        (db.folder / _NOTE).unlink(missing_ok=True)
    return emptied


def empty_log(db: Database) -> bool:
    """Copy the log into the file and truncate it, and remove the note. Returns False if a reader
    or another checkpoint prevents it, or the disk fails; then the note stays, for another attempt.

    Raises SyncFailed as `Database.checkpoint` does.
    """
    try:
        db.checkpoint()  # copies most of the log without keeping writers waiting
        with db.exclusively(), briefly_waiting(db):
            return emptied_log(db)
    except apsw.BusyError:
        return False
    except (apsw.Error, OSError) as error:
        log.warning("checkpoint.failed", extra={"error": type(error).__name__, "count": 1})
        return False
