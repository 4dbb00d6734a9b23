"""The writes that put tasks: those of any step, new or again, and the follow-ups of a task."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from leadline.model.formats import from_iso
from leadline.model.task import Later, Step, Task
from leadline.stores.aws.base import changed
from leadline.stores.aws.clocks.wakeups import Wakeup
from leadline.stores.aws.items import LeadItem, TaskItem, TaskState, further_of, revived
from leadline.stores.aws.keys import task_key
from leadline.stores.aws.table import Key, Put, Write
from leadline.stores.aws.values import Item
from leadline.stores.aws.work.late import as_late, entry_writes


def changed_task(task: TaskItem, rev: int) -> TaskItem:
    """The item of a task as it is after a write."""
    return msgspec.structs.replace(task, rev=rev)


def put_further(task: Task, old: TaskItem | None, now: datetime, due_at: datetime) -> list[Write]:
    """The writes that put a task of any step except REFINE, new or again; an alert that is leased
    stays unchanged (`ports.store.Queue.put`)."""
    if old is not None and _is_being_sent(old.task) and task.step is Step.NOTIFY and not task.again:
        return [Put(old.item(), old.rev)]
    before = old.task if old else None
    state = as_late(before, revived(before, 0, now, due_at, again=task.again), task.step, now)
    new = TaskItem(task.lead_id, task.channel, state, task.step)
    put = Put(new.item(), old.rev if old else None)
    return [put, *entry_writes(task, before, state)]


def _is_being_sent(task: TaskState) -> bool:
    return task.leased and not task.dead_at


def schedule(
    lead: LeadItem,
    follow_ups: Sequence[Later],
    there: Mapping[Key, Item],
    now: datetime,
    settled: Task | None = None,
) -> tuple[LeadItem, list[Write]]:
    """The lead with its follow-up tasks, and the writes for those that are items of their own.
    *there* are items as they were read; the lease of the task *settled* has ended."""
    own = task_key(settled) if settled else None
    writes: list[Write] = []
    for key, one in {task_key(one.task): one for one in follow_ups}.items():
        lead = put_back(lead, one.task, now, now + one.after)
        if one.task.step is not Step.REFINE:
            old = further_of(there[key]) if key in there else None
            if old is not None and key == own:
                free = msgspec.structs.replace(old.task, leased=False)
                old = msgspec.structs.replace(old, task=free)
            writes += put_further(one.task, old, now, now + one.after)
    return lead, writes


def wakeups_of(lead: LeadItem, follow_ups: Sequence[Later], now: datetime) -> list[Wakeup]:
    """The wake-ups for follow-up tasks."""
    captured_at = from_iso(lead.captured_at)
    return [Wakeup(one.task, now + one.after, captured_at) for one in follow_ups]


def put_back(lead: LeadItem, task: Task, now: datetime, due_at: datetime) -> LeadItem:
    """The lead with its own fields updated for a task that is put."""
    if task.step is Step.REFINE:
        state = revived(lead.task, lead.attempts + 1, now, due_at, again=task.again)
        state = as_late(lead.task, state, task.step, now)
        return changed(lead, task=state, attempts=state.attempt)
    if task.step is Step.NOTIFY and task.channel in lead.dead_channels:
        alive = tuple(c for c in lead.dead_channels if c != task.channel)
        return changed(lead, dead_channels=alive)
    return lead
