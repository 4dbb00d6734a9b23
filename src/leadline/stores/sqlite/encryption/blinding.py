"""Blind indexes: keys by which events, records and people are recognised, as they are stored in an
encrypted file. Whoever has an address and the file, but no key, cannot see whether it is there.

Keys are digests already. One of 16 bytes is a single block of AES, so that it can be read back when
encryption is turned off; a byte behind it tells it from one in the clear. A candidate key, of which
only 6 bytes are kept, is a keyed digest.
"""

from base64 import b64decode, b64encode
from collections.abc import Collection, Iterable, Sequence
from hashlib import blake2b
from typing import Any

import apsw

from leadline.model.facts.likeness import RULES

KEY_SIZE, BLIND_SIZE = 16, 17
"""The bytes of a key in the clear, and of one that is blind."""
_NUMBER_SIZE = 6
_NAME = "\x01"
"""What a blind name begins with, and no name."""
BLIND_RULES = RULES + 1_000
"""Blind candidate keys are as those of other rules: likenesses are made anew for them."""


class Blinding:
    """Makes keys blind under the index key of a file."""

    def __init__(self, index_key: bytes) -> None:
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import ECB  # one block: nothing repeats

        cipher: Any = Cipher(AES(_derived(index_key, b"known keys")), ECB())  # noqa: S305
        self._encrypt, self._decrypt = cipher.encryptor().update, cipher.decryptor().update
        self._candidates = _derived(index_key, b"candidate keys")
        self._names = AESSIV(_derived(index_key, b"names"))

    def blind(self, key: bytes) -> bytes:
        """A key of 16 bytes as it is stored."""
        return bytes(self._encrypt(key)) + b"\1"

    def blind_all(self, keys: Collection[bytes]) -> list[bytes]:
        """Keys as they are stored; at once, which takes a fraction of the time."""
        every = self._encrypt(b"".join(keys))
        return [every[at : at + KEY_SIZE] + b"\1" for at in range(0, len(every), KEY_SIZE)]

    def clear(self, stored: bytes) -> bytes:
        """The key of a stored one, in whatever form."""
        return bytes(self._decrypt(stored[:KEY_SIZE])) if len(stored) == BLIND_SIZE else stored

    def number(self, key: bytes) -> int:
        """The number under which a candidate key is stored."""
        digest = blake2b(key, key=self._candidates, digest_size=_NUMBER_SIZE)
        return int.from_bytes(digest.digest())

    def name(self, name: str) -> str:
        """A name of a salesperson as it is stored: always the same for the same name."""
        return _NAME + b64encode(self._names.encrypt(name.encode(), None)).decode() if name else ""

    def clear_name(self, stored: str) -> str:
        """The name of a stored one, in whatever form."""
        if not stored.startswith(_NAME):
            return stored
        return bytes(self._names.decrypt(b64decode(stored[1:]), None)).decode()


def _derived(key: bytes, purpose: bytes) -> bytes:
    return blake2b(purpose, key=key, digest_size=32).digest()


def stored_keys(db: apsw.Connection, keys: Collection[bytes]) -> dict[bytes, bytes]:
    """The forms in which keys may be stored now, each with its key."""
    sealer = getattr(db, "sealer", None)
    if sealer is None:
        return {key: key for key in keys}
    found = dict(zip(sealer.blinding.blind_all(keys), keys, strict=True))
    return {**found, **{key: key for key in keys}} if sealer.is_mixed else found


def blind_rows(
    db: apsw.Connection, rows: Sequence[tuple[bytes, int, int, int]]
) -> Sequence[tuple[bytes, int, int, int]]:
    """Rows whose first value is a key, as they are to be stored."""
    sealer = getattr(db, "sealer", None)
    if sealer is None or not sealer.seals:
        return rows
    blind = sealer.blinding.blind_all([row[0] for row in rows])
    return [(key, *row[1:]) for key, row in zip(blind, rows, strict=True)]


def key_of_stored(db: apsw.Connection, stored: bytes) -> bytes:
    """The key of a stored one."""
    sealer = getattr(db, "sealer", None)
    return stored if sealer is None else bytes(sealer.blinding.clear(stored))


def stored_names(db: apsw.Connection, name: str) -> tuple[str, ...]:
    """The forms in which the name of a salesperson may be stored now; first that of new rows."""
    sealer = getattr(db, "sealer", None)
    if sealer is None:
        return (name,)
    blind = sealer.blinding.name(name)
    if not sealer.is_mixed:
        return (blind,)
    return (blind, name) if sealer.seals else (name, blind)


def numbers_to_keep(db: apsw.Connection, keys: Iterable[bytes]) -> list[int]:
    """The numbers under which candidate keys are to be stored."""
    sealer = getattr(db, "sealer", None)
    number = plain_number if sealer is None or not sealer.seals else sealer.blinding.number
    return [number(key) for key in keys]


def candidate_numbers(db: apsw.Connection, keys: Iterable[bytes]) -> dict[bytes, tuple[int, ...]]:
    """The numbers under which candidate keys may be stored now, by key."""
    sealer = getattr(db, "sealer", None)
    if sealer is None:
        return {key: (int.from_bytes(key[:_NUMBER_SIZE]),) for key in keys}
    blind = sealer.blinding.number
    if sealer.is_mixed:
        return {key: (blind(key), plain_number(key)) for key in keys}
    return {key: (blind(key),) for key in keys}


def plain_number(key: bytes) -> int:
    """The number of a candidate key in the clear: of its first bytes."""
    return int.from_bytes(key[:_NUMBER_SIZE])


def key_form(db: apsw.Connection) -> tuple[bool, bool]:
    """How keys are stored now: whether blind, and whether some are not. Whoever remembers some
    forgets them when it changes."""
    sealer = getattr(db, "sealer", None)
    return (False, False) if sealer is None else (sealer.seals, sealer.is_mixed)


def rules_of(db: apsw.Connection) -> int:
    """The rules by which leads are to be under their candidate keys."""
    sealer = getattr(db, "sealer", None)
    return BLIND_RULES if sealer is not None and sealer.seals else RULES
