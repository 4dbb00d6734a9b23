"""Origins of web pages: scheme, host and port (RFC 6454)."""

import re
from urllib.parse import urlsplit

from leadline.model.texts.patterns import late

_PORTS = {"http": 80, "https": 443}
# ASCII without blanks, quotes and backslashes, which browsers read as slashes.
_PLAIN = late(r"https?://[!#-;=?-\[\]_a-z~]{1,2000}", re.IGNORECASE)
_HOST = late(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?|\[[0-9a-f:.]+\]")


def origin_of(url: str) -> str | None:
    """The origin of an absolute http or https URL, as "https://host:port" in lower case with the
    port that it has or implies; None for any other text, and for a URL with a user."""
    if not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:  # a port that is no number, or a bracket that is not closed
        return None
    host = parts.netloc.lower()
    if "@" in host:
        return None
    if port is not None or host.endswith(":"):
        host = host[: host.rindex(":")]
    if not _HOST.fullmatch(host) or port == 0:
        return None
    scheme = parts.scheme.lower()
    return f"{scheme}://{host}:{port or _PORTS[scheme]}"
