"""A disk on which a sync of the database fails, as SQLite sees one: a VFS of APSW's."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

_NAME = "failing"


class FailingDisk(apsw.VFS):
    """The default disk as long as it is registered. *fails* is asked at each sync, by the path of
    the file, whether it fails; all writes are noted by path."""

    def __init__(self, fails: Callable[[str], bool]) -> None:
        self.fails = fails
        self.errno = 0
        self.written: dict[str, set[int]] = {}
        super().__init__(_NAME, "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _File(self, name, flags)

    def xGetLastError(self) -> tuple[int, str]:
        return self.errno, ""


class _File(apsw.VFSFile):
    def __init__(
        self, disk: FailingDisk, name: str | apsw.URIFilename | None, flags: list[int]
    ) -> None:
        self._disk = disk
        self._path = name.filename() if isinstance(name, apsw.URIFilename) else name or ""
        super().__init__("unix", name, flags)

    def xWrite(self, data: bytes, offset: int) -> None:
        self._disk.written.setdefault(Path(self._path).name, set()).add(offset)
        super().xWrite(data, offset)

    def xSync(self, flags: int) -> None:
        if self._disk.fails(self._path):
            raise apsw.exception_for(apsw.SQLITE_IOERR_FSYNC)
        super().xSync(flags)


@contextmanager
def failing_disk(fails: Callable[[str], bool]) -> Iterator[FailingDisk]:
    """Such a disk, as long as the block runs."""
    disk = FailingDisk(fails)
    try:
        yield disk
    finally:
        disk.unregister()
