"""Logging somebody in by an OpenID provider: the authorization code flow with PKCE.

An attempt is one secret that the browser keeps. State, nonce and PKCE's verifier are made of it, so
that nothing is kept here before the issuer has answered, and what comes back counts in the browser
alone that began.
"""

import base64
import hmac
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple
from urllib.parse import quote, quote_plus, urlencode, urlsplit, urlunsplit

import msgspec

from leadline.model.errors import KeysUnavailable, TokenRefused
from leadline.net.client import HttpClient, NoReply
from leadline.net.oauth.fetching import MOST_BYTES, Issuer, shown_url
from leadline.net.oauth.id_tokens import Identity, read_id_token
from leadline.net.oauth.key_sets import KeySets
from leadline.net.oauth.logout_tokens import EndedLogin, read_logout_token
from leadline.net.oauth.providers import PATIENCE_S, Provider, ProviderError, Providers
from leadline.net.oauth.signed import SignedToken, verify
from leadline.net.oauth.user_info import with_user_info


class LoginClient(msgspec.Struct, frozen=True):
    """The dashboard, as its issuer knows it. `return_url` is where browsers come back to."""

    issuer: str
    client_id: str
    client_secret: str
    scope: str
    return_url: str

    def __repr__(self) -> str:
        return f"LoginClient({self.issuer!r}, {self.client_id!r})"


class LoginAttempt(NamedTuple):
    """A login that was begun; whoever knows its secret began it."""

    secret: str

    @property
    def state(self) -> str:
        """What the answer repeats."""
        return self._part("state")

    @property
    def nonce(self) -> str:
        """What the ID token repeats."""
        return self._part("nonce")

    @property
    def verifier(self) -> str:
        """What proves that who has the code began the login (PKCE)."""
        return self._part("verifier")

    def is_answered_by(self, state: str) -> bool:
        """Whether an answer with this state is that to this attempt."""
        return hmac.compare_digest(state.encode(), self.state.encode())

    def _part(self, name: str) -> str:
        return _base64(sha256(f"{name}:{self.secret}".encode()).digest())

    def __repr__(self) -> str:
        return "LoginAttempt(…)"


class _Answer(msgspec.Struct):
    """What the token endpoint answers; the access token serves UserInfo alone."""

    id_token: str = ""
    access_token: str = ""
    error: str = ""


class CodeFlow:
    """Knows the metadata and keys of issuers; threads may share it. Everything but `known` may
    wait for the issuer."""

    def __init__(self, providers: Providers | None = None, key_sets: KeySets | None = None) -> None:
        self._providers = providers or Providers()
        self._key_sets = key_sets or KeySets()

    def known(self, issuer: str) -> Provider | None:
        """The metadata of the issuer, if they were needed before."""
        return self._providers.known(issuer)

    def login_url(self, client: LoginClient, attempt: LoginAttempt, prompt: str = "") -> str:
        """Where the issuer logs somebody in. Raises ProviderError."""
        asked = {
            "response_type": "code",
            "client_id": client.client_id,
            "redirect_uri": client.return_url,
            "scope": client.scope,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": _base64(sha256(attempt.verifier.encode()).digest()),
            "code_challenge_method": "S256",
        }
        if prompt:
            asked["prompt"] = prompt
        return _with_query(self._providers.of(client.issuer).authorization_endpoint, asked)

    def logout_url(self, client: LoginClient, back: str) -> str:
        """Where the issuer logs somebody out, and sends them *back*; "" if it does not offer that.
        Raises ProviderError. The ID token is no part of it: addresses are kept in many places."""
        place = self._providers.of(client.issuer).end_session_endpoint
        asked = {"client_id": client.client_id, "post_logout_redirect_uri": back}
        return _with_query(place, asked) if place else ""

    def identity(
        self,
        client: LoginClient,
        attempt: LoginAttempt,
        code: str,
        named: str,
        now: datetime,
        suffices: Callable[[Identity], bool] = lambda _: True,
    ) -> Identity:
        """Whom the issuer has logged in, by the code of its answer. *named* is the issuer that the
        answer names ("": none). UserInfo is asked unless the ID token *suffices*. Raises
        TokenRefused if that does not count, and ProviderError."""
        provider = self._providers.of(client.issuer)
        is_nameless = not named and not provider.authorization_response_iss_parameter_supported
        if named != client.issuer and not is_nameless:
            raise TokenRefused("the answer is of another issuer (iss)")
        answer = _exchanged(provider, client, attempt, code)
        token, identity = read_id_token(
            answer.id_token, client.issuer, client.client_id, attempt.nonce, now
        )
        self._verify(token, Issuer(provider.issuer, provider.jwks_uri))
        if suffices(identity) or not (provider.userinfo_endpoint and answer.access_token):
            return identity
        return with_user_info(identity, provider.userinfo_endpoint, answer.access_token)

    def ended(self, client: LoginClient, text: str, now: datetime) -> EndedLogin:
        """What the issuer has ended, by its logout token. Raises TokenRefused, ProviderError."""
        token, ended = read_logout_token(text, client.issuer, client.client_id, now)
        provider = self._providers.of(client.issuer)
        self._verify(token, Issuer(provider.issuer, provider.jwks_uri))
        return ended

    def _verify(self, token: SignedToken, issuer: Issuer) -> None:
        kid, algorithm = token.header.kid, token.header.alg
        if self._key_sets.is_due(issuer, kid, algorithm) or self._key_sets.is_old(issuer):
            self._key_sets.fetch(issuer)
        try:
            keys = self._key_sets.matching(issuer, kid, algorithm)
        except KeysUnavailable:
            raise ProviderError(f"the keys at {shown_url(issuer.jwks_url)} can't be had") from None
        verify(token, keys)


def _exchanged(
    provider: Provider, client: LoginClient, attempt: LoginAttempt, code: str
) -> _Answer:
    """The tokens for a code. Raises TokenRefused if the issuer does not take the code."""
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": client.return_url,
        "code_verifier": attempt.verifier,
    }
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        "accept": "application/json",
    }
    methods = provider.token_endpoint_auth_methods_supported
    if client.client_secret and "client_secret_basic" in methods:
        pair = f"{quote_plus(client.client_id)}:{quote_plus(client.client_secret)}"
        headers["authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        fields["client_id"] = client.client_id
        if client.client_secret:
            fields["client_secret"] = client.client_secret
    body = urlencode(fields).encode()
    url = provider.token_endpoint
    reply = HttpClient(PATIENCE_S).request("POST", url, body, headers, most=MOST_BYTES)
    if isinstance(reply, NoReply):
        raise ProviderError(f"{shown_url(url)} can't be reached: {reply.reason}")
    return _tokens_in(reply.status, reply.body if reply.whole else b"", shown_url(url))


def _tokens_in(status: int, body: bytes, place: str) -> _Answer:
    try:
        answer = msgspec.json.decode(body, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProviderError(f"{place} answers {status}, and no JSON") from None
    if status == 400 and answer.error == "invalid_grant":
        raise TokenRefused("the issuer does not know the code, or not any more")
    if status in (400, 401, 403):
        error = answer.error if answer.error in _ERRORS else "an error"
        raise ProviderError(f"{place} answers {status}: {error}; check client_id and client_secret")
    if status != 200:
        raise ProviderError(f"{place} answers {status}")
    if not answer.id_token:
        raise TokenRefused("the issuer gave no ID token")
    return answer


_ERRORS = (
    "invalid_client", "invalid_request", "unauthorized_client", "unsupported_grant_type",
    "invalid_scope", "access_denied",
)  # fmt: skip
"""The errors that are repeated in logs (RFC 6749, 5.2); an issuer could write anything else."""


def _with_query(url: str, asked: dict[str, str]) -> str:
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(asked, quote_via=quote))))
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _base64(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
