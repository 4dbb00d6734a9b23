"""What a disk refuses is called what it is."""

import errno
import logging
import threading
from collections.abc import Iterator
from datetime import timedelta
from logging import LogRecord
from pathlib import Path

import apsw
import pytest

from leadline.model.errors import StorageFailed, StorageFull
from leadline.stores.sqlite.file.checkpoint import Checkpointer
from leadline.stores.sqlite.store import SqliteStore
from tests.worlds.leads import HandClock, captured


class _Refusing(apsw.VFSFile):
    """A file of a disk that refuses to write, once it is told to."""

    def xWrite(self, data: bytes, offset: int) -> None:
        if FaultyDisk.refuses:
            raise apsw.exception_for(apsw.SQLITE_IOERR_WRITE)
        super().xWrite(data, offset)


class FaultyDisk(apsw.VFS):
    """The default disk from now on, with the reason for which it refuses: an errno, or 0."""

    refuses = 0

    def __init__(self) -> None:
        super().__init__("faulty", "unix", makedefault=True)

    def xOpen(self, name: str | apsw.URIFilename | None, flags: list[int]) -> apsw.VFSFile:
        return _Refusing("unix", name, flags)

    def xGetLastError(self) -> tuple[int, str]:
        return self.refuses, ""


@pytest.fixture
def disk() -> Iterator[type[FaultyDisk]]:
    before = apsw.vfs_names()[0]
    made = FaultyDisk()
    yield FaultyDisk
    FaultyDisk.refuses = 0
    made.unregister()
    assert apsw.vfs_names()[0] == before


@pytest.mark.parametrize(
    ("number", "named"),
    [
        (errno.EIO, StorageFailed),
        (errno.ENOSPC, StorageFull),
        (errno.EDQUOT, StorageFull),
        (errno.EFBIG, StorageFull),
    ],
)
def test_only_a_want_of_room_is_called_a_full_disk(
    tmp_path: Path,
    clock: HandClock,
    disk: type[FaultyDisk],
    number: int,
    named: type[Exception],
) -> None:
    store = SqliteStore(tmp_path, clock=clock)
    first, second = captured(clock, "ada", delay=timedelta()), captured(clock, "bob")
    store.accept([first])
    disk.refuses = number
    with pytest.raises(named):
        store.accept([second])
    disk.refuses = 0
    store.accept([second])
    assert len(store.waiting([first.id, second.id])) == 2
    store.close()


class _Heard(logging.Handler):
    """Notes what the log says, and says when an error came."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, str]] = []
        self.error = threading.Event()

    def emit(self, record: LogRecord) -> None:
        self.lines.append((record.levelname, record.getMessage()))
        if record.levelno == logging.ERROR:
            self.error.set()


def test_a_checkpoint_that_fails_again_and_again_is_an_error_in_the_log(
    tmp_path: Path, clock: HandClock, disk: type[FaultyDisk]
) -> None:
    store = SqliteStore(tmp_path, clock=clock, checkpoint_pages=0)
    store.accept([captured(clock)])
    heard = _Heard()
    logging.getLogger("leadline").addHandler(heard)
    disk.refuses = errno.EIO
    checkpointer = Checkpointer(tmp_path, every_s=0.001)
    try:
        assert heard.error.wait(60)
    finally:
        checkpointer.close()
        logging.getLogger("leadline").removeHandler(heard)
        disk.refuses = 0
        store.close()
    assert heard.lines[0] == ("WARNING", "checkpoint.failed")
    assert ("ERROR", "checkpoint.failing") in heard.lines
