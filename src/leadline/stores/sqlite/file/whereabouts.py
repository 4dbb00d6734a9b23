"""Whether the open data file is still the one in the data folder, and whether the disk has room."""

import os
from pathlib import Path
from typing import NoReturn

from leadline.model.errors import StorageFailed
from leadline.stores.sqlite.file.folder import FILE

_ROOM = 256 << 10
"""The free bytes below which the disk counts as full."""


class Whereabouts:
    """The identity of the data file in *folder* and of its log, taken right after opening them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file, self._log = str(folder / FILE), str(folder / f"{FILE}-wal")
        self._known, self._known_log = _identity(self._file), _identity(self._log)

    def check(self) -> None:
        """Raises StorageFailed if the data file or its folder was deleted or replaced: writes to a
        deleted open file succeed, and are lost when it is closed. Makes only one system call,
        because it is called after every commit."""
        if _identity(self._file) != self._known:
            self._refuse()

    def check_all(self) -> None:
        """Check the log as well."""
        self.check()
        if _identity(self._log) != self._known_log:
            self._refuse()

    def _refuse(self) -> NoReturn:
        raise StorageFailed(
            "the data folder was deleted or replaced; "
            "put it back, or restart Leadline to use what is there now"
        )

    def has_room(self) -> bool:
        """Whether there is room for a delivery of the usual size."""
        try:
            disk = os.statvfs(self._folder)
        except OSError:
            return True  # `check` reports the error
        blocks = disk.f_bfree if os.geteuid() == 0 else disk.f_bavail
        return not disk.f_blocks or blocks * disk.f_frsize >= _ROOM


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)  # noqa: PTH116 - called after every commit
    except OSError:
        return None
    return found.st_dev, found.st_ino
