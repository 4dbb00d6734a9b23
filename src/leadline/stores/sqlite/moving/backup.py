"""Backup and restoration of the data file."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import apsw

from leadline.model.errors import ConfigurationError
from leadline.model.rights import PRIVATE, Rights, make_folder, new_file
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.database import Database, nobody_else
from leadline.stores.sqlite.folder import FILE
from leadline.stores.sqlite.queries import Queries

_sql = Queries(__name__)
_PAGES_A_STEP = 2_000
_COPIED_AT_ONCE = 1 << 20


def back_up(
    folder: Path,
    target: Path,
    progress: Callable[[float], None],
    rights: Rights = PRIVATE,
) -> Path:
    """Make a consistent copy of the data file while others write to it.

    *progress* is called with the done share, 0 to 1. Returns the path of the copy. Raises
    ConfigurationError if *target* holds a backup already.
    """
    copy = target / FILE
    if copy.exists():
        raise ConfigurationError(f"{target} holds a backup already; choose another folder")
    make_folder(target, rights)
    partial = target / f"{FILE}.partial"
    new_file(partial, rights).close()
    source = Database(folder, read_only=True)
    destination = apsw.Connection(str(partial))
    # A read transaction keeps writes of others from restarting the copy.
    with source.reading() as db, destination.backup("main", db, "main") as backup:
        bulk.query(db, _sql.begin_reading)
        while not backup.done:
            backup.step(_PAGES_A_STEP)
            total = backup.page_count
            progress(1.0 if not total else 1 - backup.remaining / total)
    destination.close()
    source.close()
    _sync(partial)
    partial.rename(copy)
    return copy


def restore(backup: Path, folder: Path, *, replace: bool, rights: Rights = PRIVATE) -> Path:
    """Replace the data file by a backup; returns its path. No process may be using the folder.

    The old data file is kept beside it. Raises ConfigurationError if the backup is missing or
    damaged, the folder is in use, or it has data and *replace* is not set.
    """
    copy = backup / FILE
    if not copy.is_file():
        raise ConfigurationError(f"{backup} is not a backup ({FILE} is missing)")
    with apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READONLY) as connection:
        verdict = connection.execute("PRAGMA quick_check").fetchall()[0][0]
    connection.close()
    if verdict != "ok":
        raise ConfigurationError(f"the backup in {backup} is damaged: {verdict}")
    target = folder / FILE
    if target.exists() and not replace:
        raise ConfigurationError(f"{folder} holds data already; use --replace to set it aside")
    with nobody_else(folder, rights):
        partial = folder / f"{FILE}.restoring"
        with copy.open("rb") as kept, new_file(partial, rights) as file:
            shutil.copyfileobj(kept, file, _COPIED_AT_ONCE)
        _sync(partial)
        for name in (FILE, f"{FILE}-wal", f"{FILE}-shm"):
            old = folder / name
            if old.exists():
                old.rename(folder / f"{name}.before-restore")
        partial.rename(target)
    return target


def _sync(path: Path) -> None:
    for name in (path, path.parent):
        handle = os.open(name, os.O_RDONLY)
        os.fsync(handle)
        os.close(handle)
