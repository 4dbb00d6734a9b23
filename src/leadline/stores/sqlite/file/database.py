"""A connection to the data file: pragmas, locks, transactions, and named errors."""

# Long because the locks, the transactions and the errors of one connection belong together.

import errno
import fcntl
import logging
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from leadline.model.errors import (
    ConfigurationError,
    LeadlineError,
    StorageFailed,
    StorageFull,
    SyncFailed,
)
from leadline.model.rights import PRIVATE, Rights
from leadline.stores.sqlite.encryption.beginning import begin_if_given
from leadline.stores.sqlite.encryption.views import SealingConnection, open_sealed, refresh
from leadline.stores.sqlite.file.failed_sync import has_failed_sync, note_failed_sync
from leadline.stores.sqlite.file.folder import (
    FILE,
    WRITERS,
    has_empty_log,
    make_data_file,
    open_lock,
    refuse_if_restoring,
    require_data_file,
)
from leadline.stores.sqlite.file.keeping import keep_copy
from leadline.stores.sqlite.file.mending import heal_alone, is_failed_sync
from leadline.stores.sqlite.file.sharing import held_at_once, nobody_else, use, used_alone
from leadline.stores.sqlite.file.turns import Turns
from leadline.stores.sqlite.schema import (
    migrate,
    newest_schema,
    refuse_other_schemas,
    schema_version,
)

log = logging.getLogger(__name__)

_CHECKPOINTS = "checkpoints.lock"
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class Database:
    """A connection that several threads may share; every use takes its lock.

    `checkpoint_pages` is the number of pages in the write-ahead log from which a commit of this
    connection also checkpoints; 0: never. Missing files and folders are made with these `rights`.
    *first*: on a slow disk it goes first (`Turns`). Raises SyncFailed if a failed sync stays.
    """

    def __init__(
        self,
        folder: Path,
        *,
        read_only: bool = False,
        checkpoint_pages: int = 4000,
        rights: Rights = PRIVATE,
        first: bool = False,
    ) -> None:
        self.folder = folder
        self.path = folder / FILE
        self._mutex = threading.RLock()
        self._checkpoint_pages = checkpoint_pages
        self._logged_pages = 0
        self._locks: tuple[int, ...] = ()
        self._turns: Turns | None = None
        self._inode = 0
        self.was_mended = False
        try:
            with self._named_errors():
                if not read_only:
                    self._turns = Turns(folder, first=first, rights=rights)
                self._open(read_only, rights)
        except BaseException:
            self._let_go()
            raise

    def _open(self, read_only: bool, rights: Rights) -> None:
        folder = self.folder
        if read_only:
            refuse_if_restoring(folder)
            require_data_file(self.path)
            _migrate_alone(self.path, rights)
            self._inode = self.path.stat().st_ino
            self.connection = SealingConnection(str(self.path), flags=apsw.SQLITE_OPEN_READWRITE)
        else:
            writers, checkpoints = (
                open_lock(folder, name, rights) for name in (WRITERS, _CHECKPOINTS)
            )
            self._locks = (writers, checkpoints)
            refuse_if_restoring(folder)
            if has_failed_sync(folder):
                heal_alone(folder)
                self.was_mended = True
            self._locks = (writers, checkpoints, use(folder))
            refuse_if_restoring(folder)  # no restore can begin any more
            make_data_file(self.path, rights)
            self.connection = SealingConnection(str(self.path), statementcachesize=400)
        self.connection.set_busy_timeout(30_000)
        self._set_pragmas()
        if not read_only:
            with self.exclusively():
                migrate(self.connection, lambda: keep_copy(self.connection, folder, rights))
            begin_if_given(self)
        else:
            refuse_other_schemas(self.connection, self.path)
        open_sealed(self.connection, folder)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """In the block, no other process has the file open for writing, and no other connection of
        this one. Raises InUse if some do not close it within seconds."""
        with used_alone(self._locks[2], self.folder):
            yield

    def _set_pragmas(self) -> None:
        execute = self.connection.execute
        execute("PRAGMA page_size = 8192")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = FULL")  # a commit returns when it is on the disk (promise 1)
        execute("PRAGMA cache_size = -24000")
        # Replaced content is overwritten where that costs no write (`scrubbing`).
        execute("PRAGMA secure_delete = FAST")
        # SQLite's automatic checkpoints would ignore an earlier failed sync.
        execute("PRAGMA wal_autocheckpoint = 0")
        self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        if self._checkpoint_pages and self._locks:
            self.connection.set_wal_hook(self._note_logged)

    def _note_logged(self, _connection: apsw.Connection, _name: str, pages: int) -> int:
        self._logged_pages = pages
        return apsw.SQLITE_OK

    @contextmanager
    def exclusively(self) -> Iterator[None]:
        """Hold the file's writer lock. Writers of all processes wait for it in the kernel, which
        wakes them at once; SQLite's own busy handler would poll and sleep."""
        assert self._turns is not None  # noqa: S101 - readers never call this
        with self._mutex, self._turns.taken():
            writers = self._locks[0]
            fcntl.flock(writers, fcntl.LOCK_EX)
            try:
                with self._turns.measured():
                    yield
            finally:
                fcntl.flock(writers, fcntl.LOCK_UN)

    def may_take_more(self, *, twice: bool = False) -> bool:
        """Whether a worker may take tasks now: see `Turns.may_take_more`."""
        return self._turns is None or self._turns.may_take_more(twice=twice)

    @contextmanager
    def writing(self) -> Iterator[SealingConnection]:
        """A write transaction: when the block ends, all of it is on the disk, or nothing is.

        Raises StorageFull or StorageFailed if it cannot be written.
        """
        with self.exclusively(), self._named_errors():
            if has_failed_sync(self.folder):
                raise note_failed_sync(self.folder)
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                refresh(self.connection)
                yield self.connection
                self.connection.execute("COMMIT")
            except BaseException as error:
                if isinstance(error, apsw.IOError) and self._lost_by(error):
                    raise note_failed_sync(self.folder) from error
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
                raise
            if self._logged_pages > self._checkpoint_pages > 0:
                self._checkpoint_after_commit()

    def _lost_by(self, error: apsw.IOError) -> bool:
        """Whether a sync of the log failed; if the disk was only full, nothing is lost."""
        return is_failed_sync(error) and not _disk_is_full(self.connection)

    def _checkpoint_after_commit(self) -> None:
        self._logged_pages = 0
        try:
            self.checkpoint()
        except apsw.Error as error:  # committed data is still in the log
            log.warning("checkpoint.failed", extra={"error": type(error).__name__, "count": 1})

    def checkpoint(self, *, whole: bool = False) -> bool:
        """Copy the log into the file (checkpoint) as far as readers allow; *whole* waits for them
        and truncates the log. Returns False, and does nothing, while another process checkpoints.

        Raises SyncFailed if a sync fails or has failed before, and otherwise SQLite's own errors.
        """
        with self._mutex, held_at_once(self._locks[1]) as alone:
            if not alone:
                return False
            if has_failed_sync(self.folder):
                raise SyncFailed
            mode = apsw.SQLITE_CHECKPOINT_TRUNCATE if whole else apsw.SQLITE_CHECKPOINT_PASSIVE
            try:
                self.connection.wal_checkpoint(mode=mode)
            except apsw.IOError as error:
                if not is_failed_sync(error):
                    raise
                # Noted before the next checkpoint may begin.
                raise note_failed_sync(self.folder) from error
            return True

    @contextmanager
    def reading(self) -> Iterator[SealingConnection]:
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
                    # SQLite reports damage found by the reads again on COMMIT; nothing was written.
                    with suppress(apsw.CorruptError):
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
            if not self._locks:
                if has_empty_log(self.path, self._inode):
                    self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
                self.connection.close()
                return
            with held_at_once(self._locks[2]) as alone:
                if alone and not has_failed_sync(self.folder):
                    self._leave_no_log()
                self.connection.close()
            self._let_go()

    def _leave_no_log(self) -> None:
        """The last process to close the file checkpoints, and SQLite then removes the log."""
        self.connection.set_busy_timeout(0)
        try:
            self.checkpoint(whole=True)
            self.connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)
        except apsw.BusyError:  # another process reads
            return
        except (apsw.Error, SyncFailed) as error:  # the next process to open the file finds the log
            log.warning("checkpoint.failed", extra={"error": type(error).__name__, "count": 1})

    def _let_go(self) -> None:
        for lock in self._locks:
            os.close(lock)
        self._locks = ()
        if self._turns is not None:
            self._turns.close()
            self._turns = None


def _migrate_alone(path: Path, rights: Rights) -> None:
    """Migrate the file of an earlier version for a reader, unless a process has it open, which may
    be of the earlier version."""
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)) as connection:
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        connection.set_busy_timeout(30_000)
        if not 0 < schema_version(connection) < newest_schema():
            return
    with suppress(ConfigurationError):
        with nobody_else(path.parent, rights):
            pass
        Database(path.parent, rights=rights).close()


def _disk_is_full(connection: apsw.Connection | None) -> bool:
    """Whether the disk was full: SQLite reports that only in some places, and an I/O error in
    others."""
    return connection is not None and connection.system_errno in _NO_ROOM


if sys.platform == "win32":  # pragma: no cover
    raise ImportError("Leadline's embedded store needs a POSIX system")
