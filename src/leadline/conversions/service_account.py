"""Access tokens of a Google service account: a JWT signed with its key (RS256) is exchanged for one
(RFC 7523; Google Identity, "Using OAuth 2.0 for Server to Server Applications", read 2026-11).

A key names the endpoint that its tokens are fetched from. Only Google's are called, since a key
that somebody has altered would otherwise send a signed assertion wherever it likes.
"""

import base64
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgspec

from leadline.model.errors import ConfigurationError
from leadline.vendors._api.authorize import Tokens

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
GOOGLES = frozenset({"oauth2.googleapis.com", "accounts.google.com", "www.googleapis.com"})
"""The hosts of Google's token endpoints that keys have named."""
LIFE_S = 3600
"""The seconds for which an assertion counts: the most that Google allows."""
_FEWEST_BITS = 2048
_LONGEST = 20_000


class AccountKey(msgspec.Struct, frozen=True):
    """The key of a service account, as far as it is used. Its representation has no key."""

    client_email: str
    private_key: str
    token_uri: str
    private_key_id: str = ""
    type: str = ""

    def __repr__(self) -> str:
        return "AccountKey(…)"


def account_key(text: str) -> AccountKey:
    """The key in a text: the JSON of the file that Google gives, or the path of that file. Raises
    ConfigurationError, whose message quotes nothing of it."""
    data = text.encode() if text.startswith("{") else _read(text)
    try:
        key = msgspec.json.decode(data, type=AccountKey)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ConfigurationError(
            "service_account is not the JSON of a service account's key, with client_email, "
            "private_key and token_uri"
        ) from None
    if key.type != "service_account":
        raise ConfigurationError('service_account: the key is not of the type "service_account"')
    return key


def _read(path: str) -> bytes:
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(_LONGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:  # RuntimeError: `~` of nobody
        why = error.strerror if isinstance(error, OSError) else "it is no path"
        raise ConfigurationError(
            f"the file of service_account can't be read: {why}; on AWS, put the JSON itself in"
        ) from None
    if len(data) > _LONGEST:
        raise ConfigurationError(f"the file of service_account has more than {_LONGEST} bytes")
    return data


def account_tokens(text: str, scope: str, token_url: str = "") -> Tokens:
    """Tokens of the service account in *text* for this scope. They are fetched from *token_url*; ""
    means the endpoint that the key names, which must be one of Google's. Raises
    ConfigurationError."""
    key = account_key(text)
    if not token_url and not _is_googles(key.token_uri):
        raise ConfigurationError(
            "service_account: the key names a token endpoint that is not one of Google's; take the "
            "key anew from Google, or name the endpoint in token_url"
        )
    audience = key.token_uri if _is_googles(key.token_uri) else token_url
    sign = _signer(key)
    return Tokens(token_url or key.token_uri, lambda: _form(key, scope, audience, sign))


def _is_googles(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return (
            parts.scheme == "https"
            and parts.hostname in GOOGLES
            and parts.port in (None, 443)
            and parts.username is None
        )
    except ValueError:
        return False


def _form(
    key: AccountKey, scope: str, audience: str, sign: Callable[[bytes], bytes]
) -> Mapping[str, str]:
    now = int(datetime.now(UTC).timestamp())
    header = {"alg": "RS256", "typ": "JWT"} | (
        {"kid": key.private_key_id} if key.private_key_id else {}
    )
    claims = {
        "iss": key.client_email,
        "scope": scope,
        "aud": audience,
        "iat": now,
        "exp": now + LIFE_S,
    }
    signed = f"{_segment(header)}.{_segment(claims)}"
    signature = base64.urlsafe_b64encode(sign(signed.encode())).rstrip(b"=").decode()
    return {"grant_type": GRANT, "assertion": f"{signed}.{signature}"}


def _segment(part: Mapping[str, Any]) -> str:
    return base64.urlsafe_b64encode(msgspec.json.encode(part)).rstrip(b"=").decode()


def _signer(key: AccountKey) -> Callable[[bytes], bytes]:
    """What signs by RSASSA-PKCS1-v1_5 with SHA-256. Raises ConfigurationError."""
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.serialization import load_pem_private_key
    except ImportError:
        raise ConfigurationError(
            "service_account needs the extra `oauth`; in the environment of Leadline, "
            "`pip install cryptography` adds it"
        ) from None
    try:
        made = load_pem_private_key(key.private_key.encode(), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ConfigurationError("service_account: its private_key can't be read") from None
    if not isinstance(made, RSAPrivateKey) or made.key_size < _FEWEST_BITS:
        raise ConfigurationError(
            f"service_account: its private_key is no RSA key of {_FEWEST_BITS} bits or more"
        )
    return lambda data: made.sign(data, PKCS1v15(), SHA256())
