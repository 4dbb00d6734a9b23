"""The tasks of a stack, counted up to a bound, by queries of the index `due`: they cost the same
however long the backlog is."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from leadline.model.formats import from_iso, iso
from leadline.model.task import ON_HOLD_UNTIL, Step, TaskKind
from leadline.ports.ledger import Backlog
from leadline.ports.standing_tasks import StandingTasks
from leadline.stores.aws.items import holds_a_task
from leadline.stores.aws.keys import LEAD, SHARDS, dead_partition, due_partition
from leadline.stores.aws.late import oldest_first_due
from leadline.stores.aws.table import Table
from leadline.stores.aws.values import Item


def standing_tasks(
    table: Table, pool: ThreadPoolExecutor, now: datetime, kinds: Sequence[TaskKind], most: int
) -> StandingTasks:
    """See `ports.standing_tasks.StandingReader.standing`."""
    each = max(most // SHARDS, 1)
    places = [due_partition(*kind, shard) for kind in kinds for shard in range(SHARDS)]
    places += [dead_partition(shard) for shard in range(SHARDS)]
    found = list(pool.map(lambda place: _first(table, place, each + 1), places))
    is_cut = any(len(some) > each for some in found)
    dead = Counter(task_kind_of(entry) for some in found[-SHARDS:] for entry in some[:each])
    live: dict[TaskKind, list[tuple[str, bool]]] = {}
    for at, kind in enumerate(kinds):
        some = found[at * SHARDS : (at + 1) * SHARDS]
        live[kind] = [due_of(entry) for one in some for entry in one[:each]]
    held = _on_hold(table, each + 1)
    return StandingTasks(
        backlogs(live, dead, now),
        sum(min(number, each) for number in held),
        oldest_first_due(table, now, [name for step, name in kinds if step is Step.NOTIFY]),
        is_cut or any(number > each for number in held),
    )


def _first(table: Table, place: str, most: int) -> list[Item]:
    """The first tasks of a partition, longest due first."""
    entries = table.query("due_pk = :pk", {":pk": place}, index="due", limit=most)
    return [entry for entry in entries if holds_a_task(entry)]


def _on_hold(table: Table, most: int) -> list[int]:
    """How many leads of each shard are on hold, counted up to a number."""
    condition, since = "due_pk = :pk AND due_sk >= :since", iso(ON_HOLD_UNTIL)
    return [
        table.count(
            condition,
            {":pk": due_partition(Step.REFINE, "", shard), ":since": since},
            "due",
            most,
        )
        for shard in range(SHARDS)
    ]


def task_kind_of(entry: Item) -> TaskKind:
    """The kind of the task of an entry of the index `due`."""
    step, _, channel = entry["sk"].partition("#")
    return (Step.REFINE, "") if step == LEAD else (Step(step), channel)


def due_of(entry: Item) -> tuple[str, bool]:
    """When the task of an entry is due, and whether it is leased."""
    return entry["due_sk"].partition("#")[0], bool(entry["held"])


def backlogs(
    live: dict[TaskKind, list[tuple[str, bool]]], dead: Counter[TaskKind], now: datetime
) -> list[Backlog]:
    """The backlog of each kind that has tasks, in the order of steps; *live* has when each task is
    due, and whether it is leased."""
    steps = [*Step]
    kinds = {kind for kind, some in live.items() if some} | set(dead)
    ordered = sorted(kinds, key=lambda kind: (steps.index(kind[0]), kind[1]))
    return [_backlog(*kind, live.get(kind, []), dead[kind], iso(now)) for kind in ordered]


def _backlog(
    step: Step, channel: str, live: Sequence[tuple[str, bool]], dead: int, now: str
) -> Backlog:
    leased = sum(is_leased and due_at > now for due_at, is_leased in live)
    due = [due_at for due_at, _ in live if due_at <= now]
    oldest = from_iso(min(due)) if due else None
    return Backlog(step, channel, len(live) - leased, len(due), leased, dead, oldest)
