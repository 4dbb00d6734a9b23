"""Sources without authentication, and whether other machines can reach them."""

import logging
from ipaddress import IPv6Address, ip_address
from pathlib import Path

from leadline.model.rights import make_file
from leadline.plugins import source_names
from leadline.settings.connected.sources import SourceConfig
from leadline.settings.top.general import Settings

log = logging.getLogger(__name__)

_MARK = "behind-proxy"
"""A file in the data folder that marks that a request came through a proxy to a source without
authentication."""

REMEDY = (
    "set [sources.NAME] secret, leave those out that you do not use by only_sources, or say "
    '[sources.NAME] public = "yes" where anybody may post'
)
"""What an operator should do about sources without authentication."""


def unauthenticated(settings: Settings) -> list[str]:
    """The enabled sources that demand no secret and no access token, except those that are declared
    public."""
    return [n for n, c in _bare(settings) if not c.public]


def public(settings: Settings) -> list[str]:
    """The enabled sources without a secret that are declared public."""
    return [n for n, c in _bare(settings) if c.public]


def exposed(settings: Settings) -> dict[str, str]:
    """Why other machines can reach the server, as far as known: a short reason for logs, with an
    explanation for operators."""
    mark = settings.data / _MARK
    why = {}
    if not is_loopback(settings.host):
        why["host"] = f"the server listens on {settings.host}"
    if settings.public_url:
        why["public_url"] = "public_url is set"
    if mark.exists():
        why["proxy"] = f"requests came through a proxy (remove {mark} if there is none any more)"
    return why


def note_proxy(data: Path) -> None:
    """Mark in the data folder that requests come through a proxy."""
    try:
        make_file(data / _MARK)
    except OSError as error:
        log.warning("proxy.not_noted", extra={"error": error.strerror})


def _bare(settings: Settings) -> list[tuple[str, SourceConfig]]:
    nothing = SourceConfig()
    taken = [(n, settings.sources.get(n, nothing)) for n in settings.only_sources or source_names()]
    return [(name, config) for name, config in taken if not config.authenticated]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a socket that listens on *host*. False for names other
    than `localhost`, since they may resolve to anything."""
    if host == "localhost":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_loopback
