"""A checksum beside each stored body and document: what the disk changed is not served as true."""

import logging
from typing import Any
from zlib import crc32

from leadline.stores.sqlite.values import text_of

log = logging.getLogger(__name__)


def sum_of(content: bytes | None) -> int | None:
    """The checksum to be stored beside this, in a column of its own."""
    return None if content is None else crc32(content)


def is_whole(content: bytes | None, kept: int | None) -> bool:
    """Whether this is what was written. What has no checksum, as earlier versions wrote it, is not
    checked."""
    return kept is None or (content is not None and crc32(content) == kept)


def whole_rows(
    rows: list[tuple[Any, ...]], key: int, *checked: tuple[int, int]
) -> list[tuple[Any, ...]]:
    """The rows of which everything is as it was written: *checked* are the places of what was
    stored and of its checksum. Any other is left out, and logged with the lead's id, which stands
    at *key*."""
    damaged = [row for row in rows for at, kept in checked if not is_whole(row[at], row[kept])]
    if not damaged:
        return rows
    for row in damaged:
        log.error("document.damaged", extra={"lead": text_of(row[key])})
    return [row for row in rows if row not in damaged]
