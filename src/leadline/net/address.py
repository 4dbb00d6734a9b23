"""URLs for outgoing requests: parsing and checking."""

import base64
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from leadline.model.errors import ConfigurationError
from leadline.model.texts.patterns import late

_HOST = late(r"(?!\.)[^\s\x00-\x1f\x7f%/?#@<>\"\\^`{|}]{1,255}")
# Characters that a request target may contain literally (RFC 3986); others are percent-encoded.
_TARGET = "%/:?#[]@!$&'()*+,;=~"


class Address(NamedTuple):
    """The parts of an HTTP URL; `authorization` is the header for its user name and password, ""
    without them."""

    scheme: str
    host: str
    port: int
    target: str
    authorization: str

    @property
    def server(self) -> tuple[str, str, int]:
        """Scheme, host and port of the server."""
        return self.scheme, self.host, self.port


def read_url(url: str) -> Address:
    """The parts of an absolute http:// or https:// URL; raises ValueError for any other text."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host):
        raise ValueError("not an HTTP URL")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    usual = 443 if parts.scheme == "https" else 80
    port = usual if parts.port is None else parts.port
    return Address(parts.scheme, host, port, quote(target, safe=_TARGET), authorization)


def check_url(url: str, setting: str) -> None:
    """Raise ConfigurationError, which names the *setting* but not the URL, if the URL is not HTTP
    or has no host."""
    try:
        read_url(url)
    except ValueError:
        raise ConfigurationError(
            f"{setting} must be a complete URL that starts with https:// (or http://)"
        ) from None
