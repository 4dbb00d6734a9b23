"""The one place that knows what is plugged in.

What is plugged in is imported where it is made: a function on AWS has no use for SQLite, and its
imports are what a cold start costs.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

from leadline.adapters.clock import wall_clock
from leadline.capture import CaptureKit
from leadline.errors import UnknownSource
from leadline.ports import Clock, Store
from leadline.settings import Settings
from leadline.sources import Source, SourceConfig, exists, find, names

if TYPE_CHECKING:
    from leadline.adapters.sqlite import SqliteStore
    from leadline.adapters.sqlite.ledger import SqliteLedger
    from leadline.kit import Kit
    from leadline.ports import Messenger

SLACK = "slack"


class _Sources(Mapping[str, Source]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._made: dict[str, Source] = {}

    def __getitem__(self, name: str) -> Source:
        if name not in self._made:
            try:
                kind = find(name)
            except UnknownSource:
                raise KeyError(name) from None
            self._made[name] = kind(self._settings.sources.get(name, SourceConfig()))
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and exists(name)

    def __iter__(self) -> Iterator[str]:
        return iter(names())

    def __len__(self) -> int:
        return len(names())


def sources(settings: Settings) -> Mapping[str, Source]:
    """Every source by name, each with its settings, made when it is first asked for."""
    return _Sources(settings)


def capture_kit(settings: Settings, *, believe_all: bool = False) -> CaptureKit:
    """What the front half needs; *believe_all* leaves the secrets out, for previews."""
    if believe_all:
        bare = {
            name: msgspec.structs.replace(config, secret=(), organization=())
            for name, config in settings.sources.items()
        }
        settings = msgspec.structs.replace(settings, sources=bare)
    return CaptureKit(sources(settings), settings.delay)


def channels(settings: Settings, longest: float = 3600) -> "dict[str, Messenger]":
    """The destinations of alerts; none when nothing is set. *longest*: seconds one may take."""
    if not settings.slack_webhook_url:
        return {}
    from leadline.adapters.slack import SlackWebhook

    timeout = min(settings.slack_timeout.total_seconds(), longest)
    return {SLACK: SlackWebhook(settings.slack_webhook_url, timeout)}


class _OnDemand(Mapping[str, "Messenger"]):
    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    def __getitem__(self, name: str) -> "Messenger":
        return channels(self._settings)[name]

    def __iter__(self) -> Iterator[str]:
        return iter([SLACK] if self._settings.slack_webhook_url else [])

    def __len__(self) -> int:
        return len([*self])


def channels_on_demand(settings: Settings) -> "Mapping[str, Messenger]":
    """The same for who schedules alerts and sends none: a destination, with the HTTP client that
    it loads, is made when it is asked for."""
    return _OnDemand(settings)


def store(settings: Settings, *, checkpoint_pages: int = 4000) -> "SqliteStore":
    """The embedded store; raises ConfigurationError when the data folder can't be used."""
    from leadline.adapters.sqlite import SqliteStore

    return SqliteStore(
        settings.data,
        redelivery_window=settings.redelivery_window,
        checkpoint_pages=checkpoint_pages,
    )


def ledger(settings: Settings) -> "SqliteLedger":
    """The read side of the embedded store."""
    from leadline.adapters.sqlite.ledger import SqliteLedger

    return SqliteLedger(settings.data)


def embedded(settings: Settings) -> "Kit":
    """The back half on one machine."""
    return kit_of(settings, store(settings), channels(settings))


def in_memory(settings: Settings, clock: Clock = wall_clock) -> "Kit":
    """The back half without a disk, for previews and tests."""
    from leadline.adapters.memory import MemoryStore

    kept = MemoryStore(clock, settings.redelivery_window)
    return kit_of(settings, kept, channels(settings), clock)


def kit_of(
    settings: Settings,
    kept: Store,
    destinations: "Mapping[str, Messenger]",
    clock: Clock = wall_clock,
) -> "Kit":
    """The back half around any store."""
    from leadline.deliver.links import Links
    from leadline.kit import Kit
    from leadline.retry import RetryPolicy

    return Kit(
        store=kept,
        sources=sources(settings),
        channels=destinations,
        clock=clock,
        chance=random.random,
        retry=RetryPolicy(settings.retry_base, settings.retry_max, settings.max_attempts),
        lease=settings.lease,
        region=settings.region,
        links=Links(show=settings.show_url),
        gap=timedelta(seconds=1 / settings.slack_per_second),
        digest_above=settings.slack_digest_above,
    )
