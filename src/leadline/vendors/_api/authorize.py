"""Authentication at a CRM's API: with a permanent key, or with OAuth tokens."""

import base64
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from leadline.ports.messenger import Busy, Refused, Unreachable
from leadline.settings.connected.crm import OAuthConfig
from leadline.vendors._api.client import Client, CrmReply, checked_base, words_of

_EARLY = timedelta(minutes=1)
_LONGEST_LIFE = 86_400.0
_PATIENCE = 15.0


class Fixed:
    """Fixed headers: an API key or a token that does not expire."""

    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = dict(headers)

    def headers(self, client: "Client") -> Mapping[str, str]:
        """See `Authorize.headers`."""
        return self._headers

    def renew(self, refused: Mapping[str, str]) -> bool:
        """See `Authorize.renew`."""
        return False


class Tokens:
    """OAuth access tokens, fetched when needed and shared by all threads.

    *url* is the token endpoint, *form* the form sent to it (`grant_type`, `client_id`,
    `refresh_token` …), or what makes it anew for each request, *headers* the headers sent to it. A
    token is used until a minute before it expires, or until it is refused if the endpoint doesn't
    say when it expires. *scheme* is the first word of the Authorization header.
    """

    def __init__(
        self,
        url: str,
        form: Mapping[str, str] | Callable[[], Mapping[str, str]],
        scheme: str = "Bearer",
        headers: Mapping[str, str] = {},
    ) -> None:
        self._headers = dict(headers)
        self._url = checked_base(url)
        self._form = form if callable(form) else lambda: form
        self._scheme = scheme
        self._lock = threading.Lock()
        self._token = ""
        self._until: datetime | None = None

    def headers(self, client: Client) -> Mapping[str, str] | Busy | Unreachable | Refused:
        """See `Authorize.headers`. While one thread fetches a token, others wait for it."""
        if not self._lock.acquire(timeout=_PATIENCE):
            return Unreachable("crm.token_awaited")
        try:
            stale = not self._token or (self._until is not None and _now() >= self._until)
            trouble = self._fetch(client) if stale else None
            return trouble or {"authorization": f"{self._scheme} {self._token}"}
        finally:
            self._lock.release()

    def renew(self, refused: Mapping[str, str]) -> bool:
        """See `Authorize.renew`. The token is dropped unless another thread has renewed it."""
        with self._lock:
            if refused.get("authorization") == f"{self._scheme} {self._token}":
                self._token = ""
        return True

    def _fetch(self, client: Client) -> Busy | Unreachable | Refused | None:
        form = self._form()
        reply = client.send("POST", self._url, form=form, headers=self._headers)
        if not isinstance(reply, CrmReply):
            return reply
        body = reply.body if isinstance(reply.body, dict) else {}
        token, life = body.get("access_token"), body.get("expires_in")
        if not reply.well or not isinstance(token, str) or not token:
            # Some endpoints answer errors with 200 and {"error": …} (Zoho docs, "Refresh access
            # tokens").
            return Refused(
                "crm.unauthorized", words_of(reply, [*form.values(), *self._headers.values()])
            )
        self._token = token
        self._until = None
        if isinstance(life, int | float) and not isinstance(life, bool):
            lasts = timedelta(seconds=min(life, _LONGEST_LIFE)) - _EARLY
            self._until = _now() + max(lasts, timedelta(seconds=1))
        return None


def refreshed(url: str, config: OAuthConfig, *, basic: bool = False) -> Tokens | None:
    """Tokens fetched with the refresh token in the settings (RFC 6749, section 6); None if it is
    not set.

    *basic* sends the client's id and secret by HTTP Basic authentication instead of in the form.
    """
    if not (config.refresh_token and config.client_id):
        return None
    form = {"grant_type": "refresh_token", "refresh_token": config.refresh_token}
    if basic:
        pair = f"{config.client_id}:{config.client_secret}".encode()
        who = {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
        return Tokens(url, form, headers=who)
    form["client_id"] = config.client_id
    if config.client_secret:
        form["client_secret"] = config.client_secret
    return Tokens(url, form)


def _now() -> datetime:
    return datetime.now(UTC)
