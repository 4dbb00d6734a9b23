"""The check of an access token: a JWT signed by its issuer (`signed`).

Everything that needs no key is checked first, so that only a token that would count otherwise is a
reason to fetch keys.
"""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from leadline.model.errors import TokenRefused
from leadline.model.lead import Delivery
from leadline.net.oauth.fetching import Issuer
from leadline.net.oauth.key_sets import KeySets
from leadline.net.oauth.signed import SignedToken, check_header, take_apart, verify
from leadline.settings.connected.sources import SourceConfig

LONGEST = 8192
"""The longest token, in bytes."""
LONGEST_CLIENT = 200
"""The longest id of a client, in characters."""

Scopes = str | Sequence[str]


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
        token, claims = _checked(delivery, config)
        keys = self._key_sets.matching(_issuer(config), token.header.kid, token.header.alg)
        verify(token, keys)
        return _client(claims)

    def needs_keys(self, delivery: Delivery, config: SourceConfig) -> bool:
        """See `TokenCheck.needs_keys`."""
        try:
            token, _ = _checked(delivery, config)
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


def _checked(delivery: Delivery, config: SourceConfig) -> tuple[SignedToken, _Claims]:
    """The token of a delivery and its claims, with everything checked but its signature; raises
    TokenRefused."""
    text = bearer_token(delivery)
    if not text:
        raise TokenRefused("no access token came: send it as Authorization: Bearer …")
    token, claims = take_apart(text, LONGEST, _Claims)
    check_header(token.header)
    _check_claims(claims, config, delivery.received_at)
    return token, claims


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
