"""The tasks of a stack, counted up to a bound, by queries of the index `due`: they cost the same
however long the backlog is."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from leadline.model.batches import batched
from leadline.model.formats import iso
from leadline.model.task import ON_HOLD_UNTIL, Step, TaskKind
from leadline.ports.reading.standing_tasks import StandingTasks
from leadline.stores.aws.items import holds_a_task
from leadline.stores.aws.keys import DEAD, due_before, due_partition
from leadline.stores.aws.reading.backlog import (
    ListedTask,
    backlogs,
    leases_of,
    listed_task,
    task_kind_of,
    with_leases,
)
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import Table
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.late import oldest_first_due

_LOOKED_AT_ONCE = 100
"""How many tasks beyond the bound are read at once, with their items."""


def standing_tasks(
    table: Table, pool: ThreadPoolExecutor, now: datetime, kinds: Sequence[TaskKind], most: int
) -> StandingTasks:
    """See `ports.reading.standing_tasks.StandingReader.standing`."""
    names = [*(due_partition(*kind) for kind in kinds), DEAD]
    parts = {name: due_partitions(table, name) for name in names}
    each = max(most // len(parts[DEAD]), 1)
    places = [place for name in names for place in parts[name]]
    found = dict(
        zip(places, pool.map(lambda place: _first(table, place, each + 1), places), strict=True)
    )
    is_cut = any(len(some) > each for some in found.values())
    dead = Counter(task_kind_of(entry) for place in parts[DEAD] for entry in found[place][:each])
    live: dict[TaskKind, list[ListedTask]] = {}
    beyond: dict[TaskKind, list[ListedTask]] = {}
    for kind in kinds:
        of_kind = parts[due_partition(*kind)]
        listed = [[listed_task(one) for one in found[place][:each]] for place in of_kind]
        live[kind] = with_leases(table, [one for some in listed for one in some], now)
        known = {one.key: one for one in live[kind]}
        beyond[kind] = [
            further
            for place, some in zip(of_kind, listed, strict=True)
            if len(found[place]) > each and all(known[one.key].leased for one in some)
            for further in _until_not_leased(table, place, some[-1].due_at, now)
        ]
    held = _on_hold(table, each + 1)
    return StandingTasks(
        backlogs(live, dead, now, beyond),
        sum(min(number, each) for number in held),
        oldest_first_due(table, now, [name for step, name in kinds if step is Step.NOTIFY]),
        is_cut or any(number > each for number in held),
    )


def _first(table: Table, place: str, most: int) -> list[Item]:
    """The first tasks of a partition, longest due first."""
    entries = table.query("due_pk = :pk", {":pk": place}, index="due", limit=most)
    return [entry for entry in entries if holds_a_task(entry)]


def _until_not_leased(table: Table, place: str, since: str, now: datetime) -> Iterator[ListedTask]:
    """The due tasks of a partition in order, from a due time on, until one is not leased: all later
    ones have been due for less long. Only as many tasks are leased as workers do at once."""
    condition = "due_pk = :pk AND due_sk BETWEEN :since AND :now"
    values = {":pk": place, ":since": since, ":now": due_before(now)}
    entries = table.query(condition, values, index="due", page=_LOOKED_AT_ONCE)
    for some in batched(map(listed_task, filter(holds_a_task, entries)), _LOOKED_AT_ONCE):
        leases = leases_of(table, [one.key for one in some])
        for one in some:
            yield leases.get(one.key, one)
            if one.key not in leases and not one.leased:
                return


def _on_hold(table: Table, most: int) -> list[int]:
    """How many leads of each shard are on hold, counted up to a number."""
    condition, since = "due_pk = :pk AND due_sk >= :since", iso(ON_HOLD_UNTIL)
    return [
        table.count(condition, {":pk": place, ":since": since}, "due", most)
        for place in due_partitions(table, due_partition(Step.REFINE, ""))
    ]
