"""What the back half works with; `wiring` is the only one that fills it."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import msgspec

from leadline.deliver.links import Links
from leadline.ports import Clock, Messenger, Store
from leadline.retry import RetryPolicy
from leadline.sources import Source


class Kit(msgspec.Struct, frozen=True):
    """Adapters and policies.

    `chance` gives numbers in [0, 1) for jitter. `channels` are the destinations by name; every
    refined lead is told to each. `gap` is the least time between two messages of one channel.
    More than `digest_above` alerts due at once become one message; 0 turns that off.
    `region` is where phones without a country are from.
    """

    store: Store
    sources: Mapping[str, Source]
    channels: Mapping[str, Messenger]
    clock: Clock
    chance: Callable[[], float]
    retry: RetryPolicy = RetryPolicy()
    lease: timedelta = timedelta(seconds=60)
    region: str = ""
    links: Links = Links()
    gap: timedelta = timedelta(seconds=1)
    digest_above: int = 20
