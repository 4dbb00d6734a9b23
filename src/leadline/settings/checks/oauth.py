"""Checks of the settings of access tokens (OAuth 2.0) in `[sources.NAME]`."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from leadline.settings.files import SettingPath
from leadline.settings.notation.notations import URL, Notation

if TYPE_CHECKING:
    from leadline.settings.connected.sources import SourceConfig
    from leadline.settings.top.general import Settings

MOST_SKEW = timedelta(minutes=10)
"""The largest `oauth_skew`: with more, the expiry of tokens would mean little."""

_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def is_secure(url: str) -> bool:
    """Whether keys may be read from a URL: by https, or by http on this machine. Whoever could
    change them on the way could sign tokens."""
    try:
        parts = urlsplit(url)
        return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _HERE)
    except ValueError:
        return False


def _secure_url(value: object) -> str:
    url: str = URL.read(value)
    if url and not is_secure(url):
        raise ValueError
    return url


SECURE_URL = Notation("a URL with https:// (http:// only on this machine)", _secure_url)


def wrong_oauth(settings: "Settings") -> Iterator[tuple[SettingPath, str]]:
    """The path of each setting of access tokens that cannot be, with the error message."""
    for name, source in settings.sources.items():
        for setting, words in _faults(source):
            yield ("sources", name, setting), words


def _faults(source: "SourceConfig") -> Iterator[tuple[str, str]]:
    if not source.oauth_issuer:
        for setting in ("audience", "jwks_url", "scope", "clients"):
            if getattr(source, f"oauth_{setting}"):
                yield f"oauth_{setting}", "it needs an `oauth_issuer`"
        return
    if not source.oauth_audience:
        yield (
            "oauth_issuer",
            "it needs an `oauth_audience`: without one, tokens for other services would count",
        )
    if source.public:
        yield "public", "anybody may post, or an access token is needed (`oauth_issuer`): not both"
    if source.oauth_skew > MOST_SKEW:
        yield "oauth_skew", "it must be at most 10m"
