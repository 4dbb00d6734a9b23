"""Moves entries of the index `due` out of shards that are no longer used, after `Shards` was
lowered, so that readers need not look into these any more.

An entry moves when its item is written again, and items are written on the condition that nobody
else wrote them meanwhile, so functions may work on the same tasks at the same time. The index `day`
is left as it is: a lead moves there when it is next written, and lists look into all shards that
were ever used.
"""

from collections.abc import Callable, Iterator

import msgspec

from leadline.model.batches import batched
from leadline.model.errors import StorageFailed
from leadline.stores.aws.parallel import in_parallel
from leadline.stores.aws.shards.counts import SHARDS_KEY
from leadline.stores.aws.shards.placing import SHARDS, shard_in, without_shard
from leadline.stores.aws.table import Put, PutIf, Stale, Table
from leadline.stores.aws.values import Item

_AT_ONCE = 100
_MOST_ROUNDS = 20


class InShards(msgspec.Struct, frozen=True):
    """In how many shards new entries of the index `due` go (`new`), in how many readers look
    (`read`), and how many entries are in others than those for new ones (`outside`)."""

    new: int
    read: int
    outside: int


def in_shards(table: Table) -> InShards:
    """The state of the index `due`, which is read as a whole; raises AwsFailed."""
    outside = sum(1 for _ in _outside(table))
    return InShards(table.shards, max(_read(table), table.shards), outside)


def gather(table: Table, watch: Callable[[int], None] = lambda _: None) -> int:
    """Move all entries of the index `due` to the shards of new ones, and let readers look into
    these alone; returns how many moved. *watch* is called with the number moved so far.

    No function or command may still use more shards than *table* does. May be repeated. Raises
    AwsFailed, and StorageFailed if entries keep appearing in shards that should not be used.
    """
    moved = 0
    for _ in range(_MOST_ROUNDS):
        found = 0
        for some in batched(_outside(table), _AT_ONCE):
            found += len(some)
            moved += sum(in_parallel(lambda entry: _move(table, entry), some))
            watch(moved)
        if not found and _narrow(table):
            return moved
    raise StorageFailed(
        f"entries keep appearing in shards above {table.shards}: a function or a command still "
        "uses more; deploy all of the stack with the same Shards, wait, and repeat"
    )


def _outside(table: Table) -> Iterator[Item]:
    """The entries of the index `due` in other shards than those for new ones."""
    for entry in table.scan(index="due"):
        shard = shard_in(entry["due_pk"])
        if shard is not None and shard >= table.shards:
            yield entry


def _move(table: Table, entry: Item) -> bool:
    """Write the item of an entry again, so that it moves; False if somebody else wrote it since."""
    item = table.get((entry["pk"], entry["sk"]))
    if item is None or item.get("due_pk") != entry["due_pk"]:
        return False
    anew = without_shard(item)
    try:
        if "rev" in item:
            table.write(Put(anew, item["rev"]))
        else:
            seen = {":pk": item["due_pk"], ":sk": item["due_sk"]}
            table.write(PutIf(anew, "due_pk = :pk AND due_sk = :sk", seen))
    except Stale:
        return False
    return True


def _narrow(table: Table) -> bool:
    """Let readers look into the shards of new entries alone, but never into fewer than `SHARDS`,
    which writers use without a notice; False if that had to be undone, because an entry came in
    another shard meanwhile."""
    before = table.get(SHARDS_KEY)
    due, day = (before["due"], before["day"]) if before else (SHARDS, SHARDS)
    needed = max(table.shards, SHARDS)
    if due == needed:
        return True
    pk, sk = SHARDS_KEY
    item = {"pk": pk, "sk": sk, "due": needed, "day": max(day, table.shards)}
    table.write(PutIf(item))
    table.known.at = 0.0
    if next(_outside(table), None) is None:
        return True
    table.write(PutIf({**item, "due": due}))
    return False


def _read(table: Table) -> int:
    found = table.get(SHARDS_KEY)
    return int(found["due"]) if found else SHARDS
