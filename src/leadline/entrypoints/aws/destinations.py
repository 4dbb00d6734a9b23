"""The servers that the functions after Capture speak to, as their settings say."""

from collections.abc import Iterator, Mapping
from typing import Any

from leadline.channels.registry import channel_configs
from leadline.channels.servers import server_of_channel
from leadline.net.reaching import Server, server_of_url
from leadline.settings.top.general import Settings


def destination_servers(settings: Settings, region: str) -> Mapping[str, Server]:
    """The servers by setting (`channels.slack`), in an AWS region; those that a vendor has by
    itself, without a `url` in the settings, are left out."""
    found = {
        f"channels.{name}": server_of_channel(config, region)
        for name, config in channel_configs(settings).items()
    }
    found |= {setting: server_of_url(url) for setting, url in _urls(settings)}
    return {name: server for name, server in found.items() if server is not None}


def _urls(settings: Settings) -> Iterator[tuple[str, str]]:
    """The URLs that the settings give to what is no channel."""
    tables: tuple[tuple[str, Mapping[str, Any]], ...] = (
        ("crm", settings.crm),
        ("enrich", settings.enrich),
        ("outcomes", settings.outcomes),
    )
    for table, entries in tables:
        for name, config in entries.items():
            if url := getattr(config, "url", ""):
                yield f"{table}.{name}", url
