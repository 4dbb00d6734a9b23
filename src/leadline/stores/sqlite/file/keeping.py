"""Keeps a copy of the data file before a newer Leadline migrates its schema."""

import shutil
from collections.abc import Iterator
from filecmp import cmp
from itertools import count
from pathlib import Path

import apsw

from leadline.model.errors import StorageFull
from leadline.model.rights import Rights, make_folder, new_file, sync_folder, sync_path
from leadline.stores.sqlite.file.folder import FILE
from leadline.stores.sqlite.schema import newest_schema

_PARTIAL = "before-schema.partial"
_SPARE = 64 << 20


def keep_copy(db: apsw.Connection, folder: Path, rights: Rights) -> Path:
    """Copy the file to a folder of its own, a data folder for the older Leadline; returns it.

    No other process may write meanwhile. Replaces an incomplete copy that a kill left; a complete
    one of the same data, of a migration that was killed later, is returned and not made again.
    Raises StorageFull if there is no room for a copy.
    """
    partial = folder / _PARTIAL
    shutil.rmtree(partial, ignore_errors=True)
    size = int(db.pragma("page_count")) * int(db.pragma("page_size"))
    if shutil.disk_usage(folder).free < size + _SPARE:
        raise StorageFull(
            f"{folder / FILE} is copied before its schema changes; free disk space for "
            f"{(size + _SPARE) >> 20} MiB"
        )
    make_folder(partial, rights)
    new_file(partial / FILE, rights).close()
    copy = apsw.Connection(str(partial / FILE))
    copy.execute("PRAGMA synchronous = OFF")  # synced once, when complete
    with copy.backup("main", db, "main") as backup:
        backup.step()
    copy.close()
    sync_path(partial / FILE)
    sync_folder(partial)
    *earlier, kept = _names(folder)
    for same in earlier:
        if _is_same(same / FILE, partial / FILE):
            shutil.rmtree(partial)
            return same
    partial.rename(kept)
    sync_folder(folder)
    return kept


def _names(folder: Path) -> Iterator[Path]:
    """The names that are taken, and the next one."""
    name = f"before-schema-{newest_schema()}"
    for number in count(1):
        named = folder / (name if number == 1 else f"{name}-{number}")
        yield named
        if not named.exists():
            return


def _is_same(kept: Path, copy: Path) -> bool:
    """Whether a copy that was kept has the bytes of the new one, and nothing in a log of its own,
    as after an older Leadline ran on it."""
    logged = kept.with_name(f"{kept.name}-wal")
    if not kept.is_file() or (logged.exists() and logged.stat().st_size):
        return False
    return cmp(kept, copy, shallow=False)
