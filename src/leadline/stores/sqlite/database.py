"""A connection to the data file: pragmas, locks, transactions, and named errors."""

import errno
import fcntl
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw

from leadline.model.errors import ConfigurationError, LeadlineError, StorageFailed, StorageFull
from leadline.model.rights import PRIVATE, Rights, make_file
from leadline.stores.sqlite.folder import FILE, open_lock
from leadline.stores.sqlite.schema import is_current, migrate

WRITERS = "writers.lock"
USERS = "users.lock"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Database:
    """A connection that several threads may share; every use takes its lock.

    `checkpoint_pages` is the number of pages in the write-ahead log from which a commit of this
    connection also checkpoints; 0: never. Missing files and folders are made with these `rights`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        read_only: bool = False,
        checkpoint_pages: int = 4000,
        rights: Rights = PRIVATE,
    ) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._mutex = threading.RLock()
        with self._named_errors():
            if read_only:
                _require_data_file(self.path)
                self._locks: tuple[int, ...] = ()
                self.connection = apsw.Connection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
            else:
                self._locks = (open_lock(folder, WRITERS, rights), _use(folder))
                _make_data_file(self.path, rights)
                self.connection = apsw.Connection(str(self.path), statementcachesize=400)
            self.connection.set_busy_timeout(30_000)
            self._set_pragmas(checkpoint_pages)
            if not read_only:
                with self.exclusively():
                    migrate(self.connection)
            elif not is_current(self.connection):
                raise ConfigurationError(
                    f"{self.path} was written by another version of Leadline; "
                    "start `leadline serve` or `leadline worker` once to migrate it"
                )

    def _set_pragmas(self, checkpoint_pages: int) -> None:
        execute = self.connection.execute
        execute("PRAGMA page_size = 8192")
        execute("PRAGMA journal_mode = WAL")
        # FULL: a commit returns only when the log is on the disk (promise 1).
        execute("PRAGMA synchronous = FULL")
        execute("PRAGMA cache_size = -24000")
        execute(f"PRAGMA wal_autocheckpoint = {checkpoint_pages}")

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold the file's writer lock. Writers of all processes wait for it in the kernel, which
        wakes them at once; SQLite's own busy handler would poll and sleep."""
        with self._mutex:
            writers, _ = self._locks
            fcntl.flock(writers, fcntl.LOCK_EX)
            try:
                yield
            finally:
                fcntl.flock(writers, fcntl.LOCK_UN)

    @contextmanager
    def writing(self) -> Iterator[apsw.Connection]:
        """A write transaction: when the block ends, all of it is on the disk, or nothing is.

        Raises StorageFull or StorageFailed if it cannot be written.
        """
        with self.exclusively(), self._named_errors():
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException:
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[apsw.Connection]:
        """A read transaction, with the connection for this thread alone: all queries in the block
        see the same state of the file."""
        with self._mutex, self._named_errors():
            nested = self.connection.in_transaction
            if not nested:
                self.connection.execute("BEGIN")
            try:
                yield self.connection
            finally:
                if not nested and self.connection.in_transaction:
                    self.connection.execute("COMMIT")

    @contextmanager
    def _named_errors(self) -> Iterator[None]:
        try:
            yield
        except LeadlineError:
            raise
        except apsw.FullError as error:
            raise StorageFull from error
        except apsw.IOError as error:
            if _disk_is_full(getattr(self, "connection", None)):
                raise StorageFull from error
            raise StorageFailed("the disk reports an error") from error
        except (apsw.ReadOnlyError, apsw.CantOpenError, apsw.PermissionsError) as error:
            raise StorageFailed("the data folder can't be written") from error
        except (apsw.CorruptError, apsw.NotADBError) as error:
            raise StorageFailed("the data file is damaged; restore a backup") from error
        except apsw.BusyError as error:
            raise StorageFailed("the data file is locked by another program") from error

    def rows(self, sql: str, *bindings: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._mutex, self._named_errors():
            return self.connection.execute(sql, bindings).fetchall()

    def close(self) -> None:
        """Close the connection; the object cannot be used afterwards."""
        with self._mutex:
            self.connection.close()
            for lock in self._locks:
                os.close(lock)
            self._locks = ()


def _require_data_file(path: Path) -> None:
    try:
        path.stat()
    except PermissionError:
        raise ConfigurationError(
            f"this user may not read {path.parent}; run it as the user of `leadline serve`"
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(
            f"{path.parent} holds no leads yet; `leadline serve` creates the data file"
        ) from None


def _make_data_file(path: Path, rights: Rights) -> None:
    """Make the data file with these rights; SQLite would make it by the umask. SQLite gives its log
    and shared memory the rights of the file."""
    try:
        make_file(path, rights)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull from error
        raise StorageFailed("the data folder can't be written") from error


def _use(folder: Path) -> int:
    """Take a shared lock that marks the file as in use; raises ConfigurationError while it is being
    restored."""
    lock = open_lock(folder, USERS)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigurationError(f"the data in {folder} is being restored; retry later") from None
    return lock


@contextmanager
def nobody_else(folder: Path, rights: Rights = PRIVATE) -> Iterator[None]:
    """While the block runs, no other process has the file open for writing, or can open it.

    Raises ConfigurationError if a process has it open.
    """
    lock = open_lock(folder, USERS, rights)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise ConfigurationError(f"a server or a worker uses {folder}; stop it first") from None
    try:
        yield
    finally:
        os.close(lock)


def _disk_is_full(connection: apsw.Connection | None) -> bool:
    """Whether the system refused for want of room: SQLite names that only in some places, and
    otherwise tells of an I/O error."""
    return connection is not None and connection.system_errno in _NO_ROOM


if sys.platform == "win32":  # pragma: no cover
    raise ImportError("Leadline's embedded store needs a POSIX system")
