"""URLs of others: where a request goes, and what is asked for there."""

import base64
import re
from typing import NamedTuple
from urllib.parse import quote, unquote, urlsplit

from leadline.model.errors import ConfigurationError

_HOST = re.compile(r"(?!\.)[^\s\x00-\x1f\x7f%/?#@<>\"\\^`{|}]{1,255}")
# What a target may hold as it is (RFC 3986); all else is written in hexadecimal.
_TARGET = "%/:?#[]@!$&'()*+,;=~"


class Address(NamedTuple):
    """The parts of an HTTP URL; `authorization` is the header that its user name and password
    make, "" without them."""

    scheme: str
    host: str
    port: int
    target: str
    authorization: str

    @property
    def server(self) -> tuple[str, str, int]:
        """Where the connection leads to."""
        return self.scheme, self.host, self.port


def read_url(url: str) -> Address:
    """The address that a whole http:// or https:// URL gives; raises ValueError for any other."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme not in ("https", "http") or not _HOST.fullmatch(host):
        raise ValueError("no HTTP URL")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    authorization = ""
    if parts.username is not None:
        pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
        authorization = f"Basic {base64.b64encode(pair.encode()).decode()}"
    usual = 443 if parts.scheme == "https" else 80
    port = usual if parts.port is None else parts.port
    return Address(parts.scheme, host, port, quote(target, safe=_TARGET), authorization)


def check_url(url: str, setting: str) -> None:
    """Raise ConfigurationError, which names the *setting* and not the URL, for a URL that is not
    HTTP or names no host."""
    try:
        read_url(url)
    except ValueError:
        raise ConfigurationError(
            f"{setting} must be a whole URL and start with https:// (or http://)"
        ) from None
