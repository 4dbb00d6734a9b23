"""Finds late leads by the first due time of their step.

The index `due` has each task at its next due time, which every retry changes. A task that
moved by more than NEARLY gets an entry of its own at its first due time, in the partition
`LATE_TASKS`: an item beside its lead's, written in one transaction with the task. Tasks without
trouble have none.
"""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec

from leadline.model.formats import from_iso, iso
from leadline.model.task import UNTOLD_STEPS, Step, Task
from leadline.stores.aws.items import LeadItem, TaskItem, TaskState, task_holder_of, task_in
from leadline.stores.aws.keys import (
    LATE_TASKS,
    due_before,
    due_partition,
    late_key,
    task_key,
)
from leadline.stores.aws.shards.counts import due_partitions
from leadline.stores.aws.table import PutIf, Stale, Table, Write
from leadline.stores.aws.values import Item

log = logging.getLogger(__name__)

NEARLY = timedelta(minutes=2)
"""Up to this far from its first due time, a task is found by its next due time instead, so that a
worker that does it at once need not write another item."""
_DUE = "due_pk = :pk AND due_sk <= :now"
_MOST_LEFT_OVER = 25
"""The maximum number of entries read of each shard."""


def first_due(task: TaskState) -> str:
    """A task's first due time."""
    return task.first_due_at or task.due_at


def moved(task: TaskState, step: Step, due_at: datetime) -> TaskState:
    """The task with another due time and its first due time kept."""
    first = first_due(task)
    far = step in UNTOLD_STEPS and due_at - from_iso(first) > NEARLY
    return msgspec.structs.replace(
        task, due_at=iso(due_at), first_due_at=first, late=task.late or far
    )


def as_late(old: TaskState | None, new: TaskState, step: Step, now: datetime) -> TaskState:
    """A task that replaces *old*; one put for now keeps the first due time of *old*."""
    if old is None or old.dead_at or not first_due(old) < new.due_at <= iso(now):
        return new
    due_at = from_iso(new.due_at)
    as_old = msgspec.structs.replace(new, first_due_at=first_due(old), late=old.late)
    return moved(as_old, step, due_at)


def entry_writes(task: Task, before: TaskState | None, after: TaskState | None) -> list[Write]:
    """The writes that update the entry of a task that changes; None: there was or is no task."""
    was = before is not None and before.late
    if after is not None and after.late and not after.dead_at:
        if was and before is not None and before.first_due_at == after.first_due_at:
            return []
        return [PutIf(_entry(task, after))]
    return [PutIf(_ended(task, before.first_due_at))] if was and before is not None else []


def _entry(task: Task, state: TaskState) -> Item:
    pk, sk = late_key(task)
    place = {
        "due_pk": LATE_TASKS,
        "due_sk": f"{state.first_due_at}#{task.lead_id}",
    }
    return {"pk": pk, "sk": sk, **place}


def _ended(task: Task, first_due_at: str) -> Item:
    """An entry without its index keys, which DynamoDB deletes (TTL), because not every function may
    delete items. Its expiry must be less than five years ago (DynamoDB Developer Guide, "Time to
    Live")."""
    pk, sk = late_key(task)
    return {"pk": pk, "sk": sk, "expires": int(from_iso(first_due_at).timestamp())}


def oldest_first_due(table: Table, now: datetime, channels: Collection[str]) -> datetime | None:
    """See `ports.store.Queue.untold_since`."""
    kinds = [(Step.REFINE, ""), *((Step.NOTIFY, name) for name in channels)]
    until = due_before(now)
    firsts = [
        entry["due_sk"].partition("#")[0]
        for kind in kinds
        for place in due_partitions(table, due_partition(*kind))
        for entry in table.query(_DUE, {":pk": place, ":now": until}, index="due", limit=1)
    ]
    for place in due_partitions(table, LATE_TASKS):
        firsts += _first_late(table, place, until)
    return from_iso(min(firsts)) if firsts else None


def _first_late(table: Table, place: str, until: str) -> list[str]:
    """The earliest first due time of the late entries in a partition, if it has any."""
    values = {":pk": place, ":now": until}
    for entry in table.query(_DUE, values, index="due", limit=_MOST_LEFT_OVER):
        if _still_stands(table, entry):
            return [entry["due_sk"].partition("#")[0]]
    return []


def _still_stands(table: Table, entry: Item) -> bool:
    """Whether an entry belongs to a late task; otherwise it is ended. An older Leadline that ran
    for a while leaves such entries behind."""
    _, step, channel = entry["sk"].split("#", 2)
    task = Task(Step(step), entry["pk"][2:], channel)
    item = table.get(task_key(task))
    holder = task_holder_of(item) if item else None
    state = holder.task if holder else None
    first = entry["due_sk"].partition("#")[0]
    if state is not None and state.late and not state.dead_at and state.first_due_at == first:
        return True
    log.warning("late.left_over", extra={"lead": task.lead_id})
    try:
        table.put_if(_ended(task, first), "due_sk = :seen", {":seen": entry["due_sk"]})
    except Stale:
        return False  # the task was put again meanwhile
    return False


def task_writes(
    before: LeadItem | TaskItem, after: LeadItem | TaskItem, writes: list[Write]
) -> list[Write]:
    """The *writes*, and those that update the entry of the item's task."""
    return [*writes, *entry_writes(task_in(before), before.task, after.task)]
