"""The data folder: its locks, and who may read what is in it."""

import os
from pathlib import Path

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.rights import (
    PRIVATE,
    Rights,
    Wide,
    is_shared,
    make_folder,
    narrow,
    open_file,
    set_mode,
    too_wide,
)

FILE = "leadline.db"
MOVED = "moved"
"""How the names of what a move leaves begin."""


class Settled(msgspec.Struct, frozen=True):
    """What was narrowed in a folder, and what is too wide all the same."""

    narrowed: Wide
    left: Wide


def open_lock(folder: Path, name: str, rights: Rights = PRIVATE) -> int:
    """Open a lock of the folder, which is made if it is missing.

    Whatever the rights of the folder, its locks are for Leadline's user alone: who may read a lock
    may also hold it. Raises ConfigurationError.
    """
    try:
        make_folder(folder, rights)
        return open_file(folder / name, os.O_RDWR)
    except OSError as error:
        raise ConfigurationError(
            f"the data folder {folder} can't be written ({error.strerror}); "
            "choose another one with --data or mend its rights"
        ) from error


def settle_folder(folder: Path, rights: Rights) -> Settled:
    """Narrow what is too wide in the folder, if there is one, and let the group read Leadline's own
    files where it may. Raises ConfigurationError when the folder can't be looked through."""
    if not folder.exists():
        return Settled(Wide(), Wide())
    try:
        narrowed = narrow(folder, rights)
        if rights != PRIVATE and not is_shared(folder):
            set_mode(folder, rights.folder)
            for path in (*folder.glob(f"{FILE}*"), *folder.glob(f"{MOVED}*")):
                if path.is_file() and not path.is_symlink():
                    set_mode(path, rights.file)
        return Settled(narrowed, too_wide(folder, rights))
    except OSError as error:
        raise ConfigurationError(
            f"the rights in the data folder {folder} can't be set ({error.strerror})"
        ) from error
