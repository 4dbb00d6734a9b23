"""The top-level settings of the dashboard, the page for operators (`[dashboard]`)."""

from collections.abc import Mapping
from datetime import timedelta

from leadline.settings.connected.enrich import ENRICHMENT_AS_TABLE, EnrichmentSettings
from leadline.settings.declaration import setting
from leadline.settings.notation.notations import (
    BASE_URL,
    FILLED,
    PERIOD,
    SECRETS,
    Notation,
    whole_number,
)
from leadline.settings.top.personal_data import AS_TABLE


def _networks(value: object) -> tuple[str, ...]:
    from ipaddress import ip_network  # imported here: functions on AWS have no dashboard

    words: tuple[str, ...] = SECRETS.read(value)
    return tuple(str(ip_network(word, strict=False)) for word in words)


NETWORKS = Notation("IP addresses or networks such as 127.0.0.1 or 10.0.0.0/8", _networks)
"""The notation of networks, as `ipaddress` writes them."""


_WITH_LOOPBACK = ("127.0.0.1", "localhost", "::1", "0.0.0.0", "::")  # noqa: S104 - compared alone


class DashboardSettings(EnrichmentSettings, frozen=True):
    """The part of `Settings` that says where the dashboard is, and who reaches it."""

    dashboard_port: int = setting(
        "8081",
        "The port of the dashboard, a port of its own beside that of webhooks; 0 for no dashboard. "
        "In TOML, you can also write `port` in a table `[dashboard]`, and so for the other "
        "settings of that name.",
        whole_number(0, 65_535),
    )
    dashboard_host: str = setting(
        "127.0.0.1",
        "The address that the dashboard listens on. Browsers elsewhere need `dashboard_url`, too.",
        FILLED,
    )
    dashboard_url: str = setting(
        "",
        "The URL at which browsers reach the dashboard, such as `https://dashboard.example.com`. "
        "Any other `Host` than its own and this machine's is refused.",
        BASE_URL,
    )
    dashboard_trusted_proxies: tuple[str, ...] = setting(
        "",
        "The addresses of proxies in front of the dashboard. Only what they say in `X-Forwarded-*` "
        "headers is believed.",
        NETWORKS,
    )
    dashboard_sessions: timedelta = setting(
        "12h",
        "How long a login to the dashboard lasts. Without a request it ends after a quarter of "
        "that.",
        PERIOD,
    )
    dashboard_secrets_age: timedelta = setting(
        "180d",
        "How old the file, parameter or secret may be that a secret of the settings stands in, "
        "before the page Health says that it is old.",
        PERIOD,
    )


DASHBOARD_AS_TABLE: Mapping[tuple[str, ...], str] = {
    ("dashboard", name.removeprefix("dashboard_")): name
    for name in (
        "dashboard_port",
        "dashboard_host",
        "dashboard_url",
        "dashboard_trusted_proxies",
        "dashboard_sessions",
        "dashboard_secrets_age",
    )
}
"""The settings that can also be written in a table: `[dashboard] port` is `dashboard_port`."""

PARTS_AS_TABLE: Mapping[tuple[str, ...], str] = {
    **AS_TABLE,
    **ENRICHMENT_AS_TABLE,
    **DASHBOARD_AS_TABLE,
}
"""Those of this part of `Settings` and of the parts before it."""


def dashboard_url(settings: DashboardSettings, port: int) -> str:
    """Where browsers find the dashboard that listens on *port*."""
    return settings.dashboard_url or local_dashboard_url(settings, port)


def local_dashboard_url(settings: DashboardSettings, port: int) -> str:
    """Where this machine finds the dashboard that listens on *port*."""
    host = {"::": "::1", "0.0.0.0": "127.0.0.1"}.get(  # noqa: S104 - nothing is bound
        settings.dashboard_host, settings.dashboard_host
    )
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


def dashboard_faults(settings: DashboardSettings) -> tuple[str, ...]:
    """Why nobody would reach the dashboard with these settings, in words."""
    host, url = settings.dashboard_host, settings.dashboard_url
    if settings.dashboard_port and not url and host not in _WITH_LOOPBACK:
        return (f"dashboard_host is {host}: set dashboard_url to the URL that browsers use",)
    return ()
