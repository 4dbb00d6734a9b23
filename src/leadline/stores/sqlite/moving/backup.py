"""Backup and restoration of the data file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import apsw

from leadline.model.errors import ConfigurationError, StorageFailed, StorageFull
from leadline.model.rights import (
    PRIVATE,
    Rights,
    make_folder,
    new_file,
    sync_folder,
    sync_path,
)
from leadline.stores.sqlite import bulk
from leadline.stores.sqlite.encryption.views import SealingConnection, open_sealed
from leadline.stores.sqlite.file.database import Database
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.queries import Queries
from leadline.stores.sqlite.reading.integrity import damaged_contents, structure_faults

_sql = Queries(__name__)
_PAGES_A_STEP = 2_000


class Copy(NamedTuple):
    """The file of a backup, and the ids of leads that were damaged before it."""

    file: Path
    damaged: tuple[str, ...]


def back_up(
    folder: Path,
    target: Path,
    progress: Callable[[float], None],
    rights: Rights = PRIVATE,
) -> Copy:
    """Make a consistent copy of the data file while other processes write to it, and check the
    copy.

    *progress* is called with the done share, 0 to 1. Returns the path of the copy. Raises
    ConfigurationError if *target* holds a backup already or can't be written; StorageFailed if the
    copy is damaged.
    """
    copy = target / FILE
    if copy.exists():
        raise ConfigurationError(f"{target} holds a backup already; choose another folder")
    partial = target / f"{FILE}.partial"
    _make_empty(partial, rights)
    with _removed_unless_written(partial):
        _copy_pages(folder, partial, progress)
    damaged = _checked(partial, folder)
    partial.rename(copy)
    sync_folder(target)
    sync_folder(target.absolute().parent)  # it may be new, too
    return Copy(copy, damaged)


def _copy_pages(folder: Path, partial: Path, progress: Callable[[float], None]) -> None:
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
    sync_path(partial)


@contextmanager
def _removed_unless_written(partial: Path) -> Iterator[None]:
    """Remove a copy that could not be finished: its disk may be full, and that of the data."""
    try:
        yield
    except (StorageFull, StorageFailed) as error:
        partial.unlink(missing_ok=True)
        words = f"the backup into {partial.parent} failed: {error.detail or error.title}"
        raise type(error)(words) from error
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _make_empty(partial: Path, rights: Rights) -> None:
    try:
        make_folder(partial.parent, rights)
        new_file(partial, rights).close()
    except OSError as error:
        raise ConfigurationError(
            f"{partial.parent} can't be written ({error.strerror}); choose another folder"
        ) from error


def _checked(copy: Path, folder: Path) -> tuple[str, ...]:
    """The ids of leads that are damaged in the copy of a data folder. Raises StorageFailed if the
    file as a whole is."""
    connection = SealingConnection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        open_sealed(connection, folder)
        if faults := structure_faults(connection):
            raise StorageFailed(
                f"the data file is damaged, and no backup was made: {faults[0].table}: "
                f"{faults[0].words}; see `leadline verify --deep`"
            )
        hurt = [one.lead_id for one in damaged_contents(connection) if one is not None]
    except BaseException:
        connection.close()
        copy.unlink()
        raise
    connection.close()
    return tuple(dict.fromkeys(hurt))
