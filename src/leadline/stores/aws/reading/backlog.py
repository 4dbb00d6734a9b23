"""How many tasks of each kind wait, are due, leased or dead, by the index of due tasks."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from leadline.model.batches import batched
from leadline.model.formats import from_iso, iso
from leadline.model.task import Step, TaskKind
from leadline.ports.reading.ledger import Backlog
from leadline.stores.aws.items import holds_a_task, task_holder_of
from leadline.stores.aws.keys import DEAD, LEAD
from leadline.stores.aws.table import Key, Table
from leadline.stores.aws.values import Item

_LOOKED_AT_ONCE = 1_000
"""How many items of a kind are read at once to tell which tasks are leased."""


class ListedTask(NamedTuple):
    """A task of the index: when it is due, or its lease ends."""

    due_at: str
    key: Key
    leased: bool


def backlog_items(table: Table, now: datetime) -> list[Backlog]:
    """See `ports.reading.ledger.Ledger.backlog`."""
    live: dict[TaskKind, list[ListedTask]] = {}
    dead: Counter[TaskKind] = Counter()
    for entry in table.scan(index="due"):
        if not holds_a_task(entry):
            continue
        if entry["due_pk"].startswith(DEAD):
            dead[task_kind_of(entry)] += 1
        else:
            live.setdefault(task_kind_of(entry), []).append(listed_task(entry))
    known = {kind: with_leases(table, some, now) for kind, some in live.items()}
    return backlogs(known, dead, now)


def task_kind_of(entry: Item) -> TaskKind:
    """The kind of the task of an entry of the index `due`."""
    step, _, channel = entry["sk"].partition("#")
    return (Step.REFINE, "") if step == LEAD else (Step(step), channel)


def listed_task(entry: Item) -> ListedTask:
    """The task of an entry of the index `due`, which does not know its lease."""
    due_at = entry["due_sk"].partition("#")[0]
    return ListedTask(due_at, (entry["pk"], entry["sk"]), bool(entry["held"]))


def backlogs(
    live: Mapping[TaskKind, Sequence[ListedTask]],
    dead: Counter[TaskKind],
    now: datetime,
    beyond: Mapping[TaskKind, Sequence[ListedTask]] = MappingProxyType({}),
) -> list[Backlog]:
    """The backlog of each kind that has tasks, in the order of steps. *live* tasks know their
    leases (`with_leases`), and so do those *beyond*, which only tell the oldest due time."""
    steps = [*Step]
    kinds = {kind for kind, some in live.items() if some} | set(dead)
    ordered = sorted(kinds, key=lambda kind: (steps.index(kind[0]), kind[1]))
    return [
        _backlog(kind, live.get(kind, ()), beyond.get(kind, ()), dead[kind], iso(now))
        for kind in ordered
    ]


def with_leases(table: Table, listed: Sequence[ListedTask], now: datetime) -> list[ListedTask]:
    """The tasks with the ends of their leases, which only their items have. Workers lease those
    that have been due longest, so items are read until there are some that are not leased."""
    due = sorted(one for one in listed if one.due_at <= iso(now) and not one.leased)
    leases: dict[Key, ListedTask] = {}
    for some in batched(due, _LOOKED_AT_ONCE):
        found = leases_of(table, [one.key for one in some])
        leases |= found
        if len(found) < len(some):
            break
    return [leases.get(one.key, one) for one in listed]


def leases_of(table: Table, keys: Sequence[Key]) -> dict[Key, ListedTask]:
    """Those of the tasks that are leased, with the ends of their leases."""
    items = table.get_all(keys, exact=False)
    states = {key: task_holder_of(item).task for key, item in items.items()}
    return {
        key: ListedTask(state.due_at, key, leased=True)
        for key, state in states.items()
        if state is not None and state.leased and not state.dead_at
    }


def _backlog(
    kind: TaskKind,
    live: Sequence[ListedTask],
    beyond: Sequence[ListedTask],
    dead: int,
    now: str,
) -> Backlog:
    leased = sum(one.leased and one.due_at > now for one in live)
    due = sum(one.due_at <= now for one in live)
    oldest = min((one.due_at for one in (*live, *beyond) if one.due_at <= now), default=None)
    since = from_iso(oldest) if oldest is not None else None
    return Backlog(*kind, len(live) - leased, due, leased, dead, since)
