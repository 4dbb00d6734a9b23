"""The one place that knows what is plugged in."""

import random
from dataclasses import replace
from datetime import timedelta

import msgspec

from leadline.adapters.memory import MemoryStore
from leadline.adapters.slack import SlackWebhook
from leadline.adapters.sqlite import SqliteStore
from leadline.adapters.sqlite.ledger import SqliteLedger
from leadline.adapters.sqlite.store import wall_clock
from leadline.capture import CaptureKit
from leadline.deliver.slack import Links
from leadline.kit import Kit
from leadline.ports import Clock, Messenger, Store
from leadline.retry import RetryPolicy
from leadline.settings import Settings
from leadline.sources import Source, SourceConfig, find, names

SLACK = "slack"


def sources(settings: Settings) -> dict[str, Source]:
    """Every source by name, each with its settings."""
    return {name: find(name)(settings.sources.get(name, SourceConfig())) for name in names()}


def capture_kit(settings: Settings, *, believe_all: bool = False) -> CaptureKit:
    """What the front half needs; *believe_all* leaves the secrets out, for previews."""
    if believe_all:
        bare = {
            name: msgspec.structs.replace(config, secret=(), organization=())
            for name, config in settings.sources.items()
        }
        settings = replace(settings, sources=bare)
    return CaptureKit(sources(settings), settings.delay)


def channels(settings: Settings) -> dict[str, Messenger]:
    """The destinations of alerts; none when nothing is set."""
    if not settings.slack_webhook_url:
        return {}
    timeout = settings.slack_timeout.total_seconds()
    return {SLACK: SlackWebhook(settings.slack_webhook_url, timeout)}


def store(settings: Settings, *, checkpoint_pages: int = 4000) -> SqliteStore:
    """The embedded store; raises ConfigurationError when the data folder can't be used."""
    return SqliteStore(
        settings.data,
        redelivery_window=settings.redelivery_window,
        checkpoint_pages=checkpoint_pages,
    )


def ledger(settings: Settings) -> SqliteLedger:
    """The read side of the embedded store."""
    return SqliteLedger(settings.data)


def embedded(settings: Settings) -> Kit:
    """The back half on one machine."""
    return _kit(settings, store(settings), wall_clock)


def in_memory(settings: Settings, clock: Clock = wall_clock) -> Kit:
    """The back half without a disk, for previews and tests."""
    return _kit(settings, MemoryStore(clock, settings.redelivery_window), clock)


def _kit(settings: Settings, kept: Store, clock: Clock) -> Kit:
    return Kit(
        store=kept,
        sources=sources(settings),
        channels=channels(settings),
        clock=clock,
        chance=random.random,
        retry=RetryPolicy(settings.retry_base, settings.retry_max, settings.max_attempts),
        lease=settings.lease,
        region=settings.region,
        links=Links(show=settings.show_url),
        gap=timedelta(seconds=1 / settings.slack_per_second),
        digest_above=settings.slack_digest_above,
    )
