"""Which URLs may open a lead's record in the CRM.

What a sender writes chooses no link: anybody can post a form. A URL counts on the hosts where the
records of the sender's CRM live, or where the settings say in which field such URLs stand.
"""

import re

import msgspec

# Strictly RFC 3986 in ASCII, so that every program reads the same host: no user part, no backslash,
# no blank, no control character, no letters of other scripts.
_LINK = re.compile(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#](?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
_HTTPS_PORTS = (None, 443)


class WebLink(msgspec.Struct, frozen=True):
    """Where a URL leads: `scheme` is "http" or "https", `host` in lower case, `port` if named."""

    scheme: str
    host: str
    port: int | None = None


def read_link(url: str) -> WebLink | None:
    """Where a URL leads; None for what is no plain http or https URL, or has a user part."""
    if (found := _LINK.fullmatch(url)) is None:
        return None
    port = int(found["port"]) if found["port"] else None
    if port is not None and port > 65535:
        return None
    return WebLink(found["scheme"], found["host"].lower(), port)


def is_on(hosts: tuple[str, ...], url: str) -> bool:
    """Whether a URL is https, on the usual port, on one of the *hosts*: a name is that host alone,
    `*.example.com` every host below it and not itself."""
    link = read_link(url)
    if link is None or link.scheme != "https" or link.port not in _HTTPS_PORTS:
        return False
    return any(
        link.host.endswith(name[1:]) if name.startswith("*.") else link.host == name
        for name in hosts
    )


class RecordLinks(msgspec.Struct, frozen=True):
    """Which links to records count for the leads of one source.

    `hosts` are those of its CRM, as in `is_on`. `placed` is whether the settings say where the URL
    stands: then it may lead anywhere.
    """

    hosts: tuple[str, ...] = ()
    placed: bool = False

    def allow(self, url: str) -> bool:
        """Whether the URL may be a link."""
        return is_on(self.hosts, url) or (self.placed and read_link(url) is not None)
