"""Values as they are sealed in the data file.

A sealed value is a header, a nonce of 12 random bytes, and what AES-256-GCM makes of the value,
with the table, the column and the row as associated data: elsewhere it does not open. The header is
7 bytes that are random for each installation, so that no sender can imitate them, and the number of
the data key. In a column of texts all of it is base64. Empty values stay as they are.
"""

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple
from zlib import crc32

from leadline.stores.sqlite.encryption.blinding import Blinding
from leadline.stores.sqlite.encryption.sealed_columns import HARMLESS, SEALED_TABLES

Value = str | bytes | None
Row = int | str | bytes
"""By what a row is bound: its number, an id, or a name."""
TAG_SIZE = 7
_HEADER, _NONCE = TAG_SIZE + 2, 12
_TEXT_HEADER = _HEADER * 4 // 3
_AT_ONCE = 64
_DAMAGED_TEXT = "(damaged)"
_INSERTED = re.compile(r"(?:^|\s)INSERT (?:OR IGNORE )?INTO main\.(\w+) \(([^)]*)\)\s*VALUES \(\)")
IS_SEALED, DAMAGED = -2, -1
"""In place of a checksum, which a sealed value brings with it, and would tell something of it; and
of a value that was damaged before it was sealed. No value has either of them as its checksum."""


class Ring(NamedTuple):
    """The data keys by number, the one for new values (0: those are not sealed), the key of blind
    indexes, and whether some values may be as they were before."""

    tag: bytes
    keys: Mapping[int, Any]
    current: int
    index_key: bytes
    is_mixed: bool


class Sealer:
    """Seals and opens the values of one connection. *reload* returns the keys as they are now."""

    def __init__(self, ring: Ring, reload: Callable[[], Ring]) -> None:
        self._reload = reload
        self._nonces: list[bytes] = []
        self.blinding = Blinding(ring.index_key)
        self.use(ring)

    def use(self, ring: Ring) -> None:
        """Use these keys from now on."""
        self.ring = ring
        self._tag = ring.tag
        self._text_tag = b64encode(ring.tag)[:8].decode()
        self._header = ring.tag + ring.current.to_bytes(2)
        self._text_header = b64encode(self._header).decode()
        self._gcm = ring.keys.get(ring.current)
        self.seals = bool(ring.current)
        self.is_mixed = ring.is_mixed or not self.seals

    def renewed(self) -> Ring:
        """The keys as they are now."""
        return self._reload()

    def seal(self, value: Value, place: str, row: Row) -> Value:
        """A value as it is to be stored in a *place* (table.column) of a *row*."""
        if not value or self._gcm is None:
            return value
        if isinstance(value, str):
            if value in HARMLESS:
                return value
            nonce = self._nonce()
            sealed = nonce + self._gcm.encrypt(nonce, value.encode(), _bound(place, row))
            return self._text_header + b64encode(sealed).decode()
        nonce = self._nonce()
        return b"".join((self._header, nonce, self._gcm.encrypt(nonce, value, _bound(place, row))))

    def _nonce(self) -> bytes:
        """Random bytes that were never used. A connection is of one process: no fork repeats them.
        Many are asked for at once, because each call of the system takes longer than sealing."""
        if not self._nonces:
            some = os.urandom(_NONCE * _AT_ONCE)
            self._nonces = [some[at : at + _NONCE] for at in range(0, len(some), _NONCE)]
        return self._nonces.pop()

    def key_of(self, value: Value) -> int | None:
        """The number of the key under which a value is sealed; 0: it is not sealed, None: it is
        one of those that are not to be."""
        if not value:
            return None
        if isinstance(value, str):
            if value in HARMLESS:
                return None
            if not value.startswith(self._text_tag) or len(value) <= _TEXT_HEADER:
                return 0
            try:
                header = b64decode(value[:_TEXT_HEADER])
            except ValueError:
                return 0
        else:
            header = value[:_HEADER]
        return int.from_bytes(header[TAG_SIZE:]) if header.startswith(self._tag) else 0

    def open(self, value: Value, place: str, row: Row) -> Value:
        """A value that was stored in a place of a row. In place of a damaged one: its bytes as they
        are, which have another checksum, or words that say so."""
        if (opened := self._opened(value, place, row)) is not None:
            return opened
        return _DAMAGED_TEXT if isinstance(value, str) else value

    def opened_sum(self, kept: int | None, value: Value, place: str, row: Row) -> int | None:
        """The checksum of a value as it is opened."""
        if kept != IS_SEALED:
            return kept
        if value and not self.key_of(value):
            return DAMAGED
        opened = self._opened(value, place, row)
        return crc32(opened) if isinstance(opened, bytes) else DAMAGED

    def kept_sum(self, kept: int | None) -> int | None:
        """What is to be stored beside a value in place of its checksum."""
        return kept if self._gcm is None or kept is None else IS_SEALED

    def rows(self, sql: str, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """The rows of an INSERT as they are to be stored."""
        plan = _plan(sql)
        if plan is None or self._gcm is None:
            return rows
        row_at, sealed, sums = plan
        found = [list(row) for row in rows]
        for at, place in sealed:
            for values in found:
                if value := values[at]:
                    values[at] = self.seal(value, place, values[row_at])
        for at in sums:
            for values in found:
                if values[at] is not None:
                    values[at] = IS_SEALED
        return found

    def _opened(self, value: Value, place: str, row: Row) -> Value:
        """None if the value is damaged."""
        number = self.key_of(value)
        if not number:
            return value
        gcm = self.ring.keys.get(number)
        if gcm is None:  # another process has made it
            self.use(self._reload())
            gcm = self.ring.keys.get(number)
        if gcm is None:
            return None
        try:
            if isinstance(value, str):
                sealed = b64decode(value[_TEXT_HEADER:])
            else:
                sealed = (value or b"")[_HEADER:]
            opened = gcm.decrypt(sealed[:_NONCE], sealed[_NONCE:], _bound(place, row))
        except Exception:  # InvalidTag, and ValueError of what is too short
            return None
        return opened.decode() if isinstance(value, str) else bytes(opened)


def _bound(place: str, row: Row) -> bytes:
    if isinstance(row, bytes):
        return place.encode() + b"\0" + row
    return f"{place}\0{row}".encode()


@lru_cache(256)
def _plan(sql: str) -> tuple[int, tuple[tuple[int, str], ...], tuple[int, ...]] | None:
    """Of an INSERT: the place of the column that binds values, the places of values to be sealed,
    and those of their checksums. None if nothing is to be sealed."""
    if (match := _INSERTED.search(sql)) is None or match[1] not in SEALED_TABLES:
        return None
    table = SEALED_TABLES[match[1]]
    columns = [name.strip() for name in match[2].split(",")]
    sealed = [(columns.index(c), f"{table.name}.{c}") for c in table.columns if c in columns]
    sums = [columns.index(s) for s in table.columns.values() if s in columns]
    return (columns.index(table.row), tuple(sealed), tuple(sums)) if sealed else None
