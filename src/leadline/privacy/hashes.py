"""Keyed hashes of what a person is known by (HMAC-SHA256, RFC 2104).

Without the key nobody can find out by trying addresses whether a person was erased; so the key is
kept outside the data folder and every backup.
"""

import hmac
from collections.abc import Iterable
from hashlib import sha256

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.model.personal_data.privacy import Tombstone

_SHORTEST = 16
_HASH_CHARACTERS = 32
_ID_CHARACTERS = 8


class PrivacyKey(msgspec.Struct, frozen=True):
    """The secret of the setting `privacy_key` as bytes. `repr` does not show it."""

    secret: bytes

    def __repr__(self) -> str:
        return f"PrivacyKey({self.id})"

    @property
    def id(self) -> str:
        """Eight hexadecimal digits that tell keys apart and say nothing about the secret."""
        return sha256(b"leadline privacy key\0" + self.secret).hexdigest()[:_ID_CHARACTERS]

    def hash_of(self, known_by: str) -> str:
        """The hash of what a person is known by (`privacy.finding`): 32 hexadecimal digits."""
        made = hmac.new(self.secret, known_by.encode(errors="surrogatepass"), sha256)
        return made.hexdigest()[:_HASH_CHARACTERS]

    def hashes_of(self, known_by: Iterable[str]) -> tuple[str, ...]:
        """The hashes of all these, sorted."""
        return tuple(sorted(map(self.hash_of, known_by)))


def key_of_text(text: str) -> PrivacyKey:
    """The key that a setting or a file holds. Raises ConfigurationError if it is too short."""
    secret = text.strip().encode()
    if len(secret) < _SHORTEST:
        raise ConfigurationError(
            f"privacy_key is too short: give at least {_SHORTEST} random characters"
        )
    return PrivacyKey(secret)


def lead_name(lead_id: str) -> str:
    """What a lead is known by to `PrivacyKey.hash_of`."""
    return f"lead:{lead_id.lower()}"


def require_key_of(tombstones: Iterable[Tombstone], key: PrivacyKey) -> None:
    """Raises ConfigurationError if another key made one of these tombstones."""
    others = sorted({one.key_id for one in tombstones} - {key.id})
    if others:
        raise ConfigurationError(
            f"erasures were made with the privacy key {', '.join(others)}, and this one is "
            f"{key.id}: put that key back (setting privacy_key, or the file privacy.key)"
        )
