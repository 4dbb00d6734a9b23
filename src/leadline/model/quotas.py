"""Quotas for unreadable deliveries of unauthenticated senders."""

from datetime import datetime, timedelta

import msgspec

_MINUTE = timedelta(minutes=1)


class Quota(msgspec.Struct, frozen=True):
    """How many unreadable deliveries a source stores per minute, and how many bytes of them in
    all."""

    per_minute: int = 100
    most_bytes: int = 50_000_000


class Spent(msgspec.Struct, frozen=True):
    """A source's use of its quota: deliveries in the current minute, bytes in all."""

    since: datetime
    count: int = 0
    bytes: int = 0


def spend(quota: Quota, spent: Spent | None, at: datetime, size: int) -> Spent | None:
    """The use after storing *size* more bytes, or None if that exceeds the quota. A minute begins
    with its first delivery."""
    before = spent or Spent(at)
    if not timedelta() <= at - before.since < _MINUTE:
        before = Spent(at, 0, before.bytes)
    if before.count >= quota.per_minute or before.bytes + size > quota.most_bytes:
        return None
    return Spent(before.since, before.count + 1, before.bytes + size)


def given_back(spent: Spent, size: int) -> Spent:
    """The use after *size* bytes were removed."""
    return Spent(spent.since, spent.count, max(0, spent.bytes - size))
