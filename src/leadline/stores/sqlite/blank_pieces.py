"""Overwrites the unused space of an SQLite file in place, a piece at a time (see `blanking`)."""

from collections.abc import Callable
from pathlib import Path

import apsw

from leadline.stores.sqlite.unused_space import (
    Layout,
    Space,
    free_space,
    layout_of,
    unused_space,
)

_OPEN = apsw.SQLITE_OPEN_MAIN_DB | apsw.SQLITE_OPEN_READWRITE


def open_bytes(path: Path) -> apsw.VFSFile:
    """The file of a connection, for reading and writing its bytes."""
    return apsw.VFSFile("", str(path), [_OPEN, 0])


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
