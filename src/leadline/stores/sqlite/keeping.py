"""Keeps a copy of the data file before a newer Leadline migrates its schema."""

import shutil
from pathlib import Path

import apsw

from leadline.model.errors import StorageFull
from leadline.model.rights import Rights, make_folder, new_file, sync_folder, sync_path
from leadline.stores.sqlite.folder import FILE
from leadline.stores.sqlite.schema import newest_schema

_PARTIAL = "before-schema.partial"
_SPARE = 64 << 20


def keep_copy(db: apsw.Connection, folder: Path, rights: Rights) -> Path:
    """Copy the file to a folder of its own, a data folder for the older Leadline; returns it.

    No other process may write meanwhile. Replaces an incomplete copy that a kill left. Raises
    StorageFull if there is no room for a copy.
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
    kept = _unused_name(folder)
    partial.rename(kept)
    sync_folder(folder)
    return kept


def _unused_name(folder: Path) -> Path:
    name, number = f"before-schema-{newest_schema()}", 1
    while (folder / (found := name if number == 1 else f"{name}-{number}")).exists():
        number += 1
    return folder / found
