"""The check of an access token: a JWT (RFC 7519) signed by its issuer, as RFC 8725 advises.

Everything that needs no key is checked first, so that only a token that would count otherwise is a
reason to fetch keys.
"""

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from leadline.model.errors import TokenRefused
from leadline.model.lead import Delivery
from leadline.net.oauth.fetching import Issuer
from leadline.net.oauth.key_set import ALGORITHMS, KeySet
from leadline.net.oauth.key_sets import KeySets
from leadline.settings.sources import SourceConfig

LONGEST = 8192
"""The longest token, in bytes."""
LONGEST_CLIENT = 200
"""The longest id of a client, in characters."""
_SEGMENTS = 3
_LONGEST_HEADER = 4096

Scopes = str | Sequence[str]


class _Header(msgspec.Struct):
    alg: str = ""
    kid: str = ""
    crit: Any = None
    b64: Any = None


class _Claims(msgspec.Struct):
    """The claims that count here; `exp` and `nbf` are seconds since 1970."""

    iss: str
    aud: str | Sequence[str]
    exp: float
    nbf: float | None = None
    client_id: str = ""
    azp: str = ""
    appid: str = ""
    sub: str = ""
    scope: Scopes = ""
    scp: Scopes = ""
    roles: Scopes = ()


class _Token(NamedTuple):
    """A token that was taken apart; its signature was not looked at."""

    text: bytes
    header: _Header
    payload: bytes
    claims: _Claims


def bearer_token(delivery: Delivery) -> str:
    """The token in the header `Authorization` (RFC 6750); "" if there is none."""
    scheme, _, token = delivery.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


class AccessTokens:
    """Checks access tokens by the key sets of their issuers; see `ports.tokens.TokenCheck`."""

    def __init__(self, key_sets: KeySets | None = None) -> None:
        self._key_sets = key_sets or KeySets()

    def client_of(self, delivery: Delivery, config: SourceConfig) -> str:
        """See `TokenCheck.client_of`."""
        token = _checked(delivery, config)
        keys = self._key_sets.matching(_issuer(config), token.header.kid, token.header.alg)
        _verify(token, keys)
        return _client(token.claims)

    def needs_keys(self, delivery: Delivery, config: SourceConfig) -> bool:
        """See `TokenCheck.needs_keys`."""
        try:
            token = _checked(delivery, config)
        except TokenRefused:
            return False
        return self._key_sets.is_due(_issuer(config), token.header.kid, token.header.alg)

    def keys_are_old(self, config: SourceConfig) -> bool:
        """See `TokenCheck.keys_are_old`."""
        return self._key_sets.is_old(_issuer(config))

    def fetch_keys(self, config: SourceConfig, within_s: float | None = None) -> None:
        """See `TokenCheck.fetch_keys`."""
        self._key_sets.fetch(_issuer(config), within_s)


def _issuer(config: SourceConfig) -> Issuer:
    return Issuer(config.oauth_issuer, config.oauth_jwks_url)


def _checked(delivery: Delivery, config: SourceConfig) -> _Token:
    """The token of a delivery, with everything checked but its signature; raises TokenRefused."""
    text = bearer_token(delivery)
    if not text:
        raise TokenRefused("no access token came: send it as Authorization: Bearer …")
    token = _taken_apart(text)
    if token.header.alg not in ALGORITHMS:
        raise TokenRefused(f"tokens must be signed with {' or '.join(ALGORITHMS)}")
    if token.header.crit is not None or token.header.b64 is not None:
        raise TokenRefused("the token demands an extension (crit, b64) that is not known here")
    _check_claims(token.claims, config, delivery.received_at)
    return token


def _taken_apart(text: str) -> _Token:
    if len(text) > LONGEST or not text.isascii():
        raise TokenRefused(f"the token is no text of ASCII with at most {LONGEST} characters")
    parts = text.split(".")
    if len(parts) != _SEGMENTS:
        raise TokenRefused("the token is no JWT: header, claims and signature, joined by dots")
    try:
        header = msgspec.json.decode(_bytes(parts[0]), type=_Header)
        payload = _bytes(parts[1])
        claims = msgspec.json.decode(payload, type=_Claims)
    except msgspec.ValidationError as error:
        raise TokenRefused(f"header or claims of the token are not as needed: {error}") from None
    except (msgspec.DecodeError, ValueError, RecursionError):
        raise TokenRefused("header and claims of the token can't be read") from None
    return _Token(text.encode(), header, payload, claims)


def _bytes(segment: str) -> bytes:
    return base64.b64decode(segment + "=" * (-len(segment) % 4), b"-_", validate=True)


def _check_claims(claims: _Claims, config: SourceConfig, now: datetime) -> None:
    if claims.iss != config.oauth_issuer:
        raise TokenRefused("the token is of another issuer (iss)")
    meant = (claims.aud,) if isinstance(claims.aud, str) else claims.aud
    if not set(meant) & set(config.oauth_audience):
        raise TokenRefused("the token is for another audience (aud)")
    at, skew = now.timestamp(), config.oauth_skew.total_seconds()
    if not at < claims.exp + skew:
        raise TokenRefused("the token has expired (exp)")
    if claims.nbf is not None and not claims.nbf - skew <= at:
        raise TokenRefused("the token is not valid yet (nbf); check the clocks")
    if lacking := set(config.oauth_scope) - _scopes(claims):
        raise TokenRefused(f"the token does not allow {', '.join(sorted(lacking))} (scope)")
    client = _client(claims)
    if config.oauth_clients and client not in config.oauth_clients:
        raise TokenRefused("the client of the token is not among those that may deliver")


def _scopes(claims: _Claims) -> set[str]:
    """What a token allows: `scope` (RFC 8693), `scp` (Okta, Microsoft) and `roles` (Microsoft)."""
    found: set[str] = set()
    for said in (claims.scope, claims.scp, claims.roles):
        found.update(said.split() if isinstance(said, str) else said)
    return found


def _client(claims: _Claims) -> str:
    """Whom the token was given to: `client_id` (RFC 9068), `azp` (OpenID Connect), `appid`
    (Microsoft, version 1.0) or `sub`. Raises TokenRefused if it does not say."""
    client = claims.client_id or claims.azp or claims.appid or claims.sub
    if not client or len(client) > LONGEST_CLIENT:
        raise TokenRefused("the token does not say which client it was given to")
    return client


def _verify(token: _Token, keys: KeySet) -> None:
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
