"""Which bytes of an SQLite file hold nothing that is in use, page by page.

SQLite overwrites only a part of what it frees, even with `secure_delete`: pages that other writes
freed keep their content, a page that was split keeps copies of the rows that moved, and the last
page of a long value keeps what was there behind its end. Layout of the file: sqlite.org,
"Database File Format".
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

HEADER = 100
"""So many bytes at the beginning of the first page are the header of the file."""
MOST_PAGES = 1 << 25
"""From so many pages on, a page of a long value can begin like one of a tree."""
_SHORTEST = 30
"""So many bytes of a long value are in the page in which it begins, at least."""
_LOCK_BYTE = 1 << 30
_LEAF_TABLE, _LEAF_INDEX, _INNER_TABLE, _INNER_INDEX = 13, 10, 5, 2
_HEADERS = {_LEAF_TABLE: 8, _LEAF_INDEX: 8, _INNER_TABLE: 12, _INNER_INDEX: 12}

Read = Callable[[int, int], bytes]
"""Reads so many bytes (the second number) of the file at an offset."""


class Space(NamedTuple):
    """Bytes of the file, from an offset up to another."""

    start: int
    end: int


class Layout(NamedTuple):
    """What the header says of the file: the sizes of a page and of its part that SQLite uses, the
    number of pages, the first page of the list of free ones, and whether pages may be of a kind
    that is not known here."""

    page_size: int
    usable: int
    pages: int
    first_free: int
    unknown: bool


def layout_of(read: Read, file_size: int) -> Layout:
    """The layout of a file of so many bytes."""
    header = read(0, HEADER)
    page_size = _number(header, 16, 2)
    page_size = 1 << 16 if page_size == 1 else page_size
    pages = file_size // page_size
    unknown = _number(header, 52, 4) != 0 or pages >= MOST_PAGES  # vacuums by itself, or too large
    return Layout(page_size, page_size - header[20], pages, _number(header, 32, 4), unknown)


def free_space(layout: Layout, read: Read) -> dict[int, Space]:
    """The unused bytes of free pages, by their numbers: all of a page, but for the list itself."""
    found: dict[int, Space] = {}
    trunk = layout.first_free
    while 0 < trunk <= layout.pages and trunk not in found:
        at = (trunk - 1) * layout.page_size
        page = read(at, layout.page_size)
        count = _number(page, 4, 4)
        if count > layout.usable // 4 - 2:
            break  # damaged
        found[trunk] = Space(at + 8 + 4 * count, at + layout.page_size)
        for place in range(count):
            leaf = _number(page, 8 + 4 * place, 4)
            if 0 < leaf <= layout.pages:
                start = (leaf - 1) * layout.page_size
                found.setdefault(leaf, Space(start, start + layout.page_size))
        trunk = _number(page, 0, 4)
    return found


def unused_space(layout: Layout, number: int, page: bytes, read: Read) -> Iterator[Space]:
    """The unused bytes of a page of a tree that is not free, and behind the ends of long values
    that begin in it. Nothing for other pages and damaged ones."""
    start = HEADER if number == 1 else 0
    at = (number - 1) * layout.page_size
    if at == _LOCK_BYTE or page[start] not in _HEADERS:
        return
    count = _number(page, start + 3, 2)
    pointers = start + _HEADERS[page[start]]
    content = _number(page, start + 5, 2) or 1 << 16
    if not pointers + 2 * count <= content <= layout.usable:
        return
    blocks = _free_blocks(page, _number(page, start + 1, 2), content, layout.usable)
    if blocks is None:
        return
    yield Space(at + pointers + 2 * count, at + content)
    for first, end in blocks:
        yield Space(at + first, at + end)
    if page[start] != _INNER_TABLE:
        for place in range(count):
            cell = _number(page, pointers + 2 * place, 2)
            if content <= cell <= layout.usable - _SHORTEST:
                yield from _behind_long_value(layout, page, page[start], cell, read)


def _free_blocks(page: bytes, first: int, content: int, usable: int) -> list[Space] | None:
    """The free blocks of a page without their own four bytes; None if it is damaged."""
    found: list[Space] = []
    at, lowest = first, content
    while at:
        size = _number(page, at + 2, 2) if lowest <= at <= usable - 4 else 0
        if size < 4 or at + size > usable:
            return None
        found.append(Space(at + 4, at + size))
        at, lowest = _number(page, at, 2), at + size
    return found


def _behind_long_value(
    layout: Layout, page: bytes, kind: int, cell: int, read: Read
) -> Iterator[Space]:
    """The unused end of the last page of a value that goes on in pages of its own."""
    usable = layout.usable
    at = cell + 4 if kind == _INNER_INDEX else cell
    size, at = _varint(page, at)
    most = usable - 35 if kind == _LEAF_TABLE else (usable - 12) * 64 // 255 - 23
    if size <= most:
        return
    if kind == _LEAF_TABLE:
        _, at = _varint(page, at)
    least = (usable - 12) * 32 // 255 - 23
    local = least + (size - least) % (usable - 4)
    local = local if local <= most else least
    pages, rest = divmod(size - local - 1, usable - 4)
    last = _last_page(layout, _number(page, at + local, 4), pages, read)
    if last:
        end = last * layout.page_size
        yield Space(end - layout.page_size + 4 + rest + 1, end)


def _last_page(layout: Layout, number: int, more: int, read: Read) -> int:
    """The last page of a chain of pages that has so many *more* after the first; 0 if it is not as
    long as that, or damaged."""
    for left in range(more, -1, -1):
        if not 0 < number <= layout.pages:
            return 0
        after = _number(read((number - 1) * layout.page_size, 4), 0, 4)
        if not left:
            return 0 if after else number
        number = after
    return 0


def _varint(page: bytes, at: int) -> tuple[int, int]:
    """A number as SQLite writes it, and where it ends."""
    value = 0
    for place in range(8):
        byte = page[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    return value << 8 | page[at + 8], at + 9


def _number(page: bytes, at: int, size: int) -> int:
    return int.from_bytes(page[at : at + size])
