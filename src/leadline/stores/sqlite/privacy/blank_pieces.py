"""Overwrites the unused space of an SQLite file in place, a piece at a time (see `blanking`)."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from leadline.stores.sqlite.privacy.unused_space import (
    Layout,
    Space,
    free_space,
    layout_of,
    unused_space,
)

_OPEN = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE


@contextmanager
def opened_bytes(path: Path) -> Iterator[apsw.VFSFile]:
    """The file of a connection, for reading and writing its bytes."""
    file = apsw.VFSFile("", str(path), [_OPEN, 0])
    try:
        yield file
    finally:
        file.xClose()


def blank_all(
    connection: apsw.Connection,
    piece: int,
    blank_next: Callable[[int], int | None],
    stopped: Callable[[], bool],
) -> bool:
    """Go through a file by *blank_next* (as `blank_piece`, from a page on), in pieces of so many
    pages; twice if it is more than a piece, because others may move bytes of pages that are still
    to come to pages that are done. A round ends where the file ended when it began: a busy server
    appends pages faster than they can be gone through. Returns False if a piece could not be done,
    or it was *stopped*."""
    rounds = 1 if _pages(connection) <= piece else 2
    for _ in range(rounds):
        number: int | None = 1
        last = _pages(connection)
        while number and number <= last:
            began = time.monotonic()
            number = None if stopped() else blank_next(number)
            if number is None:
                return False
            if number:  # others may write for as long as they could not
                time.sleep(time.monotonic() - began)
    return True


def _pages(connection: apsw.Connection) -> int:
    """How many pages the file has, with those that are in its log only."""
    return int(connection.pragma("page_count"))


def blank_piece(
    connection: apsw.Connection,
    path: Path,
    file: apsw.VFSFile,
    numbers: range,
    sync: Callable[[], None],
) -> int | None:
    """Do these pages, while the log is empty: returns the first page of the next piece, 0 after the
    last, and None if the log is not empty or the file is of a kind that is not known."""
    version = int(connection.pragma("user_version"))
    connection.execute("BEGIN IMMEDIATE")
    try:
        if Path(f"{path}-wal").stat().st_size:
            return None  # somebody has written meanwhile
        layout = layout_of(_reader(file), file.xFileSize())
        if layout.unknown:
            return None
        after = min(numbers.stop, layout.pages + 1)
        _blank_pages(layout, file, range(numbers.start, after))
        sync()
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        connection.execute("PRAGMA shrink_memory")  # this connection forgets its pages, too
    return after if after <= layout.pages else 0


def _blank_pages(layout: Layout, file: apsw.VFSFile, numbers: range) -> None:
    read, size = _reader(file), layout.page_size
    free = free_space(layout, read)
    content = read((numbers.start - 1) * size, len(numbers) * size)
    for number in numbers:
        at = (number - numbers.start) * size
        if number in free:
            _overwrite(file, free[number])
        else:
            page = content[at : at + size]
            for space in unused_space(layout, number, page, read):
                _overwrite(file, space)


def _overwrite(file: apsw.VFSFile, space: Space) -> None:
    length = space.end - space.start
    if length > 0 and file.xRead(length, space.start).strip(b"\0"):
        file.xWrite(bytes(length), space.start)


def _reader(file: apsw.VFSFile) -> Callable[[int, int], bytes]:
    return lambda start, length: file.xRead(length, start)
