"""OpenID providers: the metadata of issuers (OpenID Connect Discovery 1.0), kept for a while."""

import threading
import time
from collections.abc import Callable, Sequence

import msgspec

from leadline.net.deadline import within
from leadline.net.oauth.fetching import fetched, metadata_urls, shown_url
from leadline.net.oauth.key_set import KeySetError
from leadline.settings.checks.oauth import is_secure

RENEWED_S = 3600.0
"""The age at which metadata are fetched again."""
LASTING_S = 24 * 3600.0
"""How long they count while they can't be fetched again."""
RETRY_S = 10.0
"""The least time between two fetches, of which the first failed."""
PATIENCE_S = 8.0
"""How long one fetch may take."""


class ProviderError(Exception):
    """Nobody can be logged in now: the issuer can't be reached, is unwell, or does not take the
    dashboard for its client. The text says which, and holds no secret."""


class Provider(msgspec.Struct, frozen=True):
    """What counts of the metadata of an issuer, by their names there. `end_session_endpoint` is
    that of RP-Initiated Logout 1.0, `userinfo_endpoint` that of UserInfo ("": there is none), and
    the last one says whether answers name their issuer (RFC 9207)."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    end_session_endpoint: str = ""
    userinfo_endpoint: str = ""
    token_endpoint_auth_methods_supported: Sequence[str] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False


def fetch_provider(issuer: str, within_s: float) -> Provider:
    """The metadata of an issuer; raises ProviderError."""
    url = metadata_urls(issuer)[0]
    try:
        with within(within_s):
            status, body = fetched(url, within_s)
    except KeySetError as error:
        raise ProviderError(str(error)) from None
    if status != 200:
        raise ProviderError(f"{shown_url(url)} answers {status}")
    try:
        found = msgspec.json.decode(body, type=Provider)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ProviderError(f"what {shown_url(url)} answers is no metadata of OpenID") from None
    _refuse_unusable(found, issuer, url)
    return found


def _refuse_unusable(found: Provider, issuer: str, url: str) -> None:
    if found.issuer != issuer:
        raise ProviderError(
            f"{shown_url(url)} is about the issuer {found.issuer[:200]!r}; `issuer` must be "
            "exactly that, if it is yours"
        )
    needed = (found.authorization_endpoint, found.token_endpoint, found.jwks_uri)
    further = (found.end_session_endpoint, found.userinfo_endpoint)
    if not all(map(is_secure, (*needed, *filter(None, further)))):
        raise ProviderError(f"{shown_url(url)} names a URL without https")


class _Kept:
    """The metadata of an issuer, when they were fetched, when that was last tried, and why the last
    try failed ("": it did not)."""

    __slots__ = ("failed", "fetched_at", "provider", "tried_at")

    def __init__(self) -> None:
        self.provider: Provider | None = None
        self.fetched_at = self.tried_at = float("-inf")
        self.failed = ""


class Providers:
    """Metadata by issuer; threads may share it. *fetch* gets them, and *clock* is the time in
    seconds."""

    def __init__(
        self,
        fetch: Callable[[str, float], Provider] = fetch_provider,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._lock = threading.Lock()

    def known(self, issuer: str) -> Provider | None:
        """The metadata if they were fetched before, however old; never waits."""
        kept = self._kept.get(issuer)
        return None if kept is None else kept.provider

    def of(self, issuer: str) -> Provider:
        """The metadata, fetched if it is time; raises ProviderError."""
        with self._lock:
            kept = self._kept.setdefault(issuer, _Kept())
            now = self._clock()
            pause = RETRY_S if kept.failed else 0.0
            if now - kept.fetched_at >= RENEWED_S and now - kept.tried_at >= pause:
                self._try(kept, issuer)
            if kept.provider is None or self._clock() - kept.fetched_at >= LASTING_S:
                raise ProviderError(kept.failed)
            return kept.provider

    def _try(self, kept: _Kept, issuer: str) -> None:
        try:
            kept.provider = self._fetch(issuer, PATIENCE_S)
        except ProviderError as error:
            kept.failed = str(error)
        else:
            kept.failed, kept.fetched_at = "", self._clock()
        kept.tried_at = self._clock()
