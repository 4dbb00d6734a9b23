"""In how many shards (`stores.aws.shards.placing`) readers of an index have to look.

New entries are in as many as the stack's parameter `Shards` says. Entries from before may be in
more: an item of the table has the greatest number that was ever written to (`day`), and the number
in which entries of the index `due` may still be (`due`). A writer raises both before it first
writes to more; only `stores.aws.shards.gathering` lowers `due`, after it has moved all entries.
"""

import time

import msgspec

from leadline.stores.aws.shards.placing import SHARDS
from leadline.stores.aws.table import Key, PutIf, Stale, Table

SHARDS_KEY: Key = ("S#shards", "state")
"""The key of the item; a table without it has entries in `SHARDS` shards."""


class ShardCounts(msgspec.Struct, frozen=True):
    """In how many shards each index may have entries."""

    due: int = SHARDS
    day: int = SHARDS


def due_partitions(table: Table, name: str) -> list[str]:
    """The partitions of the index `due` that may have entries of this name (it ends with "#");
    raises AwsFailed."""
    return [f"{name}{shard}" for shard in range(shard_counts(table).due)]


def day_partitions(table: Table, day: str) -> list[str]:
    """The partitions of the index `day` that may have leads of this day; raises AwsFailed."""
    return [f"{day}#{shard}" for shard in range(shard_counts(table).day)]


def shard_counts(table: Table) -> ShardCounts:
    """In how many shards there may be entries, as read within the last five minutes, and as this
    writer makes them; raises AwsFailed."""
    if table.known.is_old():
        # Half a unit, as an eventually consistent read: a raise is announced before it is used.
        found = table.get_all([SHARDS_KEY], exact=False).get(SHARDS_KEY)
        table.known.counts = (found["due"], found["day"]) if found else (SHARDS, SHARDS)
        table.known.at = time.time()
    due, day = table.known.counts
    return ShardCounts(max(due, table.shards), max(day, table.shards))


def announce(table: Table) -> None:
    """Note in the table that this writer uses `table.shards`, unless it is noted; raises
    AwsFailed."""
    pk, sk = SHARDS_KEY
    while True:
        item = table.get(SHARDS_KEY)
        due, day = (item["due"], item["day"]) if item else (SHARDS, SHARDS)
        if min(due, day) >= table.shards:
            break
        new = {"pk": pk, "sk": sk, "due": max(due, table.shards), "day": max(day, table.shards)}
        try:
            if item:
                seen = {":due": due, ":day": day}
                table.write(PutIf(new, "due = :due AND day = :day", seen))
            else:
                table.write(PutIf(new, "attribute_not_exists(pk)"))
        except Stale:
            continue
        break
    table.known.announced_at = time.time()
