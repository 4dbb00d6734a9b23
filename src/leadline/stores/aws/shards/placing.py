"""Where entries of a table's indexes are: in one of several partitions (shards) of each name.

A partition takes 1,000 writes a second (DynamoDB Developer Guide, "Best practices for designing and
using partition keys effectively"), so each name has several. The shard of a lead is the last four
hex digits of its id, modulo the number of shards.
"""

import time
from collections.abc import Mapping
from typing import Any

SHARDS = 4
"""The number of shards of a stack that says nothing else, as each had up to its introduction as a
parameter."""
CHOICES = (1, 2, 4, 8, 16, 32, 64)
"""The numbers of shards that a stack may have. They are powers of two, so that each shard gets the
same number of leads, and a greater number splits each shard of a smaller one."""
_PLACES = ("due_pk", "day_pk")
"""The partition keys of the indexes."""
_FRESH_S = 300
"""For how many seconds the number of shards is kept. The clock of the wall counts, because a
monotonic one may stop while a function is frozen."""


class KnownCounts:
    """What this process knows of the table's shards (`stores.aws.shards.counts`), since when."""

    def __init__(self) -> None:
        self.counts, self.at, self.announced_at = (SHARDS, SHARDS), 0.0, 0.0

    def is_old(self) -> bool:
        """Whether the counts must be read again."""
        return not 0 <= time.time() - self.at <= _FRESH_S

    def is_announced(self) -> bool:
        """Whether this process has noted its own number of shards lately."""
        return 0 <= time.time() - self.announced_at <= _FRESH_S


def shard_of(lead_id: str, shards: int) -> int:
    """The shard of a lead, from 0."""
    return int(lead_id[-4:], 16) % shards


def is_indexed(item: Mapping[str, Any]) -> bool:
    """Whether an item has an entry in an index with shards whose shard is still to be chosen: the
    name of its partition ends with "#"."""
    return any(item.get(place, "").endswith("#") for place in _PLACES)


def with_shard(item: Mapping[str, Any], shards: int) -> Mapping[str, Any]:
    """An item with the shard in the names of partitions, if it has such entries; then it is one of
    a lead, whose `pk` is `L#` and the id."""
    if not is_indexed(item):
        return item
    shard = shard_of(item["pk"], shards)
    return {**item, **{p: f"{item[p]}{shard}" for p in _PLACES if item.get(p, "").endswith("#")}}


def without_shard(item: Mapping[str, Any]) -> dict[str, Any]:
    """A stored item with the shard to be chosen again."""
    names = {p: item[p] for p in _PLACES if "#" in item.get(p, "")}
    return {**item, **{p: f"{name.rpartition('#')[0]}#" for p, name in names.items()}}


def shard_in(partition: str) -> int | None:
    """The shard in the name of a partition; None if it has none."""
    digits = partition.rpartition("#")[2]
    return int(digits) if "#" in partition and digits.isdigit() else None
