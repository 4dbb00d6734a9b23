"""The file of the index: its connection, its schema, its locks."""

import ctypes
import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import apsw

from leadline.model.errors import LeadlineError, StorageFailed, StorageFull
from leadline.model.rights import PRIVATE, Rights, make_file
from leadline.stores.sqlite.file.folder import INDEX
from leadline.stores.sqlite.index.writing import make_schema

log = logging.getLogger(__name__)

_SCHEMA = 4
_PAGE = 8192
_BUSY_MS = 30_000
_PATIENCE_MS = 50


def has_index(folder: Path) -> bool:
    """Whether the data folder has an index."""
    return (folder / INDEX).exists()


def is_of_folder(connection: apsw.Connection, folder: Path) -> bool:
    """Whether a connection is still to the index of the data folder, and not to one that was
    deleted or put aside."""
    moved = ctypes.c_int()
    connection.file_control("main", apsw.SQLITE_FCNTL_HAS_MOVED, ctypes.addressof(moved))
    return has_index(folder) and not moved.value


def drop_index(folder: Path) -> None:
    """Delete the index of a data folder; the next process that writes it makes it anew."""
    for end in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            (folder / f"{INDEX}{end}").unlink()


def open_to_write(folder: Path, rights: Rights = PRIVATE) -> apsw.Connection:
    """A connection to the index, which is made if it is missing, and made anew if another version
    of Leadline wrote it or it is damaged. Raises StorageFull, StorageFailed."""
    with named_errors():
        try:
            return _opened(folder, rights)
        except (apsw.CorruptError, apsw.NotADBError):
            log.warning("index.damaged")
            drop_index(folder)
            return _opened(folder, rights)


def _opened(folder: Path, rights: Rights) -> apsw.Connection:
    path = folder / INDEX
    make_file(path, rights)
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.set_busy_timeout(_BUSY_MS)
    connection.execute(f"PRAGMA page_size = {_PAGE}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what is taken off `changed` is on the disk
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA cache_size = -32000")
    with writing(connection):
        version = int(connection.pragma("user_version"))
        if version == 0:
            make_schema(connection)
    if version in (0, _SCHEMA):
        return connection
    connection.close()
    drop_index(folder)
    return _opened(folder, rights)


def open_to_read(folder: Path) -> apsw.Connection | None:
    """A connection to the index that writes nothing; None if there is none (of this version)."""
    path = folder / INDEX
    if not path.exists():
        return None
    with errors_of_reading():
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.set_busy_timeout(_BUSY_MS)
        connection.execute("PRAGMA cache_size = -16000")
        # Whoever only reads must not delete the log of a file that was replaced meanwhile.
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        if int(connection.pragma("user_version")) != _SCHEMA:
            connection.close()
            return None
    return connection


@contextmanager
def writing(connection: apsw.Connection) -> Iterator[apsw.Connection]:
    """A write transaction; no other process can write the index meanwhile."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield connection
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def empty_index_log(connection: apsw.Connection) -> bool:
    """Copy the log into the file and truncate it, so that it holds nothing that was erased. False
    if a reader prevents it."""
    connection.set_busy_timeout(_PATIENCE_MS)
    try:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    except apsw.BusyError:
        return False
    finally:
        connection.set_busy_timeout(_BUSY_MS)
    return True


@contextmanager
def dropped_if_damaged(folder: Path) -> Iterator[None]:
    """If the index turns out to be damaged in the block, it is deleted, to be made anew."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError):
        log.warning("index.damaged")
        drop_index(folder)


@contextmanager
def named_errors() -> Iterator[None]:
    """Raises SQLite's errors as StorageFull and StorageFailed."""
    try:
        yield
    except (apsw.CorruptError, apsw.NotADBError, LeadlineError):
        raise
    except apsw.FullError as error:
        raise StorageFull from error
    except (apsw.Error, OSError) as error:
        raise StorageFailed(f"the index of leads ({INDEX}) can't be used: {error}") from error


@contextmanager
def errors_of_reading() -> Iterator[None]:
    """As `named_errors`, for whoever can't make a damaged index anew."""
    try:
        with named_errors():
            yield
    except (apsw.CorruptError, apsw.NotADBError) as error:
        raise StorageFailed(f"the index of leads ({INDEX}) is damaged") from error
