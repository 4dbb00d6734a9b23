"""Signed tokens: JWTs (RFC 7519), taken apart and verified as RFC 8725 advises.

Header and claims are read into typed values before the signature is checked, and must be the bytes
whose signature was checked.
"""

import base64
from typing import Any, NamedTuple, TypeVar

import msgspec

from leadline.model.errors import TokenRefused
from leadline.net.oauth.key_set import ALGORITHMS, KeySet

_SEGMENTS = 3
_LONGEST_HEADER = 4096

T = TypeVar("T")


class TokenHeader(msgspec.Struct):
    """The fields of a header that count."""

    alg: str = ""
    kid: str = ""
    crit: Any = None
    b64: Any = None


class SignedToken(NamedTuple):
    """A token that was taken apart; its signature was not looked at. `payload` is JSON."""

    text: bytes
    header: TokenHeader
    payload: bytes


def take_apart(text: str, longest: int, claims: type[T]) -> tuple[SignedToken, T]:
    """A token of at most *longest* characters, and its claims. Raises TokenRefused."""
    if len(text) > longest or not text.isascii():
        raise TokenRefused(f"the token is no text of ASCII with at most {longest} characters")
    parts = text.split(".")
    if len(parts) != _SEGMENTS:
        raise TokenRefused("the token is no JWT: header, claims and signature, joined by dots")
    try:
        header = msgspec.json.decode(_bytes(parts[0]), type=TokenHeader)
        payload = _bytes(parts[1])
        said = msgspec.json.decode(payload, type=claims)
    except msgspec.ValidationError as error:
        raise TokenRefused(f"header or claims of the token are not as needed: {error}") from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise TokenRefused("header and claims of the token can't be read") from None
    return SignedToken(text.encode(), header, payload), said


def _bytes(segment: str) -> bytes:
    return base64.b64decode(segment + "=" * (-len(segment) % 4), b"-_", validate=True)


def check_header(header: TokenHeader) -> None:
    """Raise TokenRefused unless the token is signed by an algorithm that counts, and demands no
    extension."""
    if header.alg not in ALGORITHMS:
        raise TokenRefused(f"tokens must be signed with {' or '.join(ALGORITHMS)}")
    if header.crit is not None or header.b64 is not None:
        raise TokenRefused("the token demands an extension (crit, b64) that is not known here")


def verify(token: SignedToken, keys: KeySet) -> None:
    """Raise TokenRefused unless one of the keys has signed the token."""
    from joserfc.errors import JoseError  # imported here: an extra, and slow to import
    from joserfc.jws import JWSRegistry, deserialize_compact

    registry = JWSRegistry(algorithms=[token.header.alg], strict_check_header=False)
    registry.max_header_length = _LONGEST_HEADER
    for key in keys:
        try:
            found = deserialize_compact(token.text, key.key, [token.header.alg], registry)
        except (JoseError, ValueError, TypeError):
            continue
        if found.payload == token.payload:
            return
    raise TokenRefused("the signature of the token is wrong")
