"""The data folder: its locks, and the rights of its files."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError, StorageFailed, StorageFull
from leadline.model.rights import (
    PRIVATE,
    Rights,
    WidePermissions,
    is_shared,
    make_file,
    make_folder,
    narrow,
    open_file,
    set_mode,
    sync_folder,
    too_wide,
)
from leadline.stores.erasure_file import AUDIT

FILE = "leadline.db"
INDEX = "index.db"
"""The index of leads, which is made from the data file."""
WRITERS = "writers.lock"
"""The file of the lock that writers hold."""
MOVED = "moved"
"""The prefix of the names of files that a move leaves."""
RESTORING = "restoring"
"""The folder, inside the data folder, of an unfinished restore."""
_BY_EARLIER_VERSIONS = (f"{FILE}.restoring", f"{FILE}.before-restore")


class Settled(msgspec.Struct, frozen=True):
    """What was narrowed in a folder (`narrowed`), and what could not be (`left`)."""

    narrowed: WidePermissions
    left: WidePermissions


def open_lock(folder: Path, name: str, rights: Rights = PRIVATE) -> int:
    """Open a lock file of the folder; both are made if they are missing.

    Whatever the rights of the folder, only Leadline's user may read its locks: whoever can read a
    lock file can also lock it. Raises ConfigurationError if the folder cannot be written.
    """
    try:
        make_folder(folder, rights)
        return open_file(folder / name, os.O_RDWR)
    except OSError as error:
        raise ConfigurationError(
            f"the data folder {folder} can't be written ({error.strerror}); "
            "choose another one with --data or correct its rights"
        ) from error


def is_restoring(folder: Path) -> bool:
    """Whether a restore into the folder is unfinished: also one by an earlier version, or by a
    person who moved the database away from its log."""
    try:
        if (folder / RESTORING).exists():
            return True
        left = (*_BY_EARLIER_VERSIONS, f"{FILE}-wal")
        return not (folder / FILE).exists() and any((folder / name).exists() for name in left)
    except PermissionError:  # opening the data fails, too, with an explanation
        return False


def refuse_if_restoring(folder: Path) -> None:
    """Raises ConfigurationError if a restore into the folder was interrupted: the folder may then
    hold neither the data before it nor the backup."""
    if is_restoring(folder):
        raise ConfigurationError(
            f"a restore into {folder} is under way or was interrupted; finish it with `leadline "
            "restore BACKUP --replace`, or undo it with `leadline restore --undo`"
        )


def settle_folder(folder: Path, rights: Rights) -> Settled:
    """Narrow rights that are too wide in the folder, if it exists, and let the group read
    Leadline's own files if *rights* allow it.

    Raises ConfigurationError if the folder cannot be read.
    """
    if not folder.exists():
        return Settled(WidePermissions(), WidePermissions())
    try:
        narrowed = narrow(folder, rights)
        if rights != PRIVATE and not is_shared(folder):
            set_mode(folder, rights.folder)
            for path in _own_files(folder):
                if path.is_file() and not path.is_symlink():
                    set_mode(path, rights.file)
        return Settled(narrowed, too_wide(folder, rights))
    except OSError as error:
        raise ConfigurationError(
            f"the rights in the data folder {folder} cannot be set ({error.strerror})"
        ) from error


def _own_files(folder: Path) -> Iterator[Path]:
    for pattern in (f"{FILE}*", f"{INDEX}*", f"{MOVED}*", AUDIT):
        yield from folder.glob(pattern)


def has_empty_log(path: Path, inode: int) -> bool:
    """Whether the log of a data file is empty, so that the last reader may let SQLite remove it by
    name; the file must still be the one that was opened."""
    try:
        return path.stat().st_ino == inode and not Path(f"{path}-wal").stat().st_size
    except OSError:
        return False


def require_data_file(path: Path) -> None:
    """Raises ConfigurationError if this user can't read a data file at this path."""
    try:
        path.stat()
    except PermissionError:
        raise ConfigurationError(
            f"this user may not read {path.parent}; run it as the user of `leadline serve`"
        ) from None
    except (FileNotFoundError, NotADirectoryError):
        raise ConfigurationError(
            f"{path.parent} holds no leads yet; `leadline serve` makes it"
        ) from None


def refuse_if_gone(folder: Path) -> None:
    """Raises StorageFailed if there is no data file: a process that others started must not make
    another folder in the place of one that was moved."""
    if not (folder / FILE).exists():
        raise StorageFailed(f"the data folder {folder} was moved or deleted")


def make_data_file(path: Path, rights: Rights) -> None:
    """Create the data file, because SQLite would use the umask; its log and shared memory get the
    rights of the file. The file and its folder survive a power cut.

    Raises StorageFull, StorageFailed."""
    try:
        if make_file(path, rights):
            sync_folder(path.parent)
            sync_folder(path.absolute().parent.parent)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise StorageFull from error
        raise StorageFailed("the data folder can't be written") from error
