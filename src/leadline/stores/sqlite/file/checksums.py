"""Checksums of stored bodies and documents, so that data altered by the disk is not served."""

from typing import Any
from zlib import crc32

from leadline.stores.damage import note_damage
from leadline.stores.sqlite.values import text_of


def sum_of(content: bytes | None) -> int | None:
    """The checksum of a value, to be stored in a column of its own."""
    return None if content is None else crc32(content)


def is_whole(content: bytes | None, kept: int | None) -> bool:
    """Whether a value matches its checksum. Values without one, written by earlier versions, are
    not checked."""
    return kept is None or (content is not None and crc32(content) == kept)


def whole_rows(
    rows: list[tuple[Any, ...]], key: int, *checked: tuple[int, int]
) -> list[tuple[Any, ...]]:
    """The rows whose values match their checksums. *checked* are pairs of the column of a value and
    that of its checksum. Damaged rows are left out and logged with the lead's id, in column
    *key*."""
    damaged = [row for row in rows for at, kept in checked if not is_whole(row[at], row[kept])]
    if not damaged:
        return rows
    for row in damaged:
        note_damage(text_of(row[key]))
    return [row for row in rows if row not in damaged]
