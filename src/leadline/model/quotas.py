"""How much is kept of what anybody may send and nobody can read."""

from datetime import datetime, timedelta

import msgspec

_MINUTE = timedelta(minutes=1)


class Quota(msgspec.Struct, frozen=True):
    """Of how many deliveries a source keeps the bytes within a minute, and how many bytes of them
    may lie there in all."""

    per_minute: int = 100
    most_bytes: int = 50_000_000


class Spent(msgspec.Struct, frozen=True):
    """What a source has used of its quota: deliveries since the minute began, bytes in all."""

    since: datetime
    count: int = 0
    bytes: int = 0


def spend(quota: Quota, spent: Spent | None, at: datetime, size: int) -> Spent | None:
    """What is used once *size* more bytes are kept, or None where that is over the quota. A minute
    begins with the first delivery in it."""
    before = spent or Spent(at)
    if not timedelta() <= at - before.since < _MINUTE:
        before = Spent(at, 0, before.bytes)
    if before.count >= quota.per_minute or before.bytes + size > quota.most_bytes:
        return None
    return Spent(before.since, before.count + 1, before.bytes + size)


def given_back(spent: Spent, size: int) -> Spent:
    """What is used once *size* bytes no longer lie there."""
    return Spent(spent.since, spent.count, max(0, spent.bytes - size))
