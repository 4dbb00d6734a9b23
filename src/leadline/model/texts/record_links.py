"""Decides which URLs in a webhook may become links to a lead's CRM record.

Anybody can post a form, so a URL from a sender is not trusted. It is allowed on the hosts of the
sender's CRM, or if the settings map `crm_url` to a field.
"""

import msgspec

from leadline.model.texts.patterns import late

# Strictly RFC 3986 in ASCII, so that all programs see the same host: no user part, backslash,
# space, control character or letter of another script.
_LINK = late(
    r"(?P<scheme>https?)://(?P<host>[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?:[/?#](?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*)?"
)
_HTTPS_PORTS = (None, 443)


class WebLink(msgspec.Struct, frozen=True):
    """The parts of a URL: `scheme` is "http" or "https", `host` is in lower case, and `port` is
    None if the URL has none."""

    scheme: str
    host: str
    port: int | None = None


def read_link(url: str) -> WebLink | None:
    """The parts of a URL; None if it is not a plain http or https URL, or has a user part."""
    if (match := _LINK.fullmatch(url)) is None:
        return None
    port = int(match["port"]) if match["port"] else None
    if port is not None and port > 65535:
        return None
    return WebLink(match["scheme"], match["host"].lower(), port)


def is_on(hosts: tuple[str, ...], url: str) -> bool:
    """Whether a URL is https, on port 443, on one of the *hosts*. A name means that host alone;
    `*.example.com` means every host below it, but not example.com itself."""
    link = read_link(url)
    if link is None or link.scheme != "https" or link.port not in _HTTPS_PORTS:
        return False
    return any(
        link.host.endswith(name[1:]) if name.startswith("*.") else link.host == name
        for name in hosts
    )


class RecordLinks(msgspec.Struct, frozen=True):
    """Which links to CRM records are allowed for leads of one source.

    `hosts` are the hosts of its CRM, as in `is_on`. `placed` is whether the settings map `crm_url`;
    then the URL may be on any host.
    """

    hosts: tuple[str, ...] = ()
    placed: bool = False

    def allow(self, url: str) -> bool:
        """Whether the URL may become a link."""
        return is_on(self.hosts, url) or (self.placed and read_link(url) is not None)
