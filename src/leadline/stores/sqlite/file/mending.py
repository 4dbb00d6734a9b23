"""Repairs the database after a failed sync, from its log (decision 32)."""

import logging
import time
from pathlib import Path

import apsw

from leadline.model.errors import ConfigurationError, SyncFailed
from leadline.model.rights import sync_folder
from leadline.stores.sqlite.file.failed_sync import forget_failed_sync, has_failed_sync
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.file.sharing import nobody_else

log = logging.getLogger(__name__)

_PATIENCE_S = 10.0
_CODES = (apsw.SQLITE_IOERR, apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC)


def is_failed_sync(error: apsw.Error) -> bool:
    """Whether SQLite could not sync a file; an I/O error without a detail counts as one."""
    return getattr(error, "extendedresult", 0) in _CODES


def heal_alone(folder: Path) -> None:
    """Repair the file once all other processes that use it have ended, as they do on noticing.

    Raises SyncFailed if they do not end, or the disk fails again.
    """
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            with nobody_else(folder):
                if has_failed_sync(folder):
                    _heal(folder)
                return
        except ConfigurationError:
            if time.monotonic() > until:
                raise SyncFailed("others still use the file") from None
            time.sleep(0.05)


def _heal(folder: Path) -> None:
    """Copy the whole log to the file again, sync it, and remove the note of the failure. No other
    process may have the file open for writing.

    Raises SyncFailed if the disk fails again; the log is kept as it is.
    """
    path = folder / FILE
    try:
        # The index records what was copied already, and is trusted while a process has it open.
        (folder / f"{FILE}-shm").unlink(missing_ok=True)
        connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
        try:
            connection.execute("PRAGMA synchronous = FULL")
            connection.pragma("schema_version")  # the first read rebuilds the log's index
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        finally:
            connection.close()
        forget_failed_sync(folder)
        sync_folder(folder)
    except (OSError, apsw.Error) as error:
        raise SyncFailed(f"it failed again: {error}") from error
    log.warning("sync.healed", extra={"path": str(path)})
