"""How many tasks of each kind wait, are due, leased or dead, by the index of due tasks."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from leadline.model.formats import from_iso, iso
from leadline.model.task import Step, TaskKind
from leadline.ports.ledger import Backlog
from leadline.stores.aws.items import holds_a_task, task_holder_of
from leadline.stores.aws.keys import DEAD, LEAD
from leadline.stores.aws.table import Key, Table
from leadline.stores.aws.values import Item

_MOST_LEASED = 1_000
"""The maximum number of items of each kind that are read to tell which tasks are leased."""


class ListedTask(NamedTuple):
    """A task of the index: when it is due, or its lease ends."""

    due_at: str
    key: Key
    leased: bool


def backlog_items(table: Table, now: datetime) -> list[Backlog]:
    """See `ports.ledger.Ledger.backlog`."""
    live: dict[TaskKind, list[ListedTask]] = {}
    dead: Counter[TaskKind] = Counter()
    for entry in table.scan(index="due"):
        if not holds_a_task(entry):
            continue
        if entry["due_pk"].startswith(DEAD):
            dead[task_kind_of(entry)] += 1
        else:
            live.setdefault(task_kind_of(entry), []).append(listed_task(entry))
    return backlogs(table, live, dead, now)


def task_kind_of(entry: Item) -> TaskKind:
    """The kind of the task of an entry of the index `due`."""
    step, _, channel = entry["sk"].partition("#")
    return (Step.REFINE, "") if step == LEAD else (Step(step), channel)


def listed_task(entry: Item) -> ListedTask:
    """The task of an entry of the index `due`, which does not know its lease."""
    due_at = entry["due_sk"].partition("#")[0]
    return ListedTask(due_at, (entry["pk"], entry["sk"]), bool(entry["held"]))


def backlogs(
    table: Table,
    live: Mapping[TaskKind, Sequence[ListedTask]],
    dead: Counter[TaskKind],
    now: datetime,
) -> list[Backlog]:
    """The backlog of each kind that has tasks, in the order of steps."""
    steps = [*Step]
    kinds = {kind for kind, some in live.items() if some} | set(dead)
    ordered = sorted(kinds, key=lambda kind: (steps.index(kind[0]), kind[1]))
    return [
        _backlog(kind, _with_leases(table, live.get(kind, ()), iso(now)), dead[kind], iso(now))
        for kind in ordered
    ]


def _with_leases(table: Table, listed: Sequence[ListedTask], now: str) -> list[ListedTask]:
    """The tasks with the ends of their leases, which only their items have. Workers lease those
    that have been due longest, so only so many are looked at."""
    due = sorted(one for one in listed if one.due_at <= now and not one.leased)
    keys = [one.key for one in due[:_MOST_LEASED]]
    leases = _leases(table, keys) if keys else {}
    return [leases.get(one.key, one) for one in listed]


def _leases(table: Table, keys: Sequence[Key]) -> dict[Key, ListedTask]:
    items = table.get_all(keys, exact=False)
    states = {key: task_holder_of(item).task for key, item in items.items()}
    return {
        key: ListedTask(state.due_at, key, leased=True)
        for key, state in states.items()
        if state is not None and state.leased and not state.dead_at
    }


def _backlog(kind: TaskKind, live: Iterable[ListedTask], dead: int, now: str) -> Backlog:
    tasks = list(live)
    leased = sum(one.leased and one.due_at > now for one in tasks)
    due = [one.due_at for one in tasks if one.due_at <= now]
    oldest = from_iso(min(due)) if due else None
    return Backlog(*kind, len(tasks) - leased, len(due), leased, dead, oldest)
