"""The keys of an issuer: a JSON Web Key Set (RFC 7517), of which only what can sign tokens here is
taken: RSA keys of 2048 bits or more for RS256, and keys on the curve P-256 for ES256."""

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

import msgspec

ALGORITHMS: Mapping[str, str] = {"RS256": "RSA", "ES256": "EC"}
"""The algorithms that tokens may be signed with (RFC 7518), and the kind of their keys. None of
them is symmetric: with HS256, whoever knows the public key could sign."""

MISSING = (
    "tokens of issuers need the package joserfc, which is not installed: pip install joserfc; on "
    "AWS, deploy again"
)

_MOST_KEYS = 100
_BITS = range(2048, 8193)
"""The sizes of RSA keys: smaller ones can be broken, larger ones take long to check."""
_LONGEST_EXPONENT = 4


class KeySetError(Exception):
    """There are no usable keys; the text says why."""


class SigningKey(msgspec.Struct, frozen=True):
    """A key, as joserfc takes it, with its id ("": it has none)."""

    kid: str
    algorithm: str
    key: Any


KeySet = Sequence[SigningKey]


class _Written(msgspec.Struct):
    """The fields of a key that count before it is read; others are of no concern."""

    kty: str = ""
    kid: str = ""
    use: str = "sig"
    alg: str = ""
    key_ops: Sequence[str] | None = None
    crv: str = ""
    n: str = ""
    e: str = ""
    x: str = ""
    y: str = ""


class _Document(msgspec.Struct):
    keys: Sequence[msgspec.Raw]


def faults_of_library() -> list[str]:
    """Why no token can be checked here; empty if joserfc is installed."""
    return [] if find_spec("joserfc") is not None else [MISSING]


def read_key_set(body: bytes) -> KeySet:
    """The usable keys of a key set. Keys of other kinds, for other purposes, and those that can't
    be read are left out; raises KeySetError if none is left."""
    if faults := faults_of_library():
        raise KeySetError(faults[0])
    try:
        document = msgspec.json.decode(body, type=_Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise KeySetError("what came is no key set") from None
    found = list(_usable(document.keys[:_MOST_KEYS]))
    if not found:
        raise KeySetError("the key set has no key for RS256 or ES256")
    return found


def _usable(keys: Sequence[msgspec.Raw]) -> Iterator[SigningKey]:
    for raw in keys:
        try:
            written = msgspec.json.decode(raw, type=_Written)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            continue
        algorithm = _algorithm(written)
        key = _imported(written) if algorithm else None
        if key is not None:
            yield SigningKey(written.kid, algorithm, key)


def _algorithm(key: _Written) -> str:
    """The algorithm that a key is for; "" if it is for none of ours."""
    if key.use != "sig" or (key.key_ops is not None and "verify" not in key.key_ops):
        return ""
    for name, kind in ALGORITHMS.items():
        if key.kty == kind and key.alg in ("", name):
            fits = _is_sound_rsa(key) if kind == "RSA" else key.crv == "P-256"
            return name if fits else ""
    return ""


def _is_sound_rsa(key: _Written) -> bool:
    try:
        modulus, exponent = _number(key.n), _number(key.e)
    except (ValueError, binascii.Error):
        return False
    return modulus.bit_length() in _BITS and exponent.bit_length() <= 8 * _LONGEST_EXPONENT


def _number(text: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), "big")


def _imported(key: _Written) -> Any:
    """The public key, without anything else that was written beside it; None if it is none."""
    # Imported here: an extra, and few sources have tokens.
    from joserfc.errors import JoseError
    from joserfc.jwk import ECKey, RSAKey

    try:
        if key.kty == "RSA":
            return RSAKey.import_key({"kty": "RSA", "n": key.n, "e": key.e})
        return ECKey.import_key({"kty": "EC", "crv": key.crv, "x": key.x, "y": key.y})
    except (JoseError, ValueError, TypeError):
        return None
