"""The data folder: its locks, and the rights of its files."""

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
"""The prefix of the names of files that a move leaves."""


class Settled(msgspec.Struct, frozen=True):
    """What was narrowed in a folder (`narrowed`), and what could not be (`left`)."""

    narrowed: Wide
    left: Wide


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


def settle_folder(folder: Path, rights: Rights) -> Settled:
    """Narrow rights that are too wide in the folder, if it exists, and let the group read
    Leadline's own files if *rights* allow it.

    Raises ConfigurationError if the folder cannot be read.
    """
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
            f"the rights in the data folder {folder} cannot be set ({error.strerror})"
        ) from error
