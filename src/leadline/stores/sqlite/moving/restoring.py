"""Restores the data file from a backup, so that a kill or a power cut at any point loses nothing.

While the data folder contains the folder `restoring`, no process opens the data. The backup is
copied to that folder and checked, and the present data is moved there; then one rename puts the
copy in place, which commits the restore. Finally the folder, which now holds the previous data, is
renamed to an unused name.
"""

import errno
import filecmp
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from leadline.model.errors import ConfigurationError, LeadlineError, StorageFailed, StorageFull
from leadline.model.rights import (
    PRIVATE,
    Rights,
    make_folder,
    new_file,
    sync_file,
    sync_folder,
)
from leadline.stores.sqlite.encryption.keyring import refuse_without_key
from leadline.stores.sqlite.file.failed_sync import forget_failed_sync
from leadline.stores.sqlite.file.folder import FILE, RESTORING, is_restoring
from leadline.stores.sqlite.file.sharing import nobody_else
from leadline.stores.sqlite.index.file import drop_index
from leadline.stores.sqlite.schema import newest_schema, schema_version

_LOG = f"{FILE}-wal"
_NAMES = (_LOG, f"{FILE}-shm", FILE)
_COPIED_AT_ONCE = 1 << 20
_COPY = "copy.db"


def restore(
    backup: Path, folder: Path, *, replace: bool, rights: Rights = PRIVATE
) -> tuple[Path, Path | None]:
    """Replace the data file by a backup; no other process may use the folder. An interrupted
    restore is finished first.

    Returns the data file and the folder that holds the previous data, which is a data folder and
    a backup, too. Raises ConfigurationError if *backup* holds no backup, is damaged, or would
    replace data without *replace*; StorageFull, StorageFailed. If it raises, the data is
    unchanged.
    """
    if not (backup / FILE).is_file():
        raise ConfigurationError(f"{backup} holds no backup ({FILE} is missing)")
    with nobody_else(folder, rights), _named_errors(folder):
        if is_restoring(folder):
            aside = _end_interrupted(folder)
            if _is_same(backup, folder):
                return folder / FILE, aside
        if (folder / FILE).exists() and not replace:
            raise ConfigurationError(f"{folder} holds data already; add --replace to put it aside")
        return folder / FILE, _put_in_place(backup, folder, rights)


def undo_restore(folder: Path) -> None:
    """Put back the data from before an interrupted restore.

    Raises ConfigurationError if no restore was interrupted; StorageFull, StorageFailed.
    """
    if not is_restoring(folder):
        raise ConfigurationError(
            f"no restore into {folder} was interrupted; the data that an earlier one put aside is "
            "a backup: `leadline restore FOLDER --replace` restores it"
        )
    with nobody_else(folder), _named_errors(folder):
        restoring = folder / RESTORING
        if (restoring / FILE).exists() and (folder / FILE).exists():
            (folder / FILE).rename(restoring / _COPY)
        _undo(folder)


def _put_in_place(backup: Path, folder: Path, rights: Rights) -> Path | None:
    restoring = folder / RESTORING
    make_folder(restoring, rights)
    try:
        _copy(backup, restoring, rights)
        _check(restoring / _COPY, backup, folder)
        _put_aside(folder)
    except BaseException:
        _undo(folder)
        raise
    (restoring / _COPY).rename(folder / FILE)
    return _finish(folder)


def _copy(backup: Path, restoring: Path, rights: Rights) -> None:
    """Copy the file, and copy its log, if it has one, into it."""
    logged = (backup / _LOG).exists() and (backup / _LOG).stat().st_size
    copy = restoring / _COPY
    _copy_file(backup / FILE, copy, rights)
    if logged:
        _copy_file(backup / _LOG, restoring / f"{_COPY}-wal", rights)
        connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        connection.close()
    sync_folder(restoring)


def _copy_file(source: Path, target: Path, rights: Rights) -> None:
    with source.open("rb") as kept, new_file(target, rights) as file:
        shutil.copyfileobj(kept, file, _COPIED_AT_ONCE)
        sync_file(file)


def _check(copy: Path, backup: Path, folder: Path) -> None:
    """Raises ConfigurationError if the copy is damaged, was written by a newer Leadline, or is
    encrypted under a key that the data *folder* has not."""
    connection = apsw.Connection(str(copy), flags=apsw.SQLITE_OPEN_READWRITE)
    try:
        verdict = str(connection.execute("PRAGMA quick_check(1)").fetchall()[0][0])
        version = schema_version(connection)
        refuse_without_key(connection, folder)
    except (apsw.CorruptError, apsw.NotADBError) as error:
        verdict, version = str(error), 0
    finally:
        connection.close()
    if verdict != "ok":
        raise ConfigurationError(f"the backup in {backup} is damaged: {verdict}")
    if version > newest_schema():
        raise ConfigurationError(
            f"the backup in {backup} is of a newer Leadline (schema {version}, this one knows "
            f"{newest_schema()}); restore it with that"
        )


def _put_aside(folder: Path) -> None:
    for name in _NAMES:
        if (folder / name).exists():
            (folder / name).rename(folder / RESTORING / name)
    sync_folder(folder / RESTORING)
    sync_folder(folder)


def _finish(folder: Path) -> Path | None:
    """After the commit, rename the folder with the previous data."""
    restoring = folder / RESTORING
    drop_index(folder)  # it is made anew from what is in place now
    forget_failed_sync(folder)  # the previous data keeps its log, and any index of it is ignored
    sync_folder(folder)
    sync_folder(restoring)
    aside = _unused_name(folder) if any(restoring.iterdir()) else None
    if aside is not None:
        restoring.rename(aside)
    else:
        restoring.rmdir()
    sync_folder(folder)
    return aside


def _unused_name(folder: Path) -> Path:
    taken = [path.name.rpartition("-")[2] for path in folder.glob("before-restore-*")]
    return folder / f"before-restore-{max((int(n) for n in taken if n.isdigit()), default=0) + 1}"


def _end_interrupted(folder: Path) -> Path | None:
    """Finish a committed restore and return the folder of the previous data; undo any other."""
    restoring = folder / RESTORING
    if (folder / FILE).exists() and restoring.exists() and not (restoring / _COPY).exists():
        return _finish(folder)
    if restoring.exists():
        _undo(folder)
    return None


def _is_same(backup: Path, folder: Path) -> bool:
    target = folder / FILE
    return target.exists() and filecmp.cmp(backup / FILE, target, shallow=False)


def _undo(folder: Path) -> None:
    """Put everything back as it was before a restore that was not committed; may be repeated."""
    restoring = folder / RESTORING
    if not restoring.exists():
        _undo_of_an_earlier_version(folder)
        return
    for name in reversed(_NAMES):
        if (kept := restoring / name).exists():
            kept.rename(folder / name)
    sync_folder(folder)
    for path in restoring.glob(f"{_COPY}*"):
        path.unlink()
    restoring.rmdir()
    sync_folder(folder)


def _undo_of_an_earlier_version(folder: Path) -> None:
    """Undo a restore of a version up to 0.1, which renamed the file, then its log, to
    `*.before-restore`. A log of that name older than the file belongs to an earlier restore.
    """
    kept, kept_log = (folder / f"{name}.before-restore" for name in (FILE, _LOG))
    if kept.exists() and kept_log.exists() and not (folder / _LOG).exists():
        if kept_log.stat().st_mtime < kept.stat().st_mtime:
            raise ConfigurationError(
                f"{kept_log} may not belong to {kept}, because it is older; rename them to {_LOG} "
                f"and {FILE}, or only the second, and check with `leadline verify --deep`"
            )
        kept_log.rename(folder / _LOG)
    if kept.exists():
        kept.rename(folder / FILE)
    (folder / f"{FILE}.restoring").unlink(missing_ok=True)
    sync_folder(folder)


@contextmanager
def _named_errors(folder: Path) -> Iterator[None]:
    try:
        yield
    except LeadlineError:
        raise
    except (OSError, apsw.Error) as error:
        if isinstance(error, apsw.FullError) or getattr(error, "errno", 0) == errno.ENOSPC:
            raise StorageFull(f"nothing was restored into {folder}") from error
        words = getattr(error, "strerror", None) or str(error)
        raise StorageFailed(f"the restore into {folder} failed: {words}") from error
